// Starts `mixer`: reads its environment, connects and listens. No logic.
import { watchDatabaseCopies } from '../../platform/backup-metrics.ts';
import { watchDisks } from '../../platform/disk-metrics.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StartService } from '../../platform/process.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { watchPools } from '../../platform/pool-metrics.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { readDatabaseCopies } from '../../store/backups.ts';
import { databaseMs, openPool } from '../../store/database.ts';
import { buildMixerPrivateApp } from './app.ts';
import { mixerEnvironment } from './config.ts';
import { createMixerLogic } from './logic.ts';

/** Connections to each database, for the lock, mixing and health checks. */
const connectionsMax = 4;
/** Longest statement that counts a large election, in milliseconds. Mixing does not wait for its connections. */
const countMsMax = 60_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(mixerEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const intakeUrl = settings.MIXER_INTAKE_DATABASE_URL;
  const boxUrl = settings.MIXER_BOX_DATABASE_URL;
  const logger = createLogger('mixer', settings.LOG_LEVEL);
  const schemas = { intake: { database: 'intake', logger }, box: { database: 'box', logger } } as const;
  const options = { name: 'popvote-mixer', connectionsMax };
  const intake = openPool(intakeUrl, { ...options, schema: schemas.intake });
  const box = openPool(boxUrl, { ...options, schema: schemas.box });
  const countOptions = { name: 'popvote-mixer-counts', connectionsMax: 1, statementMsMax: countMsMax };
  const counted = {
    intake: openPool(intakeUrl, { ...countOptions, schema: schemas.intake }),
    box: openPool(boxUrl, { ...countOptions, schema: schemas.box }),
  };
  const metrics = createMetrics('mixer');
  const time = createServiceTime({ reference: 'the database intake', read: () => databaseMs(intake), logger, metrics });
  watchPools(metrics, { intake, box, 'intake-counts': counted.intake, 'box-counts': counted.box });
  watchDatabaseCopies(metrics, { intake: () => readDatabaseCopies(intake), box: () => readDatabaseCopies(box) });
  watchDisks(metrics, { 'epoch-keys': settings.MIXER_EPOCH_KEYS_DIRECTORY });
  const dependencies = {
    intake,
    box,
    counted,
    keys: settings.MIXER_KEYS,
    publicKeys: settings.PUBLIC_KEYS,
    epochKeysDirectory: settings.MIXER_EPOCH_KEYS_DIRECTORY,
    peers: { origins: settings.MIXER_PEERS, needed: settings.MIXER_KEY_COPIES },
    pollMs: settings.MIXER_POLL_MS,
    time,
    logger,
    metrics,
  };
  const logic = createMixerLogic(dependencies);
  const app = await buildMixerPrivateApp({
    ...dependencies,
    logic,
    version: programVersion(),
    http: { time, lifecycle },
  });
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), time.stop()]);
    await Promise.all([intake, box, counted.intake, counted.box].map((pool) => pool.end()));
  };
  try {
    await time.start();
    const address = await listenOn(app, { host: settings.MIXER_HOST, port: settings.MIXER_PORT });
    return { name: 'mixer', addresses: { private: address }, clock: time.clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
