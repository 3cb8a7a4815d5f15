// After a sign-in: the time of the previous one. A time that the user does not recognise is a stranger's.
import { Link } from 'wouter-preact';
import { Moment } from '../parts/moment.tsx';
import { useMe } from './session.tsx';

export function LastSignIn() {
  const { signedIn, forgetSignedIn } = useMe();
  if (signedIn === null) return null;
  const { previousLoginAt } = signedIn;
  return (
    <div class="note last-sign-in no-print" role="status">
      {previousLoginAt === null ? (
        <p>Welcome. This is your first sign-in.</p>
      ) : (
        <p>
          Your last sign-in was on <Moment at={previousLoginAt} />. If that was not you, change your password on{' '}
          <Link href="/account">your account page</Link>.
        </p>
      )}
      <button type="button" class="small" onClick={forgetSignedIn}>
        Hide
      </button>
    </div>
  );
}
