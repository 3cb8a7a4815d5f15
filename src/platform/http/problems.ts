// The only writer of rejections: any error, unknown path or invalid input becomes an application/problem+json answer, or
// for a person with a browser a page. A dependency that is slow or down becomes `busy`, or `change-unknown` after a change
// whose answer was lost. A bug is logged and answered as `internal`, without detail.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemBodyOf, problemMediaType, problems } from '../../protocol/problem.ts';
import type { ProblemExtras } from '../../protocol/problem.ts';
import { dependencyFailure } from '../dependency-failures.ts';
import { createCallFaultMemory } from '../fault-log.ts';
import { noteRejection } from './rejections.ts';
import { pageHeaders } from './security-headers.ts';

/** Most faults that one answer lists. */
const errorsMax = 20;

export function registerProblems(app: FastifyInstance): void {
  const faults = createCallFaultMemory();
  app.setErrorHandler((error, request, reply) => sendProblem(reply, problemOf(error, request, faults)));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));
}

/** The page for a rejection, where an application has pages for people. */
export type ProblemPage = (
  problem: Problem,
  request: FastifyRequest,
) => { readonly type: string; readonly body: Buffer };
const problemPages = new WeakMap<object, ProblemPage>();

/** From now on a browser that opens any address of this application gets a rejection as a page, and a machine as JSON. */
export function sendProblemPages({ server }: Pick<FastifyInstance, 'server'>, page: ProblemPage): void {
  problemPages.set(server, page);
}

/** Browsers name HTML when a person opens an address. Scripts and programs do not, or they name JSON too. */
const isForPerson = ({ method, headers: { accept = '' } }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  /\btext\/html\b(?!\s*;\s*q=0(?:\.0*)?(?:[\s,;]|$))/i.test(accept) &&
  !/\bjson\b/i.test(accept);

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { code, extras } = problem;
  noteRejection(reply.raw, code);
  const body = JSON.stringify(problemBodyOf(code, extras));
  if (extras.retryAfterSeconds !== undefined) reply.header('retry-after', extras.retryAfterSeconds);
  // RFC 9110, section 15.5.2: every 401 names the authentication scheme.
  if (problems[code].status === 401) reply.header('www-authenticate', 'Bearer');
  const page = isForPerson(reply.request) ? problemPages.get(reply.server.server)?.(problem, reply.request) : undefined;
  if (page) {
    return reply
      .code(problems[code].status)
      .headers({
        ...pageHeaders,
        'content-type': page.type,
        'cache-control': 'no-store',
        vary: 'accept, accept-language',
      })
      .send(page.body);
  }
  // The serialiser of the route's schema must not change the body: it is complete.
  return reply
    .code(problems[code].status)
    .header('content-type', problemMediaType)
    .header('cache-control', 'no-store')
    .serializer(String)
    .send(body);
}

type Faults = ReturnType<typeof createCallFaultMemory>;

function problemOf(error: unknown, request: FastifyRequest, faults: Faults): Problem {
  if (error instanceof Problem) return error;
  const rejection = error instanceof Error ? rejectionOf(error as FastifyError, request) : null;
  if (rejection) return rejection;
  const { url: route = 'unknown' } = request.routeOptions;
  const failure = dependencyFailure(error);
  if (failure) {
    if (faults.isNew(route, error, 'dependency.failed')) request.log.warn({ err: error, route }, 'dependency.failed');
    return new Problem(failure === 'unknown' && !isReading(request) ? 'change-unknown' : 'busy', retrySoon());
  }
  // Anything may be thrown, null included.
  request.log.error({ err: error, route }, 'request.failed');
  return new Problem('internal', retrySoon());
}

/** Whether the method changes nothing. */
export const isReading = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Converts Fastify's own rejections to problems; null for anything else. */
function rejectionOf(error: FastifyError, { routeOptions }: FastifyRequest): Problem | null {
  if (error.validation) return new Problem('invalid-request', { errors: validationErrors(error) });
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem('payload-too-large');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const types = fileTypesOf(routeOptions.config);
    const detail = `Send ${types.join(' or ')}. Nothing was recorded.`;
    return new Problem('unsupported-media-type', types.length > 0 ? { detail } : {});
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Problem('invalid-request', {
      errors: [{ path: '', detail: 'The body or the address cannot be read.' }],
    });
  }
  return null;
}

/** The media types of the files that a route takes, as it documents them (openapi.ts); none where it takes JSON. */
const fileTypesOf = (config: object): readonly string[] =>
  Object.keys((config as { operation?: { streams?: object } }).operation?.streams ?? {});

function validationErrors(error: FastifyError): NonNullable<ProblemExtras['errors']> {
  return (error.validation ?? []).slice(0, errorsMax).map(({ instancePath, message }) => ({
    path: `${error.validationContext ?? 'body'}${instancePath}`,
    detail: message ?? 'is not of the right form',
  }));
}

/** Longest wait that is asked of a client, in seconds, before the jitter. */
const retrySecondsMax = 30;

/**
 * Retry-After for work that can be done in about `waitMs` milliseconds. At random up to twice of it and a few seconds
 * more, so that clients that failed together do not return together.
 */
export function retryIn(waitMs: number): { retryAfterSeconds: number } {
  const least = Math.min(retrySecondsMax, Math.max(1, Math.ceil(waitMs / 1_000)));
  return { retryAfterSeconds: least + Math.floor(Math.random() * (least + 4)) };
}

/** One to five seconds, where nothing is known about the wait. */
export const retrySoon = (): { retryAfterSeconds: number } => retryIn(0);
