// The two applications of `sms` from their parts, not yet listening. The public one takes webhooks and serves the
// simulator; the private one takes calls of `api`. Nothing of the private one is reachable from outside.
import type { Clock } from '../../platform/clock.ts';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CountryCode } from '../../platform/phone/phone-number.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { securityHeaders } from '../../platform/http/security-headers.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import type { CheckCode } from './codes/check-codes.ts';
import type { FindChannels } from './find-channels.ts';
import type { Provider } from './providers/provider.ts';
import type { Simulator } from './providers/simulator.ts';
import type { ReceiveText } from './inbound/receive-text.ts';
import type { Reporting } from './reporting.ts';
import { channelRoutes } from './routes/channels.ts';
import { codeRoutes } from './routes/codes.ts';
import { simulatorRoutes } from './routes/simulator.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { CodeSender } from './codes/send-codes.ts';
import type { SmsMetrics } from './sms-metrics.ts';

type CommonParts = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly checks: readonly HealthCheck[];
  readonly version: Version;
  readonly tls?: HttpOptions['tls'];
  /** See HttpOptions. */
  readonly shedAtLoopDelayMs?: number;
};

type PublicParts = CommonParts & {
  readonly providers: readonly Provider[];
  readonly simulator: Simulator | null;
  readonly receive: ReceiveText;
  readonly smsMetrics: SmsMetrics;
  readonly region: CountryCode;
};

/** Webhooks at /webhooks/{provider}; the simulator at /simulator, where there is one. */
export async function buildPublicApp(parts: PublicParts): Promise<App> {
  const { app } = await createHttp(parts);
  const headers = securityHeaders({ tls: parts.tls !== undefined });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  const { providers, receive, smsMetrics, simulator, region } = parts;
  await app.register(webhookRoutes, { providers, receive, metrics: smsMetrics });
  if (simulator) await app.register(simulatorRoutes, { simulator, receive, region });
  return app;
}

type PrivateParts = CommonParts & {
  readonly callers: readonly PublicJwk[];
  readonly sender: CodeSender;
  readonly check: CheckCode;
  readonly findChannels: FindChannels;
  readonly reporting: Pick<Reporting, 'start'>;
  readonly clock: Clock;
};

/** Calls of `api` under /private, metrics and health. */
export async function buildSmsPrivateApp(parts: PrivateParts): Promise<App> {
  const { app } = await createHttp(parts);
  const { callers, sender, check, findChannels, clock } = parts;
  registerCallGuard(app, createCallVerifier({ service: 'sms', callers, clock }));
  registerMetricsRoute(app, parts.metrics);
  await app.register(codeRoutes, { sender, check });
  await app.register(channelRoutes, { find: findChannels });
  app.addHook('onReady', (done) => {
    parts.reporting.start();
    done();
  });
  return app;
}
