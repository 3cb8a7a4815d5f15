// Users by name, for lists that carry IDs. The names come from the list of users and never from a single user's page,
// because the audit log records that reading where there is a national ID. Roles without access to names see IDs.
import { useQuery } from '@tanstack/preact-query';
import type { User } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { nameOf } from './person-words.ts';

/** Most users that are read; others are shown by ID. */
const usersMax = 2_000;
const pageUsers = 200;
/** How long names count as fresh, in milliseconds. */
const freshMs = 60_000;

type Page = { readonly users: readonly User[]; readonly next: string | null };

function useNames() {
  const me = useMe();
  return useQuery<ReadonlyMap<string, string>, Refused>({
    queryKey: ['access', 'names'],
    queryFn: ({ signal }) => readNames(signal),
    enabled: hasRole(me, 'administrator'),
    staleTime: freshMs,
  }).data;
}

/** The name of a user, or null where it is unknown. */
export function useUserNames(): (userId: string) => string | null {
  const me = useMe();
  const names = useNames();
  return (userId) => (userId === me.user.id ? nameOf(me.user) : (names?.get(userId) ?? null));
}

/** IDs and names of all users with a visible name. */
export function useKnownUsers(): readonly (readonly [string, string])[] {
  return [...(useNames() ?? [])];
}

async function readNames(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let after: string | null = '0';
  while (after !== null && names.size < usersMax) {
    const path: string = `/v1/users?limit=${pageUsers}&after=${after}`;
    const { data }: { data: Page } = await callPanel<Page>('access', path, { signal });
    for (const user of data.users) names.set(user.id, nameOf(user));
    after = data.next;
  }
  return names;
}
