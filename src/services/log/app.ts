// The private port of `log`, before it listens: metrics and health for operators. The logs grow while it runs.
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { createHttp } from '../../platform/http/http.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import type { Version } from '../../platform/health/health.ts';
import { databaseAnswers } from '../../store/database.ts';
import type { LogDependencies, LogLogic } from './logic.ts';

export type LogAppOptions = Pick<LogDependencies, 'box' | 'logger' | 'metrics'> & {
  readonly logic: LogLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'lifecycle'>;
};

export async function buildLogPrivateApp({ logic, box, logger, metrics, version, http }: LogAppOptions): Promise<App> {
  const { app } = await createHttp({
    logger,
    metrics,
    version,
    checks: [
      { name: 'box', required: true, check: () => databaseAnswers(box) },
      { name: 'logs', required: false, check: () => Promise.resolve(logic.agrees()) },
      { name: 'growing', required: true, check: () => Promise.resolve(logic.alive()) },
    ],
    ...http,
  });
  registerMetricsRoute(app, metrics);
  app.addHook('onReady', (done) => {
    logic.growing.start();
    done();
  });
  app.addHook('onClose', () => logic.growing.stop());
  return app;
}
