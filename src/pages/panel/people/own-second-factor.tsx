// The second factor of oneself: set up with an authenticator, its recovery codes shown once, and removed. The secret and the
// codes live in this page's memory until they are put away.
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
          ? 'On: signing in takes your password and a code of your authenticator.'
          : 'Off: whoever learns your password can sign in. With a second factor a code of your phone is needed too.'}
      </p>
      {codes !== null && <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />}
      <div class="acts">
        {user.secondFactor ? (
          <button type="button" class="danger" onClick={() => setOpen('remove')}>
            Remove the second factor
          </button>
        ) : (
          <button type="button" onClick={() => setOpen('add')}>
            Set up a second factor
          </button>
        )}
      </div>
      {open === 'add' && (
        <AddDialog
          onClose={() => setOpen(null)}
          onDone={(made) => {
            setCodes(made);
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
    const made = await callPanel<{ recoveryCodes: string[] }>('access', path, { method: 'POST', body: { code } });
    onDone(made.data.recoveryCodes);
  });
  const act = offer === null ? ask : confirm;
  const submit = (event: Event): void => {
    event.preventDefault();
    void act.run();
  };
  return (
    <Dialog title="Set up a second factor" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection && proofRejection(act.rejection)} />
        {offer === null ? (
          <PasswordField value={password} onValue={setPassword} />
        ) : (
          <>
            <ol>
              <li>Open an authenticator on your phone, such as Aegis, Google Authenticator or 1Password.</li>
              <li>Let it read this code, or type the secret.</li>
              <li>Enter the six digits that it shows.</li>
            </ol>
            <QrCode text={offer.uri} />
            <p>
              Secret: <code class="secret">{inGroups(offer.secret)}</code>
            </p>
            <CodeField value={code} onValue={setCode} />
          </>
        )}
        <Acts label={offer === null ? 'Go on' : 'Turn it on'} busy={act.busy} onClose={onClose} />
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
    <Dialog title="Remove the second factor" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection && proofRejection(act.rejection)} />
        <p>From then on your password alone signs you in. The recovery codes end too.</p>
        <PasswordField value={password} onValue={setPassword} />
        <CodeField value={code} onValue={setCode} recovery />
        <Acts label="Remove it" danger busy={act.busy} onClose={onClose} />
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
    label="Code of the authenticator"
    {...(recovery ? { hint: 'Or one of your recovery codes.' } : { inputMode: 'numeric' as const })}
    name="one-time-code"
    autocomplete="one-time-code"
  />
);

function Acts(props: { label: string; danger?: boolean; busy: boolean; onClose: () => void }) {
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
