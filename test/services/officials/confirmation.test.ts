// What 202 promises: the ledger has the batch, so whatever happens to the control Redis afterwards, its rows are counted
// or missing rows are shown. The control Redis has the settings and users that ship.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { batchEpochKey, batchQueueKey, batchViewKey } from '../../../src/protocol/control/batch-entries.ts';
import { batchOf, csvOf, rows, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { until } from '../../support/until.ts';

let batches: Batches;
beforeAll(async () => {
  batches = await startBatches({ ledgerMsMax: 10_000 });
}, 60_000);
afterAll(() => batches[Symbol.asyncDispose]());
afterEach(async () => {
  await batches.stopWorkers();
  await batches.redis.flushall();
  batches.registrar.start();
});

const counted = async (electionId: string): Promise<number> =>
  Object.values(await batches.box(electionId)).reduce((sum, n) => sum + n, 0);

describe('A file that the ledger does not have', () => {
  test(
    'A file is not confirmed while no worker runs; the same file is, later, and counts once',
    { timeout: 120_000 },
    async () => {
      await batches.registrar.stop();
      const electionId = await batches.election();
      const file = csvOf(rows(40));
      for (let again = 0; again < 2; again += 1) {
        const answer = await batches.upload(electionId, file);
        expect(answer).toMatchObject({ status: 503, body: { code: 'change-unknown', recorded: 'unknown' } });
        expect(answer.body['detail']).toContain('Send the same file again');
      }
      // It waits once, and is not lost.
      expect(await batches.redis.xlen(batchQueueKey)).toBe(1);
      await batches.worker();
      const confirmed = await batches.upload(electionId, file);
      expect([200, 202]).toContain(confirmed.status);
      expect((await batches.settled(batchOf(confirmed).id)).rows).toMatchObject({ received: 40, counted: 40 });
      expect(await counted(electionId)).toBe(40);
    },
  );

  test('A file that Redis loses before the ledger has it was never confirmed', async () => {
    await batches.registrar.stop();
    const electionId = await batches.election();
    const file = csvOf(rows(40));
    const answer = batches.upload(electionId, file);
    await until(async () => (await batches.redis.xlen(batchQueueKey)) === 1, 'the upload in the queue');
    await batches.redis.flushall();
    await batches.worker();
    expect((await answer).status).toBe(503);
    await batches.election({ id: electionId });
    const { id } = batchOf(await batches.upload(electionId, file));
    expect((await batches.settled(id)).rows.counted).toBe(40);
  });

  test('A worker whose database failed registers the file when the database is back', async () => {
    await batches.registrar.stop();
    const electionId = await batches.election();
    let failures = 3;
    await batches.worker({
      wrap: (pool) =>
        new Proxy(pool, {
          get: (target, name) => {
            if ((name === 'query' || name === 'connect') && failures > 0) {
              return () => {
                failures -= 1;
                return Promise.reject(new Error('connection refused'));
              };
            }
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
        }),
    });
    const answer = await batches.upload(electionId, csvOf(rows(5)));
    expect([202, 503]).toContain(answer.status);
    expect(failures).toBe(0);
    await until(async () => (await counted(electionId)) === 5, 'the rows');
  });
});

describe('A confirmed file', () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`A confirmed file is counted after ${signal} of the control Redis while no worker runs`, async () => {
      const electionId = await batches.election();
      const answer = await batches.upload(electionId, csvOf(rows(3_000)));
      expect(answer.status).toBe(202);
      await batches.restartRedis(signal);
      await batches.worker();
      expect((await batches.settled(batchOf(answer).id)).rows).toMatchObject({ received: 3_000, counted: 3_000 });
      expect(await counted(electionId)).toBe(3_000);
    });
  }

  test('A confirmed file that Redis loses while no worker runs is shown as incomplete, and repaired', async () => {
    const electionId = await batches.election();
    const file = csvOf(rows(40));
    const answer = await batches.upload(electionId, file);
    expect(answer.status).toBe(202);
    await batches.registrar.stop();
    await batches.redis.flushall();
    await batches.election({ id: electionId });
    await batches.worker();
    const { id } = batchOf(answer);
    const incomplete = await batches.settled(id, 'incomplete');
    expect(incomplete.missing).toEqual([{ firstRow: 1, lastRow: 40 }]);
    expect(incomplete.advice).toContain('Send the same file again');
    expect(batchOf(await batches.upload(electionId, file)).id).toBe(id);
    expect((await batches.settled(id)).rows.counted).toBe(40);
  });

  test('After a restart of Redis the ledger is shown again, even if only the last writes were lost', async () => {
    const electionId = await batches.election();
    const answer = await batches.upload(electionId, csvOf(rows(4)));
    const { id } = batchOf(answer);
    const worker = await batches.worker();
    await batches.settled(id);
    await until(async () => ((await batches.redis.get(batchEpochKey)) ?? '').startsWith('whole:'), 'the mark');
    await worker.stop();
    // As a repaired file leaves it: the mark is there, and a later write is not.
    await batches.redis.del(batchViewKey(id));
    await batches.restartRedis('SIGKILL');
    await batches.worker();
    expect((await batches.settled(id)).rows.counted).toBe(4);
  });
});
