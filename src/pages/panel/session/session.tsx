// Who is signed in, for every page. Before somebody is, there is only the form to sign in; when a session ends while
// somebody works, the same form comes up over the page, and what was typed there stays. What one person typed or saw is
// never the next person's: another user, in whichever tab, begins with a new page.
import { useQueryClient } from '@tanstack/preact-query';
import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { User } from '../../../protocol/control/access-api.ts';
import type { UserRole } from '../../../domain/user.ts';
import { fetchJson, Refused } from '../calls.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { readAccount } from './account.ts';
import type { Account, Nobody } from './account.ts';
import { tellOtherTabs, watchOtherTabs } from './other-tabs.ts';
import { SignInAgain } from './sign-in-again.tsx';
import type { SignInResult } from './sign-in-form.tsx';
import { SignInPage } from './sign-in-page.tsx';

export type Me = {
  readonly user: User;
  readonly sessionId: string;
  /** What was said when this page signed in; null where it found a session. */
  readonly signedIn: SignInResult | null;
  readonly forgetSignedIn: () => void;
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

type State = Account | Nobody | Refused | 'reading';

/** Shows `children` to whoever is signed in, and the form to everybody else. */
export function SessionGate({ children }: { readonly children: ComponentChildren }) {
  const [state, setState] = useState<State>('reading');
  const [signedIn, setSignedIn] = useState<SignInResult | null>(null);
  const client = useQueryClient();
  const userId = typeof state === 'object' && 'user' in state ? state.user.id : null;
  const reload = async (): Promise<void> => setState(await readAccount());
  const nobody = (said: string): void => {
    client.clear();
    setSignedIn(null);
    setState({ nobody: said });
  };
  useEffect(() => void reload(), []);
  useEffect(() => {
    if (userId === null) return;
    return watchOtherTabs(async (told) => {
      const now = told ?? { userId: await userNow() };
      if (now.userId === null) nobody(`You are signed out.${told === null ? '' : ' It was done in another tab.'}`);
      else if (now.userId !== userId) location.assign('/');
    });
  }, [userId]);
  const onSignedIn = async (said: SignInResult): Promise<void> => {
    tellOtherTabs(said.user.id);
    setSignedIn(said);
    await reload();
  };
  const signOut = async (): Promise<void> => {
    const said = await leave();
    // The address says what somebody looked at.
    history.replaceState(null, '', '/');
    tellOtherTabs(null);
    nobody(said);
  };
  if (state === 'reading') return <p class="skeleton" role="status" aria-label="Reading" />;
  if ('nobody' in state) return <SignInPage said={state.nobody} onSignedIn={onSignedIn} />;
  if (state instanceof Refused) return <NotRead rejection={state} onRetry={() => void reload()} />;
  const me = { ...state, signedIn, forgetSignedIn: () => setSignedIn(null), reload, signOut };
  return (
    <MeContext.Provider value={me}>
      {children}
      <SignInAgain userId={state.user.id} email={state.user.email} />
    </MeContext.Provider>
  );
}

function NotRead({ rejection, onRetry }: { readonly rejection: Refused; readonly onRetry: () => void }) {
  return (
    <main class="narrow">
      <RejectionNote rejection={rejection} />
      <button type="button" class="primary" onClick={onRetry}>
        Try again
      </button>
    </main>
  );
}

/** For a page that was kept: nobody, where it cannot be told. */
async function userNow(): Promise<string | null> {
  const found = await readAccount();
  return 'user' in found ? found.user.id : null;
}

/** Signs this browser out, and says what is to be known of it. */
async function leave(): Promise<string> {
  try {
    await fetchJson('/api/session', { method: 'DELETE' });
    return 'You are signed out.';
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.status === 0
      ? 'The control panel did not answer: this browser may still be signed in. Close it, or sign in and out again.'
      : 'This browser is signed out. The session itself could not be ended: sign in again and sign out once more.';
  }
}
