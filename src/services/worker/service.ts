// The worker as a service: its loops, and what it tells operators. It listens for nobody but them.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App } from '../../platform/http/http.ts';
import type { Version } from '../../platform/health/health.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import type { Redis } from '../../platform/redis.ts';
import { verificationKeys } from '../../platform/keys/signatures.ts';
import type { PublicKeys } from '../../protocol/key-files.ts';
import { databaseAnswers } from '../../store/database.ts';
import type { Pool } from '../../store/database.ts';
import { createLedgerViews } from './ledger-views.ts';
import { createWorkerLoops } from './loops.ts';
import { createUploadReader } from './upload-queue.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

/** Without a step for this long the service is not ready, in milliseconds. */
const silentMsMax = 60_000;

export type WorkerParts = {
  readonly pool: Pool;
  readonly redis: Redis;
  /** Two further connections, for commands that wait. */
  readonly waiting: { readonly check: Redis; readonly register: Redis };
  readonly publicKeys: PublicKeys;
  /** A worker that is silent for this long is taken for dead, in milliseconds. */
  readonly claimMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: Version;
};

/** The operators' application, unstarted, and the work, which starts when it is ready and ends when it closes. */
export async function buildWorker(parts: WorkerParts): Promise<App> {
  const { pool, redis, waiting, publicKeys, claimMs, clock, logger } = parts;
  const name = randomUUID();
  const metrics = createWorkerMetrics(parts.metrics);
  let lastStepMs = clock();
  const loops = createWorkerLoops({
    pool,
    claimMs,
    logger,
    metrics,
    queue: createUploadReader({ redis, waiting, consumer: name, claimMs }),
    views: createLedgerViews({ redis, pool, logger, name }),
    keys: { batches: verificationKeys(publicKeys.batches), publishers: verificationKeys(publicKeys.publishers) },
    onStep: () => void (lastStepMs = clock()),
  });
  const { app } = await createHttp({
    logger,
    metrics: parts.metrics,
    version: parts.version,
    checks: [
      { name: 'box', required: true, check: () => databaseAnswers(pool) },
      { name: 'redis', required: true, check: () => redis.ping().then(() => true) },
      { name: 'checking', required: true, check: () => Promise.resolve(clock() - lastStepMs < silentMsMax) },
    ],
  });
  registerMetricsRoute(app, parts.metrics);
  app.addHook('onReady', (done) => {
    loops.start();
    done();
  });
  app.addHook('onClose', () => loops.stop());
  return app;
}
