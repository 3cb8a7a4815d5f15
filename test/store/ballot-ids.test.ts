// Ballot ids that are used once in all elections: the database lets one row have an id, whatever runs at the same time.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimBallotIds, depositRows, registerBatch } from '../../src/store/batches.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { countBatches, listInvalidBallots } from '../../src/store/ledger.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

let databases: TestDatabases;
let worker: Pool;
let elections: Pool;
beforeAll(async () => {
  databases = await createDatabases(['box']);
  const open = (role: string): Pool => openPool(databases.url('box', role), { name: 'test', connectionsMax: 4 });
  worker = open('popvote_worker');
  elections = open('popvote_elections');
});
afterAll(async () => {
  await Promise.all([worker.end(), elections.end()]);
  await databases[Symbol.asyncDispose]();
});

const newElection = (): string => `e-${randomUUID()}`;

/** A file with these ids, in one part; `bad`: with an invalid number. */
async function file(electionId: string, guids: readonly string[], { everywhere = true, bad = false } = {}) {
  const batchId = createHash('sha256').update(randomBytes(32)).digest('base64url');
  const acceptedAt = new Date().toISOString();
  await registerBatch(worker, {
    batchId,
    electionId,
    rows: guids.length,
    official: randomUUID(),
    acceptedAt,
    manifest: '{}',
  });
  const kind = bad
    ? ({ cells: '9', ballot: null, contestId: 'c' } as const)
    : ({ cells: '1', ballot: '{"contests":[1]}', contestId: null } as const);
  const rows = {
    batchId,
    firstRow: 1,
    guids,
    trackers: guids.map(() => randomBytes(32)),
    kinds: [kind],
    which: guids.map(() => 1),
  };
  return { batchId, counts: await depositRows(worker, rows, { idsEverywhere: everywhere }) };
}
const newIds = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
const invalidOf = (electionId: string) => listInvalidBallots(elections, electionId, { batch: 0, row: 0 }, 100);

describe('A ballot id that is used once in all elections', () => {
  test('An id of another election is a duplicate that names the other election and its place', async () => {
    const first = newElection();
    const second = newElection();
    const [a = '', b = '', c = ''] = newIds(3);
    const before = await file(first, [a, b]);
    const { counts } = await file(second, [c, b, b]);
    expect(counts).toMatchObject({ deposited: true, checked: 3, valid: 1, duplicates: 2, invalidNumbers: 0 });
    const rows = await invalidOf(second);
    expect(rows[0]).toMatchObject({
      row: 2,
      guid: b,
      reason: 'Duplicate ballot.',
      firstBatchId: before.batchId,
      firstRow: 2,
      firstElectionId: first,
    });
    // The second time in one file, the first place is in the file.
    expect(rows[1]).toMatchObject({ row: 3, firstRow: 2, firstElectionId: second });
    expect(await countBatches(elections, second)).toMatchObject({ received: 3, valid: 1, duplicates: 2 });
  });

  test('An id is used by a row that does not count, as within one election', async () => {
    const [id = ''] = newIds(1);
    await file(newElection(), [id], { bad: true });
    expect((await file(newElection(), [id])).counts).toMatchObject({ valid: 0, duplicates: 1 });
  });

  test('Of files in four elections at once with the same ids in other orders, each id counts once', async () => {
    const ids = newIds(500);
    const orders = [ids, ids.toReversed(), ids.toSorted(), [...ids.slice(250), ...ids.slice(0, 250)]];
    const files = await Promise.all(orders.map((order) => file(newElection(), order)));
    const sum = (of: 'valid' | 'duplicates') => files.reduce((total, { counts }) => total + counts[of], 0);
    expect([sum('valid'), sum('duplicates')]).toEqual([500, 1_500]);
  });

  test('Without the setting an id counts in each election, and its first row is claimed by a later start', async () => {
    const [id = ''] = newIds(1);
    const first = newElection();
    for (const election of [first, newElection()]) {
      expect((await file(election, [id], { everywhere: false })).counts).toMatchObject({ valid: 1, duplicates: 0 });
    }
    expect(await claimBallotIds(worker)).toBe(1);
    expect(await claimBallotIds(worker)).toBe(0);
    const third = newElection();
    expect((await file(third, [id])).counts).toMatchObject({ valid: 0, duplicates: 1 });
    expect((await invalidOf(third))[0]).toMatchObject({ firstElectionId: first });
  });
});
