// Starts `worker`: reads its environment, connects, listens. No logic.
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StartService } from '../../platform/process.ts';
import { connectRedis, redisReady } from '../../platform/redis.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { openTracing } from '../../platform/tracing/open-tracing.ts';
import { traceStatements } from '../../platform/tracing/statement-spans.ts';
import { watchPools } from '../../platform/pool-metrics.ts';
import { watchRedis } from '../../platform/redis-metrics.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { databaseMs, openPool } from '../../store/database.ts';
import { buildWorkerPrivateApp } from './app.ts';
import { workerEnvironment } from './config.ts';
import { createWorkerLogic } from './logic.ts';
import { waitingConnection } from './upload-queue.ts';

/** Connections to the box database: checks, registration, restoring Redis, a health check. */
const connectionsMax = 4;
/** Longest statement, in milliseconds: storing one part on a slow disk. */
const statementMsMax = 60_000;
/** Longest wait for Redis before the port opens without it, in milliseconds. */
const redisMsMax = 2_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(workerEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const logger = createLogger('worker', settings.LOG_LEVEL);
  const pool = openPool(settings.WORKER_BOX_DATABASE_URL, {
    name: 'popvote-worker',
    connectionsMax,
    statementMsMax,
    schema: { database: 'box', logger },
  });
  const metrics = createMetrics('worker');
  const tracing = await openTracing('worker', settings, { logger, metrics });
  const time = createServiceTime({ reference: 'the database box', read: () => databaseMs(pool), logger, metrics });
  const connect = (options = {}) => connectRedis(settings.CONTROL_REDIS_URL, logger, options);
  const redis = connect();
  const check = connect(waitingConnection);
  const register = connect(waitingConnection);
  watchPools(metrics, { box: pool });
  traceStatements(tracing, [pool]);
  watchRedis(metrics, { control: redis, check, register });
  const dependencies = {
    pool,
    redis,
    waiting: { check, register },
    logger,
    publicKeys: settings.PUBLIC_KEYS,
    keys: settings.WORKER_KEYS ?? null,
    claimMs: settings.WORKER_CLAIM_MS,
    idsEverywhere: settings.WORKER_BALLOT_IDS === 'once',
    metrics,
    tracing,
  };
  const logic = createWorkerLogic(dependencies);
  const app = await buildWorkerPrivateApp({
    ...dependencies,
    logic,
    version: programVersion(),
    http: { time, lifecycle, tracing },
  });
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), time.stop()]);
    for (const each of [redis, check, register]) each.disconnect();
    await pool.end();
    await tracing?.stop();
  };
  try {
    const servers = [redis, check, register].map((each) => redisReady(each, redisMsMax));
    await Promise.all([time.start(), ...servers]);
    const address = await listenOn(app, { host: settings.WORKER_HOST, port: settings.WORKER_PORT });
    logger.info({ private: address }, 'worker.listening');
    return { name: 'worker', addresses: { private: address }, clock: time.clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
