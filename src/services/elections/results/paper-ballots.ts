// Batches of paper ballots for administrators and auditors: the ledger, the invalid rows, and accepting a batch as
// incomplete. The choices of a row are never returned, but those of an invalid one after the box is closed.
import { cellsOf } from '../../../domain/batch-row.ts';
import { csvRow } from '../../../domain/csv-text.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { InvalidBallot, InvalidBallotsQuery, LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { listInvalidBallots, listLedger, setAsideBatch } from '../../../store/ledger.ts';
import type { StoredInvalidRow, RowPlace, SetAside } from '../../../store/ledger.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { createBallotReader } from './ballot-reader.ts';
import { shownBatch } from './ledger-batch.ts';
import { storedActor } from './results-view.ts';

/** Rows of an export in memory at once. */
const exportRowsMax = 2_000;

export type PageOf<Name extends string, Item> = { [name in Name]: Item[] } & { next: string | null };

export type PaperBallots = {
  batches(
    electionId: string,
    query: { readonly after?: number | undefined; readonly limit: number; readonly waiting?: 'true' | undefined },
  ): Promise<PageOf<'batches', LedgerBatchShown>>;
  /**
   * Accepts a batch as incomplete, so that the election can be counted. Throws `election-not-found`, `batch-not-found`,
   * and `conflict` if the batch is complete or withdrawn or the box is closed.
   */
  setAside(
    caller: Caller,
    batch: { readonly electionId: string; readonly batchId: string },
    reason: string,
  ): Promise<LedgerBatchShown>;
  invalid(electionId: string, query: InvalidBallotsQuery): Promise<PageOf<'invalidBallots', InvalidBallot>>;
  /** All invalid rows as CSV, in parts. */
  invalidCsv(electionId: string): Promise<AsyncGenerator<string>>;
};

type Parts = { readonly pool: Pool; readonly boxPool: Pool; readonly audit: Audit };

export function createPaperBallots({ pool, boxPool, audit }: Parts): PaperBallots {
  const ensureElection = async (electionId: string): Promise<StoredLifecycle> => {
    const election = await findLifecycle(pool, electionId);
    if (!election) throw new Problem('election-not-found');
    return election;
  };
  return {
    async batches(electionId, { after, limit, waiting }) {
      await ensureElection(electionId);
      // One more row than the page shows whether there is a next page.
      const rows = await listLedger(boxPool, electionId, {
        after: after ?? 0,
        limit: limit + 1,
        waiting: waiting !== undefined,
      });
      const page = rows.slice(0, limit);
      return { batches: page.map(shownBatch), next: rows.length > limit ? String(page.at(-1)?.number) : null };
    },
    async setAside({ actor, request }, { electionId, batchId }, reason) {
      const object = { kind: 'election', id: electionId } as const;
      return audit.record({ actor, request, act: 'election.set-aside-batch', object, reason }, async () => {
        await ensureElection(electionId);
        const outcome = await setAsideBatch(boxPool, { electionId, batchId, reason, by: storedActor(actor) });
        if (outcome !== 'set-aside' && outcome !== 'already') throw rejectionOf(outcome);
        const [batch] = await listLedger(boxPool, electionId, { batchId, after: 0, limit: 1 });
        if (!batch) throw new Problem('batch-not-found');
        const changed = { setAside: { to: { batchId, rows: batch.rows, missing: batch.rows - batch.checked } } };
        return { result: shownBatch(batch), ...(outcome === 'set-aside' && { changed }) };
      });
    },
    async invalid(electionId, { after, limit }) {
      const numbersOf = createNumbers(await ensureElection(electionId));
      const rows = await listInvalidBallots(boxPool, electionId, placeOf(after), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const next = rows.length > limit && last ? `${last.batchNumber}-${last.row}` : null;
      return { invalidBallots: page.map((each) => shownInvalid(each, numbersOf(each))), next };
    },
    async invalidCsv(electionId) {
      return invalidLines(boxPool, electionId, createNumbers(await ensureElection(electionId)));
    },
  };
}

function rejectionOf(outcome: Exclude<SetAside, 'set-aside' | 'already'>): Problem {
  if (outcome === 'not-found') return new Problem('batch-not-found', { detail: noBatch });
  return new Problem('conflict', { detail: conflicts[outcome] });
}
const noBatch = 'This election has no such batch. GET …/batches lists them.';
const conflicts = {
  whole: 'All rows of this batch arrived, so it is complete. Nothing was changed.',
  withdrawn: 'This batch was withdrawn, so nothing of it is missing. Nothing was changed.',
  closed: 'The box of this election is closed, so its batches cannot change. Nothing was changed.',
};

type NumbersOf = (invalidRow: StoredInvalidRow) => string | null;

/** The marked numbers of rows: the cells, or those of the ballot that a withdrawn row was. */
function createNumbers({ announced }: StoredLifecycle): NumbersOf {
  let read: ((text: string) => string) | undefined;
  return ({ cells, ballot }) => {
    if (ballot === null) return cells;
    if (read === undefined) {
      const { contests } = electionDefinition.parse(announced);
      const reader = createBallotReader(contests);
      read = (text) => cellsOf(contests, reader(text));
    }
    return read(ballot);
  };
}

function shownInvalid(invalidRow: StoredInvalidRow, pollNumbers: string | null): InvalidBallot {
  const { batchId, row, guid, reason, contestId, official, firstBatchId, firstRow, firstElectionId } = invalidRow;
  const firstSeen =
    firstBatchId === null || firstRow === null || firstElectionId === null
      ? null
      : { batchId: firstBatchId, row: firstRow, electionId: firstElectionId };
  return { batchId, row, guid, reason, contestId, official, firstSeen, pollNumbers };
}

function placeOf(after: string | undefined): RowPlace {
  const [batch = 0, row = 0] = (after ?? '').split('-').map(Number);
  return { batch, row };
}

/** Columns of the export. Their names are stable. */
const invalidColumns = [
  'batchId',
  'row',
  'guid',
  'reason',
  'contestId',
  'official',
  'firstBatchId',
  'firstRow',
  'pollNumbers',
  'firstElectionId',
] as const;

// The heading comes with the first rows: until they are read, an error is still answered as such.
async function* invalidLines(boxPool: Pool, electionId: string, numbersOf: NumbersOf): AsyncGenerator<string> {
  let heading = csvRow(invalidColumns);
  let after: RowPlace = { batch: 0, row: 0 };
  for (let full = true; full;) {
    const rows = await listInvalidBallots(boxPool, electionId, after, exportRowsMax);
    yield heading + rows.map((each) => invalidLine(each, numbersOf(each))).join('');
    heading = '';
    const last = rows.at(-1);
    if (last) after = { batch: last.batchNumber, row: last.row };
    full = rows.length === exportRowsMax;
  }
}

const invalidLine = (invalidRow: StoredInvalidRow, pollNumbers: string | null): string =>
  csvRow([
    invalidRow.batchId,
    invalidRow.row,
    invalidRow.guid,
    invalidRow.reason,
    invalidRow.contestId,
    invalidRow.official,
    invalidRow.firstBatchId,
    invalidRow.firstRow,
    pollNumbers,
    invalidRow.firstElectionId,
  ]);
