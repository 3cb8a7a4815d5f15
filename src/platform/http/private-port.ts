// The port for operators and for other services: metrics and health. It must not be reachable from outside.
import type { App } from './http.ts';
import type { Metrics } from '../metrics.ts';

/** Serves the Prometheus text format at /metrics. */
export function registerMetricsRoute(app: App, metrics: Metrics): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.metrics()),
  );
}
