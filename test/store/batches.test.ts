// The ledger of batches as the database keeps it: rows go in order and once, counts add up in every state, and nothing
// that is recorded is changed.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqlState } from '../../src/store/certain-query.ts';
import {
  BoxClosed,
  certainlyRefused,
  depositRows,
  findBatch,
  invalidRowsOf,
  recentBatches,
  registerBatch,
} from '../../src/store/batches.ts';
import type { BatchRows } from '../../src/store/batches.ts';
import { TrackerConflict, depositOnline } from '../../src/store/box.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

let databases: TestDatabases;
let pool: Pool;
beforeAll(async () => {
  databases = await createDatabases(['box']);
  pool = openPool(databases.url('box', 'popvote_worker'), { name: 'test', connectionsMax: 4 });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await databases[Symbol.asyncDispose]();
});

const newId = (): string => createHash('sha256').update(randomUUID()).digest('base64url');
async function newBatch(
  rows: number,
  electionId = `e-${randomUUID()}`,
): Promise<{ batchId: string; electionId: string }> {
  const batchId = newId();
  const acceptedAt = new Date().toISOString();
  await registerBatch(pool, { batchId, electionId, rows, official: randomUUID(), acceptedAt, manifest: '{}' });
  return { batchId, electionId };
}
const kinds = [
  { cells: '1', ballot: '{"contests":[]}', contestId: null },
  { cells: '9', ballot: null, contestId: 'c' },
] as const;
/** `which`: for each row 1 for a ballot, 2 for a number that is on none. */
const part = (
  { batchId, electionId }: { batchId: string; electionId: string },
  firstRow: number,
  guids: readonly string[],
  which: readonly number[] = guids.map(() => 1),
): BatchRows => {
  const used = [...new Set(which)];
  return {
    batchId,
    firstRow,
    guids,
    kinds: used.map((kind) => kinds[kind - 1]!),
    which: which.map((kind) => used.indexOf(kind) + 1),
    trackers: guids.map((guid) => createHash('sha256').update(`${electionId}|${guid}`).digest()),
  };
};
const guidsOf = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

describe('Rows of a file', () => {
  test('Rows are taken in their order and once: another row changes nothing and reports the position', async () => {
    const batch = await newBatch(10);
    const guids = guidsOf(10);
    const none = { deposited: false, checked: 0, valid: 0, duplicates: 0, invalidNumbers: 0 };
    expect(await depositRows(pool, part(batch, 4, guids.slice(3, 6)))).toEqual(none);
    expect(await depositRows(pool, part(batch, 1, guids.slice(0, 4)))).toMatchObject({ deposited: true, checked: 4 });
    for (const [first, last] of [
      [1, 4],
      [1, 2],
      [3, 8],
      [6, 8],
    ] as const) {
      const counts = await depositRows(pool, part(batch, first, guids.slice(first - 1, last)));
      expect(counts).toEqual({ deposited: false, checked: 4, valid: 4, duplicates: 0, invalidNumbers: 0 });
    }
    expect(await depositRows(pool, part(batch, 5, guids.slice(4)))).toMatchObject({ deposited: true, valid: 10 });
    expect(await findBatch(pool, batch.batchId)).toMatchObject({ rows: 10, checked: 10, valid: 10 });
  });

  test('Rows are never more than the file has, nor of an unknown file, nor of another form', async () => {
    const batch = await newBatch(3);
    const good = part(batch, 1, guidsOf(2));
    const wrong: BatchRows[] = [
      part(batch, 1, guidsOf(4)),
      part(batch, 0, guidsOf(1)),
      { ...good, batchId: newId() },
      { ...good, which: [1] },
      { ...good, which: [1, 3] },
      { ...good, which: [0, 1] },
      { ...good, trackers: good.trackers.slice(1) },
      { ...good, kinds: [] },
      { ...good, kinds: [{ cells: '1', ballot: '{}', contestId: 'c' } as never] },
    ];
    for (const rows of wrong) {
      const error = await depositRows(pool, rows).catch((cause: unknown) => cause);
      expect(sqlState(error)).toBe('22023');
      expect(certainlyRefused(error)).toBe(true);
    }
    expect(await findBatch(pool, batch.batchId)).toMatchObject({ checked: 0 });
  });

  test('Rows of two files at once that share every ballot are counted once, in any order', async () => {
    const electionId = `e-${randomUUID()}`;
    const guids = guidsOf(2_000);
    const files = await Promise.all([1, 2, 3].map(() => newBatch(2_000, electionId)));
    const counts = await Promise.all(
      files.map((file, index) => depositRows(pool, part(file, 1, index % 2 === 0 ? guids : [...guids].reverse()))),
    );
    expect(counts.reduce((sum, { valid }) => sum + valid, 0)).toBe(2_000);
    expect(counts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(4_000);
  });

  test('Rows that do not count are listed in their order, a page at a time, with their first place', async () => {
    const batch = await newBatch(6);
    const [a = '', b = '', c = ''] = guidsOf(3);
    await depositRows(pool, part(batch, 1, [a, b, a, c, b, b], [1, 2, 2, 1, 1, 1]));
    const page = await invalidRowsOf(pool, batch.batchId, 0, 2);
    const rest = await invalidRowsOf(pool, batch.batchId, page.at(-1)?.row ?? 0, 10);
    expect(
      [...page, ...rest].map(({ row, reason, firstRow, contestId }) => [row, reason, firstRow, contestId]),
    ).toEqual([
      [2, 'Invalid poll number.', null, 'c'],
      [3, 'Duplicate ballot.', 1, null],
      [5, 'Duplicate ballot.', 2, null],
      [6, 'Duplicate ballot.', 2, null],
    ]);
  });
});

describe('The ledger', () => {
  test('The ledger keeps the first manifest of a file, and shows every unfinished file and the newest', async () => {
    const { batchId, electionId } = await newBatch(5);
    const again = { batchId, electionId, rows: 7, official: randomUUID(), acceptedAt: '2030-01-01T00:00:00Z' };
    expect(await registerBatch(pool, { ...again, manifest: '{"other":1}' })).toBe('known');
    expect(await findBatch(pool, batchId)).toMatchObject({ rows: 5, manifest: '{}' });
    const done = await newBatch(1);
    await depositRows(pool, part(done, 1, guidsOf(1)));
    const newest = await newBatch(1);
    const ids = async (count: number): Promise<string[]> =>
      (await recentBatches(pool, { newest: count, after: 0, limit: 100 })).map((batch) => batch.batchId);
    expect(await ids(1)).toContain(batchId);
    expect(await ids(1)).not.toContain(done.batchId);
    expect((await ids(1)).at(-1)).toBe(newest.batchId);
    expect(await ids(2)).toContain(done.batchId);
    expect(await recentBatches(pool, { newest: 10, after: 0, limit: 1 })).toHaveLength(1);
  });

  test('The ledger of a closed box takes neither a file nor a row, and the mixer no ballot', async () => {
    const batch = await newBatch(2);
    const lock = 'select pg_advisory_xact_lock(20260005, hashtext($1))';
    await databases.query('box', lock, [batch.electionId]);
    await databases.query('box', 'insert into pv.closed_box values ($1)', [batch.electionId]);
    await expect(depositRows(pool, part(batch, 1, guidsOf(1)))).rejects.toBeInstanceOf(BoxClosed);
    await expect(newBatch(1, batch.electionId)).rejects.toBeInstanceOf(BoxClosed);
    const mixer = openPool(databases.url('box', 'popvote_mixer'), { name: 'test', connectionsMax: 1 });
    const ballot = { tracker: Buffer.alloc(32, 7), text: '{}' };
    const error = await depositOnline(mixer, batch.electionId, [ballot]).catch((cause: unknown) => cause);
    expect(sqlState(error)).toBe('PV005');
    expect(error).not.toBeInstanceOf(TrackerConflict);
    expect(await depositOnline(mixer, 'open', [ballot])).toBe(1);
    await mixer.end();
  });

  test.each([
    `update pv.batch set row_count = 1`,
    `update pv.batch_part set valid = 0`,
    `update pv.batch_guid set row_no = 1`,
    `update pv.batch_invalid set reason = 'Duplicate ballot.'`,
    `delete from pv.batch_guid`,
    `delete from pv.batch_invalid`,
    `delete from pv.batch_part`,
    `delete from pv.ballot`,
    `delete from pv.closed_box`,
    `truncate pv.batch_guid`,
  ])('The ledger does not change: "%s" is refused to a superuser too', async (text) => {
    const batch = await newBatch(2);
    await depositRows(pool, part(batch, 1, guidsOf(2), [2, 1]));
    const error = await databases.query('box', text).catch((cause: unknown) => cause);
    expect(sqlState(error)).toBe('42501');
  });
});
