// After signing in: when the account was signed in to before. A time that its owner does not know is a stranger's.
import { Link } from 'wouter-preact';
import { Moment } from '../parts/moment.tsx';
import { ownZone } from './own-zone.ts';
import { useMe } from './session.tsx';
import './session.css';

export function LastSignIn() {
  const { signedIn, forgetSignedIn } = useMe();
  if (signedIn === null) return null;
  const { previousLoginAt } = signedIn;
  return (
    <div class="note last-sign-in no-print" role="status">
      {previousLoginAt === null ? (
        <p>This is the first sign-in to your account.</p>
      ) : (
        <p>
          You signed in before this on <Moment at={previousLoginAt} zone={ownZone} />. Was it not you? Change your
          password on <Link href="/account">your account</Link>.
        </p>
      )}
      <button type="button" class="small" onClick={forgetSignedIn}>
        Hide
      </button>
    </div>
  );
}
