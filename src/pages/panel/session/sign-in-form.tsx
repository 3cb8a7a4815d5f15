// Email and password; then, if needed, a passkey or code, or a new password after a one-time password. The form
// never says which of email and password was wrong, because the service does not. A rejection clears no field, and no
// value is kept after the sign-in.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Refused } from '../calls.ts';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import { useCapsLock } from './caps-lock.tsx';
import { CodeField } from './code-field.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { ShowPasswords } from './show-passwords.tsx';
import { faultsOf, signInStep } from './sign-in-step.ts';
import type { SignInFields, SignInNeeds, SignInResult } from './sign-in-step.ts';

export function SignInForm({
  email: initialEmail = '',
  onSignedIn,
}: {
  readonly email?: string;
  readonly onSignedIn: (signedIn: SignInResult) => Promise<void>;
}) {
  const [fields, setFields] = useState<SignInFields>({ email: initialEmail, password: '', code: '', newPassword: '' });
  const [needs, setNeeds] = useState<SignInNeeds>({ factors: [], newPassword: false });
  const [visible, setVisible] = useState(false);
  const [showFaults, setShowFaults] = useState(false);
  const capsLock = useCapsLock();
  const form = useRef<HTMLFormElement>(null);
  const act = useAct(async (withPasskey: boolean) => {
    const step = await signInStep(fields, needs, withPasskey);
    if ('user' in step) await onSignedIn(step);
    else setNeeds(step);
  });
  const set = (name: keyof SignInFields) => (value: string) => setFields((before) => ({ ...before, [name]: value }));
  const faults = showFaults ? faultsOf(fields, needs, false) : {};
  const hasPasskey = needs.factors.includes('passkey');
  const nextField = needs.newPassword ? names.newPassword : hasPasskey ? 'passkey' : names.code;
  const needsMore = needs.newPassword || needs.factors.length > 0;
  // The focus goes to the next field.
  useEffect(() => (needsMore ? focusOn(form.current, nextField) : undefined), [needsMore, nextField]);
  const go = (withPasskey: boolean): void => {
    setShowFaults(!withPasskey);
    const [first] = Object.keys(faultsOf(fields, needs, withPasskey));
    if (first === undefined) void act.run(withPasskey);
    else focusOn(form.current, names[first as keyof SignInFields]);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    go(false);
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
      {needs.factors.length > 0 && (
        <CodeField
          {...{ factors: needs.factors, name: names.code }}
          {...{ value: fields.code, onValue: set('code'), fault: faults.code }}
        />
      )}
      {needs.newPassword && (
        <NewPasswordField
          {...{ value: fields.newPassword, onValue: set('newPassword'), visible, fault: faults.newPassword }}
          why="Your one-time password has been used. Choose a new password."
        />
      )}
      <SignInButtons
        {...{ busy: act.busy, visible, onVisible: setVisible }}
        onPasskey={hasPasskey ? () => go(true) : null}
      />
    </form>
  );
}

function SignInButtons(props: {
  readonly busy: boolean;
  readonly visible: boolean;
  readonly onVisible: (visible: boolean) => void;
  /** Null without a passkey. */
  readonly onPasskey: (() => void) | null;
}) {
  return (
    <div class="acts">
      <button type="submit" class="primary" aria-disabled={props.busy}>
        Sign in
      </button>
      {props.onPasskey && (
        <button type="button" name="passkey" aria-disabled={props.busy} onClick={props.onPasskey}>
          Use a passkey
        </button>
      )}
      <ShowPasswords visible={props.visible} onToggle={props.onVisible} />
      {props.busy && <span role="status">Signing in…</span>}
    </div>
  );
}

const names = { email: 'email', password: 'password', code: 'one-time-code', newPassword: 'new-password' } as const;

function focusOn(form: HTMLFormElement | null, name: string): void {
  const field = form?.elements.namedItem(name);
  if (field instanceof HTMLElement) field.focus();
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
  if (rejection.is('wrong-passkey')) return say('The passkey was not accepted', 'Try again, or enter a code.');
  if (rejection.is('busy')) return say('You cannot sign in now', 'Wait a few seconds and try again.');
  if (rejection.is('account-waiting')) {
    return say('Your account needs approval', 'An administrator must approve your account. Then you can sign in.');
  }
  if (rejection.is('invalid-request')) return say('E-mail or password is not right', 'Check both and try again.');
  return rejection;
}
