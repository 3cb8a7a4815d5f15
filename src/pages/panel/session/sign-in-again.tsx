// The sign-in over a page whose session has ended: calls wait here and then continue. A different user gets a new page,
// and no waiting call is made in their name.
import { useEffect, useRef, useState } from 'preact/hooks';
import { onSignedOut } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { readAccount } from './account.ts';
import { tellOtherTabs, watchOtherTabs } from './other-tabs.ts';
import { SignInForm } from './sign-in-form.tsx';
import type { SignInResult } from './sign-in-step.ts';

export function SignInAgain({ userId, email }: { readonly userId: string; readonly email: string }) {
  const [asking, setAsking] = useState(false);
  const waiting = useRef<(() => void)[]>([]);
  const checking = useRef(false);
  const goOn = (nowUserId: string): void => {
    if (nowUserId !== userId) {
      location.assign('/');
      return;
    }
    setAsking(false);
    for (const resolve of waiting.current.splice(0)) resolve();
  };
  // Another tab may have signed in, or only the token ended; then no form is needed.
  const check = async (): Promise<void> => {
    if (checking.current) return;
    checking.current = true;
    const account = await readAccount().finally(() => (checking.current = false));
    if ('user' in account) goOn(account.user.id);
    else setAsking(true);
  };
  useEffect(() => {
    onSignedOut(() => {
      void check();
      return new Promise((resolve) => waiting.current.push(resolve));
    });
    return () => onSignedOut(null);
  }, [userId]);
  useEffect(() => (asking ? watchOtherTabs(check) : undefined), [asking]);
  if (!asking) return null;
  const onSignedIn = async (result: SignInResult): Promise<void> => {
    tellOtherTabs(result.user.id);
    goOn(result.user.id);
    await Promise.resolve();
  };
  return (
    <Dialog title="Your session has ended" onClose={null}>
      <p>Sign in again to continue. Your input on this page is still here.</p>
      <SignInForm email={email} onSignedIn={onSignedIn} />
    </Dialog>
  );
}
