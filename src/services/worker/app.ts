// The private port of `worker`, not yet listening: metrics and health for operators. The loops run with it.
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { createHttp } from '../../platform/http/http.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import type { Version } from '../../platform/health/health.ts';
import { databaseAnswers } from '../../store/database.ts';
import type { WorkerDependencies, WorkerLogic } from './logic.ts';

export type WorkerAppOptions = Pick<WorkerDependencies, 'pool' | 'redis' | 'logger' | 'metrics'> & {
  readonly logic: WorkerLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'time' | 'lifecycle' | 'tracing'>;
};

export async function buildWorkerPrivateApp(options: WorkerAppOptions): Promise<App> {
  const { logic, pool, redis, logger, metrics, version } = options;
  const { app } = await createHttp({
    logger,
    metrics,
    version,
    checks: [
      { name: 'box', required: true, check: () => databaseAnswers(pool) },
      { name: 'redis', required: true, check: () => redis.ping().then(() => true) },
      { name: 'checking', required: true, check: () => Promise.resolve(logic.alive()) },
    ],
    ...options.http,
  });
  registerMetricsRoute(app, metrics);
  app.addHook('onReady', (done) => {
    logic.loops.start();
    done();
  });
  app.addHook('onClose', () => logic.loops.stop());
  return app;
}
