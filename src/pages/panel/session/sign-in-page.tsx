// The page without a signed-in user. It shows nothing about elections or the previous user.
import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { SignInForm } from './sign-in-form.tsx';
import type { SignInResult } from './sign-in-step.ts';

export function SignInPage({
  note,
  onSignedIn,
}: {
  readonly note: string | null;
  readonly onSignedIn: (signedIn: SignInResult) => Promise<void>;
}) {
  useEffect(() => {
    document.title = 'Sign in – PopVote control panel';
  }, []);
  return (
    <main class="narrow sign-in">
      <p class="brand">PopVote control panel</p>
      <h1>Sign in</h1>
      {note !== null && (
        <p class="note" role="status">
          {note}
        </p>
      )}
      <SignInForm onSignedIn={onSignedIn} />
      <details>
        <summary>Forgot your password or lost your passkey or authenticator?</summary>
        <p>
          Ask an administrator for a one-time password, or to remove the second factor. A recovery code works in place
          of the passkey or authenticator. If no administrator can sign in, the operator creates a new one with{' '}
          <code>popvote admin create</code>.
        </p>
      </details>
      <p>
        No account? <Link href="/register">Register</Link>
      </p>
    </main>
  );
}
