// The logic of `mixer`: a loop that maintains its keys, mixes, records closed intakes and compares counts, each at its own interval.
import { createAttempt, createFaultLog, createFaultMemory } from '../../platform/fault-log.ts';
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
import { createMixerCopies } from './key-copies.ts';
import type { MixerCopies } from './key-copies.ts';
import { createMixer } from './mix.ts';
import { createMixerMetrics } from './mixer-metrics.ts';
import { reconcile } from './reconcile.ts';
import { recordClosings } from './record-closings.ts';

/** How soon keys are maintained again that lack copies, in milliseconds. */
const copyAgainMs = 2_000;
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
  readonly publicKeys: Pick<PublicKeys, 'receipts' | 'mixers'>;
  readonly epochKeysDirectory: string;
  /** The other mixers: see `createMixerCopies`. */
  readonly peers: { readonly origins: readonly string[]; readonly needed: number };
  /** Pause between two steps when there is nothing to move, in milliseconds. */
  readonly pollMs: number;
  /** Compared with the intake, whose clock dates the keys. */
  readonly time: Pick<ServiceTime, 'clock' | 'compare' | 'steady'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export type MixerLogic = {
  /** Started and stopped with the application. */
  readonly mixing: Pick<Loop, 'start' | 'stop'>;
  /** Whether a step succeeded in the last minute. */
  alive(): boolean;
  /** Whether as many other mixers have the hourly keys as the configuration demands. */
  copied(): boolean;
  /** Takes copies of keys from other mixers; null without any. */
  readonly holder: MixerCopies['holder'];
};

export function createMixerLogic(dependencies: MixerDependencies): MixerLogic {
  const { logger, pollMs } = dependencies;
  const lock = createMixerLock(dependencies.intake);
  const copies = createMixerCopies({ ...dependencies, clock: dependencies.time.clock });
  const status = { successMs: performance.now(), copiesMissing: 0 };
  const step = createStep(dependencies, { lock, copies, status });
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
        await copies.close();
      },
    },
    alive: () => performance.now() - status.successMs < silentMsMax,
    copied: () => status.copiesMissing === 0,
    holder: copies.holder,
  };
}

type StepParts = {
  readonly lock: WorkLock;
  readonly copies: MixerCopies;
  readonly status: { successMs: number; copiesMissing: number };
};

// Each part of a step is tried separately. An election that cannot be mixed must not prevent the renewal of keys.
function createStep(dependencies: MixerDependencies, { lock, copies, status }: StepParts): () => Promise<boolean> {
  const { intake, box, time, logger } = dependencies;
  const metrics = createMixerMetrics(dependencies.metrics);
  const identity = signingKey(dependencies.keys.identity);
  const keys = createEpochKeys({
    pool: intake,
    directory: dependencies.epochKeysDirectory,
    identity,
    now: () => time.compare(),
    steady: () => time.steady(),
    copying: copies.copying,
    logger,
  });
  const signers = verificationKeys(dependencies.publicKeys.receipts);
  const mixer = createMixer({ intake, box, keys, receipts: dependencies.publicKeys.receipts, logger, metrics });
  const due = { maintain: 0, follow: 0, reconcile: 0 };
  const closingFaults = createFaultLog(logger);
  const mismatches = createFaultMemory();
  const attempt = createAttempt(createFaultLog(logger), 'mixer.step-failed', () => metrics.failures.inc());
  const tendKeys = async (active: boolean): Promise<void> => {
    const missing = await attempt('keys', () => (active ? keys.maintain() : keys.follow().then(() => 0)));
    if (missing === undefined) return;
    status.copiesMissing = missing;
    metrics.copiesMissing.set(missing);
    // A mixer that takes over maintains at once. Keys that lack copies are tried again soon.
    if (active) due.maintain = performance.now() + (missing > 0 ? copyAgainMs : maintainMs);
    else due.follow = performance.now() + maintainMs;
  };
  return async () => {
    const active = await attempt('lock', () => lock.held());
    metrics.active.set(active ? 1 : 0);
    // A mixer that waits for the lock is healthy.
    if (active === false) {
      status.successMs = performance.now();
      metrics.standby();
      due.reconcile = 0;
    }
    if (active !== undefined && performance.now() >= due[active ? 'maintain' : 'follow']) await tendKeys(active);
    if (!active) return false;
    const moved = await attempt('mixing', () => mixer.mixOnce());
    await attempt('closings', () => recordClosings({ intake, box, signers, faults: closingFaults, metrics }));
    if (performance.now() >= due.reconcile) {
      const counts = await attempt('counts', () => reconcile({ ...dependencies.counted, logger, metrics, mismatches }));
      if (counts) due.reconcile = performance.now() + reconcileMs;
    }
    if (moved !== undefined) status.successMs = performance.now();
    return (moved ?? 0) > 0;
  };
}
