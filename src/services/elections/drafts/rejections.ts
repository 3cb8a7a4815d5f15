// What administrators are told when the database does not change an election, each with the way out.
import { Problem } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { Pool } from '../../../store/database.ts';
import type { Unchangeable } from '../../../store/elections/elections.ts';
import { overlapping } from '../../../store/elections/settings.ts';

/** Elections that are named where one stands in the way. */
const namedMax = 20;

/** Another change came first. */
export const changedMeanwhile =
  'The election was changed meanwhile. GET it, look at it and decide again. Nothing was changed.';

const details = {
  version: changedMeanwhile,
  pending: 'A change of this election is on its way out. Try again when it is complete. Nothing was changed.',
  state: 'The election is not in a state in which this can be done. GET it to see. Nothing was changed.',
  opened: 'The election has opened. It can be extended or closed early, with a reason. Nothing was changed.',
  'unknown-participant': 'A participant that it names was removed meanwhile. GET the election and decide again.',
} as const;

export function rejectionOf(outcome: Unchangeable | 'unknown-participant'): Problem {
  if (outcome === 'not-found') return new Problem('election-not-found');
  return new Problem('conflict', { detail: details[outcome] });
}

/** Where only one election may run at a time: which ones hold some of the time that was wanted. */
export async function overlapRejection(
  pool: Pool,
  time: { readonly id: string; readonly opensAt: string; readonly closesAt: string },
): Promise<Problem> {
  const others = await overlapping(pool, time, namedMax);
  return new Problem('conflict', {
    detail:
      'Only one election may run at a time, and another runs within this time. Change the times, or let several run ' +
      '(PATCH /v1/settings). Nothing was changed.',
    errors: others.map(({ id, title, opensAtMs, closesAtMs }) => ({
      path: `elections/${id}`,
      detail: `${Object.values(title)[0] ?? id}: from ${instantOf(opensAtMs)} to ${instantOf(closesAtMs)}.`,
    })),
  });
}
