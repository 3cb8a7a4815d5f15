// A form that proves who acts: the password, and for a user with a second factor also a code or a passkey. Nothing that
// is typed is kept.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { SecondFactorProof } from '../../../protocol/control/access-api.ts';
import type { SecondFactorList } from '../../../protocol/control/passkey-api.ts';
import { callPanel } from '../calls.ts';
import { DialogForm } from '../parts/dialog-form.tsx';
import { TextField } from '../parts/field.tsx';
import { useAct } from '../remote.ts';
import { provePasskey } from '../session/passkey-prompt.ts';
import type { RequestOptions } from '../session/passkey-prompt.ts';
import { proofRejection } from './proof-rejection.ts';

export function ProofForm(props: {
  readonly factors: SecondFactorList;
  readonly label: string;
  readonly danger?: boolean;
  readonly children?: ComponentChildren;
  readonly onProof: (proof: SecondFactorProof) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { factors, label, danger = false, onProof, onClose } = props;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const hasPasskey = factors.passkeys.length > 0;
  const needsFactor = factors.authenticator || hasPasskey;
  const act = useAct(async (withPasskey: boolean) => {
    if (!withPasskey) return onProof({ password, ...(needsFactor && { code }) });
    const options = await callPanel<RequestOptions>('access', '/v1/passkeys/challenge', { method: 'POST' });
    return onProof({ password, passkey: await provePasskey(options.data) });
  });
  return (
    <DialogForm
      {...{ label, danger, onClose }}
      act={{ ...act, rejection: act.rejection && proofRejection(act.rejection) }}
      onSubmit={() => void act.run(false)}
      more={
        hasPasskey && (
          <button type="button" aria-disabled={act.busy} onClick={() => void act.run(true)}>
            Use a passkey
          </button>
        )
      }
    >
      {props.children}
      <PasswordField value={password} onValue={setPassword} />
      {needsFactor && <ProofCodeField value={code} onValue={setCode} authenticator={factors.authenticator} recovery />}
    </DialogForm>
  );
}

type FieldProps = { readonly value: string; readonly onValue: (value: string) => void };

export const PasswordField = (props: FieldProps) => (
  <TextField {...props} label="Your password" type="password" name="password" autocomplete="current-password" />
);

export const ProofCodeField = ({
  recovery = false,
  authenticator = true,
  ...props
}: FieldProps & { readonly recovery?: boolean; readonly authenticator?: boolean }) => (
  <TextField
    {...props}
    label={authenticator ? 'Authenticator code' : 'Recovery code'}
    {...(!recovery && { inputMode: 'numeric' as const })}
    {...(recovery && authenticator && { hint: 'You can also use a recovery code.' })}
    name="one-time-code"
    autocomplete="one-time-code"
  />
);
