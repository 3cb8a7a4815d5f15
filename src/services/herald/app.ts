// The private port of `herald`, before it listens: metrics and health for operators. Publishing runs with it.
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { createHttp } from '../../platform/http/http.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import type { Version } from '../../platform/health/health.ts';
import type { HeraldDependencies, HeraldLogic } from './logic.ts';

export type HeraldAppOptions = Pick<HeraldDependencies, 'logger' | 'metrics'> & {
  readonly logic: HeraldLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'lifecycle'>;
};

export async function buildHeraldPrivateApp({ logic, logger, metrics, version, http }: HeraldAppOptions): Promise<App> {
  const { app } = await createHttp({
    logger,
    metrics,
    version,
    checks: [
      { name: 'publishing', required: true, check: () => Promise.resolve(logic.alive()) },
      { name: 'logs', required: false, check: () => Promise.resolve(logic.current()) },
    ],
    ...http,
  });
  registerMetricsRoute(app, metrics);
  app.addHook('onReady', (done) => {
    logic.publishing.start();
    done();
  });
  app.addHook('onClose', () => logic.publishing.stop());
  return app;
}
