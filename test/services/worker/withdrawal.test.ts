// A batch that is withdrawn while it is on its way, and after: no late part and no late delivery brings it back, the
// same file is a new upload, and an emptied Redis shows it as withdrawn again.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  batchDeadKey,
  batchPhase,
  batchQueueKey,
  batchViewKey,
  uploadKey,
  uploadsAgainMax,
} from '../../../src/protocol/control/batch-entries.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { closeBox, countBatches, withdrawBatch } from '../../../src/store/ledger.ts';
import { batchOf, csvOf, row, rows, startBatches, stuckPool } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { stateClosed } from '../../support/closing.ts';
import { until } from '../../support/until.ts';

let batches: Batches;
let elections: Pool;
beforeAll(async () => {
  batches = await startBatches();
  elections = openPool(batches.databases.url('box', 'popvote_elections'), { name: 'test', connectionsMax: 2 });
}, 60_000);
afterAll(async () => {
  await elections.end();
  await batches[Symbol.asyncDispose]();
});
const gates: { free(): void }[] = [];
afterEach(async () => {
  for (const gate of gates.splice(0)) gate.free();
  await batches.stopWorkers();
  await batches.redis.flushall();
});

const total = async (electionId: string): Promise<number> =>
  Object.values(await batches.box(electionId)).reduce((sum, n) => sum + n, 0);
const by = '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11';
const reason = 'The file of another station.';
/** In the ledger alone, as after a crash of `elections` between its two steps. */
async function withdraw(electionId: string, batchId: string) {
  const outcome = await withdrawBatch(elections, { electionId, batchId, official: null, reason, by });
  expect(outcome).toEqual({ outcome: 'withdrawn' });
}
function gate(after: number) {
  const stuck = stuckPool(after);
  gates.push(stuck);
  return stuck;
}
async function waitingEntries(): Promise<string[][]> {
  return (await batches.redis.xrange(batchQueueKey, '-', '+')).map(([, fields]) => fields);
}
const emptyQueue = () => until(async () => (await waitingEntries()).length === 0, 'the empty queue');

describe('A batch that is withdrawn on its way', () => {
  test('A batch withdrawn between two parts takes no more rows, and the same file then counts once', async () => {
    const electionId = await batches.election();
    const file = csvOf([...rows(25_000), row(9)]);
    const stuck = gate(1);
    const worker = await batches.worker({ wrap: stuck.wrap });
    const { id } = batchOf(await batches.upload(electionId, file));
    await until(() => stuck.stuck(), 'the second part');
    const before = await total(electionId);
    expect(before).toBeGreaterThan(0);
    await withdraw(electionId, id);
    stuck.free();
    const withdrawn = await batches.settled(id, 'withdrawn');
    expect(withdrawn).toMatchObject({ withdrawals: 1, withdrawn: { reason, by }, missing: [] });
    expect(withdrawn.rows).toMatchObject({ received: 25_001, checked: before, counted: 0, invalid: before });
    expect(withdrawn.rows.waiting).toBe(25_001 - before);
    await emptyQueue();
    expect(await total(electionId)).toBe(0);
    expect(await batches.redis.xlen(batchDeadKey)).toBe(0);

    const again = await batches.upload(electionId, file, { by: batches.people.other });
    expect([again.status, batchOf(again)]).toMatchObject([
      202,
      { id, withdrawn: null, withdrawals: 1, official: batches.people.other.id, rows: { checked: 0 } },
    ]);
    const done = await batches.settled(id);
    expect(done.rows).toEqual({
      received: 25_001,
      checked: 25_001,
      waiting: 0,
      counted: 25_000,
      invalid: 1,
      unconfirmed: 0,
      duplicates: 0,
    });
    expect(await total(electionId)).toBe(25_000);
    expect(await countBatches(elections, electionId)).toMatchObject({ files: 2, valid: 25_000, withdrawn: before });
    // The file of invalid rows is that of the second upload.
    const csv = await batches.get(`/v1/batches/${id}/invalid.csv`, { by: batches.people.auditor });
    expect(csv.text.trimEnd().split('\r\n')).toEqual([
      expect.any(String),
      expect.stringMatching(/^25001,.*Invalid poll/),
    ]);
    expect(batchOf(await batches.upload(electionId, file))).toMatchObject({ state: 'done' });
    await worker.stop();
  });

  test('A batch withdrawn while it waits is never started, also by a delivery after the file came again', async () => {
    const electionId = await batches.election();
    const other = await batches.election();
    const file = csvOf(rows(40));
    const stuck = gate(0);
    const worker = await batches.worker({ wrap: stuck.wrap });
    const holding = batchOf(await batches.upload(other, csvOf(rows(1))));
    await until(() => stuck.stuck(), 'the held deposit');
    const { id } = batchOf(await batches.upload(electionId, file));
    await until(async () => (await countBatches(elections, electionId)).files === 1, 'the ledger');
    await withdraw(electionId, id);
    await batches.settled(id, 'withdrawn');
    // Both uploads of the file now wait, the withdrawn one first.
    expect((await batches.upload(electionId, file)).status).toBe(202);
    const waiting = (await waitingEntries()).filter((fields) => fields[1] === id);
    expect(waiting.map((fields) => fields.at(-1))).toEqual(['0', '1']);
    const late = waiting[0]?.[3] ?? '';
    const copies = await batches.redis.xrange(uploadKey(late), '-', '+');
    stuck.free();
    await batches.settled(holding.id);
    await batches.settled(id);
    await emptyQueue();
    expect(await total(electionId)).toBe(40);
    // The withdrawn upload is delivered once more, after the new one.
    for (const [, fields] of copies) await batches.redis.xadd(uploadKey(late), '*', ...fields);
    await batches.redis.xadd(batchQueueKey, '*', ...(waiting[0] ?? []));
    await emptyQueue();
    expect(await total(electionId)).toBe(40);
    expect(await batches.settled(id)).toMatchObject({ withdrawals: 1, rows: { counted: 40 } });
    await withdraw(electionId, id);
    await batches.settled(id, 'withdrawn');
    for (const [, fields] of copies) await batches.redis.xadd(uploadKey(late), '*', ...fields);
    await batches.redis.xadd(batchQueueKey, '*', ...(waiting[0] ?? []));
    await emptyQueue();
    expect(await total(electionId)).toBe(0);
    expect(await batches.settled(id, 'withdrawn')).toMatchObject({ withdrawals: 2 });
    await worker.stop();
  });
});

describe('A batch that was withdrawn', () => {
  test('A withdrawn batch is shown again after Redis was emptied, without what its rows say', async () => {
    const electionId = await batches.election();
    const worker = await batches.worker();
    const lines = rows(3);
    const { id } = batchOf(await batches.upload(electionId, csvOf(lines)));
    await batches.settled(id);
    await withdraw(electionId, id);
    const before = await batches.settled(id, 'withdrawn');
    await batches.redis.flushall();
    await batches.election({ id: electionId });
    expect(await batches.settled(id, 'withdrawn')).toEqual(before);
    const csv = async (): Promise<string[]> => {
      const { text } = await batches.get(`/v1/batches/${id}/invalid.csv`);
      return text.trimEnd().split('\r\n').slice(1);
    };
    await until(async () => (await csv()).length === 3, 'the rows');
    expect(await csv()).toEqual(lines.map((line, at) => `${at + 1},${line.split(',')[0] ?? ''},,Withdrawn batch.,,,`));
    await worker.stop();
  });

  test('A file sent before Redis knows of its withdrawal is no new upload, and the next sending is', async () => {
    const electionId = await batches.election();
    const file = csvOf(rows(5));
    const first = await batches.worker();
    const { id } = batchOf(await batches.upload(electionId, file));
    await batches.settled(id);
    await first.stop();
    await withdraw(electionId, id);
    await batches.redis.flushall();
    await batches.election({ id: electionId });
    const early = await batches.upload(electionId, file);
    expect([early.status, early.body['code']]).toEqual([503, 'change-unknown']);
    expect(early.body['detail']).toContain('send the same file');
    const second = await batches.worker();
    await batches.settled(id, 'withdrawn');
    await emptyQueue();
    expect(await total(electionId)).toBe(0);
    expect((await batches.upload(electionId, file)).status).toBe(202);
    expect(await batches.settled(id)).toMatchObject({ withdrawals: 1, rows: { counted: 5 } });
    await second.stop();
  });

  test('A corrected file with the same ballot ids counts, and after the end no file comes again', async () => {
    const electionId = await batches.election();
    const worker = await batches.worker();
    const wrong = rows(4, 1);
    const corrected = wrong.map((line) => line.replace(/1$/, '2'));
    const { id } = batchOf(await batches.upload(electionId, csvOf(wrong)));
    await batches.settled(id);
    await withdraw(electionId, id);
    await batches.settled(id, 'withdrawn');
    const right = batchOf(await batches.upload(electionId, csvOf(corrected)));
    expect((await batches.settled(right.id)).rows).toMatchObject({ counted: 4, duplicates: 0 });
    expect(Object.values(await batches.box(electionId))).toEqual([4]);
    const over = { id: electionId, closesAt: new Date(Date.now() - 1_000).toISOString() };
    await batches.election({ ...over, opensAt: new Date(Date.now() - 7_200_000).toISOString() }, 2);
    const late = await batches.upload(electionId, csvOf(wrong));
    expect([late.status, late.body['code']]).toEqual([403, 'not-open']);
    await stateClosed(batches.databases, electionId, 0);
    expect(await closeBox(elections, electionId, 0)).toEqual([]);
    const outcome = await withdrawBatch(elections, { electionId, batchId: right.id, official: null, reason, by });
    expect(outcome).toEqual({ outcome: 'closed' });
    await worker.stop();
  });

  test('A file that was withdrawn too often is refused, and one time fewer is accepted', async () => {
    const electionId = await batches.election();
    const file = csvOf(rows(2));
    const { id, official, acceptedAt } = batchOf(await batches.upload(electionId, file));
    const counts = { rows: 2, checked: 2, valid: 0, invalid: 2, duplicates: 0, setApart: null };
    const withdrawnTimes = async (times: number): Promise<void> => {
      const phase = batchPhase(times - 1, true);
      const view = { batchId: id, electionId, official, acceptedAt, ...counts, phase };
      const withdrawal = { reason, by, at: acceptedAt };
      await batches.redis.set(batchViewKey(id), JSON.stringify({ ...view, withdrawal }));
    };
    await withdrawnTimes(uploadsAgainMax + 1);
    const refused = await batches.upload(electionId, file);
    expect([refused.status, refused.body['code']]).toEqual([409, 'conflict']);
    expect(refused.body['detail']).toContain('in another order');
    await withdrawnTimes(uploadsAgainMax);
    // It waits in the queue. The ledger of this test has none of these withdrawals, so it is not confirmed.
    const answer = await batches.upload(electionId, file);
    expect([answer.status, answer.body['code']]).toEqual([503, 'change-unknown']);
    expect(await batches.redis.xlen(batchQueueKey)).toBe(2);
  });

  test('A worker that is killed after a withdrawal leaves nothing that its successor would store', async () => {
    const electionId = await batches.election();
    const stuck = gate(1);
    const first = await batches.worker({ wrap: stuck.wrap, claimMs: 500 });
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(25_000))));
    await until(() => stuck.stuck(), 'the second part');
    await withdraw(electionId, id);
    // The first worker hangs in its deposit until the second has taken the upload over.
    const second = await batches.worker({ claimMs: 500 });
    await batches.settled(id, 'withdrawn');
    stuck.free();
    await emptyQueue();
    expect(await total(electionId)).toBe(0);
    await Promise.all([first.stop(), second.stop()]);
  });
});
