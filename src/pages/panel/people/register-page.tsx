// Registering: by an invitation, whose token stands behind the # of the link and so reaches no server and no log until it is
// sent in the body; or without one, where the organiser lets everybody. Who may is the service's word alone.
import { useEffect, useState } from 'preact/hooks';
import type { User } from '../../../protocol/control/access-api.ts';
import { fetchJson } from '../calls.ts';
import { RegistrationForm } from './registration-form.tsx';
import type { RegisteredAccount } from './registration-form.tsx';
import { roleNames } from './person-words.ts';
import './people.css';

/** /register#<token> */
const tokenInAddress = (): string | undefined => /^#([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1];

export function RegisterPage() {
  const [invitation] = useState(tokenInAddress);
  const [registered, setRegistered] = useState<User | null>(null);
  useEffect(() => {
    document.title = 'Register – PopVote control panel';
  }, []);
  const register = async (given: RegisteredAccount): Promise<void> => {
    const body = { ...given, ...(invitation !== undefined && { invitation }) };
    const { data } = await fetchJson<{ user: User }>('/api/access/v1/users', { method: 'POST', body });
    // It worked once and is worth nothing any more.
    history.replaceState(null, '', '/register');
    setRegistered(data.user);
  };
  return (
    <main class="narrow sign-in">
      <p class="brand">PopVote control panel</p>
      <h1>Register</h1>
      {registered === null ? (
        <>
          <p>
            {invitation === undefined
              ? 'You open this page without an invitation. Whether you may register all the same is decided by who runs the elections; most send an invitation.'
              : 'You were invited. The invitation works once and brings your role.'}
          </p>
          {location.hash !== '' && invitation === undefined && (
            <p class="note warn">
              The invitation in this link is not whole. Open the link again as it was sent to you.
            </p>
          )}
          <RegistrationForm act={register} />
          <p>
            You have an account? <a href="/">Sign in</a>
          </p>
        </>
      ) : (
        <Done user={registered} />
      )}
    </main>
  );
}

function Done({ user }: { readonly user: User }) {
  return (
    <div class="note ok" role="status">
      <h2>{user.state === 'active' ? 'Your account is ready' : 'Your account waits for approval'}</h2>
      <p>
        {user.state === 'active'
          ? `You are registered as ${roleNames[user.role].toLowerCase()} with ${user.email}.`
          : `You are registered with ${user.email}. An administrator has to approve it; sign in after that. There is no need to register again.`}
      </p>
      <p>
        <a href="/">Sign in</a>
      </p>
    </div>
  );
}
