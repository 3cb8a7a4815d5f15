// A confirmation before a permanent action: its effect, the reason, and the short name to type. Cancel and Esc change
// nothing, and the dialog shows a rejection.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { RemoteAction } from '../remote.ts';
import { Dialog } from './dialog.tsx';
import { DialogForm } from './dialog-form.tsx';
import { TextArea, TextField } from './field.tsx';

/** Longest reason, in characters: the limit of the service. */
const reasonCharactersMax = 2_000;

export function ConfirmDialog({
  title,
  children,
  act,
  actLabel,
  danger = false,
  withReason = false,
  word,
  proposes = false,
  links,
  onClose,
}: {
  readonly title: string;
  /** The effect, in numbers. */
  readonly children: ComponentChildren;
  /** Called with the reason, or with '' where there is no reason field. */
  readonly act: RemoteAction<[reason: string]>;
  readonly actLabel: string;
  readonly danger?: boolean;
  readonly withReason?: boolean;
  /** A word to type before the action. */
  readonly word?: string;
  /** Whether the action is proposed to another administrator. */
  readonly proposes?: boolean;
  /** The fields that errors name. */
  readonly links?: Readonly<Record<string, string>>;
  /** After the action, or without it. */
  readonly onClose: (done: boolean) => void;
}) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [showFaults, setShowFaults] = useState(false);
  const reasonFault = withReason && reason.trim() === '' ? 'Enter a reason.' : undefined;
  const wordFault = word !== undefined && typed.trim() !== word ? `Type ${word} to continue.` : undefined;
  const submit = async (): Promise<void> => {
    setShowFaults(true);
    if (reasonFault !== undefined || wordFault !== undefined) return;
    if (await act.run(reason.trim())) onClose(true);
  };
  return (
    <Dialog title={title} onClose={() => onClose(false)}>
      <DialogForm
        {...{ act, danger, ...(links && { links }), onClose: () => onClose(false) }}
        label={proposes ? 'Propose' : actLabel}
        onSubmit={() => void submit()}
      >
        {children}
        {proposes && <p class="note">This election counts. Another administrator must confirm this within 24 hours.</p>}
        {withReason && (
          <TextArea
            label="Reason"
            hint="The audit log keeps this reason."
            value={reason}
            onValue={(text) => setReason(text.slice(0, reasonCharactersMax))}
            fault={showFaults ? reasonFault : undefined}
          />
        )}
        {word !== undefined && (
          <TextField
            label={`Type ${word} to confirm`}
            value={typed}
            onValue={setTyped}
            autocomplete="off"
            fault={showFaults ? wordFault : undefined}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}
