// Forwards what is below /api/access, /api/elections and /api/officials to the control API of that service, in both
// directions as it comes: files and events are never gathered here. A caller's own bearer token goes as it is; where
// there is none, the token of the session goes, and the cookies never do.
import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { App } from '../../platform/http.ts';
import type { CallsTls } from '../../platform/private-calls-tls.ts';
import { retrySoon } from '../../platform/problems.ts';
import { Problem } from '../../protocol/problem.ts';
import type { Sessions } from '../sessions.ts';

/** Longest wait for the beginning of an answer, in milliseconds: a file of a million rows is checked before it comes. */
const answerMsMax = 15 * 60_000;
/** Longest silence within an answer, in milliseconds: above the pause between two signs of life of a stream (15 s). */
const silenceMsMax = 60_000;
/** Connections to each service. */
const connectionsMax = 128;

export type ForwardOptions = {
  readonly sessions: Sessions;
  readonly origins: Readonly<Record<'access' | 'elections' | 'officials', string>>;
  readonly tls: CallsTls | undefined;
};

export async function forwardRoutes(app: App, { sessions, origins, tls }: ForwardOptions): Promise<void> {
  const plain = app as unknown as FastifyInstance;
  const tokens = new WeakMap<FastifyRequest, string>();
  const endStreams = registerStreams(plain);
  for (const [service, upstream] of Object.entries(origins)) {
    await plain.register(proxy, {
      ...{ upstream, prefix: `/api/${service}`, http2: false, disableRequestLogging: true },
      undici: {
        ...{ connections: connectionsMax, headersTimeout: answerMsMax, bodyTimeout: silenceMsMax },
        ...(tls && { connect: tls }),
      },
      preHandler: async (request, reply) => {
        if (request.headers.authorization !== undefined) return;
        const token = await sessions.tokenOf(request, reply);
        if (token !== null) tokens.set(request, token);
      },
      replyOptions: {
        // What was tried once may have been done: the caller decides.
        retryDelay: () => null,
        rewriteRequestHeaders: (request, headers) => sentOn(request as FastifyRequest, headers, tokens),
        onResponse: (_request, reply, answer) => {
          endStreams.watch(reply as FastifyReply);
          void (reply as FastifyReply).send((answer as unknown as { stream: NodeJS.ReadableStream }).stream);
        },
        onError: (reply) => void reply.send(new Problem('busy', retrySoon())),
      },
    });
  }
}

function sentOn(request: FastifyRequest, headers: IncomingHttpHeaders, tokens: WeakMap<FastifyRequest, string>) {
  const { cookie: _cookie, forwarded: _forwarded, 'x-forwarded-for': _for, ...kept } = headers;
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
