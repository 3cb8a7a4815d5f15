// The form of a dialog: a rejection above its fields, and below them the button that sends it, and Cancel.
import type { ComponentChildren } from 'preact';
import type { RemoteAction } from '../remote.ts';
import { RejectionNote } from './rejection-note.tsx';

export function DialogForm({
  act: { busy, rejection },
  label,
  danger = false,
  children,
  more,
  closeLabel = 'Cancel',
  links,
  onSubmit,
  onClose,
}: {
  readonly act: Pick<RemoteAction<never[]>, 'busy' | 'rejection'>;
  /** Of the button that sends the form. */
  readonly label: string;
  readonly danger?: boolean;
  readonly children: ComponentChildren;
  /** Buttons between those that send and close. */
  readonly more?: ComponentChildren;
  readonly closeLabel?: string;
  /** The fields that errors name. */
  readonly links?: Readonly<Record<string, string>>;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <RejectionNote rejection={rejection} {...(links && { links })} />
      {children}
      <div class="acts">
        <button type="submit" class={danger ? 'danger' : 'primary'} aria-disabled={busy}>
          {label}
        </button>
        {more}
        <button type="button" onClick={onClose}>
          {closeLabel}
        </button>
        {busy && <span role="status">Working…</span>}
      </div>
    </form>
  );
}
