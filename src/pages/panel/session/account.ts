// Whose session this browser has, as `access` knows it now.
import type { User } from '../../../protocol/control/access-api.ts';
import { fetchJson, Refused } from '../calls.ts';

export type Account = { readonly user: User; readonly sessionId: string };
/** Nobody, with what is to be said of how it came to that; null for nothing. */
export type Nobody = { readonly nobody: string | null };

/** Times that a service is asked that is busy or away, and the pause in between, in milliseconds. */
const timesMax = 3;
const pauseMs = 1_000;

export async function readAccount(): Promise<Account | Nobody | Refused> {
  for (let times = 1; ; times += 1) {
    const found = await readOnce();
    if (!(found instanceof Refused) || times === timesMax || (found.status !== 0 && found.status < 500)) return found;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function readOnce(): Promise<Account | Nobody | Refused> {
  try {
    return (await fetchJson<Account>('/api/access/v1/account', {})).data;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.is('unauthenticated') ? { nobody: null } : error;
  }
}
