// The dialog that sets up an authenticator app. The secret and the codes stay only in the memory of this page.
import { useState } from 'preact/hooks';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { DialogForm } from '../parts/dialog-form.tsx';
import { useAct } from '../remote.ts';
import { ProofCodeField, PasswordField } from './proof-form.tsx';
import { proofRejection } from './proof-rejection.ts';
import { QrCode } from './qr-code.tsx';

type Offer = { readonly secret: string; readonly uri: string };

export function AddAuthenticator(props: {
  readonly onClose: () => void;
  readonly onDone: (recoveryCodes: readonly string[]) => Promise<void>;
}) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [offer, setOffer] = useState<Offer | null>(null);
  const ask = useAct(async () => {
    const { data } = await callPanel<Offer>('access', '/v1/second-factor', { method: 'POST', body: { password } });
    setOffer(data);
  });
  const confirm = useAct(async () => {
    const path = '/v1/second-factor/confirm';
    const answer = await callPanel<{ recoveryCodes: string[] }>('access', path, { method: 'POST', body: { code } });
    await props.onDone(answer.data.recoveryCodes);
  });
  const act = offer === null ? ask : confirm;
  return (
    <Dialog title="Set up authenticator" onClose={props.onClose}>
      <DialogForm
        act={{ ...act, rejection: act.rejection && proofRejection(act.rejection) }}
        label={offer === null ? 'Continue' : 'Turn on'}
        onSubmit={() => void act.run()}
        onClose={props.onClose}
      >
        {offer === null ? (
          <PasswordField value={password} onValue={setPassword} />
        ) : (
          <>
            <ol>
              <li>Open an authenticator app on your phone, such as Aegis, Google Authenticator or 1Password.</li>
              <li>Scan this code, or type the secret.</li>
              <li>Enter the six digits from the app.</li>
            </ol>
            <QrCode text={offer.uri} />
            <p>
              Secret: <code class="secret">{inGroups(offer.secret)}</code>
            </p>
            <ProofCodeField value={code} onValue={setCode} />
          </>
        )}
      </DialogForm>
    </Dialog>
  );
}

const inGroups = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');
