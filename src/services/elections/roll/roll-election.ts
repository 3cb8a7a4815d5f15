// Whether the roll of an election may change, and how.
import { z } from 'zod';
import type { SecondElement } from '../../../domain/roll/second-element.ts';
import { secondElements } from '../../../domain/roll/second-element.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { findElection } from '../../../store/elections/elections.ts';
import type { RollMode, RollState } from '../../../store/elections/rolls.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';

export type ChangeableRoll = {
  readonly electionId: string;
  readonly state: Exclude<RollState, 'closed'>;
  /** What each person on the roll has beside the number. */
  readonly second: SecondElement | undefined;
};

const withScheme = z.object({
  identity: z.object({ scheme: z.string(), second: z.enum(secondElements).optional() }),
});

/** An election with a roll. Throws `election-not-found`, and `conflict` where it has none. */
export async function rollOf(
  pool: Pool,
  electionId: string,
): Promise<{ state: RollState; opened: boolean; second: SecondElement | undefined }> {
  const row = await findElection(pool, electionId);
  if (!row) throw new Problem('election-not-found');
  const { data } = withScheme.safeParse(row.announced ?? row.definition);
  if (data?.identity.scheme !== 'roll') throw new Problem('conflict', { detail: noRoll });
  const state = row.state === 'draft' || row.state === 'announced' ? row.state : 'closed';
  const opened = row.phase !== 'draft' && row.phase !== 'scheduled';
  return { state, opened, second: data.identity.second };
}

/** Throws `election-not-found`, and `conflict` where its roll cannot change in this way now. */
export async function changeableRoll(pool: Pool, electionId: string, mode: RollMode): Promise<ChangeableRoll> {
  const { state, opened, second } = await rollOf(pool, electionId);
  if (state === 'closed') throw new Problem('conflict', { detail: closed });
  if (mode !== 'add' && opened) throw new Problem('conflict', { detail: onlyAdding });
  return { electionId, state, second };
}

/** Throws `busy` while `ballots` is unavailable, before anything is changed that it has to hear of. */
export async function checkBallots(ballots: Pick<BallotsCalls, 'counts'>, roll: ChangeableRoll): Promise<void> {
  if (roll.state !== 'announced') return;
  try {
    await ballots.counts(roll.electionId);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    throw new Problem('busy', { ...retrySoon(), detail: unavailable });
  }
}

const unavailable = '`ballots` is unavailable. Send the same again when it is available. Nothing was changed.';
const noRoll = 'This election’s identity scheme has no roll. Nothing was changed.';
const closed = 'The election is closed, and its roll can no longer change. Nothing was changed.';
const onlyAdding = 'The election has opened. From then on people can only be added to its roll. Nothing was changed.';
