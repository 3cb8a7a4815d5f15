// Starts `elections`: reads the environment, connects, and listens on two ports.
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { callsTlsOf } from '../../platform/private-calls/private-calls-tls.ts';
import { createPrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { StartService } from '../../platform/process.ts';
import { connectRedis, redisReady } from '../../platform/redis.ts';
import { watchDatabaseCopies } from '../../platform/backup-metrics.ts';
import { watchPools } from '../../platform/pool-metrics.ts';
import { watchRedis } from '../../platform/redis-metrics.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import type { ServiceTime } from '../../platform/service-time.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import { openTracing } from '../../platform/tracing/open-tracing.ts';
import { traceStatements } from '../../platform/tracing/statement-spans.ts';
import type { Tracing } from '../../platform/tracing/span.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { readDatabaseCopies } from '../../store/backups.ts';
import { databaseMs, openPool } from '../../store/database.ts';
import { buildElectionsApp, buildElectionsPrivateApp } from './app.ts';
import { electionsEnvironment } from './config.ts';
import type { ElectionsEnvironment } from './config.ts';
import { createElectionsLogic } from './logic.ts';
import type { LogSettings } from './record/manifest.ts';
import { readPageFiles } from './record/page-lists.ts';
import type { ElectionsDependencies } from './logic.ts';

/** Most connections to the databases `elections` and `box`. */
const connectionsMax = 8;
const boxConnectionsMax = 4;
/** Longest statement in the box, in milliseconds. Counting reads every ballot of an election. */
const boxStatementMsMax = 600_000;
/** Most connections to `ballots` and to `access`, each. */
const callConnectionsMax = 8;
/** Longest wait for Redis at the start, in milliseconds. The ports then open without it. */
const redisMsMax = 2_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(electionsEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const logger = createLogger('elections', settings.LOG_LEVEL);
  const metrics = createMetrics('elections');
  const tracing = await openTracing('elections', settings, { logger, metrics });
  const { time, ...dependencies } = connect(settings, { logger, metrics, tracing });
  const { controlRedis, edgeRedis, pool, boxPool, clock } = dependencies;
  watchPools(metrics, { elections: pool, box: boxPool });
  watchDatabaseCopies(metrics, { elections: () => readDatabaseCopies(pool) });
  traceStatements(tracing, [pool, boxPool]);
  watchRedis(metrics, { control: controlRedis, edge: edgeRedis });
  const http = {
    trustedProxies: settings.ELECTIONS_TRUSTED_PROXIES,
    tls: tlsOf(settings, 'ELECTIONS'),
    time,
    lifecycle,
    tracing,
  };
  const options = { ...dependencies, logic: createElectionsLogic(dependencies), version: programVersion(), http };
  const app = await buildElectionsApp(options);
  const privateApp = await buildElectionsPrivateApp(options);
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), privateApp.close(), time.stop()]);
    await disconnect(dependencies);
    await tracing?.stop();
  };
  try {
    const servers = [controlRedis, edgeRedis].map((redis) => redisReady(redis, redisMsMax));
    await Promise.all([time.start(), ...servers]);
    const { ELECTIONS_PRIVATE_HOST: privateHost, ELECTIONS_PRIVATE_PORT: privatePort } = settings;
    const addresses = {
      private: await listenOn(privateApp, { host: privateHost, port: privatePort }),
      elections: await listenOn(app, { host: settings.ELECTIONS_HOST, port: settings.ELECTIONS_PORT }),
    };
    logger.info(addresses, 'elections.listening');
    return { name: 'elections', addresses, clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};

type Observed = Pick<ElectionsDependencies, 'logger' | 'metrics'> & { readonly tracing: Tracing | undefined };

function connect(
  settings: ElectionsEnvironment,
  { logger, metrics, tracing }: Observed,
): ElectionsDependencies & { readonly time: ServiceTime } {
  const pool = openPool(settings.ELECTIONS_DATABASE_URL, {
    name: 'popvote-elections',
    connectionsMax,
    schema: { database: 'elections', logger },
  });
  const time = createServiceTime({
    reference: 'the database elections',
    read: () => databaseMs(pool),
    logger,
    metrics,
  });
  const { clock } = time;
  const keys = settings.ELECTIONS_KEYS;
  const calls = {
    caller: { name: 'elections', jwk: keys.caller },
    clock,
    connectionsMax: callConnectionsMax,
    metrics,
    tracing,
    tls: callsTlsOf(settings),
  } as const;
  return {
    time,
    pool,
    boxPool: openPool(settings.ELECTIONS_BOX_DATABASE_URL, {
      name: 'popvote-elections-box',
      connectionsMax: boxConnectionsMax,
      statementMsMax: boxStatementMsMax,
      schema: { database: 'box', logger },
    }),
    ballots: createPrivateClient({ ...calls, origin: settings.BALLOTS_ORIGIN, service: 'ballots' }),
    access: createPrivateClient({ ...calls, origin: settings.ACCESS_PRIVATE_ORIGIN, service: 'access' }),
    accessOrigin: settings.ACCESS_ORIGIN,
    controlRedis: connectRedis(settings.CONTROL_REDIS_URL, logger),
    edgeRedis: connectRedis(settings.EDGE_REDIS_URL, logger),
    keys,
    phoneRegion: settings.PHONE_REGION,
    publicKeys: settings.PUBLIC_KEYS,
    logSettings: logSettingsOf(settings),
    logDirectory: settings.ELECTIONS_LOG_DIRECTORY ?? null,
    pageFiles: readPageFiles(),
    clock,
    logger,
    metrics,
  };
}

function logSettingsOf(settings: ElectionsEnvironment): LogSettings | null {
  const { ELECTIONS_LOG_HOST: host, ELECTIONS_WITNESSES: witnesses, ELECTIONS_AUDITORS: auditors } = settings;
  const [key] = settings.PUBLIC_KEYS.logs;
  return host === undefined || !key ? null : { log: { host, key: key.x }, witnesses, auditors };
}

async function disconnect({
  pool,
  boxPool,
  ballots,
  access,
  controlRedis,
  edgeRedis,
}: ElectionsDependencies): Promise<void> {
  controlRedis.disconnect();
  edgeRedis.disconnect();
  await Promise.all([ballots.close(), access.close(), pool.end(), boxPool.end()]);
}
