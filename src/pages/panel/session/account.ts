// The account of this browser's session, from `access`.
import type { User } from '../../../protocol/control/access-api.ts';
import { fetchJson, Refused } from '../calls.ts';

export type Account = { readonly user: User; readonly sessionId: string };
/** No account, with a note for the sign-in page; null for no note. */
export type SignedOut = { readonly signedOut: string | null };

/** Tries on a busy or unavailable service, and the pause between them, in milliseconds. */
const timesMax = 3;
const pauseMs = 1_000;

export async function readAccount(): Promise<Account | SignedOut | Refused> {
  for (let times = 1; ; times += 1) {
    const account = await readOnce();
    if (!(account instanceof Refused) || times === timesMax || (account.status !== 0 && account.status < 500))
      return account;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function readOnce(): Promise<Account | SignedOut | Refused> {
  try {
    return (await fetchJson<Account>('/api/access/v1/account', {})).data;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.is('unauthenticated') ? { signedOut: null } : error;
  }
}
