// Counts every rejection of a process by its reason. The labels are codes of the problem table and patterns of routes,
// both closed sets.
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ProblemCode } from '../../protocol/problem.ts';
import { Counter } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';

const rejectionsTotal = 'popvote_http_rejections_total';
/** The label of what was rejected before a route was looked for. */
const beforeRoutes = 'connection';

/** Why the platform did not record a cast. An alert reads their increase, which a counter has only from its first value on. */
const failedCasts = ['busy', 'outcome-unknown'] as const satisfies readonly ProblemCode[];

// Some responses are written without the framework, so the code is noted on Node's response.
const noted = new WeakMap<ServerResponse, ProblemCode>();

/** Notes why a response rejects its request. It is counted when the response ends. */
export function noteRejection(response: ServerResponse, code: ProblemCode): void {
  noted.set(response, code);
}

/** The code with which a response rejects its request, if it does. */
export const notedRejection = (response: ServerResponse): ProblemCode | undefined => noted.get(response);

/** Counts a response of a route if it is a rejection. Applications may share a registry. */
export function createRejectionMetrics(
  app: FastifyInstance,
  registry: Metrics,
): (response: ServerResponse, route: string) => void {
  const rejections = rejectionsOf(registry);
  app.addHook('onRoute', ({ url, config }) => {
    const { operation } = (config ?? {}) as { operation?: { readonly rejections: readonly ProblemCode[] } };
    if (operation?.rejections.includes('outcome-unknown') !== true) return;
    for (const code of failedCasts) rejections.inc({ code, route: url }, 0);
  });
  // Above the most connections that a server may have, it closes further ones at once.
  app.server.on('drop', () => rejections.inc({ code: 'busy', route: beforeRoutes }));
  return (response, route) => {
    const code = noted.get(response);
    if (code !== undefined) rejections.inc({ code, route });
  };
}

/** Counts what was rejected before a route was looked for: bytes that are not HTTP, an address that is none. */
export function countRejection(registry: Metrics, code: ProblemCode): void {
  rejectionsOf(registry).inc({ code, route: beforeRoutes });
}

const rejectionsOf = (registry: Metrics): Counter<'code' | 'route'> =>
  (registry.getSingleMetric(rejectionsTotal) as Counter<'code' | 'route'> | undefined) ??
  new Counter({
    name: rejectionsTotal,
    help: 'Rejected requests by the code of the problem and the pattern of the route.',
    labelNames: ['code', 'route'],
    registers: [registry],
  });
