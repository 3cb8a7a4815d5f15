// On an election that counts, from its announcement on, people act only after a sign-in with a second factor: a password
// alone may be stolen.
import { Problem } from '../../../protocol/problem.ts';
import type { StoredElection } from '../../../store/elections/elections.ts';
import type { Caller } from '../audit/audit.ts';
import { isRehearsal } from './second-person.ts';

/** Throws `second-factor-missing`. An operator and the clock have keys instead. */
export function requireSecondFactor(
  { actor, secondFactor }: Caller,
  election: Pick<StoredElection, 'announced' | 'definition'>,
): void {
  if (actor.kind !== 'user' || secondFactor === true || isRehearsal(election)) return;
  throw new Problem('second-factor-missing');
}
