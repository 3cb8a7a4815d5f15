// The field for the code of an authenticator, or for a recovery code.
import type { SecondFactorKind } from '../../../protocol/problem.ts';
import { TextField } from '../parts/field.tsx';

export function CodeField(props: {
  readonly factors: readonly SecondFactorKind[];
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly fault: string | undefined;
}) {
  const { factors, ...field } = props;
  const hasAuthenticator = factors.includes('authenticator');
  return (
    <TextField
      {...field}
      {...{ autocomplete: 'one-time-code', spellcheck: false, autocapitalize: 'characters' }}
      label={hasAuthenticator ? 'Authenticator code' : 'Recovery code'}
      hint={hasAuthenticator ? 'Enter the six digits from your app, or a recovery code.' : 'Or use a passkey.'}
    />
  );
}
