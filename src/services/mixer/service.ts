// The mixer as a service: tends its keys, mixes, reconciles, each in its rhythm, and tells operators how it does. It
// listens for nobody but them.
import type { Clock } from '../../platform/clock.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App } from '../../platform/http/http.ts';
import type { Version } from '../../platform/health/health.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { signingKey } from '../../platform/keys/signatures.ts';
import type { MixerKeys } from '../../protocol/key-files.ts';
import { databaseAnswers } from '../../store/database.ts';
import type { Pool } from '../../store/database.ts';
import { createMixerLock } from '../../store/mixing.ts';
import type { MixerLock } from '../../store/mixing.ts';
import { createEpochKeys } from './epoch-keys.ts';
import { createMixer } from './mix.ts';
import { createMixerMetrics } from './mixer-metrics.ts';
import { reconcile } from './reconcile.ts';

/** How often keys are tended and counts compared, in milliseconds. */
const tendMs = 10_000;
const reconcileMs = 15_000;
/** Without a successful step for this long the service is not ready, in milliseconds. */
const silentMsMax = 60_000;

export type MixerParts = {
  readonly intake: Pool;
  readonly box: Pool;
  readonly keys: MixerKeys;
  readonly epochKeysDirectory: string;
  /** Pause between two steps when nothing is to be moved, in milliseconds. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: Version;
};

/** The operators' application, unstarted, and the mixing, which starts when it is ready and ends when it closes. */
export async function buildMixer(parts: MixerParts): Promise<App> {
  const { intake, box, clock, logger } = parts;
  const last = { stepMs: clock() };
  const lock = createMixerLock(intake);
  const step = createStep(parts, lock, () => (last.stepMs = clock()));
  const loop = createLoop({
    turn: async () => ((await step()) ? 0 : parts.pollMs),
    failureMs: parts.pollMs,
    onError: (error) => logger.error({ err: error }, 'mixer.turn-failed'),
  });
  const { app } = await createHttp({
    logger,
    metrics: parts.metrics,
    version: parts.version,
    checks: [
      { name: 'intake', required: true, check: () => databaseAnswers(intake) },
      { name: 'box', required: true, check: () => databaseAnswers(box) },
      { name: 'mixing', required: true, check: () => Promise.resolve(clock() - last.stepMs < silentMsMax) },
    ],
  });
  registerMetricsRoute(app, parts.metrics);
  app.addHook('onReady', (done) => {
    loop.start();
    done();
  });
  app.addHook('onClose', async () => {
    await loop.stop();
    await lock.release();
  });
  return app;
}

// Each part of a step is tried for itself: an election that cannot be mixed must not keep keys from being renewed.
function createStep(parts: MixerParts, lock: MixerLock, onSuccess: () => void): () => Promise<boolean> {
  const { intake, box, clock, logger } = parts;
  const metrics = createMixerMetrics(parts.metrics);
  const identity = signingKey(parts.keys.identity);
  const keys = createEpochKeys({ pool: intake, directory: parts.epochKeysDirectory, identity, clock, logger });
  const mixer = createMixer({ intake, box, keys, logger, metrics });
  const due = { tend: 0, reconcile: 0 };
  const attempt = async <Result>(part: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      metrics.failures.inc();
      logger.error({ err: error, part }, 'mixer.step-failed');
      return undefined;
    }
  };
  return async () => {
    const active = await attempt('lock', () => lock.held());
    metrics.active.set(active ? 1 : 0);
    // Standing by is being well.
    if (active === false) onSuccess();
    if (!active) return false;
    if (clock() >= due.tend) {
      const tended = await attempt('keys', () => keys.tend().then(() => true));
      if (tended) due.tend = clock() + tendMs;
    }
    const moved = await attempt('mixing', () => mixer.mixOnce());
    if (clock() >= due.reconcile) {
      const found = await attempt('counts', () => reconcile({ intake, box, logger, metrics }));
      if (found) due.reconcile = clock() + reconcileMs;
    }
    if (moved !== undefined) onSuccess();
    return (moved ?? 0) > 0;
  };
}
