// A mixer over the databases of an intake under test, with pools that a test can make fail.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaultMemory } from '../../src/platform/fault-log.ts';
import { createEpochKeys } from '../../src/services/mixer/epoch-keys.ts';
import type { EpochKeys, KeyCopying } from '../../src/services/mixer/epoch-keys.ts';
import { createMixer } from '../../src/services/mixer/mix.ts';
import type { Mixer } from '../../src/services/mixer/mix.ts';
import { createMixerMetrics } from '../../src/services/mixer/mixer-metrics.ts';
import type { MixerMetrics } from '../../src/services/mixer/mixer-metrics.ts';
import { reconcile } from '../../src/services/mixer/reconcile.ts';
import type { Reconciliation } from '../../src/services/mixer/reconcile.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import type { SigningKey } from '../../src/platform/keys/signatures.ts';
import { databaseMs, openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import type { Intake } from './intake.ts';
import { createLogProbe } from './log.ts';

export type Mixing = AsyncDisposable & {
  readonly keys: EpochKeys;
  readonly metrics: MixerMetrics;
  readonly log: { text(): string };
  readonly intakePool: Pool;
  readonly boxPool: Pool;
  readonly epochsDirectory: string;
  /** Moves the clock that the mixer reads from the intake, in milliseconds. */
  advance(ms: number): void;
  /** Whether the mixer finds this clock steady; true at first. */
  setSteady(steady: boolean): void;
  /** A process of the mixer, as after a start. `wrap` may make its pools fail. */
  mixer(wrap?: (pool: Pool) => Pool): Mixer;
  /** A start of the keys' part, as after a start of the process. */
  startKeys(wrap?: (pool: Pool) => Pool, copying?: KeyCopying, identity?: SigningKey): EpochKeys;
  reconcile(): Promise<Reconciliation[]>;
};

export async function createMixing(intake: Pick<Intake, 'databases' | 'keys'>): Promise<Mixing> {
  const intakePool = openPool(intake.databases.url('intake', 'popvote_mixer'), { name: 'test', connectionsMax: 3 });
  const boxPool = openPool(intake.databases.url('box', 'popvote_mixer'), { name: 'test', connectionsMax: 2 });
  const epochsDirectory = mkdtempSync(join(tmpdir(), 'popvote-epochs-'));
  const metrics = createMixerMetrics(createMetrics('mixer'));
  const log = createLogProbe('mixer');
  const mismatches = createFaultMemory();
  const clock = { aheadMs: 0, steady: true };
  const startKeys: Mixing['startKeys'] = (wrap = (pool) => pool, copying, identity) =>
    createEpochKeys({
      pool: wrap(intakePool),
      directory: epochsDirectory,
      identity: identity ?? signingKey(intake.keys.mixer.identity),
      now: async () => (await databaseMs(intakePool)) + clock.aheadMs,
      steady: () => clock.steady,
      copying: copying ?? { needed: 0, spread: () => Promise.resolve(0) },
      logger: log.logger,
    });
  const keys = startKeys();
  await keys.maintain();
  const { logger } = log;
  return {
    keys,
    metrics,
    log,
    intakePool,
    boxPool,
    epochsDirectory,
    startKeys,
    advance: (ms) => void (clock.aheadMs += ms),
    setSteady: (steady) => void (clock.steady = steady),
    mixer: (wrap = (pool) => pool) =>
      createMixer({
        intake: wrap(intakePool),
        box: wrap(boxPool),
        keys,
        receipts: intake.keys.public.receipts,
        logger,
        metrics,
      }),
    reconcile: () => reconcile({ intake: intakePool, box: boxPool, logger, metrics, mismatches }),
    async [Symbol.asyncDispose]() {
      await Promise.all([intakePool.end(), boxPool.end()]);
      rmSync(epochsDirectory, { recursive: true, force: true });
    },
  };
}
