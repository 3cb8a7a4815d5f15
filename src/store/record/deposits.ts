// Ballots and their entries in the public log, on their way into the box: both in one transaction. Deposits may be repeated;
// from here a ballot is never read, changed or removed.
import { byteaArray } from '../binary-array.ts';
import { TrackerConflict } from '../box.ts';
import type { BoxBallot } from '../box.ts';
import { certainRows, sqlState } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/** An open log, with its signed manifest as text. */
export type OpenLog = { readonly origin: string; readonly manifest: string };

/** The log of an election, or null where it has none. */
export async function findLog(pool: Pool, electionId: string): Promise<OpenLog | null> {
  const { rows } = await pool.query<OpenLog>('select origin, manifest from pv.log_of($1)', [electionId]);
  return rows[0] ?? null;
}

/** A ballot with its entry of 131 bytes. */
export type LoggedBallot = BoxBallot & { readonly entry: Uint8Array };

/**
 * Inserts ballots cast online with their entries, all or none, and returns how many were new. Of the ballots with one cast tag
 * the first stays, and the others are only counted, as repeated. Throws TrackerConflict.
 */
export async function depositLogged(pool: Pool, electionId: string, ballots: readonly LoggedBallot[]): Promise<number> {
  try {
    const [row] = await certainRows<{ deposited: number }>(pool, {
      text: 'select pv.deposit_online($1, $2, $3, $4) as deposited',
      values: [
        electionId,
        byteaArray(ballots.map(({ tracker }) => tracker)),
        ballots.map(({ text }) => text),
        byteaArray(ballots.map(({ entry }) => entry)),
      ],
    });
    return row?.deposited ?? 0;
  } catch (error) {
    if (sqlState(error) === 'PV003') throw new TrackerConflict();
    throw error;
  }
}

/** How many ballots of an election had the cast tag of another one, which is in the box. */
export async function countRepeated(pool: Pool, electionId: string): Promise<number> {
  const { rows } = await pool.query<{ repeated: number }>('select pv.count_repeated($1) as repeated', [electionId]);
  return rows[0]?.repeated ?? 0;
}

/**
 * Ballots in the box without an entry that commits to exactly them, and entries without a ballot, together. 0 in an
 * election without a log.
 */
export async function countWrongEntries(pool: Pool, electionId: string): Promise<number> {
  const { rows } = await pool.query<{ wrong: number }>('select pv.wrong_entries($1) as wrong', [electionId]);
  return rows[0]?.wrong ?? 0;
}
