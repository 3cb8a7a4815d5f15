// The private port of `mixer`, before it listens: metrics and health for operators, and copies of hourly keys from other
// mixers. Mixing starts and stops with it.
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { createHttp } from '../../platform/http/http.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import type { Version } from '../../platform/health/health.ts';
import { callerJwkOf } from '../../platform/key-copies/copy-callers.ts';
import { registerKeyCopies } from '../../platform/key-copies/copy-routes.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { databaseAnswers } from '../../store/database.ts';
import { interruptedElections } from '../../store/marks.ts';
import type { MixerDependencies, MixerLogic } from './logic.ts';

export type MixerAppOptions = Pick<
  MixerDependencies,
  'intake' | 'box' | 'publicKeys' | 'time' | 'logger' | 'metrics'
> & {
  readonly logic: MixerLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'time' | 'lifecycle'>;
};

export async function buildMixerPrivateApp(options: MixerAppOptions): Promise<App> {
  const { logic, intake, box, publicKeys, time, logger, metrics, version } = options;
  const { app } = await createHttp({
    logger,
    metrics,
    version,
    checks: [
      { name: 'intake', required: true, check: () => databaseAnswers(intake) },
      { name: 'box', required: true, check: () => databaseAnswers(box) },
      { name: 'marks', required: false, check: async () => (await interruptedElections(intake)).length === 0 },
      { name: 'key-copies', required: false, check: () => Promise.resolve(logic.copied()) },
      { name: 'mixing', required: true, check: () => Promise.resolve(logic.alive()) },
    ],
    ...options.http,
  });
  registerMetricsRoute(app, metrics);
  if (logic.holder) {
    const callers = publicKeys.mixers.map((jwk) => callerJwkOf('mixer', jwk));
    registerCallGuard(app, createCallVerifier({ service: 'mixer', callers, clock: time.clock }));
    registerKeyCopies(app, { service: 'mixer', holder: logic.holder });
  }
  app.addHook('onReady', (done) => {
    logic.mixing.start();
    done();
  });
  app.addHook('onClose', () => logic.mixing.stop());
  return app;
}
