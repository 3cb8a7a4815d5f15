// A new password, with what is asked of it. The service decides; the length is told while it is typed. Pasting works, and a
// password manager knows what it is.
import { TextField } from '../parts/field.tsx';

/** Fewest and most characters of a new password: as the service asks. */
const charactersMin = 12;
const charactersMax = 128;

/** What is wrong with it as far as a page can tell, or undefined. */
export function newPasswordFault(password: string): string | undefined {
  const { length } = Array.from(password.normalize('NFKC'));
  if (length === 0) return 'Choose a new password.';
  if (length < charactersMin) return `Use ${charactersMin} characters or more: it has ${length}.`;
  return length > charactersMax ? `Use ${charactersMax} characters or fewer: it has ${length}.` : undefined;
}

export function NewPasswordField({
  value,
  onValue,
  shown,
  fault,
  label = 'New password',
  why,
  id = 'new-password',
}: {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly shown: boolean;
  readonly fault: string | undefined;
  readonly label?: string;
  /** Why one is asked for. */
  readonly why?: string;
  readonly id?: string;
}) {
  return (
    <TextField
      id={id}
      label={label}
      hint={`${why === undefined ? '' : `${why} `}${charactersMin} characters or more. Four unrelated words are easy to keep and hard to guess.`}
      fault={fault}
      name="new-password"
      type={shown ? 'text' : 'password'}
      autocomplete="new-password"
      spellcheck={false}
      autocapitalize="off"
      value={value}
      onValue={onValue}
    />
  );
}
