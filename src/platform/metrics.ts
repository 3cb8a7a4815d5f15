// Prometheus metrics of a process. Labels are names of routes and outcomes from closed sets, never a value of a
// request.
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export { Counter, Gauge, Histogram };
export type Metrics = Registry;

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

const requestSeconds = 'popvote_http_request_seconds';

/** Counts requests and their seconds by route pattern, method and status. Applications may share a registry. */
export function registerRequestMetrics(app: FastifyInstance, registry: Metrics): void {
  const seconds =
    (registry.getSingleMetric(requestSeconds) as RequestSeconds | undefined) ?? newRequestSeconds(registry);
  app.addHook('onResponse', (request, reply, done) => {
    seconds.observe(
      { route: request.routeOptions.url ?? 'unknown', method: request.method, status: reply.statusCode },
      reply.elapsedTime / 1_000,
    );
    done();
  });
}

type RequestSeconds = Histogram<'route' | 'method' | 'status'>;

function newRequestSeconds(registry: Metrics): RequestSeconds {
  return new Histogram({
    name: requestSeconds,
    help: 'Seconds from the first byte of a request to the end of its answer; held-open requests include their wait.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers: [registry],
  });
}
