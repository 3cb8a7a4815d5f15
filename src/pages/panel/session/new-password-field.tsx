// A new password with its rules. The service decides; the field checks the length while it is typed. Pasting works, and
// password managers recognise the field.
import { TextField } from '../parts/field.tsx';

/** Fewest and most characters of a new password: the limits of the service. */
const charactersMin = 12;
const charactersMax = 128;

/** The fault that a page can find, or undefined. */
export function newPasswordFault(password: string): string | undefined {
  const { length } = Array.from(password.normalize('NFKC'));
  if (length === 0) return 'Choose a new password.';
  if (length < charactersMin) return `Use ${charactersMin} characters or more. This has ${length}.`;
  return length > charactersMax ? `Use ${charactersMax} characters or fewer. This has ${length}.` : undefined;
}

export function NewPasswordField({
  value,
  onValue,
  visible,
  fault,
  label = 'New password',
  why,
  id = 'new-password',
}: {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly visible: boolean;
  readonly fault: string | undefined;
  readonly label?: string;
  /** Why a new password is needed. */
  readonly why?: string;
  readonly id?: string;
}) {
  return (
    <TextField
      id={id}
      label={label}
      hint={`${why === undefined ? '' : `${why} `}${charactersMin} characters or more. Four unrelated words are easy to remember and hard to guess.`}
      fault={fault}
      name="new-password"
      type={visible ? 'text' : 'password'}
      autocomplete="new-password"
      spellcheck={false}
      autocapitalize="off"
      value={value}
      onValue={onValue}
    />
  );
}
