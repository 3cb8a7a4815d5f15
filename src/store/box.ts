// The box: ballots without voters. Inserts may be repeated; from here a ballot is never read, changed or removed.
import { byteaArray } from './binary-array.ts';
import { certainRows, sqlState } from './certain-query.ts';
import type { Pool } from './database.ts';

export type BoxBallot = { readonly tracker: Buffer; readonly text: string };

/** Two different ballots have one tracker: one of them would be lost. Nothing was inserted. */
export class TrackerConflict extends Error {
  constructor() {
    super('two different ballots have one tracker');
    this.name = 'TrackerConflict';
  }
}

/** Inserts ballots cast online, all or none, and returns how many were new. Throws TrackerConflict. */
export async function depositOnline(pool: Pool, electionId: string, ballots: readonly BoxBallot[]): Promise<number> {
  try {
    const [row] = await certainRows<{ deposited: number }>(pool, {
      text: 'select pv.deposit_online($1, $2, $3) as deposited',
      values: [electionId, byteaArray(ballots.map(({ tracker }) => tracker)), ballots.map(({ text }) => text)],
    });
    return row?.deposited ?? 0;
  } catch (error) {
    if (sqlState(error) === 'PV003') throw new TrackerConflict();
    throw error;
  }
}

/** `repeated`: ballots cast online under the cast tag of another one. The box has only their number. */
export type BoxCount = {
  readonly electionId: string;
  readonly channel: 'online' | 'batch' | 'repeated';
  readonly ballots: number;
};

export async function countBox(pool: Pool): Promise<BoxCount[]> {
  const { rows } = await pool.query<BoxCount>(
    'select election_id as "electionId", channel, ballots from pv.count_ballots()',
  );
  return rows;
}
