// The logic of `mixer`: a loop that maintains its keys, mixes, records closed intakes and compares counts, each at its own interval.
import { createFaultLog, createFaultMemory } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Loop } from '../../platform/loop.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { ServiceTime } from '../../platform/service-time.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { MixerKeys, PublicKeys } from '../../protocol/key-files.ts';
import type { Pool } from '../../store/database.ts';
import { createMixerLock } from '../../store/mixing.ts';
import type { WorkLock } from '../../store/work-lock.ts';
import { createEpochKeys } from './epoch-keys.ts';
import { createMixer } from './mix.ts';
import { createMixerMetrics } from './mixer-metrics.ts';
import { reconcile } from './reconcile.ts';
import { recordClosings } from './record-closings.ts';

/** How often keys are maintained and how often counts are compared, in milliseconds. */
const maintainMs = 10_000;
const reconcileMs = 15_000;
/** The service is not ready after this long without a successful step, in milliseconds. */
const silentMsMax = 60_000;

export type MixerDependencies = {
  readonly intake: Pool;
  readonly box: Pool;
  /** The same databases, for statements that count everything. */
  readonly counted: { readonly intake: Pool; readonly box: Pool };
  readonly keys: MixerKeys;
  readonly publicKeys: Pick<PublicKeys, 'receipts'>;
  readonly epochKeysDirectory: string;
  /** Pause between two steps when there is nothing to move, in milliseconds. */
  readonly pollMs: number;
  /** Compared with the intake, whose clock dates the keys. */
  readonly time: Pick<ServiceTime, 'compare' | 'steady'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export type MixerLogic = {
  /** Started and stopped with the application. */
  readonly mixing: Pick<Loop, 'start' | 'stop'>;
  /** Whether a step succeeded in the last minute. */
  alive(): boolean;
};

export function createMixerLogic(dependencies: MixerDependencies): MixerLogic {
  const { logger, pollMs } = dependencies;
  const lock = createMixerLock(dependencies.intake);
  let successMs = performance.now();
  const step = createStep(dependencies, lock, () => (successMs = performance.now()));
  const faults = createFaultLog(logger);
  const loop = createLoop({
    turn: async () => {
      const moved = await step();
      faults.succeeded('turn');
      return moved ? 0 : pollMs;
    },
    failureMs: pollMs,
    onError: (error) => faults.failed('turn', error, 'mixer.turn-failed'),
  });
  return {
    mixing: {
      start: () => loop.start(),
      async stop() {
        await loop.stop();
        await lock.release();
      },
    },
    alive: () => performance.now() - successMs < silentMsMax,
  };
}

// Each part of a step is tried separately. An election that cannot be mixed must not prevent the renewal of keys.
function createStep(dependencies: MixerDependencies, lock: WorkLock, onSuccess: () => void): () => Promise<boolean> {
  const { intake, box, time, logger } = dependencies;
  const metrics = createMixerMetrics(dependencies.metrics);
  const identity = signingKey(dependencies.keys.identity);
  const keys = createEpochKeys({
    pool: intake,
    directory: dependencies.epochKeysDirectory,
    identity,
    now: () => time.compare(),
    steady: () => time.steady(),
    logger,
  });
  const signers = verificationKeys(dependencies.publicKeys.receipts);
  const mixer = createMixer({ intake, box, keys, receipts: dependencies.publicKeys.receipts, logger, metrics });
  const due = { maintain: 0, reconcile: 0 };
  const faults = createFaultLog(logger);
  const closingFaults = createFaultLog(logger);
  const mismatches = createFaultMemory();
  const attempt = async <Result>(part: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      const result = await work();
      faults.succeeded(part);
      return result;
    } catch (error) {
      metrics.failures.inc();
      faults.failed(part, error, 'mixer.step-failed', { part });
      return undefined;
    }
  };
  return async () => {
    const active = await attempt('lock', () => lock.held());
    metrics.active.set(active ? 1 : 0);
    // A mixer that waits for the lock is healthy.
    if (active === false) onSuccess();
    if (!active) return false;
    if (performance.now() >= due.maintain) {
      const success = await attempt('keys', () => keys.maintain().then(() => true));
      if (success) due.maintain = performance.now() + maintainMs;
    }
    const moved = await attempt('mixing', () => mixer.mixOnce());
    await attempt('closings', () => recordClosings({ intake, box, signers, faults: closingFaults, metrics }));
    if (performance.now() >= due.reconcile) {
      const counts = await attempt('counts', () => reconcile({ ...dependencies.counted, logger, metrics, mismatches }));
      if (counts) due.reconcile = performance.now() + reconcileMs;
    }
    if (moved !== undefined) onSuccess();
    return (moved ?? 0) > 0;
  };
}
