// The public logs as `elections` sees them: it opens the log of an election, reads the complete log of a closed one, and
// says when the contents may be shown.
import { certainRows, sqlState } from '../certain-query.ts';
import { readByCursor } from '../cursor.ts';
import type { Pool } from '../database.ts';
import type { EntryOpening } from './logs.ts';

/** Entries of one page, of 131 bytes. Two pages are in memory at once. */
const pageEntriesMax = 5_000;

/** `frozen`: entries exist under another origin, so the manifest can no longer be replaced. */
export type LogAdmission = 'opened' | 'known' | 'amended' | 'frozen';

/** Opens the log of an election, or gives it the manifest of an amended one. May be repeated. */
export async function openLog(
  pool: Pool,
  log: {
    readonly electionId: string;
    readonly origin: string;
    readonly manifestHash: Uint8Array;
    /** The signed manifest, as text. */
    readonly manifest: string;
  },
): Promise<LogAdmission> {
  const [row] = await certainRows<{ outcome: LogAdmission }>(pool, {
    text: 'select pv.open_log($1, $2, $3, $4) as outcome',
    values: [log.electionId, log.origin, Buffer.from(log.manifestHash), log.manifest],
  });
  if (!row) throw new Error('the database gave no outcome');
  return row.outcome;
}

/**
 * Passes every entry of the log of an election whose box is closed once, page by page, in the order of their places.
 * Returns false where entries still wait for a place: ask again. Throws any error of `take`.
 */
export async function readFinalLog(pool: Pool, electionId: string, take: TakeEntries): Promise<boolean> {
  try {
    await readEntries(pool, 'select entry from pv.final_log($1)', electionId, take);
    return true;
  } catch (error) {
    if (sqlState(error) === 'PV008') return false;
    throw error;
  }
}

/** Passes every entry of an election whose box is closed once, page by page, in any order. Throws any error of `take`. */
export const readAllEntries = (pool: Pool, electionId: string, take: TakeEntries): Promise<void> =>
  readEntries(pool, 'select entry from pv.all_entries($1)', electionId, take);

type TakeEntries = (entries: readonly Buffer[]) => Promise<void>;

async function readEntries(pool: Pool, text: string, electionId: string, take: TakeEntries): Promise<void> {
  let page: Buffer[] = [];
  await readByCursor(
    pool,
    { text, values: [electionId], pageRows: pageEntriesMax },
    ([entry]) => page.push(entry as Buffer),
    async () => {
      const entries = page;
      page = [];
      await take(entries);
    },
  );
}

/** How many entries of an election have a place in its log; 0 where no log is open. */
export async function countPlaced(pool: Pool, electionId: string): Promise<number> {
  const [row] = await certainRows<{ placed: string | null }>(pool, {
    text: 'select pv.placed_entries($1) as placed',
    values: [electionId],
  });
  return Number(row?.placed ?? 0);
}

/** At most `limit` contents of online entries from a place on. The box is closed, and its election has a log. */
export const onlineOpenings = (pool: Pool, electionId: string, first: number, limit: number): Promise<EntryOpening[]> =>
  certainRows<EntryOpening>(pool, {
    text: 'select leaf_index::integer as place, tracker, ballot from pv.online_openings($1, $2, $3)',
    values: [electionId, first, limit],
  });

/** Says that the results are published, so that the contents of the log may be shown. May be repeated. */
export async function releaseOpenings(pool: Pool, electionId: string): Promise<void> {
  await certainRows(pool, { text: 'select pv.release_openings($1)', values: [electionId] });
}
