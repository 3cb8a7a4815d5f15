// Email and password; then, if needed, the authenticator code or a new password after a one-time password. The form
// never says which of email and password was wrong, because the service does not. A rejection clears no field, and no
// value is kept after the sign-in.
import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchJson, Refused } from '../calls.ts';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import { useCapsLock } from './caps-lock.tsx';
import { NewPasswordField, newPasswordFault } from './new-password-field.tsx';
import { ShowPasswords } from './show-passwords.tsx';
import './session.css';

/** The panel's response to a sign-in. */
export type SignInResult = {
  readonly user: { readonly id: string; readonly role: string };
  /** The previous sign-in; null for the first. */
  readonly previousLoginAt: string | null;
};
type Fields = {
  readonly email: string;
  readonly password: string;
  readonly code: string;
  readonly newPassword: string;
};
type Asks = { readonly code: boolean; readonly newPassword: boolean };

export function SignInForm({
  email: initialEmail = '',
  onSignedIn,
}: {
  readonly email?: string;
  readonly onSignedIn: (signedIn: SignInResult) => Promise<void>;
}) {
  const [fields, setFields] = useState<Fields>({ email: initialEmail, password: '', code: '', newPassword: '' });
  const [asks, setAsks] = useState<Asks>({ code: false, newPassword: false });
  const [visible, setVisible] = useState(false);
  const [showFaults, setShowFaults] = useState(false);
  const capsLock = useCapsLock();
  const form = useRef<HTMLFormElement>(null);
  const act = useAct(() => signIn(fields, asks, setAsks, onSignedIn));
  const set = (name: keyof Fields) => (value: string) => setFields((before) => ({ ...before, [name]: value }));
  const faults = showFaults ? faultsOf(fields, asks) : {};
  const nextField = asks.newPassword ? 'new-password' : asks.code ? 'one-time-code' : null;
  // The focus goes to the next field.
  useEffect(() => (nextField === null ? undefined : focusOn(form.current, nextField)), [nextField]);
  const submit = (event: Event): void => {
    event.preventDefault();
    setShowFaults(true);
    const [first] = Object.keys(faultsOf(fields, asks));
    if (first === undefined) void act.run();
    else focusOn(form.current, names[first as keyof Fields]);
  };
  return (
    <form ref={form} onSubmit={submit} noValidate {...capsLock.watch}>
      <RejectionNote
        rejection={act.rejection && readable(act.rejection)}
        links={{ 'body/newPassword': 'new-password' }}
      />
      <TextField
        {...{ label: 'E-mail', name: names.email, type: 'email', autocomplete: 'username', spellcheck: false }}
        {...{ value: fields.email, onValue: set('email'), fault: faults.email, autocapitalize: 'off' }}
      />
      <TextField
        {...{ label: 'Password', name: names.password, type: visible ? 'text' : 'password', spellcheck: false }}
        {...{ value: fields.password, onValue: set('password'), fault: faults.password, autocapitalize: 'off' }}
        autocomplete="current-password"
        autofocus={initialEmail !== ''}
      />
      {capsLock.hint}
      {asks.code && (
        <TextField
          {...{
            label: 'Authenticator code',
            name: names.code,
            autocomplete: 'one-time-code',
            fault: faults.code,
          }}
          {...{ value: fields.code, onValue: set('code'), spellcheck: false, autocapitalize: 'characters' }}
          hint="Enter the six digits from your app, or a recovery code."
        />
      )}
      {asks.newPassword && (
        <NewPasswordField
          {...{ value: fields.newPassword, onValue: set('newPassword'), visible, fault: faults.newPassword }}
          why="Your one-time password has been used. Choose a new password."
        />
      )}
      <div class="acts">
        <button type="submit" class="primary" aria-disabled={act.busy}>
          Sign in
        </button>
        <ShowPasswords visible={visible} onToggle={setVisible} />
        {act.busy && <span role="status">Signing in…</span>}
      </div>
    </form>
  );
}

const names = { email: 'email', password: 'password', code: 'one-time-code', newPassword: 'new-password' } as const;

async function signIn(
  { email, password, code, newPassword }: Fields,
  asks: Asks,
  setAsks: (asks: Asks) => void,
  onSignedIn: (signedIn: SignInResult) => Promise<void>,
): Promise<void> {
  const body = { email, password, ...(asks.code && { code }), ...(asks.newPassword && { newPassword }) };
  let answer: SignInResult;
  try {
    answer = (await fetchJson<SignInResult>('/api/session', { method: 'POST', body })).data;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // An additional field is the next step, not a fault.
    const next = {
      code: asks.code || error.is('second-factor-required'),
      newPassword: asks.newPassword || error.is('password-change-required'),
    };
    if (next.code === asks.code && next.newPassword === asks.newPassword) throw error;
    setAsks(next);
    return;
  }
  await onSignedIn(answer);
}

function faultsOf({ email, password, code, newPassword }: Fields, asks: Asks): Partial<Record<keyof Fields, string>> {
  const newFault = asks.newPassword ? newPasswordFault(newPassword) : undefined;
  return {
    ...(email.trim() === '' && { email: 'Enter your e-mail address.' }),
    ...(password === '' && { password: 'Enter your password.' }),
    ...(newFault !== undefined && { newPassword: newFault }),
    ...(asks.code && code.trim() === '' && { code: 'Enter the code.' }),
  };
}

function focusOn(form: HTMLFormElement | null, name: string): void {
  const field = form?.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.focus();
}

const minuteSeconds = 60;
/** The API's texts also serve programs; these are for people at the form. */
function readable(rejection: Refused): Refused {
  const say = (title: string, detail: string): Refused =>
    new Refused(rejection.status, { ...rejection.problem, title, detail });
  const { retryAfterSeconds: seconds } = rejection;
  if (rejection.is('too-many-requests')) {
    const minutes = Math.ceil((seconds ?? minuteSeconds) / minuteSeconds);
    const at = new Date(Date.now() + minutes * minuteSeconds * 1_000);
    const clock = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
    const wait = `${minutes} minute${minutes === 1 ? '' : 's'}`;
    return say(
      'Too many tries',
      `Wait ${wait} (until ${clock} on your clock), then sign in again. Your account is safe.`,
    );
  }
  if (rejection.is('wrong-credentials')) return say('E-mail or password is not right', 'Check both and try again.');
  if (rejection.is('busy')) return say('You cannot sign in now', 'Wait a few seconds and try again.');
  if (rejection.is('account-waiting')) {
    return say('Your account needs approval', 'An administrator must approve your account. Then you can sign in.');
  }
  if (rejection.is('invalid-request')) return say('E-mail or password is not right', 'Check both and try again.');
  return rejection;
}
