// The two applications of `officials`, not yet listening: the control API, and the private port with metrics and health
// for operators.
import { createControlHttp } from '../../platform/http/control-http.ts';
import { documentationRoutes } from '../../platform/http/documentation.ts';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { officialsDescription } from './description.ts';
import type { OfficialsLogic, OfficialsDependencies } from './logic.ts';
import { batchRoutes } from './routes/batches.ts';
import { uploadRoutes } from './routes/uploads.ts';

/** Longest time for sending one file, in milliseconds. */
const uploadMsMax = 15 * 60_000;

export type OfficialsAppOptions = Pick<OfficialsDependencies, 'redis' | 'logger' | 'metrics'> & {
  readonly logic: OfficialsLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'trustedProxies' | 'shedAtLoopDelayMs' | 'tls' | 'time' | 'lifecycle' | 'tracing'>;
};

/** Builds the control API. While it runs, it subscribes to changes of batches. */
export async function buildOfficialsApp(options: OfficialsAppOptions): Promise<App> {
  const { logic, logger, metrics, version } = options;
  const { app, guard } = await createControlHttp(
    {
      logger,
      metrics,
      version,
      checks: checksOf(options),
      requestMsMax: uploadMsMax,
      ...options.http,
    },
    officialsDescription,
    logic,
  );
  const { uploads, progress, streams } = logic;
  await app.register(uploadRoutes, { uploads, guard });
  await app.register(batchRoutes, { progress, streams, guard });
  await app.register(documentationRoutes, { title: officialsDescription.title });
  app.addHook('onReady', (done) => {
    streams.start();
    done();
  });
  // Before the server waits for its connections to close: an open stream would delay that.
  app.addHook('preClose', (done) => {
    streams.stop();
    done();
  });
  return app;
}

/** Builds the private port: metrics and health. */
export async function buildOfficialsPrivateApp(options: OfficialsAppOptions): Promise<App> {
  const { logger, metrics, version } = options;
  const { app } = await createHttp({ logger, metrics, version, checks: checksOf(options), ...options.http });
  registerMetricsRoute(app, metrics);
  return app;
}

const checksOf = ({ redis }: OfficialsAppOptions): readonly HealthCheck[] => [
  { name: 'redis', required: true, check: () => redis.ping().then(() => true) },
];
