// Proposals that this administrator can confirm, and whether an act would be proposed.
import { electionActNeedsTwo } from '../../../domain/two-people.ts';
import type { User } from '../../../protocol/control/access-api.ts';
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import type { UserProposal } from '../../../protocol/control/user-proposals-api.ts';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';

/** Between two readings, in milliseconds. */
const pollMs = 15_000;

type Proposals = { readonly proposals: readonly Proposal[] };

export function useWaitingProposals() {
  const me = useMe();
  const path = hasRole(me, 'administrator') ? '/v1/proposals' : null;
  return useRemote<Proposals>('elections', path, { everyMs: pollMs });
}

type UserProposals = { readonly proposals: readonly UserProposal[] };

/** Acts on accounts that wait for another administrator. */
export function useUserProposals() {
  const path = hasRole(useMe(), 'administrator') ? '/v1/proposals' : null;
  return useRemote<UserProposals>('access', path, { everyMs: pollMs });
}

/** How many proposals wait for this administrator. */
export function useWaitingCount(): number {
  const me = useMe();
  const { data } = useWaitingProposals();
  const { data: users } = useUserProposals();
  // It is in the frame of every page, which has to work whatever an answer is.
  const waiting = [data, users] as readonly (Partial<Proposals | UserProposals> | null | undefined)[];
  const proposals = waiting.flatMap<Proposal | UserProposal>((page) => [...(page?.proposals ?? [])]);
  return proposals.filter(({ proposedBy }) => proposedBy !== me.user.id).length;
}

/** Whether an act on an election is proposed instead of carried out. The service decides; this is for its button. */
export const useProposes = (rehearsal: boolean): boolean => useSecondPerson(rehearsal) ?? false;

/** The same, and undefined while it is not known. */
export function useSecondPerson(rehearsal: boolean): boolean | undefined {
  const me = useMe();
  const path =
    hasRole(me, 'administrator') && !rehearsal ? '/v1/users?role=administrator&state=active&limit=200' : null;
  const { data } = useRemote<{ readonly users: readonly User[] }>('access', path);
  if (path === null) return false;
  return data && electionActNeedsTwo(rehearsal, data.users.filter(({ lastLoginAt }) => lastLoginAt !== null).length);
}
