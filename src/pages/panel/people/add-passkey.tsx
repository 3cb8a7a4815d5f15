// The dialog that adds a passkey with a name.
import { useState } from 'preact/hooks';
import type { SecondFactorProof } from '../../../protocol/control/access-api.ts';
import type { SecondFactorList } from '../../../protocol/control/passkey-api.ts';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { createPasskey } from '../session/passkey-prompt.ts';
import type { CreationOptions } from '../session/passkey-prompt.ts';
import { ProofForm } from './proof-form.tsx';

export function AddPasskey(props: {
  readonly factors: SecondFactorList;
  readonly onClose: () => void;
  /** With the recovery codes of the first second factor. */
  readonly onDone: (recoveryCodes: readonly string[]) => Promise<void>;
}) {
  const { factors, onClose, onDone } = props;
  const [name, setName] = useState('');
  const add = async (proof: SecondFactorProof): Promise<void> => {
    const post = { method: 'POST' } as const;
    const options = await callPanel<CreationOptions>('access', '/v1/passkeys/options', { ...post, body: proof });
    const body = { name, credential: await createPasskey(options.data) };
    const added = await callPanel<{ recoveryCodes: string[] }>('access', '/v1/passkeys', { ...post, body });
    await onDone(added.data.recoveryCodes);
  };
  return (
    <Dialog title="Add a passkey" onClose={onClose}>
      <ProofForm {...{ factors, onClose, label: 'Add', onProof: add }}>
        <p>
          A passkey is on a security key, a phone or this computer. Your browser asks for it next. It does not work on a
          false page.
        </p>
        <TextField
          label="Name of the passkey"
          hint="So that you know it again, such as “Blue key”."
          value={name}
          onValue={setName}
        />
      </ProofForm>
    </Dialog>
  );
}
