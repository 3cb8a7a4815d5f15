// Who is signed in, for every page. Before somebody is, there is only the form to sign in; when a session ends while
// somebody works, the same form comes up over the page, and what was typed there stays.
import { useQueryClient } from '@tanstack/preact-query';
import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { User } from '../../../protocol/access-api.ts';
import type { UserRole } from '../../../protocol/access-tokens.ts';
import { call, fetchJson, onSignedOut, Refused } from '../calls.ts';
import { Dialog } from '../parts/confirm-dialog.tsx';
import { RefusalNote } from '../parts/refusal-note.tsx';
import { SignInForm } from './sign-in-form.tsx';

export type Me = {
  readonly user: User;
  readonly sessionId: string;
  /** Reads it anew, after a change of one's own account. */
  readonly reload: () => Promise<void>;
  readonly signOut: () => Promise<void>;
};
const MeContext = createContext<Me | null>(null);

/** Who is signed in; only below `SessionGate`. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error('Nobody is signed in here.');
  return me;
}

export const hasRole = (me: Me, ...roles: readonly UserRole[]): boolean => roles.includes(me.user.role);

type Account = { readonly user: User; readonly sessionId: string };
type State = Account | 'reading' | 'nobody' | Refused;

/** Shows `children` to whoever is signed in, and the form to everybody else. */
export function SessionGate({ children }: { readonly children: ComponentChildren }) {
  const [state, setState] = useState<State>('reading');
  const client = useQueryClient();
  const reload = async (): Promise<void> => setState(await readAccount());
  useEffect(() => void reload(), []);
  const signOut = async (): Promise<void> => {
    await fetchJson('/api/session', { method: 'DELETE' });
    client.clear();
    setState('nobody');
  };
  if (state === 'reading') return <p class="skeleton" role="status" aria-label="Reading" />;
  if (state === 'nobody') return <SignInPage onSignedIn={reload} />;
  if (state instanceof Refused) {
    return (
      <main class="narrow">
        <RefusalNote refusal={state} />
        <button type="button" class="primary" onClick={() => void reload()}>
          Try again
        </button>
      </main>
    );
  }
  return (
    <MeContext.Provider value={{ ...state, reload, signOut }}>
      {children}
      <SignInAgain userId={state.user.id} email={state.user.email} />
    </MeContext.Provider>
  );
}

async function readAccount(): Promise<State> {
  try {
    return (await fetchJson<Account>('/api/access/v1/account', {})).data;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.is('unauthenticated') ? 'nobody' : error;
  }
}

function SignInPage({ onSignedIn }: { readonly onSignedIn: () => Promise<void> }) {
  useEffect(() => {
    document.title = 'Sign in – PopVote control panel';
  }, []);
  return (
    <main class="narrow">
      <h1>Sign in</h1>
      <SignInForm onSignedIn={onSignedIn} />
    </main>
  );
}

// Calls that met the end of the session wait here until it is mended. Somebody else gets a page of their own: what the
// first one typed is not theirs.
function SignInAgain({ userId, email }: { readonly userId: string; readonly email: string }) {
  const [asking, setAsking] = useState(false);
  const waiting = useRef<(() => void)[]>([]);
  useEffect(() => {
    onSignedOut(() => {
      setAsking(true);
      return new Promise((resolve) => waiting.current.push(resolve));
    });
    return () => onSignedOut(null);
  }, []);
  if (!asking) return null;
  const goOn = async (): Promise<void> => {
    const account = await call<Account>('access', '/v1/account');
    if (account.data.user.id !== userId) location.assign('/');
    setAsking(false);
    for (const resolve of waiting.current.splice(0)) resolve();
  };
  return (
    <Dialog title="Your session is over" onClose={null}>
      <p>Sign in again. What you typed on this page is still there and goes on where it stopped.</p>
      <SignInForm email={email} onSignedIn={goOn} />
    </Dialog>
  );
}
