// Builds the logic of `worker` from its dependencies: its loops, and whether they run.
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Redis } from '../../platform/redis.ts';
import type { Tracing } from '../../platform/tracing/span.ts';
import { verificationKeys } from '../../platform/keys/signatures.ts';
import type { PublicKeys, WorkerKeys } from '../../protocol/key-files.ts';
import type { Pool } from '../../store/database.ts';
import { depositKeysOf } from './entries.ts';
import { createLedgerViews } from './ledger-views.ts';
import { createWorkerLoops } from './loops.ts';
import { createUploadReader } from './upload-queue.ts';
import { createWorkerMetrics } from './worker-metrics.ts';
import type { WorkerLoops } from './loops.ts';

/** Time without a step after which the service is not ready, in milliseconds. */
const silentMsMax = 60_000;

export type WorkerDependencies = {
  readonly pool: Pool;
  readonly redis: Redis;
  /** Two further connections, for blocking commands. */
  readonly waiting: { readonly check: Redis; readonly register: Redis };
  readonly publicKeys: PublicKeys;
  /** Null where the installation has no public log. */
  readonly keys: WorkerKeys | null;
  /** Silence after which a worker counts as dead, in milliseconds. */
  readonly claimMs: number;
  /** Whether a ballot id is used once in all elections. */
  readonly idsEverywhere?: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing?: Tracing | undefined;
};

export type WorkerLogic = {
  /** They run while the application runs. */
  readonly loops: WorkerLoops;
  /** Whether there was a step recently. */
  alive(): boolean;
};

export function createWorkerLogic(dependencies: WorkerDependencies): WorkerLogic {
  const { pool, redis, waiting, publicKeys, claimMs, logger } = dependencies;
  const name = randomUUID();
  let stepMs = performance.now();
  const loops = createWorkerLoops({
    pool,
    claimMs,
    idsEverywhere: dependencies.idsEverywhere ?? false,
    logger,
    tracing: dependencies.tracing,
    metrics: createWorkerMetrics(dependencies.metrics),
    queue: createUploadReader({ redis, waiting, consumer: name, claimMs }),
    views: createLedgerViews({ redis, pool, logger, name }),
    keys: { batches: verificationKeys(publicKeys.batches), publishers: verificationKeys(publicKeys.publishers) },
    deposits: dependencies.keys ? depositKeysOf(dependencies.keys) : new Map(),
    onStep: () => void (stepMs = performance.now()),
  });
  return { loops, alive: () => performance.now() - stepMs < silentMsMax };
}
