// The registration form. A national ID is optional, is checked by the service, and is never shown here again.
import { useState } from 'preact/hooks';
import { SelectField, TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import { useCapsLock } from '../session/caps-lock.tsx';
import { NewPasswordField, newPasswordFault } from '../session/new-password-field.tsx';
import { ShowPasswords } from '../session/show-passwords.tsx';
import { schemeNames } from './person-words.ts';

export type RegisteredAccount = {
  readonly forename: string;
  readonly surname: string;
  readonly email: string;
  readonly password: string;
  readonly nationalId?: { readonly scheme: string; readonly number: string };
};
const fields = {
  'body/forename': 'forename',
  'body/surname': 'surname',
  'body/email': 'email',
  'body/password': 'new-password',
  'body/nationalId/number': 'national-id',
};
const schemes = [['', 'None'], ...Object.entries(schemeNames)] as const;

export function RegistrationForm({ act: register }: { readonly act: (given: RegisteredAccount) => Promise<void> }) {
  const [given, setGiven] = useState({ forename: '', surname: '', email: '', password: '', scheme: '', number: '' });
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const capsLock = useCapsLock();
  const act = useAct(() => {
    const { scheme, number, ...person } = given;
    return register({ ...person, ...(scheme !== '' && { nationalId: { scheme, number } }) });
  });
  const set = (name: keyof typeof given) => (value: string) => setGiven((before) => ({ ...before, [name]: value }));
  const faults = faultsOf(given);
  const fault = (name: keyof typeof faults): string | undefined => (tried ? faults[name] : undefined);
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (Object.values(faults).every((found) => found === undefined)) void act.run();
  };
  return (
    <form onSubmit={submit} noValidate {...capsLock.watch}>
      <RejectionNote rejection={act.rejection} links={fields} />
      <TextField
        {...{ id: 'forename', label: 'Forename', autocomplete: 'given-name', fault: fault('forename') }}
        {...{ value: given.forename, onValue: set('forename') }}
      />
      <TextField
        {...{ id: 'surname', label: 'Surname', autocomplete: 'family-name', fault: fault('surname') }}
        {...{ value: given.surname, onValue: set('surname') }}
      />
      <TextField
        {...{ id: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', fault: fault('email') }}
        {...{ value: given.email, onValue: set('email'), spellcheck: false, autocapitalize: 'off' }}
      />
      <NewPasswordField
        {...{ label: 'Password', value: given.password, onValue: set('password'), shown, fault: fault('password') }}
      />
      {capsLock.hint}
      <SelectField
        {...{ label: 'National ID (optional)', value: given.scheme, onValue: set('scheme'), options: schemes }}
        hint="We store it encrypted. It makes sure that each person has one account."
      />
      {given.scheme !== '' && (
        <TextField
          {...{ id: 'national-id', label: 'Number', autocomplete: 'off', fault: fault('number'), spellcheck: false }}
          {...{ value: given.number, onValue: set('number') }}
        />
      )}
      <div class="acts">
        <button type="submit" class="primary" aria-disabled={act.busy}>
          Register
        </button>
        <ShowPasswords shown={shown} onShown={setShown} />
      </div>
    </form>
  );
}

function faultsOf(
  given: Readonly<Record<'forename' | 'surname' | 'email' | 'password' | 'scheme' | 'number', string>>,
) {
  const missing = (name: keyof typeof given, text: string): string | undefined =>
    given[name].trim() === '' ? text : undefined;
  return {
    forename: missing('forename', 'Enter your forename.'),
    surname: missing('surname', 'Enter your surname.'),
    email: missing('email', 'Enter your e-mail address.'),
    password: newPasswordFault(given.password),
    number: given.scheme === '' ? undefined : missing('number', 'Enter the number, or choose None.'),
  };
}
