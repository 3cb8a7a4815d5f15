// A Fastify instance with every timeout and limit set, zod at the border, problems as the only rejections, load
// shedding before a body is read, and a shutdown that answers requests in flight. It contains nothing about elections.
import { randomUUID } from 'node:crypto';
import { serializerCompiler, validatorCompiler } from '@fastify/type-provider-zod';
import type { ZodTypeProvider } from '@fastify/type-provider-zod';
import fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, problemBodyOf, problemMediaType } from '../../protocol/problem.ts';
import { watchCertificate } from '../certificate-metrics.ts';
import { registerHealth } from '../health/health.ts';
import type { HealthCheck, Version } from '../health/health.ts';
import { createProcessLifecycle } from '../health/lifecycle.ts';
import type { ProcessLifecycle } from '../health/lifecycle.ts';
import type { Logger } from '../logger.ts';
import type { ServiceTime } from '../service-time.ts';
import type { Metrics } from '../metrics.ts';
import type { Tracing } from '../tracing/span.ts';
import { registerAfterAnswer } from './after-answer.ts';
import type { HoldAnswer } from './after-answer.ts';
import { registerAllowedMethods } from './allowed-methods.ts';
import { registerEarlyAnswers } from './early-answers.ts';
import type { ForwardingWatch } from './forwarding-watch.ts';
import { registerProblems, sendProblem } from './problems.ts';
import { countRejection } from './rejections.ts';
import { createRequestLog } from './request-log.ts';
import { registerSpans } from './request-spans.ts';
import { createShedding } from './shedding.ts';
import type { BeginRequest, SheddingOptions } from './shedding.ts';
import { registerJsonBodies } from './json-body.ts';
import { registerStorableInput } from './storable-input.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Largest body unless a route sets another limit, in bytes. */
export const bodyBytesMax = 64 * 1_024;
/** A client that has not sent its headers, or its whole request, within this time is disconnected, in milliseconds. */
const headersMsMax = 8_000;
const requestMsMax = 12_000;
/** Interval of the check for late clients, in milliseconds: how far the two limits above may be exceeded. */
const lateCheckMs = 1_000;
/** How long a rejected connection may still read the answer, in milliseconds. */
const lingerMsMax = 1_000;
/** Largest head of a request, in bytes. */
const headBytesMax = 16_384;
/** A silent socket is closed after this time, in milliseconds: above the longest long-poll (30 s). */
const idleMsMax = 45_000;
/** Longest time between two requests of one connection, in milliseconds: above the usual 60 s of load balancers. */
const keepAliveMsMax = 65_000;
/** Requests that one connection may carry, so that balancers can spread again. */
const requestsPerConnectionMax = 10_000;
/** Longest parameter in a path, in characters: ids are shorter. */
const parameterCharactersMax = 128;

export type HttpOptions = SheddingOptions & {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly checks: readonly HealthCheck[];
  readonly version: Version;
  /** Shared by the applications of a process. */
  readonly lifecycle?: ProcessLifecycle;
  /** The time by which the service acts. Its health says whether the clocks agree. */
  readonly time?: Pick<ServiceTime, 'clock' | 'agrees'> | undefined;
  /** Addresses (CIDR) whose X-Forwarded-For is trusted. A count of hops can be spoofed and is not offered. */
  readonly trustedProxies?: readonly string[];
  /** Watches whether the trusted proxies are those of the requests. */
  readonly forwarding?: ForwardingWatch;
  /** Of services of the control zone. */
  readonly tracing?: Tracing | undefined;
  readonly connectionsMax?: number;
  /** Most bytes of a body that are read after its request was rejected. */
  readonly restBytesMax?: number;
  /** Time limit for a whole request, in milliseconds: longer for uploads of files. */
  readonly requestMsMax?: number;
  /** Sent with every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string } | undefined;
};

export type Http = {
  readonly app: App;
  readonly lifecycle: ProcessLifecycle;
  readonly holdAnswer: HoldAnswer;
};

// eslint-disable-next-line @typescript-eslint/require-await -- plugins may be loaded here
export async function createHttp(options: HttpOptions): Promise<Http> {
  const { logger, tls } = options;
  const lifecycle = options.lifecycle ?? createProcessLifecycle(0);
  // Fastify applies `http` to a plain server only: over TLS the same limits go with the keys.
  const bounds = {
    headersTimeout: headersMsMax,
    connectionsCheckingInterval: lateCheckMs,
    maxHeaderSize: headBytesMax,
  };
  const handshake = { handshakeTimeout: headersMsMax };
  if (tls) watchCertificate(options.metrics, 'port', tls.cert);
  const clientCa = tls?.clientCa ? { ca: tls.clientCa, requestCert: true } : {};
  const app = fastify({
    loggerInstance: logger satisfies FastifyBaseLogger,
    // Fastify's own request lines carry the address, which may hold values that must not be logged.
    childLoggerFactory: createRequestLog,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: bodyBytesMax,
    requestTimeout: options.requestMsMax ?? requestMsMax,
    connectionTimeout: idleMsMax,
    keepAliveTimeout: keepAliveMsMax,
    maxRequestsPerSocket: requestsPerConnectionMax,
    http: bounds,
    ...(tls && { https: { ...bounds, ...handshake, key: tls.key, cert: tls.cert, ...clientCa } }),
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: parameterCharactersMax },
    // An address that cannot be decoded, or an id that is too long: Fastify's own answers would quote it.
    frameworkErrors: ({ code }, _request, reply) => {
      const problem = new Problem(code === 'FST_ERR_BAD_URL' ? 'invalid-request' : 'not-found');
      countRejection(options.metrics, problem.code);
      sendProblem(reply, problem);
    },
    clientErrorHandler: (error, socket) => {
      countRejection(options.metrics, 'invalid-request');
      rejectUnreadable(error, socket);
    },
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.server.maxConnections = options.connectionsMax ?? 20_000;
  const plain = app as unknown as FastifyInstance;
  if (options.tracing) registerSpans(plain, options.tracing);
  registerProblems(plain);
  const holdAnswer = registerAfterAnswer(plain, options);
  registerEarlyAnswers(plain, options.restBytesMax);
  options.forwarding?.register(plain);
  registerBegin(plain, { lifecycle, headers: options.headers ?? {}, begin: createShedding(plain, options) });
  registerAllowedMethods(plain);
  registerJsonBodies(plain);
  registerStorableInput(plain);
  const { checks, version, metrics, time } = options;
  registerHealth(plain, { checks, version, metrics, lifecycle, time });
  return { app, lifecycle, holdAnswer };
}

type BeginParts = {
  readonly lifecycle: ProcessLifecycle;
  readonly headers: Readonly<Record<string, string>>;
  readonly begin: BeginRequest;
};

function registerBegin(app: FastifyInstance, { lifecycle, headers, begin }: BeginParts): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(headers);
    // A connection without a request is closed at the end, and its client may send one at that moment. So none is kept.
    if (lifecycle.phase !== 'serving') reply.header('connection', 'close');
    begin(request, done);
  });
  app.addHook('preClose', (done) => {
    lifecycle.phase = 'closing';
    done();
  });
}

const unreadable: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

function rejectUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: ServerResponse | null },
): void {
  // The pending answer of the connection, under Node's internal name. A request that was read whole may be recording a
  // ballot at this moment, so the rejection of later bytes must never be mistaken for its answer.
  const pending = socket._httpMessage;
  const misleading = pending !== undefined && pending !== null && (pending.headersSent || pending.req.complete);
  if (error.code === 'ECONNRESET' || !socket.writable || misleading) {
    socket.destroy();
    return;
  }
  const [status, reason] = unreadable[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({ ...problemBodyOf('invalid-request'), status });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: ${problemMediaType}\r\n` +
      `cache-control: no-store\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Some clients never close their side, and over TLS some never complete the connection that carries the answer.
  setTimeout(() => socket.destroy(), lingerMsMax).unref();
}
