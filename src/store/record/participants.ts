// The people who took part in a closed election, as hashes of their keyed tags.
import { sqlState } from '../certain-query.ts';
import { readByCursor } from '../cursor.ts';
import type { Pool } from '../database.ts';

/** Hashes of one page, of 32 bytes. Two pages are in memory at once. */
const pageHashesMax = 10_000;

/** Passes the hash of each of them once, in the order of the hashes. Returns false before the intake is closed. */
export async function readParticipants(pool: Pool, electionId: string, take: (hash: Buffer) => void): Promise<boolean> {
  const query = { text: 'select hash from pv.participant_hashes($1)', values: [electionId], pageRows: pageHashesMax };
  try {
    await readByCursor(pool, query, ([hash]) => take(hash as Buffer));
    return true;
  } catch (error) {
    if (sqlState(error) === 'PV014') return false;
    throw error;
  }
}
