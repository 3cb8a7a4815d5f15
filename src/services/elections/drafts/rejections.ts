// Rejections of changes of an election by the database, each with the next step for the administrator.
import { Problem } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { Pool } from '../../../store/database.ts';
import type { Unchangeable } from '../../../store/elections/elections.ts';
import { overlapping } from '../../../store/elections/settings.ts';

/** Most overlapping elections in one rejection. */
const namedMax = 20;

/** Detail of a `conflict` with an earlier change. */
export const changedMeanwhile =
  'Someone else changed the election in the meantime. GET it, check it and try again. Nothing was changed.';

const details = {
  version: changedMeanwhile,
  pending: 'Another change of this election is being published. Try again when it is complete. Nothing was changed.',
  state: 'The state of the election does not allow this. GET the election to see its state. Nothing was changed.',
  opened: 'The election has opened. It can only be extended or closed early, with a reason. Nothing was changed.',
  roll:
    'The second element cannot change while people are on the roll, because they were imported with it. Take them off ' +
    'first, by their file with mode `remove`. Nothing was changed.',
  second:
    'The second element of the roll cannot change after the announcement. Create another election. Nothing was changed.',
  'unknown-participant': 'A participant in this election was removed in the meantime. GET the election and try again.',
} as const;

export function rejectionOf(outcome: Unchangeable | 'unknown-participant' | 'roll' | 'second'): Problem {
  if (outcome === 'not-found') return new Problem('election-not-found');
  return new Problem('conflict', { detail: details[outcome] });
}

/** The `conflict` for overlapping times when only one election may run at a time. Lists the other elections. */
export async function overlapRejection(
  pool: Pool,
  time: { readonly id: string; readonly opensAt: string; readonly closesAt: string },
): Promise<Problem> {
  const others = await overlapping(pool, time, namedMax);
  return new Problem('conflict', {
    detail:
      'Only one election may run at a time, and another one overlaps these times. Change the times, or allow several ' +
      '(PATCH /v1/settings). Nothing was changed.',
    errors: others.map(({ id, title, opensAtMs, closesAtMs }) => ({
      path: `elections/${id}`,
      detail: `${Object.values(title)[0] ?? id}: from ${instantOf(opensAtMs)} to ${instantOf(closesAtMs)}.`,
    })),
  });
}
