// Starts `log`: reads its environment, connects and listens. No logic.
import { systemClock } from '../../platform/clock.ts';
import { watchDisks } from '../../platform/disk-metrics.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StartService } from '../../platform/process.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { watchPools } from '../../platform/pool-metrics.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { openPool } from '../../store/database.ts';
import { buildLogPrivateApp } from './app.ts';
import { logEnvironment } from './config.ts';
import { createLogLogic } from './logic.ts';

/** Connections to the box, for the lock, the entries and health checks. */
const connectionsMax = 3;
/** Longest statement, in milliseconds: it gives places to entries, or reads a segment of them. */
const statementMsMax = 30_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(logEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const logger = createLogger('log', settings.LOG_LEVEL);
  const box = openPool(settings.LOG_BOX_DATABASE_URL, {
    name: 'popvote-log',
    connectionsMax,
    statementMsMax,
    schema: { database: 'box', logger },
  });
  const metrics = createMetrics('log');
  watchPools(metrics, { box });
  watchDisks(metrics, { 'public-logs': settings.LOG_DIRECTORY });
  const dependencies = {
    box,
    keys: settings.LOG_KEYS,
    directory: settings.LOG_DIRECTORY,
    growthMs: settings.LOG_GROWTH_SECONDS * 1_000,
    pollMs: settings.LOG_POLL_MS,
    logger,
    metrics,
  };
  const logic = createLogLogic(dependencies);
  const app = await buildLogPrivateApp({ ...dependencies, logic, version: programVersion(), http: { lifecycle } });
  const close = async (): Promise<void> => {
    await app.close();
    await box.end();
  };
  try {
    const address = await listenOn(app, { host: settings.LOG_HOST, port: settings.LOG_PORT });
    const { findings } = logic;
    return { name: 'log', addresses: { private: address }, clock: systemClock, findings, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
