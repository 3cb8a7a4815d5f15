// Starts `herald`: reads its environment and listens. No logic.
import { systemClock } from '../../platform/clock.ts';
import { watchDisks } from '../../platform/disk-metrics.ts';
import { readEnvironment } from '../../platform/environment.ts';
import type { Environment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { Running } from '../../platform/process.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { buildHeraldPrivateApp } from './app.ts';
import { heraldEnvironment } from './config.ts';
import { createHeraldLogic } from './logic.ts';

export async function start(environment: Environment): Promise<Running> {
  const settings = readEnvironment(heraldEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const logger = createLogger('herald', settings.LOG_LEVEL);
  const metrics = createMetrics('herald');
  watchDisks(metrics, { 'published-logs': settings.HERALD_DIRECTORY });
  const logic = createHeraldLogic({
    sourceDirectory: settings.HERALD_SOURCE_DIRECTORY,
    directory: settings.HERALD_DIRECTORY,
    witnesses: settings.HERALD_WITNESSES,
    pollMs: settings.HERALD_POLL_MS,
    clock: systemClock,
    logger,
    metrics,
  });
  const app = await buildHeraldPrivateApp({ logic, logger, metrics, version: programVersion(), http: { lifecycle } });
  const close = (): Promise<void> => app.close();
  try {
    const address = await listenOn(app, { host: settings.HERALD_HOST, port: settings.HERALD_PORT });
    const { findings } = logic;
    return { name: 'herald', addresses: { private: address }, clock: systemClock, findings, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
}
