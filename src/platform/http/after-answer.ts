// What is noted of every request once it is answered: its time, why it was rejected, and a line of the log. Also of an answer
// that is held back for long. The framework lets go of that one, and nothing of its request stays in memory.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.ts';
import { createRequestMetrics } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import { createRejectionMetrics } from './rejections.ts';

/**
 * Takes the answer to a request out of the framework, to be written later. The request's headers and body are gone
 * afterwards.
 */
export type HoldAnswer = (request: FastifyRequest, reply: FastifyReply) => ServerResponse;

type Parts = { readonly logger: Logger; readonly metrics: Metrics };

/** Must be called before the first route is registered. */
export function registerAfterAnswer(app: FastifyInstance, { logger, metrics }: Parts): HoldAnswer {
  const countRequest = createRequestMetrics(metrics);
  const countRejection = createRejectionMetrics(app, metrics);
  const note = (requestId: string, method: string, route: string, ms: number, response: ServerResponse): void => {
    const { statusCode: status } = response;
    countRequest({ route, method, status, ms });
    countRejection(response, route);
    // 503 is counted (popvote_http_rejections_total). A line for each would fill the log when the load is greatest.
    const level = status >= 500 && status !== 503 ? 'warn' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    logger[level]({ requestId, method, route, status, ms: Math.round(ms * 10) / 10 }, 'request');
  };
  app.addHook('onResponse', (request, reply, done) => {
    note(request.id, request.method, routeOf(request), reply.elapsedTime, reply.raw);
    done();
  });
  return (request, reply) => {
    const { id, method, raw } = request;
    const route = routeOf(request);
    const { raw: response } = reply;
    const sinceMs = performance.now() - reply.elapsedTime;
    reply.hijack();
    releaseFromFramework(response);
    raw.rawHeaders = noRawHeaders;
    raw.headers = noHeaders;
    // It comes once. `once` would keep two more functions for each held answer.
    response.on('finish', () => note(id, method, route, performance.now() - sinceMs, response));
    return response;
  };
}

// The route's pattern, not the address: an address may hold an id or a number.
const routeOf = ({ routeOptions }: FastifyRequest): string => routeOptions.url ?? 'unknown';

// Shared by all held answers.
const noRawHeaders: string[] = [];
const noHeaders: IncomingHttpHeaders = {};

/** The framework's listener for the end of an answer, by the name of its function. It keeps request and reply. */
const frameworkListener = 'onResFinished';

function releaseFromFramework(response: ServerResponse): void {
  for (const event of ['finish', 'error']) {
    for (const listener of response.listeners(event)) {
      if (listener.name === frameworkListener) response.off(event, listener as () => void);
    }
  }
}
