// The hand-over from officials to worker, step by step: announced and unannounced files, the checks of a file, and the
// valid one of two views of a batch.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createUploadWriter } from '../../../src/services/officials/queue-upload.ts';
import type { RowChunk } from '../../../src/services/officials/spool.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { signValue, signingKey, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import {
  batchArrivingKey,
  batchQueueKey,
  batchView,
  batchViewKey,
} from '../../../src/protocol/control/batch-entries.ts';
import type { Manifest } from '../../../src/protocol/control/batch-entries.ts';
import type { LedgerBatch } from '../../../src/store/batches.ts';
import { createLedgerViews } from '../../../src/services/worker/ledger-views.ts';
import { acceptedInTime, readManifest } from '../../../src/services/worker/verify-upload.ts';
import { batchElection, row, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { createLogProbe } from '../../support/log.ts';

let batches: Batches;
const opened: Redis[] = [];
const log = createLogProbe('test');
const connect = async (user: string): Promise<Redis> => {
  const redis = connectRedis(batches.redisUrl(user), log.logger);
  opened.push(redis);
  await redisReady(redis, 10_000);
  return redis;
};
beforeAll(async () => {
  batches = await startBatches({ registers: false });
}, 60_000);
afterEach(() => batches.redis.flushall());
afterAll(async () => {
  for (const redis of opened) redis.disconnect();
  await batches[Symbol.asyncDispose]();
});

const hour = 3_600_000;
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
function manifestOf(changes: Partial<Manifest> = {}, election = batchElection()): Manifest {
  const document = publicationOf(election, signingKey(batches.access.keys.elections.publisher), 1).documents[1]!;
  return {
    version: 1,
    batchId: `${'x'.repeat(42)}A`,
    electionId: election.id,
    rows: 2,
    official: randomUUID(),
    acceptedAt: at(0),
    document,
    ...changes,
  };
}
async function* chunks(between: () => Promise<unknown> = () => Promise.resolve()): AsyncGenerator<RowChunk> {
  yield { firstRow: 1, rows: 1, text: `${row()}\n` };
  await between();
  yield { firstRow: 2, rows: 1, text: `${row()}\n` };
}
const queueOf = async (clock = Date.now) =>
  createUploadWriter({
    redis: await connect('officials'),
    key: signingKey(batches.access.keys.officials.batches),
    clock,
    logger: log.logger,
    metrics: createMetrics('officials'),
  });

describe('An upload', () => {
  test('An upload is noted before it comes, announced in one step, and then no longer noted', async () => {
    const queue = await queueOf();
    const manifest = manifestOf();
    const arriving = await queue.arrive(manifest.electionId);
    expect(await batches.redis.zrange(batchArrivingKey, 0, '-1')).toEqual([
      `${manifest.electionId}/${arriving.upload}`,
    ]);
    const announced: number[] = [];
    const look = async (): Promise<unknown> => announced.push(await batches.redis.xlen(batchQueueKey));
    expect(await queue.add(arriving, manifest, chunks(look))).toBe('queued');
    expect([...announced, await batches.redis.xlen(batchQueueKey)]).toEqual([0, 1]);
    expect(await batches.redis.ttl(`batch:upload:${arriving.upload}`)).toBe(-1);
    await queue.leave(arriving);
    expect(await batches.redis.zcard(batchArrivingKey)).toBe(0);
  });

  test('An upload of which Redis lost a part, however it lost it, is not announced and leaves nothing', async () => {
    const queue = await queueOf();
    // More than one sending: what was sent before the loss is gone, and what comes after it is not the whole.
    async function* many(): AsyncGenerator<RowChunk> {
      for (let firstRow = 1; firstRow <= 60; firstRow += 1) {
        if (firstRow === 50) await batches.redis.flushall();
        yield { firstRow, rows: 1, text: `${row()}\n` };
      }
    }
    const manifest = manifestOf({ rows: 60 });
    expect(await queue.add(await queue.arrive(manifest.electionId), manifest, many())).toBe('lost');
    expect(await batches.redis.xlen(batchQueueKey)).toBe(0);
    expect(await batches.redis.keys('batch:upload:*')).toEqual([]);
  });

  test('An upload that takes too long is not announced, and closing a box waits no longer', async () => {
    let ahead = 0;
    const queue = await queueOf(() => Date.now() + ahead);
    const manifest = manifestOf();
    const arriving = await queue.arrive(manifest.electionId);
    const late = chunks(() => Promise.resolve((ahead = 61_000)));
    expect(await queue.add(arriving, manifest, late)).toBe('late');
    expect(await batches.redis.xlen(batchQueueKey)).toBe(0);
  });

  test('An upload of a batch that waits already is not announced again', async () => {
    const queue = await queueOf();
    const manifest = manifestOf();
    const add = async () => queue.add(await queue.arrive(manifest.electionId), manifest, chunks());
    expect([await add(), await add()]).toEqual(['queued', 'waiting']);
    expect(await batches.redis.xlen(batchQueueKey)).toBe(1);
    expect(await batches.redis.keys('batch:upload:*')).toHaveLength(1);
  });
});

describe('A manifest', () => {
  test('A manifest is of an election that takes batches at that moment, by its signed document', () => {
    const opens = batchElection({ opensAt: at(-hour), closesAt: at(hour) });
    const { opensAt, closesAt } = opens;
    const inTime = (acceptedAt: string, election = opens): boolean =>
      acceptedInTime(manifestOf({ acceptedAt }, election));
    expect([inTime(opensAt), inTime(at(0)), inTime(closesAt)]).toEqual([true, true, false]);
    expect(inTime(new Date(Date.parse(opensAt) - 1).toISOString())).toBe(false);
    expect(inTime(new Date(Date.parse(closesAt) - 1).toISOString())).toBe(true);
    expect(inTime(at(0), batchElection({ channels: ['online'] }))).toBe(false);
  });

  test('A manifest that officials signed outside that time stores nothing', async () => {
    const queue = await queueOf();
    const manifest = manifestOf({ acceptedAt: at(-2 * hour), official: batches.people.official.id });
    await queue.add(await queue.arrive(manifest.electionId), manifest, chunks());
    const worker = await batches.worker();
    const refused = await batches.settled(manifest.batchId, 'incomplete');
    expect(refused.advice).toContain('did not take batches when the file was accepted');
    expect(await batches.box(manifest.electionId)).toEqual({});
    await worker.stop();
  });

  test('A manifest of another election than its document, or of an unsigned one, is not read', () => {
    const keys = {
      batches: verificationKeys(batches.access.keys.public.batches),
      publishers: verificationKeys(batches.access.keys.public.publishers),
    };
    const signed = (manifest: Manifest, jwk = batches.access.keys.officials.batches): string =>
      JSON.stringify({ manifest, signature: signValue(signingKey(jwk), manifest) });
    const good = manifestOf();
    expect(readManifest(keys, good.batchId, signed(good))?.manifest).toEqual(good);
    const foreign = signingKey(newSigningJwk('publisher'));
    const forged = publicationOf(batchElection({ id: good.electionId }), foreign, 1).documents[1]!;
    for (const [id, text] of [
      [`${'z'.repeat(42)}A`, signed(good)],
      [good.batchId, signed(good, newSigningJwk('batches'))],
      [good.batchId, signed({ ...good, electionId: 'another' })],
      [good.batchId, signed({ ...good, document: forged })],
      [
        good.batchId,
        signed({ ...good, document: { ...good.document, election: { ...good.document.election, rehearsal: false } } }),
      ],
      ...['', '{}', 'null', '[]', '{"manifest":{}}', '1e400'].map((text) => [good.batchId, text] as const),
    ] as const) {
      expect(readManifest(keys, id, text)).toBeNull();
    }
  });
});

describe('The view of a batch', () => {
  const batch = (checked: number): LedgerBatch => ({
    batchNo: 1,
    batchId: `${'y'.repeat(42)}A`,
    electionId: 'e',
    rows: 10,
    official: randomUUID(),
    acceptedAt: new Date(),
    checked,
    valid: checked,
    duplicates: 0,
    invalidNumbers: 0,
    again: 0,
    withdrawn: 0,
    withdrawnReason: null,
    withdrawnBy: null,
    withdrawnAt: null,
    station: null,
    needsConfirmation: false,
    confirmedBy: null,
    confirmedAt: null,
  });

  test('A view of more rows wins over an older one, in any order', async () => {
    const redis = await connect('worker');
    const views = createLedgerViews({ redis, pool: null as never, logger: log.logger, name: 'test' });
    const rowsInView = async (): Promise<number> =>
      batchView.parse(JSON.parse((await batches.redis.get(batchViewKey(batch(0).batchId))) ?? '')).checked;
    for (const [checked, expected] of [
      [3, 3],
      [7, 7],
      [5, 7],
      [7, 7],
      [10, 10],
      [0, 10],
    ] as const) {
      await views.write(batch(checked));
      expect(await rowsInView()).toBe(expected);
    }
    // A foreign entry there does not stop the worker.
    for (const text of ['nonsense', '[]', '{"checked":"x"}']) {
      await batches.redis.set(batchViewKey(batch(0).batchId), text);
      await views.write(batch(10));
      expect(await rowsInView()).toBe(10);
    }
  });

  test('A view of a withdrawal wins over the upload before it, and the next upload over both', async () => {
    const redis = await connect('worker');
    const views = createLedgerViews({ redis, pool: null as never, logger: log.logger, name: 'test' });
    const first = batch(10);
    const withdrawal = { withdrawn: 10, withdrawnReason: 'Wrong.', withdrawnBy: 'somebody', withdrawnAt: new Date() };
    const withdrawn: LedgerBatch = { ...first, valid: 0, ...withdrawal };
    const next: LedgerBatch = { ...first, again: 1, checked: 2, valid: 2 };
    const steps = [first, withdrawn, next, { ...withdrawn, again: 1, checked: 2, withdrawn: 2 }];
    for (const [index, step] of steps.entries()) {
      for (const earlier of steps.slice(0, index)) await views.write(earlier);
      await views.write(step);
      for (const earlier of steps.slice(0, index)) await views.write(earlier);
      const view = batchView.parse(JSON.parse((await batches.redis.get(batchViewKey(first.batchId))) ?? ''));
      expect(view).toMatchObject({ phase: index, checked: step.checked, valid: step.withdrawnAt ? 0 : step.valid });
      expect(view.withdrawal?.reason).toBe(step.withdrawnReason ?? undefined);
    }
  });
});
