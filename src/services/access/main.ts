// Starts `access`: reads its environment, connects, listens on two ports. No logic.
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StartService } from '../../platform/process.ts';
import { connectRedis, redisReady } from '../../platform/redis.ts';
import { watchDatabaseCopies } from '../../platform/backup-metrics.ts';
import { openTracing } from '../../platform/tracing/open-tracing.ts';
import { traceStatements } from '../../platform/tracing/statement-spans.ts';
import { watchPools } from '../../platform/pool-metrics.ts';
import { watchRedis } from '../../platform/redis-metrics.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { readDatabaseCopies } from '../../store/backups.ts';
import { databaseMs, openPool } from '../../store/database.ts';
import { buildAccessApp, buildAccessPrivateApp } from './app.ts';
import { accessEnvironment, passkeySiteOf } from './config.ts';
import { createAccessLogic } from './logic.ts';

/** Connections to the database. */
const connectionsMax = 8;
/** Longest wait for Redis before the ports open without it, in milliseconds. */
const redisMsMax = 2_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(accessEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const logger = createLogger('access', settings.LOG_LEVEL);
  const metrics = createMetrics('access');
  const pool = openPool(settings.ACCESS_DATABASE_URL, {
    name: 'popvote-access',
    connectionsMax,
    schema: { database: 'access', logger },
  });
  const tracing = await openTracing('access', settings, { logger, metrics });
  const time = createServiceTime({ reference: 'the database access', read: () => databaseMs(pool), logger, metrics });
  const { clock } = time;
  const redis = connectRedis(settings.CONTROL_REDIS_URL, logger);
  watchPools(metrics, { access: pool });
  watchDatabaseCopies(metrics, { access: () => readDatabaseCopies(pool) });
  traceStatements(tracing, [pool]);
  watchRedis(metrics, { control: redis });
  const dependencies = { pool, redis, clock, logger, metrics };
  const logic = await createAccessLogic({
    ...dependencies,
    keys: settings.ACCESS_KEYS,
    policy: settings.ACCESS_REGISTRATION,
    approvalRequired: settings.ACCESS_APPROVAL === 'required',
    passkeySite: passkeySiteOf(settings),
  });
  const http = {
    trustedProxies: settings.ACCESS_TRUSTED_PROXIES,
    tls: tlsOf(settings, 'ACCESS'),
    time,
    lifecycle,
    tracing,
  };
  const options = { ...dependencies, logic, version: programVersion(), http };
  const app = await buildAccessApp(options);
  const privateApp = await buildAccessPrivateApp({ ...options, callers: settings.PUBLIC_KEYS.callers });
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), privateApp.close(), time.stop()]);
    redis.disconnect();
    await pool.end();
    await tracing?.stop();
  };
  try {
    await Promise.all([time.start(), redisReady(redis, redisMsMax)]);
    const addresses = {
      private: await listenOn(privateApp, { host: settings.ACCESS_PRIVATE_HOST, port: settings.ACCESS_PRIVATE_PORT }),
      access: await listenOn(app, { host: settings.ACCESS_HOST, port: settings.ACCESS_PORT }),
    };
    logger.info(addresses, 'access.listening');
    return { name: 'access', addresses, clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
