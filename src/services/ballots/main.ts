// Starts `ballots`: reads its environment, connects and listens. No logic.
import { watchDisks } from '../../platform/disk-metrics.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StartService } from '../../platform/process.ts';
import { watchPools } from '../../platform/pool-metrics.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { callsTlsOf } from '../../platform/private-calls/private-calls-tls.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { databaseMs, openPool } from '../../store/database.ts';
import { buildBallotsPrivateApp } from './app.ts';
import { batcherBounds } from '../../platform/batches/batcher.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { ballotsEnvironment } from './config.ts';
import { createBallotsLogic } from './logic.ts';

/** Connections for what casts need besides batches, and for administration. */
const connectionsMax = 4;
const administrationConnectionsMax = 3;
/** Longest administrative statement, in milliseconds. A close counts all participants. */
const administrationMsMax = 60_000;
/**
 * Longest statement for which a voter waits, in milliseconds. The voter has an answer before; a connection that the network
 * lost silently blocks others for a second longer than this.
 */
const voterStatementMsMax = 3_000;

export const start: StartService = async (environment, report) => {
  const settings = readEnvironment(ballotsEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const url = settings.INTAKE_DATABASE_URL;
  const logger = createLogger('ballots', settings.LOG_LEVEL);
  const schema = { database: 'intake', logger } as const;
  const castPool = openPool(url, {
    name: 'popvote-casts',
    connectionsMax: batcherBounds.batchesInFlightMax,
    statementMsMax: voterStatementMsMax,
    schema,
  });
  const pool = openPool(url, {
    name: 'popvote-ballots',
    connectionsMax,
    statementMsMax: voterStatementMsMax,
    schema,
  });
  const administrationPool = openPool(url, {
    name: 'popvote-intake',
    connectionsMax: administrationConnectionsMax,
    statementMsMax: administrationMsMax,
    schema,
  });
  const metrics = createMetrics('ballots');
  const time = createServiceTime({ reference: 'the database intake', read: () => databaseMs(pool), logger, metrics });
  watchPools(metrics, { casts: castPool, reads: pool, administration: administrationPool });
  watchDisks(metrics, { 'election-keys': settings.BALLOTS_ELECTION_KEYS_DIRECTORY });
  const dependencies = {
    castPool,
    pool,
    administrationPool,
    keys: settings.BALLOTS_KEYS,
    publicKeys: settings.PUBLIC_KEYS,
    electionKeysDirectory: settings.BALLOTS_ELECTION_KEYS_DIRECTORY,
    peers: { origins: settings.BALLOTS_PEERS, needed: settings.BALLOTS_KEY_COPIES, tls: callsTlsOf(settings) },
    clock: time.clock,
    logger,
    metrics,
  };
  const app = await buildBallotsPrivateApp({
    ...dependencies,
    logic: createBallotsLogic(dependencies),
    version: programVersion(),
    report,
    http: { tls: tlsOf(settings, 'BALLOTS'), time, lifecycle },
  });
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), time.stop()]);
    await Promise.all([castPool, pool, administrationPool].map((each) => each.end()));
  };
  try {
    await time.start();
    const address = await listenOn(app, { host: settings.BALLOTS_HOST, port: settings.BALLOTS_PORT });
    return { name: 'ballots', addresses: { private: address }, clock: time.clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
