// The user's second factor: setup with an authenticator, recovery codes shown once, and removal. The secret and the
// codes stay only in the memory of this page.
import { useState } from 'preact/hooks';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { proofRejection } from './proof-rejection.ts';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

type Offer = { readonly secret: string; readonly uri: string };

export function OwnSecondFactor() {
  const { user, reload } = useMe();
  const refresh = useRefresh();
  const [open, setOpen] = useState<'add' | 'remove' | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const changed = async (): Promise<void> => {
    setOpen(null);
    await Promise.all([reload(), refresh('access')]);
  };
  return (
    <section aria-labelledby="second-factor-heading">
      <h2 id="second-factor-heading">Second factor</h2>
      <p>
        {user.secondFactor
          ? 'On. You need your password and an authenticator code to sign in.'
          : 'Off. Anyone who knows your password can sign in. A second factor also requires a code from your phone.'}
      </p>
      {codes !== null && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
      <div class="acts">
        {user.secondFactor ? (
          <button type="button" class="danger" onClick={() => setOpen('remove')}>
            Remove second factor
          </button>
        ) : (
          <button type="button" onClick={() => setOpen('add')}>
            Set up second factor
          </button>
        )}
      </div>
      {open === 'add' && (
        <AddDialog
          onClose={() => setOpen(null)}
          onDone={(answer) => {
            setCodes(answer);
            void changed();
          }}
        />
      )}
      {open === 'remove' && <RemoveDialog onClose={() => setOpen(null)} onDone={() => void changed()} />}
    </section>
  );
}

function AddDialog({ onClose, onDone }: { onClose: () => void; onDone: (codes: readonly string[]) => void }) {
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
    onDone(answer.data.recoveryCodes);
  });
  const act = offer === null ? ask : confirm;
  const submit = (event: Event): void => {
    event.preventDefault();
    void act.run();
  };
  return (
    <Dialog title="Set up second factor" onClose={onClose}>
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
            <CodeField value={code} onValue={setCode} />
          </>
        )}
        <FormButtons label={offer === null ? 'Continue' : 'Turn on'} busy={act.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function RemoveDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const act = useAct(async () => {
    await callPanel('access', '/v1/second-factor/disable', { method: 'POST', body: { password, code } });
    onDone();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void act.run();
  };
  return (
    <Dialog title="Remove second factor" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection && proofRejection(act.rejection)} />
        <p>You will sign in with your password only. Your recovery codes stop working.</p>
        <PasswordField value={password} onValue={setPassword} />
        <CodeField value={code} onValue={setCode} recovery />
        <FormButtons label="Remove" danger busy={act.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

type FieldProps = { readonly value: string; readonly onValue: (value: string) => void };

const PasswordField = (props: FieldProps) => (
  <TextField {...props} label="Your password" type="password" name="password" autocomplete="current-password" />
);

const CodeField = ({ recovery = false, ...props }: FieldProps & { recovery?: boolean }) => (
  <TextField
    {...props}
    label="Authenticator code"
    {...(recovery ? { hint: 'You can also use a recovery code.' } : { inputMode: 'numeric' as const })}
    name="one-time-code"
    autocomplete="one-time-code"
  />
);

function FormButtons(props: { label: string; danger?: boolean; busy: boolean; onClose: () => void }) {
  return (
    <div class="acts">
      <button type="submit" class={props.danger ? 'danger' : 'primary'} aria-disabled={props.busy}>
        {props.label}
      </button>
      <button type="button" onClick={props.onClose}>
        Cancel
      </button>
    </div>
  );
}

const inGroups = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');
