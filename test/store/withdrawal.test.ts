// A batch that is withdrawn: none of its rows counts, nothing is lost from the record, and its ballots may be uploaded
// again. A late part of it, a hasty other file and the database's owner change nothing of that.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paperTrackerText } from '../../src/protocol/control/batch-entries.ts';
import { countBatchRows, listBatches } from '../../src/store/batch-ledger.ts';
import {
  BatchWithdrawn,
  certainlyRefused,
  claimBallotIds,
  decidedBatches,
  depositRows,
  findBatch,
  invalidRowsOf,
  recentBatches,
  registerBatch,
} from '../../src/store/batches.ts';
import { sqlState } from '../../src/store/certain-query.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import {
  closeBox,
  countBatches,
  listInvalidBallots,
  listLedger,
  missingInBox,
  setAsideBatch,
  withdrawBatch,
} from '../../src/store/ledger.ts';
import { readBallots } from '../../src/store/tally.ts';
import { stateClosed } from '../support/closing.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

let databases: TestDatabases;
let worker: Pool;
let elections: Pool;
beforeAll(async () => {
  databases = await createDatabases(['box']);
  const open = (role: string): Pool => openPool(databases.url('box', role), { name: 'test', connectionsMax: 8 });
  worker = open('popvote_worker');
  elections = open('popvote_elections');
}, 60_000);
afterAll(async () => {
  await Promise.all([worker.end(), elections.end()]);
  await databases[Symbol.asyncDispose]();
});

const newElection = (): string => `e-${randomUUID()}`;
const guidsOf = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
const valid = { cells: '1', ballot: '{"contests":[1]}', contestId: null } as const;
const badNumber = { cells: '9', ballot: null, contestId: 'c' } as const;
type File = { readonly batchId: string; readonly electionId: string; readonly guids: readonly string[] };

const fileOf = (electionId: string, guids: readonly string[], name = randomUUID()): File => ({
  electionId,
  guids,
  batchId: createHash('sha256').update(name).digest('base64url'),
});
const official = randomUUID();
async function register({ batchId, electionId, guids }: File, again = 0) {
  const acceptedAt = new Date().toISOString();
  return registerBatch(worker, {
    batchId,
    again,
    electionId,
    rows: guids.length,
    official,
    acceptedAt,
    manifest: JSON.stringify({ again }),
  });
}
/** Stores the rows from `first` on; rows at the places in `bad` (from 1) have an invalid number. */
async function deposit(
  { batchId, electionId, guids }: File,
  { first = 1, last = guids.length, bad = [] as readonly number[], everywhere = false } = {},
) {
  const places = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const ids = guids.slice(first - 1, last);
  return depositRows(
    worker,
    {
      batchId,
      firstRow: first,
      guids: ids,
      trackers: ids.map((guid) => createHash('sha256').update(paperTrackerText(electionId, guid)).digest()),
      kinds: [valid, badNumber].slice(0, Math.max(1, Math.min(2, ids.length))),
      which: places.map((place) => (bad.includes(place) ? 2 : 1)),
    },
    { idsEverywhere: everywhere },
  );
}
async function upload(file: File, options: Parameters<typeof deposit>[1] & { again?: number } = {}): Promise<File> {
  expect(await register(file, options.again)).toBe('registered');
  await deposit(file, options);
  return file;
}
const withdraw = ({ electionId, batchId }: Pick<File, 'electionId' | 'batchId'>, by: string | null = null) =>
  withdrawBatch(elections, { electionId, batchId, official: by, reason: 'The wrong file.', by: 'somebody' });
const invalidOf = (electionId: string) => listInvalidBallots(elections, electionId, { batch: 0, row: 0 }, 100);
async function ballotsIn(electionId: string): Promise<number> {
  const [row] = await databases.query<{ n: number }>(
    'box',
    'select count(*)::int as n from pv.ballot where election_id = $1',
    [electionId],
  );
  return row?.n ?? 0;
}

const missingRows = async (electionId: string): Promise<unknown[]> =>
  (await missingInBox(elections, electionId, 0)).filter(({ kind }) => kind === 'batch');
async function close(electionId: string): ReturnType<typeof closeBox> {
  await stateClosed(databases, electionId, 0);
  return closeBox(elections, electionId, 0);
}

describe('A withdrawn batch', () => {
  test('A withdrawn batch counts nowhere, every row of it is kept, and its ballots may come again', async () => {
    const electionId = newElection();
    const [a = '', b = '', c = '', d = ''] = guidsOf(4);
    const other = await upload(fileOf(electionId, [d]));
    // A valid row, one with a bad number, a duplicate of this file, one of another file, and a valid row.
    const file = await upload(fileOf(electionId, [a, b, a, d, c]), { bad: [2] });
    expect(await ballotsIn(electionId)).toBe(3);
    expect(await withdraw(file)).toEqual({ outcome: 'withdrawn' });
    expect(await withdraw(file)).toEqual({ outcome: 'already' });

    expect(await ballotsIn(electionId)).toBe(1);
    const totals = { files: 2, received: 6, valid: 1, duplicates: 0, invalidNumbers: 0, missing: 0, withdrawn: 5 };
    expect(await countBatches(elections, electionId)).toEqual(totals);
    expect(await countBatchRows(elections, electionId)).toMatchObject({ files: 1, received: 1, valid: 1 });
    expect((await listBatches(elections, electionId)).map(({ batchId }) => batchId)).toEqual([other.batchId]);
    expect(await missingRows(electionId)).toEqual([]);
    const counts = { checked: 5, valid: 0, duplicates: 0, invalidNumbers: 0, withdrawn: 5 };
    expect(await findBatch(worker, file.batchId)).toMatchObject({ ...counts, withdrawnReason: 'The wrong file.' });
    expect(
      (await invalidRowsOf(worker, file.batchId, 0, 10)).map(({ row, reason, cells }) => [row, reason, cells]),
    ).toEqual([1, 2, 3, 4, 5].map((row) => [row, 'Withdrawn batch.', '']));
    const records = await databases.query(
      'box',
      'select guid, ballot, cells, reason, first_row_no from pv.withdrawn_row r join pv.batch b using (batch_no) where batch_id = $1 order by row_no',
      [file.batchId],
    );
    expect(records).toEqual([
      { guid: a, ballot: valid.ballot, cells: null, reason: null, first_row_no: null },
      { guid: b, ballot: null, cells: '9', reason: 'Invalid poll number.', first_row_no: null },
      { guid: a, ballot: null, cells: '1', reason: 'Duplicate ballot.', first_row_no: 1 },
      { guid: d, ballot: null, cells: '1', reason: 'Duplicate ballot.', first_row_no: 1 },
      { guid: c, ballot: valid.ballot, cells: null, reason: null, first_row_no: null },
    ]);

    await upload(file, { again: 1, bad: [2] });
    await upload(fileOf(electionId, [...guidsOf(1), c]));
    expect(await ballotsIn(electionId)).toBe(4);
    expect(await countBatches(elections, electionId)).toMatchObject({ files: 4, received: 13, valid: 4, withdrawn: 5 });
    const entries = await listLedger(elections, electionId, { after: 0, limit: 10 });
    expect(entries.map(({ batchId, again, withdrawn }) => [batchId, again, withdrawn])).toEqual([
      [other.batchId, 0, 0],
      [file.batchId, 0, 5],
      [file.batchId, 1, 0],
      [entries[3]?.batchId, 0, 0],
    ]);
    expect(entries[1]).toMatchObject({ withdrawnBy: 'somebody', withdrawnReason: 'The wrong file.' });
  });

  test.each([
    ['in a session that withdrew a small one first', false],
    ['where the tables were analyzed while they were empty', true],
  ])('A large batch is withdrawn in time %s', { timeout: 120_000 }, async (_, wasEmpty) => {
    // One session, so that plans of the small withdrawal are those of the large one, with the limit of `elections`.
    const url = databases.url('box', 'popvote_elections');
    const session = openPool(url, { name: 'test', connectionsMax: 1, statementMsMax: 60_000 });
    const inSession = ({ electionId, batchId }: File) =>
      withdrawBatch(session, { electionId, batchId, official: null, reason: 'The wrong file.', by: 'somebody' });
    const deposited = async (electionId: string): Promise<File> => {
      const file = fileOf(electionId, guidsOf(20_000));
      await register(file);
      for (let first = 1; first < 20_000; first += 5_000) await deposit(file, { first, last: first + 4_999 });
      return file;
    };
    try {
      const electionId = newElection();
      if (wasEmpty) {
        for (let n = 0; n < 2; n += 1)
          expect(await withdraw(await deposited(electionId))).toEqual({ outcome: 'withdrawn' });
        const others = await databases.query<{ id: string; batch: string }>(
          'box',
          `select e.election_id as id, b.batch_id as batch from pv.batch b join pv.batch_election e using (election_no)
           where not exists (select from pv.withdrawal w where w.batch_no = b.batch_no)
             and not exists (select from pv.closed_box c where c.election_id = e.election_id)`,
          [],
        );
        for (const { id, batch } of others) await withdraw({ electionId: id, batchId: batch });
        await databases.query('box', 'analyze');
      }
      const small = await upload(fileOf(electionId, guidsOf(2)));
      expect(await withdraw(await upload(fileOf(electionId, guidsOf(2))))).toEqual({ outcome: 'withdrawn' });
      // The planner then knows how small the tables are.
      if (!wasEmpty) await databases.query('box', 'analyze');
      expect(await inSession(small)).toEqual({ outcome: 'withdrawn' });
      const began = performance.now();
      const large = await deposited(electionId);
      const middle = performance.now();
      expect(await inSession(large)).toEqual({ outcome: 'withdrawn' });
      // About as long as the deposit. A plan for the small batch needs 40 s and more, and the deposit about one.
      expect(performance.now() - middle).toBeLessThan(10 * (middle - began));
    } finally {
      await session.end();
    }
  });

  test('A withdrawn batch takes no row of a late delivery, and only the next upload is a new one', async () => {
    const file = fileOf(newElection(), guidsOf(6));
    expect(await register(file, 1)).toBe('ahead');
    await register(file);
    await deposit(file, { last: 3 });
    await withdraw(file);
    expect(await register(file)).toBe('withdrawn');
    const late = await deposit(file, { first: 4 }).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(BatchWithdrawn);
    expect(await deposit(file).catch((error: unknown) => error)).toBeInstanceOf(BatchWithdrawn);
    expect(await register(file, 2)).toBe('ahead');
    expect(await register(file, 1)).toBe('registered');
    expect(await register(file, 1)).toBe('known');
    expect(await register(file)).toBe('withdrawn');
    await deposit(file);
    expect(await findBatch(worker, file.batchId)).toMatchObject({ again: 1, valid: 6, manifest: '{"again":1}' });
    expect(await ballotsIn(file.electionId)).toBe(6);
    expect(await withdraw(file)).toEqual({ outcome: 'withdrawn' });
    expect(await ballotsIn(file.electionId)).toBe(0);
    expect(await countBatches(elections, file.electionId)).toMatchObject({ files: 2, received: 9, withdrawn: 9 });
  });

  test('A withdrawn batch that no row came of is refused when its rows come', async () => {
    const file = fileOf(newElection(), guidsOf(2));
    await register(file);
    expect(await withdraw(file)).toEqual({ outcome: 'withdrawn' });
    await expect(deposit(file)).rejects.toBeInstanceOf(BatchWithdrawn);
    expect(await missingRows(file.electionId)).toEqual([]);
    const aside = { electionId: file.electionId, batchId: file.batchId, reason: 'No.', by: 'somebody' };
    expect(await setAsideBatch(elections, aside)).toBe('withdrawn');
  });

  test('A withdrawn batch is listed to the worker, the last upload of each file', async () => {
    const electionId = newElection();
    const file = await upload(fileOf(electionId, guidsOf(2)));
    const again = await upload(fileOf(electionId, guidsOf(2)));
    await withdraw(file);
    await withdraw(again);
    await upload(again, { again: 1 });
    const of = (batches: readonly { electionId: string; batchId: string; again: number; withdrawn: number }[]) =>
      batches
        .filter((batch) => batch.electionId === electionId)
        .map((batch) => [batch.batchId, batch.again, batch.withdrawn]);
    expect(of(await recentBatches(worker, { newest: 1_000, after: 0, limit: 1_000 }))).toEqual([
      [file.batchId, 0, 2],
      [again.batchId, 1, 0],
    ]);
    expect(of(await decidedBatches(worker, 100))).toEqual([[file.batchId, 0, 2]]);
  });
});

describe('A withdrawal that is refused', () => {
  test('A withdrawal by another official, of no batch, or after the box is closed changes nothing', async () => {
    const file = await upload(fileOf(newElection(), guidsOf(2)));
    expect(await withdraw(file, randomUUID())).toEqual({ outcome: 'not-own' });
    expect(await withdraw({ ...file, electionId: newElection() })).toEqual({ outcome: 'not-found' });
    expect(await close(file.electionId)).toEqual([]);
    expect(await withdraw(file, official)).toEqual({ outcome: 'closed' });
    expect(await ballotsIn(file.electionId)).toBe(2);
  });

  test('A withdrawal waits for the batches that repeat its ballots, and names them', async () => {
    const electionId = newElection();
    const guids = guidsOf(3);
    const first = await upload(fileOf(electionId, guids));
    const second = await upload(fileOf(electionId, [...guids].reverse()));
    const third = await upload(fileOf(electionId, guids.slice(0, 1)));
    const needed = [
      { batchId: second.batchId, electionId, rows: 3 },
      { batchId: third.batchId, electionId, rows: 1 },
    ];
    expect(await withdraw(first)).toEqual({ outcome: 'needed', by: needed });
    expect(await withdraw(second)).toEqual({ outcome: 'withdrawn' });
    expect(await withdraw(first)).toEqual({ outcome: 'needed', by: needed.slice(1) });
    expect(await withdraw(third)).toEqual({ outcome: 'withdrawn' });
    expect(await withdraw(first, official)).toEqual({ outcome: 'withdrawn' });
    await upload(second, { again: 1 });
    expect(await ballotsIn(electionId)).toBe(3);
  });

  test('A withdrawal where ids are used once in all elections frees them, also of an election that is over', async () => {
    const guids = guidsOf(2);
    const first = await upload(fileOf(newElection(), guids), { everywhere: true });
    const second = await upload(fileOf(newElection(), guids), { everywhere: true });
    const needed = { batchId: second.batchId, electionId: second.electionId, rows: 2 };
    expect(await withdraw(first)).toEqual({ outcome: 'needed', by: [needed] });
    await close(second.electionId);
    expect(await withdraw(first)).toEqual({ outcome: 'withdrawn' });
    // A deposit of another election that saw the batch before it was withdrawn is tried again.
    const late = `insert into pv.batch_invalid (batch_no, row_no, guid, cells, reason, first_batch_no, first_row_no)
      select s.batch_no, 3, $1, '1', 'Duplicate ballot.', f.batch_no, 1 from pv.batch f, pv.batch s
      where f.batch_id = $2 and s.batch_id = $3`;
    const values = [randomUUID(), first.batchId, second.batchId];
    const error: unknown = await databases.query('box', late, values).catch((cause: unknown) => cause);
    expect([sqlState(error), certainlyRefused(error)]).toEqual(['40001', false]);
    // A start of a worker: rows that were duplicates claim nothing.
    await claimBallotIds(worker);
    await upload(first, { again: 1, everywhere: true });
    expect(await ballotsIn(first.electionId)).toBe(2);
    expect(await ballotsIn(second.electionId)).toBe(0);
  });
});

describe('Withdrawals at the same time as other acts', () => {
  test('Withdrawals, parts and other files of the same ballots never leave a duplicate of a withdrawn row', async () => {
    for (let round = 0; round < 12; round += 1) {
      const electionId = newElection();
      const guids = guidsOf(300);
      const file = fileOf(electionId, guids);
      const hasty = fileOf(electionId, [...guids].reverse());
      await register(file);
      await register(hasty);
      await deposit(file, { last: 100 });
      const acts = [() => deposit(file, { first: 101 }), () => withdraw(file), () => deposit(hasty)];
      if (round % 2 === 0) acts.reverse();
      const settled = await Promise.allSettled<unknown>(acts.map((act) => act()));
      for (const each of settled) {
        if (each.status === 'rejected' && !(each.reason instanceof BatchWithdrawn))
          expect(sqlState(each.reason)).toBe('40001');
      }
      await deposit(hasty).catch(() => undefined);
      const totals = await countBatches(elections, electionId);
      expect(totals.received).toBe(totals.valid + totals.duplicates + totals.invalidNumbers + totals.withdrawn);
      expect(totals.valid).toBe(await ballotsIn(electionId));
      // Either the hasty file came first and its rows count, or the withdrawal names it.
      expect(totals.valid).toBe(300);
      const withdrawnAt = (await findBatch(worker, file.batchId))?.withdrawnAt ?? null;
      expect(totals.duplicates === 0 || withdrawnAt === null).toBe(true);
    }
  });

  test('Withdrawals at the same moment are one, and a count that closes the box wins or loses as a whole', async () => {
    for (let round = 0; round < 8; round += 1) {
      const file = await upload(fileOf(newElection(), guidsOf(50)));
      const [first, second, missing] = await Promise.all([withdraw(file), withdraw(file), close(file.electionId)]);
      expect(missing).toEqual([]);
      const outcomes = [first.outcome, second.outcome].sort();
      const counted: number[] = [];
      await readBallots(elections, file.electionId, ({ copies }) => counted.push(copies));
      const withdrawn = !outcomes.includes('closed') || outcomes.includes('withdrawn');
      expect(counted).toEqual(withdrawn ? [] : [50]);
      expect(outcomes.filter((outcome) => outcome === 'withdrawn')).toHaveLength(withdrawn ? 1 : 0);
    }
  });

  test('A withdrawal whose connection is killed before its end changes nothing', async () => {
    const file = await upload(fileOf(newElection(), guidsOf(3)));
    const client = await elections.connect();
    await client.query('begin');
    const text = 'select outcome from pv.withdraw_batch($1, $2, null, $3, $4)';
    await client.query(text, [file.electionId, file.batchId, 'The wrong file.', 'somebody']);
    const ended = new Promise((resolve) => void client.once('end', resolve));
    client.on('error', () => undefined);
    const [row] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
    await databases.query('box', 'select pg_terminate_backend($1)', [row?.pid]);
    await ended;
    client.release(true);
    expect(await ballotsIn(file.electionId)).toBe(3);
    expect(await findBatch(worker, file.batchId)).toMatchObject({ valid: 3, withdrawn: 0 });
    expect(await withdraw(file)).toEqual({ outcome: 'withdrawn' });
  });
});

describe('Deletion without a withdrawal', () => {
  test('Deletion is denied to the worker and elections, and the owner cannot repeat that of a withdrawal', async () => {
    const file = await upload(fileOf(newElection(), guidsOf(2)), { bad: [2] });
    for (const pool of [worker, elections]) {
      for (const table of ['ballot', 'batch_guid', 'batch_invalid', 'batch_part', 'withdrawal', 'withdrawn_row']) {
        const error = await pool.query(`delete from pv.${table}`).catch((cause: unknown) => cause);
        expect(sqlState(error), table).toBe('42501');
      }
    }
    const call = `select pv.withdraw_batch('${file.electionId}', '${file.batchId}', null, 'r', 'me')`;
    expect(sqlState(await worker.query(call).catch((cause: unknown) => cause))).toBe('42501');
    await withdraw(file);
    await upload(file, { again: 1, bad: [2] });
    // The same rows are recorded as withdrawn, but by an earlier transaction.
    const same = `delete from pv.ballot where election_id = '${file.electionId}'`;
    expect(sqlState(await databases.query('box', same).catch((cause: unknown) => cause))).toBe('42501');
    for (const table of ['ballot', 'batch_guid', 'batch_invalid', 'batch_part', 'withdrawal', 'withdrawn_row']) {
      const error = await databases.query('box', `delete from pv.${table}`).catch((cause: unknown) => cause);
      expect(sqlState(error), table).toBe('42501');
    }
    const record = `insert into pv.withdrawal (batch_no, reason, withdrawn_by, checked, valid, duplicates, invalid_numbers)
      select batch_no, 'r', 'me', 2, 1, 0, 1 from pv.batch where batch_id = '${file.batchId}' and again = 1`;
    const loose = await databases
      .query('box', `begin; ${record}; delete from pv.ballot; commit`)
      .catch((cause: unknown) => cause);
    expect(sqlState(loose)).toBe('42501');
    expect(await ballotsIn(file.electionId)).toBe(1);
  });

  test('Rows that are refused by the state of a batch are not taken for rows that are wrong', () => {
    expect(certainlyRefused(new BatchWithdrawn())).toBe(false);
  });

  test('What withdrawn rows say is shown after the box is closed, and not before', async () => {
    const file = await upload(fileOf(newElection(), guidsOf(2)), { bad: [2] });
    await withdraw(file);
    const contents = async () =>
      (await invalidOf(file.electionId)).map(({ row, reason, cells, ballot }) => [row, reason, cells, ballot]);
    expect(await contents()).toEqual([
      [1, 'Withdrawn batch.', null, null],
      [2, 'Withdrawn batch.', null, null],
    ]);
    await close(file.electionId);
    expect(await contents()).toEqual([
      [1, 'Withdrawn batch.', null, valid.ballot],
      [2, 'Withdrawn batch.', '9', null],
    ]);
  });
});
