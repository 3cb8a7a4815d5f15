// Spans of requests, by the pattern of the route. Metrics and health are asked every few seconds, and have none.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { traceHeader } from '../tracing/span.ts';
import type { Span, Tracing } from '../tracing/span.ts';
import { notedRejection } from './rejections.ts';

const withoutSpans: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** Must be called before other hooks, so that a request that they reject has a span too. */
export function registerSpans(app: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, { raw: response }, done) => {
    const { url: route = 'unknown' } = request.routeOptions;
    if (withoutSpans.has(route)) {
      done();
      return;
    }
    const { method } = request;
    const values = { 'http.request.method': method, 'http.route': route };
    const span = tracing.begin(`${method} ${route}`, 'server', values, parentOf(request, tracing));
    spans.set(request, span);
    response.once('close', () => {
      const problem = notedRejection(response);
      const { statusCode: status } = response;
      const noted = { 'http.response.status_code': status, ...(problem && { 'popvote.problem': problem }) };
      span.end(noted, status >= 500 || !response.writableFinished);
    });
    span.within(done);
  });
  // The events of a body come from its connection, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
}

/** The header of another service, or of the panel. Any other header begins a new trace. */
function parentOf(request: FastifyRequest, { continuesTraces }: Tracing): string | undefined {
  const header = request.headers[traceHeader];
  if (!continuesTraces || typeof header !== 'string') return undefined;
  const { callers } = request.routeOptions.config as { callers?: unknown };
  // More than one address: the nearest is a proxy that is trusted.
  return callers !== undefined || (request.ips?.length ?? 0) > 1 ? header : undefined;
}
