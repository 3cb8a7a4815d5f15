// A mixer that another one has replaced shows no numbers of its own: alerts would repeat, and dashboards show two of each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newKeyFiles } from '../../../../src/platform/keys/new-keys.ts';
import { Gauge, createMetrics } from '../../../../src/platform/metrics.ts';
import { createMixerLogic } from '../../../../src/services/mixer/logic.ts';
import type { Pool } from '../../../../src/store/database.ts';
import { createLogProbe } from '../../../support/log.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-standby-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('A mixer without the lock forgets the numbers that only the active one sees', async () => {
  const metrics = createMetrics('mixer');
  const { mixer: keys, public: publicKeys } = newKeyFiles();
  // Another mixer has the lock, and no other statement of the standby is answered.
  const client = { query: () => Promise.resolve({ rows: [{ taken: false }] }), release: () => undefined };
  const query = (): Promise<never> => Promise.reject(new Error('no database'));
  const pool = { connect: () => Promise.resolve(client), query } as unknown as Pool;
  const logic = createMixerLogic({
    intake: pool,
    box: pool,
    counted: { intake: pool, box: pool },
    keys,
    publicKeys,
    epochKeysDirectory: directory,
    peers: { origins: [], needed: 0 },
    pollMs: 5,
    time: { clock: Date.now, compare: () => Promise.resolve(Date.now()), steady: () => true },
    logger: createLogProbe('mixer').logger,
    metrics,
  });
  const gauge = (name: string): Gauge => {
    const metric = metrics.getSingleMetric(`popvote_${name}`);
    if (!(metric instanceof Gauge)) throw new Error(`no gauge ${name}`);
    return metric;
  };
  const alarms = ['mixer_unopened', 'mixer_unsigned', 'mixer_elections_interrupted', 'mixer_statements_refused'];
  for (const name of alarms) gauge(name).set(3);
  gauge('ballots').set({ election: 'e', place: 'outbox' }, 7);
  gauge('ballots_mismatch').set({ election: 'e' }, 1);
  logic.mixing.start();
  await expect.poll(async () => (await gauge('ballots').get()).values).toEqual([]);
  await logic.mixing.stop();
  expect((await gauge('ballots_mismatch').get()).values).toEqual([]);
  for (const name of alarms) expect((await gauge(name).get()).values.map(({ value }) => value)).toEqual([0]);
  expect((await gauge('mixer_active').get()).values[0]?.value).toBe(0);
  expect(logic.alive()).toBe(true);
});
