// The two applications of `sms`, before they listen. The public one receives webhooks and serves the simulator. The
// private one serves calls of `api` and is not reachable from outside.
import type { Clock } from '../../platform/clock.ts';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { answerHeaders } from '../../platform/http/security-headers.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import type { SmsLogic } from './logic.ts';
import { channelRoutes } from './routes/channels.ts';
import { codeRoutes } from './routes/codes.ts';
import { noticeRoutes } from './routes/notices.ts';
import { simulatorRoutes } from './routes/simulator.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export type SmsAppOptions = {
  readonly logic: SmsLogic;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly checks: readonly HealthCheck[];
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'shedAtLoopDelayMs' | 'tls' | 'time' | 'lifecycle'>;
};

/** Webhooks at /webhooks/{provider}, and the simulator at /simulator if it is configured. */
export async function buildSmsApp({ logic, http, ...options }: SmsAppOptions): Promise<App> {
  const headers = answerHeaders({ tls: http?.tls !== undefined });
  const { app } = await createHttp({ ...options, ...http, headers });
  const { providers, receive, smsMetrics, region } = logic;
  const { simulator } = providers;
  await app.register(webhookRoutes, { providers: providers.all, receive, metrics: smsMetrics });
  if (simulator) await app.register(simulatorRoutes, { simulator, receive, region });
  app.addHook('preClose', () => logic.stopReceiving());
  return app;
}

export type SmsPrivateAppOptions = SmsAppOptions & { readonly callers: readonly PublicJwk[]; readonly clock: Clock };

/** Calls of `api` under /private, metrics and health. Provider reports are written while it runs. */
export async function buildSmsPrivateApp(options: SmsPrivateAppOptions): Promise<App> {
  const { logic, logger, metrics, checks, version, http, callers, clock } = options;
  const { app } = await createHttp({ logger, metrics, checks, version, ...http });
  registerCallGuard(app, createCallVerifier({ service: 'sms', callers, clock }));
  registerMetricsRoute(app, metrics);
  const { sender, notices, check, makeTextCodes } = logic;
  await app.register(codeRoutes, { sender, check, makeTextCodes });
  await app.register(noticeRoutes, { notices });
  await app.register(channelRoutes, { find: logic.findChannels });
  app.addHook('onReady', (done) => {
    logic.reporting.start();
    done();
  });
  return app;
}
