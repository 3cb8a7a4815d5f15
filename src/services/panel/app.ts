// The two applications of `panel`, not yet listening: the control panel with the control API below /api, and the
// private port with metrics and health. The panel stores nothing, so any number of processes serve the same.
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CallsTls } from '../../platform/private-calls/private-calls-tls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { answerHeaders, sendPageHeaders } from '../../platform/http/security-headers.ts';
import type { PanelLogic } from './logic.ts';
import { registerLongBodies } from './long-bodies.ts';
import { forwardRoutes } from './routes/forward.ts';
import { installationRoutes } from './routes/installation.ts';
import { panelPageRoutes } from './routes/pages.ts';
import { panelSessionRoutes } from './routes/session.ts';
import { registerSameSiteGuard } from './same-site.ts';

/** Longest time for sending a file, in milliseconds: the limit of `officials`. Other requests: long-bodies.ts. */
const uploadMsMax = 15 * 60_000;

export type PanelAppOptions = {
  readonly logic: PanelLogic;
  readonly origins: Readonly<Record<'access' | 'elections' | 'officials', string>>;
  readonly callsTls: CallsTls | undefined;
  /** Public address of the voters' page; null where it is not configured. */
  readonly votersOrigin: string | null;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: Version;
  readonly checks: readonly HealthCheck[];
  readonly pages?: URL;
  /** Given by tests: the longest time for a request that is not an upload, in milliseconds. */
  readonly requestMsMax?: number;
  readonly http?: Pick<HttpOptions, 'trustedProxies' | 'shedAtLoopDelayMs' | 'tls' | 'time' | 'lifecycle' | 'tracing'>;
};

export async function buildPanelApp(options: PanelAppOptions): Promise<App> {
  const { logger, metrics, version, checks, http } = options;
  const common = { logger, metrics, version, checks, headers: answerHeaders({ tls: http?.tls !== undefined }) };
  const { app } = await createHttp({ ...common, requestMsMax: uploadMsMax, ...http });
  const plain = app as unknown as FastifyInstance;
  app.addHook('onRequest', sendPageHeaders);
  registerSameSiteGuard(plain);
  await plain.register(cookie);
  const { sessions } = options.logic;
  registerLongBodies(plain, { sessions, ...(options.requestMsMax !== undefined && { msMax: options.requestMsMax }) });
  await app.register(panelSessionRoutes, { sessions });
  await app.register(installationRoutes, { votersOrigin: options.votersOrigin });
  await app.register(forwardRoutes, {
    sessions,
    origins: options.origins,
    tls: options.callsTls,
    tracing: http?.tracing,
  });
  await app.register(panelPageRoutes, options.pages ? { folder: options.pages } : {});
  return app;
}

/** Builds the private port: metrics and health. */
export async function buildPanelPrivateApp(options: PanelAppOptions): Promise<App> {
  const { logger, metrics, version, checks, http } = options;
  const { app } = await createHttp({ logger, metrics, version, checks, ...http });
  registerMetricsRoute(app, metrics);
  return app;
}
