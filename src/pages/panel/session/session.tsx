// The signed-in user, for every page. Before a sign-in there is only the form; when a session ends during work, the
// same form covers the page and unsaved input stays. Another user always starts with a new page and never sees that
// input, in any tab.
import { useQueryClient } from '@tanstack/preact-query';
import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { User } from '../../../protocol/control/access-api.ts';
import type { UserRole } from '../../../domain/user.ts';
import { fetchJson, Refused } from '../calls.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { readAccount } from './account.ts';
import type { Account, SignedOut } from './account.ts';
import { tellOtherTabs, watchOtherTabs } from './other-tabs.ts';
import { SignInAgain } from './sign-in-again.tsx';
import type { SignInResult } from './sign-in-step.ts';
import { SignInPage } from './sign-in-page.tsx';

export type Me = {
  readonly user: User;
  readonly sessionId: string;
  /** The result of the sign-in on this page; null where the session already existed. */
  readonly signedIn: SignInResult | null;
  readonly forgetSignedIn: () => void;
  /** Reads the account again, after a change. */
  readonly reload: () => Promise<void>;
  readonly signOut: () => Promise<void>;
};
const MeContext = createContext<Me | null>(null);

/** The signed-in user; only below `SessionGate`. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error('useMe needs a SessionGate above it.');
  return me;
}

export const hasRole = (me: Me, ...roles: readonly UserRole[]): boolean => roles.includes(me.user.role);

type State = Account | SignedOut | Refused | 'reading';

/** Shows `children` to a signed-in user, and otherwise the form. */
export function SessionGate({ children }: { readonly children: ComponentChildren }) {
  const [state, setState] = useState<State>('reading');
  const [signedIn, setSignedIn] = useState<SignInResult | null>(null);
  const client = useQueryClient();
  const userId = typeof state === 'object' && 'user' in state ? state.user.id : null;
  const reload = async (): Promise<void> => setState(await readAccount());
  const showSignedOut = (note: string): void => {
    client.clear();
    setSignedIn(null);
    setState({ signedOut: note });
  };
  useEffect(() => void reload(), []);
  useEffect(() => {
    if (userId === null) return;
    return watchOtherTabs(async (message) => {
      const now = message ?? { userId: await userNow() };
      if (now.userId === null)
        showSignedOut(`You are signed out.${message === null ? '' : ' You signed out in another tab.'}`);
      else if (now.userId !== userId) location.assign('/');
    });
  }, [userId]);
  const onSignedIn = async (note: SignInResult): Promise<void> => {
    tellOtherTabs(note.user.id);
    setSignedIn(note);
    await reload();
  };
  const signOut = async (): Promise<void> => {
    const note = await leave();
    // The address shows what the user viewed.
    history.replaceState(null, '', '/');
    tellOtherTabs(null);
    showSignedOut(note);
  };
  if (state === 'reading') return <p class="skeleton" role="status" aria-label="Loading…" />;
  if ('signedOut' in state) return <SignInPage note={state.signedOut} onSignedIn={onSignedIn} />;
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

/** For a restored page: null where the user is unknown. */
async function userNow(): Promise<string | null> {
  const account = await readAccount();
  return 'user' in account ? account.user.id : null;
}

/** Signs this browser out and returns the note for the sign-in page. */
async function leave(): Promise<string> {
  try {
    await fetchJson('/api/session', { method: 'DELETE' });
    return 'You are signed out.';
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.status === 0
      ? 'The control panel did not respond. You may still be signed in. Close the browser, or sign in and out again.'
      : 'This browser is signed out, but the session did not end. Sign in and sign out again.';
  }
}
