// The dialog that sets up an authenticator app. The secret and the codes stay only in the memory of this page.
import { useState } from 'preact/hooks';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
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
  const submit = (event: Event): void => {
    event.preventDefault();
    void act.run();
  };
  return (
    <Dialog title="Set up authenticator" onClose={props.onClose}>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection && proofRejection(act.rejection)} />
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
        <div class="acts">
          <button type="submit" class="primary" aria-disabled={act.busy}>
            {offer === null ? 'Continue' : 'Turn on'}
          </button>
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const inGroups = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');
