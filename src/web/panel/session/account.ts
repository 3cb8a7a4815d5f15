// Whose session this browser has, as `access` knows it now.
import type { User } from '../../../protocol/access-api.ts';
import { fetchJson, Refused } from '../calls.ts';

export type Account = { readonly user: User; readonly sessionId: string };
/** Nobody, with what is to be said of how it came to that; null for nothing. */
export type Nobody = { readonly nobody: string | null };

export async function readAccount(): Promise<Account | Nobody | Refused> {
  try {
    return (await fetchJson<Account>('/api/access/v1/account', {})).data;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.is('unauthenticated') ? { nobody: null } : error;
  }
}
