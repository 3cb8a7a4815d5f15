// Registration: with an invitation, whose token is behind the # of the link and so reaches no server or log before it
// is sent in the body; or without one, where the organiser allows it. The service decides who may register.
import { useEffect, useState } from 'preact/hooks';
import type { User } from '../../../protocol/control/access-api.ts';
import { fetchJson } from '../calls.ts';
import { RegistrationForm } from './registration-form.tsx';
import type { RegisteredAccount } from './registration-form.tsx';
import { roleNames } from './person-words.ts';

/** /register#<token> */
const tokenInAddress = (): string | undefined => /^#([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1];

export function RegisterPage() {
  const [invitation] = useState(tokenInAddress);
  const [registered, setRegistered] = useState<User | null>(null);
  useEffect(() => {
    document.title = 'Register – PopVote control panel';
  }, []);
  const register = async (input: RegisteredAccount): Promise<void> => {
    const body = { ...input, ...(invitation !== undefined && { invitation }) };
    const { data } = await fetchJson<{ user: User }>('/api/access/v1/users', { method: 'POST', body });
    // The token worked once and is now useless.
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
              ? 'You usually need an invitation to register. Ask your organiser if you do not have one.'
              : 'Your invitation sets your role. It works once.'}
          </p>
          {location.hash !== '' && invitation === undefined && (
            <p class="note warn">This link is incomplete. Open the link again from the message you received.</p>
          )}
          <RegistrationForm act={register} />
          <p>
            Already registered? <a href="/">Sign in</a>
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
      <h2>{user.state === 'active' ? 'Your account is ready' : 'Your account needs approval'}</h2>
      <p>
        {user.state === 'active'
          ? `You are registered as ${roleNames[user.role].toLowerCase()} with ${user.email}.`
          : `You are registered with ${user.email}. An administrator must approve your account. Then you can sign in. You do not need to register again.`}
      </p>
      <p>
        <a href="/">Sign in</a>
      </p>
    </div>
  );
}
