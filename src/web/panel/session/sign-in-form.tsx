// E-mail and password; then, where they are asked for, the code of the authenticator or a new password in place of a
// one-time one. Which of e-mail and password was wrong is never said, because nobody here knows.
import { useState } from 'preact/hooks';
import { fetchJson } from '../calls.ts';
import { TextField } from '../parts/field.tsx';
import { RefusalNote } from '../parts/refusal-note.tsx';
import { useAct } from '../remote.ts';

/** Fewest characters of a new password: as the service asks. */
const passwordCharactersMin = 12;

export function SignInForm({
  email: known = '',
  onSignedIn,
}: {
  readonly email?: string;
  readonly onSignedIn: () => Promise<void>;
}) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [asks, setAsks] = useState({ code: false, newPassword: false });
  const act = useAct(async () => {
    await fetchJson('/api/session', {
      method: 'POST',
      body: { email, password, ...(asks.code && { code }), ...(asks.newPassword && { newPassword }) },
    });
    await onSignedIn();
  });
  // What is asked for in addition is the next step, and no fault.
  const asksMore = act.refusal?.is('second-factor-required', 'password-change-required') ?? false;
  if (act.refusal?.is('second-factor-required') && !asks.code) setAsks({ ...asks, code: true });
  if (act.refusal?.is('password-change-required') && !asks.newPassword) setAsks({ ...asks, newPassword: true });
  const type = shown ? 'text' : 'password';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act.run();
      }}
      noValidate
    >
      <RefusalNote refusal={asksMore ? null : act.refusal} />
      <TextField label="E-mail" type="email" autocomplete="username" value={email} onValue={setEmail} />
      <TextField label="Password" type={type} autocomplete="current-password" value={password} onValue={setPassword} />
      {asks.code && (
        <TextField
          label="Code of the authenticator"
          hint="Six digits, or a recovery code."
          autocomplete="one-time-code"
          inputMode="numeric"
          value={code}
          onValue={setCode}
        />
      )}
      {asks.newPassword && (
        <TextField
          label="New password"
          hint={`This password worked once. Choose your own: ${passwordCharactersMin} characters or more.`}
          type={type}
          autocomplete="new-password"
          value={newPassword}
          onValue={setNewPassword}
        />
      )}
      <div class="acts">
        <button type="submit" class="primary" aria-disabled={act.busy}>
          Sign in
        </button>
        <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide passwords' : 'Show passwords'}
        </button>
      </div>
    </form>
  );
}
