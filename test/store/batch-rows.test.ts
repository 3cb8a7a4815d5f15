// The rows of a batch as they are verified before the count: all of them in order, and none of another batch is read.
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paperTrackerText } from '../../src/protocol/control/batch-entries.ts';
import { nextBatchToVerify, readBatchRows } from '../../src/store/batch-rows.ts';
import type { BatchRow } from '../../src/store/batch-rows.ts';
import { depositRows, registerBatch } from '../../src/store/batches.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

const electionId = `e-${randomUUID()}`;
const ballot = '{"contests":[]}';
const batches = 40;
const rows = 100;
let databases: TestDatabases;
let pools: Readonly<Record<'worker' | 'elections', Pool>>;
let files: readonly (readonly string[])[];
beforeAll(async () => {
  databases = await createDatabases(['box']);
  const open = (role: string): Pool => openPool(databases.url('box', role), { name: 'test', connectionsMax: 1 });
  pools = { worker: open('popvote_worker'), elections: open('popvote_elections') };
  files = Array.from({ length: batches }, () => Array.from({ length: rows }, () => randomUUID()));
  for (const guids of files) await upload(guids);
  const close = `begin; select pg_advisory_xact_lock(20260005, hashtext('${electionId}'));
    insert into pv.closed_box values ('${electionId}'); commit`;
  await databases.query('box', close);
}, 60_000);
afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await databases[Symbol.asyncDispose]();
});

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The last row has a number that is on no ballot. */
async function upload(guids: readonly string[]): Promise<void> {
  const batchId = digestOf(guids.join()).toString('base64url');
  const acceptedAt = new Date().toISOString();
  const batch = { batchId, electionId, rows, official: randomUUID(), acceptedAt, manifest: '{}' };
  await registerBatch(pools.worker, batch);
  await depositRows(pools.worker, {
    batchId,
    firstRow: 1,
    guids,
    trackers: guids.map((guid) => digestOf(paperTrackerText(electionId, guid))),
    kinds: [
      { cells: '1', ballot, contestId: null },
      { cells: '9', ballot: null, contestId: 'c' },
    ],
    which: guids.map((_, index) => (index === rows - 1 ? 2 : 1)),
  });
}

test('Every row of every batch is read once, in its order, with its ballot or its cells', async () => {
  let batch = await nextBatchToVerify(pools.elections, electionId, 0);
  const ids: string[][] = [];
  for (; batch !== null; batch = await nextBatchToVerify(pools.elections, electionId, batch.number)) {
    const read: BatchRow[] = [];
    await readBatchRows(pools.elections, batch.number, (row) => read.push(row));
    ids.push(read.map(({ guid }) => guid));
    expect(read.map(({ row }) => row)).toEqual(Array.from({ length: rows }, (_, index) => index + 1));
    expect(read.slice(0, -1).every((row) => row.ballot === ballot && row.cells === null)).toBe(true);
    expect(read.at(-1)).toMatchObject({ ballot: null, cells: '9', reason: 'Invalid poll number.' });
  }
  expect(ids).toEqual(files);
});

test.each(['without statistics', 'with statistics'])('No row of another batch is read, %s', async (which) => {
  if (which === 'with statistics') await databases.query('box', 'analyze');
  const { number } = (await nextBatchToVerify(pools.elections, electionId, 0))!;
  const client = new pg.Client({ connectionString: databases.url('box') });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select count(*) from pv.batch_rows($1)', [number]);
    const { rows: reads } = await client.query<{ table: string; rows: number }>(
      `select relname as table, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows
       from pg_stat_xact_user_tables where relname in ('batch_guid', 'ballot')`,
    );
    expect(Object.fromEntries(reads.map(({ table, rows: read }) => [table, read]))).toEqual({
      batch_guid: rows,
      ballot: rows - 1,
    });
  } finally {
    await client.end();
  }
});
