// Prometheus metrics of a process. Labels are names of routes and outcomes from closed sets, never a value of a
// request.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export { Counter, Gauge, Histogram };
export type Metrics = Registry;

/** Of the process: collected once, because each collection has a timer and an observer that last as long as the process. */
let ofProcess: Registry | undefined;

/**
 * Between two measurements of the delay of the event loop, in milliseconds: the metrics are the delay and this. Each measurement
 * wakes an idle process. With the library's own 10 it took 9 ms of processor a second, and with 50 it takes 2.
 */
export const loopDelayStepMs = 50;

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  // Not `service`: discovery of Prometheus sets that label.
  registry.setDefaultLabels({ popvote_service: service });
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: loopDelayStepMs });
  }
  for (const { name } of ofProcess.getMetricsAsArray()) {
    const metric = ofProcess.getSingleMetric(name);
    if (metric) registry.registerMetric(metric);
  }
  return registry;
}

const requestSeconds = 'popvote_http_request_seconds';

/** What is known of a request when it is answered: the pattern of its address, and its time in milliseconds. */
type AnsweredRequest = {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
};

/** Counts requests and their time by route pattern, method and status. Applications may share a registry. */
export function createRequestMetrics(registry: Metrics): (request: AnsweredRequest) => void {
  const seconds =
    (registry.getSingleMetric(requestSeconds) as RequestSeconds | undefined) ?? newRequestSeconds(registry);
  return ({ route, method, status, ms }) => seconds.observe({ route, method, status }, ms / 1_000);
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
