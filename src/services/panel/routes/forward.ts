// Forwards requests below /api/access, /api/elections and /api/officials to the control API of that service, streamed
// in both directions: files and events are never buffered here. The caller's bearer token is passed on unchanged.
// Without one the token of the session is sent. The cookies are never passed on.
import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PassThrough, Readable } from 'node:stream';
import type { App } from '../../../platform/http/http.ts';
import type { CallsTls } from '../../../platform/private-calls/private-calls-tls.ts';
import { traceHeaders } from '../../../platform/tracing/span.ts';
import type { Tracing } from '../../../platform/tracing/span.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { Problem } from '../../../protocol/problem.ts';
import { endToEndHeaders, headersForService } from '../forwarded-headers.ts';
import type { PanelSessions } from '../sessions.ts';

/** Longest wait for the beginning of an answer, in milliseconds: a file of a million rows is checked before it. */
const answerMsMax = 15 * 60_000;
/** Longest silence within an answer, in milliseconds: longer than the heartbeat interval of a stream (15 s). */
const silenceMsMax = 60_000;
/** Connections to each service. */
const connectionsMax = 128;

/** Requests that prove a second factor for the session. */
const proofs: ReadonlySet<string> = new Set([
  'POST /api/access/v1/second-factor/confirm',
  'POST /api/access/v1/passkeys',
]);

export type ForwardOptions = {
  readonly sessions: PanelSessions;
  readonly origins: Readonly<Record<'access' | 'elections' | 'officials', string>>;
  readonly tls: CallsTls | undefined;
  readonly tracing: Tracing | undefined;
};

export async function forwardRoutes(app: App, { sessions, origins, tls, tracing }: ForwardOptions): Promise<void> {
  const plain = app as unknown as FastifyInstance;
  // The services read the bodies.
  plain.removeContentTypeParser('application/json');
  const tokens = new WeakMap<FastifyRequest, string>();
  const events = registerStreams(plain);
  const prepare = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    request.body = separateBody(request);
    if (request.headers.authorization !== undefined) return;
    const token = await sessions.tokenOf(request, reply);
    if (token !== null) tokens.set(request, token);
  };
  const passOn = async (request: FastifyRequest, reply: FastifyReply, stream: Readable): Promise<void> => {
    const token = tokens.get(request);
    if (reply.statusCode === 401 && token !== undefined) await sessions.recheck(request, reply, token);
    if (token !== undefined && reply.statusCode < 300 && proofs.has(`${request.method} ${request.url}`))
      sessions.renewNext(reply);
    void reply.send(events.endable(reply, stream));
  };
  for (const service of ['access', 'elections', 'officials'] as const) {
    const upstream = origins[service];
    await plain.register(proxy, {
      upstream,
      prefix: `/api/${service}`,
      http2: false,
      disableRequestLogging: true,
      undici: {
        connections: connectionsMax,
        headersTimeout: answerMsMax,
        bodyTimeout: silenceMsMax,
        ...(tls && { connect: tls }),
      },
      preHandler: (request, reply, done) => void prepare(request, reply).then(() => done(), done),
      replyOptions: {
        // Never retried: the first attempt may have had its effect. The caller decides.
        retryDelay: () => null,
        rewriteRequestHeaders: (request, headers) => ({
          ...headersForService(headers, {
            address: request.ip,
            token: tokens.get(request as FastifyRequest),
            hasBody: request.body instanceof Readable,
          }),
          ...traceHeaders(tracing, service),
        }),
        rewriteHeaders: endToEndHeaders,
        onResponse: (request, reply, answer) => {
          const { stream } = answer as unknown as { stream: Readable };
          void passOn(request as FastifyRequest, reply as FastifyReply, stream);
        },
        onError: (reply, { error }) => void reply.send(noAnswer((reply as FastifyReply).request.method, error)),
      },
    });
  }
}

/**
 * The body as a stream of its own. The client of the service destroys what it was given when an answer comes early, and
 * the request itself must stay whole: the rest of it is read before the connection can carry the answer.
 */
function separateBody({ body, raw }: FastifyRequest): unknown {
  if (!(body instanceof Readable)) return body;
  const separate = raw.pipe(new PassThrough());
  raw.once('close', () => {
    if (!raw.complete) separate.destroy(new Error('The client did not complete its request.'));
  });
  return separate.on('error', () => undefined);
}

/** Errors before a connection is established: the request had no effect. */
const beforeSending: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function noAnswer(method: string, error: Error): Problem {
  const { cause } = error as { cause?: { code?: unknown } };
  const nothingDone = method === 'GET' || method === 'HEAD' || beforeSending.has(cause?.code);
  if (nothingDone) return new Problem('busy', retrySoon());
  const detail =
    'The service did not complete its answer. It is not known whether the request had an effect. ' +
    'Check before you repeat it.';
  return new Problem('change-unknown', { ...retrySoon(), detail });
}

// An event stream has no end. When the panel stops, the answer ends in order with its connection, and the page reconnects.
function registerStreams(app: FastifyInstance): {
  endable(reply: FastifyReply, stream: Readable): Readable;
} {
  const ends = new Set<() => void>();
  app.addHook('preClose', (done) => {
    for (const end of ends) end();
    done();
  });
  return {
    endable(reply, stream) {
      if (!String(reply.getHeader('content-type')).startsWith('text/event-stream')) return stream;
      const { raw: response } = reply;
      const events = new PassThrough();
      const { socket } = response;
      const end = (): void => {
        response.once('finish', () => socket?.destroySoon());
        stream.unpipe(events);
        events.end();
      };
      ends.add(end);
      response.once('close', () => {
        ends.delete(end);
        stream.destroy();
      });
      stream.once('error', (error: Error) => events.destroy(error));
      return stream.pipe(events);
    },
  };
}
