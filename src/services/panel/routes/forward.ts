// Forwards what is below /api/access, /api/elections and /api/officials to the control API of that service, in both
// directions as it comes: files and events are never gathered here. A caller's own bearer token goes as it is; where
// there is none, the token of the session goes, and the cookies never do.
import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { App } from '../../../platform/http/http.ts';
import type { CallsTls } from '../../../platform/private-calls/private-calls-tls.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PanelSessions } from '../sessions.ts';

/** Longest wait for the beginning of an answer, in milliseconds: a file of a million rows is checked before it comes. */
const answerMsMax = 15 * 60_000;
/** Longest silence within an answer, in milliseconds: above the pause between two signs of life of a stream (15 s). */
const silenceMsMax = 60_000;
/** Connections to each service. */
const connectionsMax = 128;

export type ForwardOptions = {
  readonly sessions: PanelSessions;
  readonly origins: Readonly<Record<'access' | 'elections' | 'officials', string>>;
  readonly tls: CallsTls | undefined;
};

export async function forwardRoutes(app: App, { sessions, origins, tls }: ForwardOptions): Promise<void> {
  const plain = app as unknown as FastifyInstance;
  const tokens = new WeakMap<FastifyRequest, string>();
  const endStreams = registerStreams(plain);
  const withToken = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.headers.authorization !== undefined) return;
    const token = await sessions.tokenOf(request, reply);
    if (token !== null) tokens.set(request, token);
  };
  const passOn = async (request: FastifyRequest, reply: FastifyReply, stream: NodeJS.ReadableStream): Promise<void> => {
    endStreams.watch(reply);
    const token = tokens.get(request);
    if (reply.statusCode === 401 && token !== undefined) await sessions.lookAgain(request, reply, token);
    void reply.send(stream);
  };
  for (const [service, upstream] of Object.entries(origins)) {
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
      preHandler: (request, reply, done) => void withToken(request, reply).then(() => done(), done),
      replyOptions: {
        // What was tried once may have been done: the caller decides.
        retryDelay: () => null,
        rewriteRequestHeaders: (request, headers) => sentOn(request as FastifyRequest, headers, tokens),
        onResponse: (request, reply, answer) => {
          const { stream } = answer as unknown as { stream: NodeJS.ReadableStream };
          void passOn(request as FastifyRequest, reply as FastifyReply, stream);
        },
        onError: (reply, { error }) => void reply.send(noAnswer((reply as FastifyReply).request.method, error)),
      },
    });
  }
}

/** Before a connection stood nothing can have been done. */
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
    'The service did not answer to the end. Whether it was done is not known: look before you do it again.';
  return new Problem('internal', { detail });
}

function sentOn(request: FastifyRequest, headers: IncomingHttpHeaders, tokens: WeakMap<FastifyRequest, string>) {
  // What says from where a request came is ours to say.
  const ours = (name: string): boolean =>
    name === 'cookie' || name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded-');
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ours(name)));
  const token = tokens.get(request);
  return { ...kept, 'x-forwarded-for': request.ip, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
}

// An answer of events has no end: when the panel ends it is cut, and the page asks again elsewhere.
function registerStreams(app: FastifyInstance): { watch(reply: FastifyReply): void } {
  const open = new Set<FastifyReply>();
  app.addHook('preClose', (done) => {
    for (const reply of open) reply.raw.destroy();
    done();
  });
  return {
    watch(reply) {
      if (!String(reply.getHeader('content-type')).startsWith('text/event-stream')) return;
      open.add(reply);
      reply.raw.once('close', () => open.delete(reply));
    },
  };
}
