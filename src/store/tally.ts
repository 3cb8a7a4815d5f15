// The box as `elections` reads it: permanently closed first, and only then read. Ballots come as distinct texts with
// their numbers of copies, a bounded page at a time. Voters and times are not in this database.
import { sqlState } from './certain-query.ts';
import { readByCursor } from './cursor.ts';
import type { Pool } from './database.ts';

/** Distinct ballots of one page: at most 32 KiB each, usually some hundred bytes. Two pages are in memory at once. */
const pageKindsMax = 2_000;

export type BallotKind = {
  readonly channel: 'online' | 'batch';
  /** The canonical text of the ballot. */
  readonly ballot: string;
  readonly copies: number;
  /** Of a paper ballot, in an election with stations. */
  readonly station: string | null;
};

/** The box is not closed for this election, so choices cannot be read yet. */
export class BoxOpen extends Error {
  constructor() {
    super('the box is not closed');
    this.name = 'BoxOpen';
  }
}

/**
 * Passes every distinct ballot of a closed box once, as of one moment. Throws BoxOpen before the box is closed, and any
 * error of `take`.
 */
export async function readBallots(pool: Pool, electionId: string, take: (kind: BallotKind) => void): Promise<void> {
  const text = 'select channel, ballot, copies, station from pv.tally_ballots($1)';
  try {
    await readByCursor(pool, { text, values: [electionId], pageRows: pageKindsMax }, (row) => {
      const [channel, ballot, copies, station] = row as [BallotKind['channel'], string, number, string | null];
      take({ channel, ballot, copies, station });
    });
  } catch (error) {
    throw sqlState(error) === 'PV006' ? new BoxOpen() : error;
  }
}
