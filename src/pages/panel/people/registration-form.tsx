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

export function RegistrationForm({ act: register }: { readonly act: (input: RegisteredAccount) => Promise<void> }) {
  const [input, setInput] = useState({ forename: '', surname: '', email: '', password: '', scheme: '', number: '' });
  const [visible, setVisible] = useState(false);
  const [showFaults, setShowFaults] = useState(false);
  const capsLock = useCapsLock();
  const act = useAct(() => {
    const { scheme, number, ...person } = input;
    return register({ ...person, ...(scheme !== '' && { nationalId: { scheme, number } }) });
  });
  const set = (name: keyof typeof input) => (value: string) => setInput((before) => ({ ...before, [name]: value }));
  const faults = faultsOf(input);
  const fault = (name: keyof typeof faults): string | undefined => (showFaults ? faults[name] : undefined);
  const submit = (event: Event): void => {
    event.preventDefault();
    setShowFaults(true);
    if (Object.values(faults).every((fault) => fault === undefined)) void act.run();
  };
  return (
    <form onSubmit={submit} noValidate {...capsLock.watch}>
      <RejectionNote rejection={act.rejection} links={fields} />
      <TextField
        {...{ id: 'forename', label: 'Forename', autocomplete: 'given-name', fault: fault('forename') }}
        {...{ value: input.forename, onValue: set('forename') }}
      />
      <TextField
        {...{ id: 'surname', label: 'Surname', autocomplete: 'family-name', fault: fault('surname') }}
        {...{ value: input.surname, onValue: set('surname') }}
      />
      <TextField
        {...{ id: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', fault: fault('email') }}
        {...{ value: input.email, onValue: set('email'), spellcheck: false, autocapitalize: 'off' }}
      />
      <NewPasswordField
        {...{ label: 'Password', value: input.password, onValue: set('password'), visible, fault: fault('password') }}
      />
      {capsLock.hint}
      <SelectField
        {...{ label: 'National ID (optional)', value: input.scheme, onValue: set('scheme'), options: schemes }}
        hint="We store it encrypted. It makes sure that each person has one account."
      />
      {input.scheme !== '' && (
        <TextField
          {...{ id: 'national-id', label: 'Number', autocomplete: 'off', fault: fault('number'), spellcheck: false }}
          {...{ value: input.number, onValue: set('number') }}
        />
      )}
      <div class="acts">
        <button type="submit" class="primary" aria-disabled={act.busy}>
          Register
        </button>
        <ShowPasswords visible={visible} onToggle={setVisible} />
      </div>
    </form>
  );
}

function faultsOf(
  input: Readonly<Record<'forename' | 'surname' | 'email' | 'password' | 'scheme' | 'number', string>>,
) {
  const missing = (name: keyof typeof input, text: string): string | undefined =>
    input[name].trim() === '' ? text : undefined;
  return {
    forename: missing('forename', 'Enter your forename.'),
    surname: missing('surname', 'Enter your surname.'),
    email: missing('email', 'Enter your e-mail address.'),
    password: newPasswordFault(input.password),
    number: input.scheme === '' ? undefined : missing('number', 'Enter the number, or choose None.'),
  };
}
