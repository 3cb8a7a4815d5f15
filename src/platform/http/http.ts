// A Fastify instance as we want it: every timeout and limit stated, zod at the border, problems as the only rejections,
// load shed before a body is read, and a shutdown that answers what is in flight. It knows no election.
import { randomUUID } from 'node:crypto';
import underPressure from '@fastify/under-pressure';
import { serializerCompiler, validatorCompiler } from '@fastify/type-provider-zod';
import type { ZodTypeProvider } from '@fastify/type-provider-zod';
import fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, problemBodyOf, problemMediaType } from '../../protocol/problem.ts';
import { registerHealth } from '../health/health.ts';
import type { HealthCheck, ProcessLifecycle, Version } from '../health/health.ts';
import type { Logger } from '../logger.ts';
import { registerRequestMetrics } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import { registerProblems, retrySoon, sendProblem } from './problems.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Largest body unless a route says otherwise, in bytes. */
export const bodyBytesMax = 64 * 1_024;
/** A client that has not sent its headers, or its whole request, by then is cut off, in milliseconds. */
const headersMsMax = 8_000;
const requestMsMax = 12_000;
/** How often late clients are looked for, in milliseconds: by how much the two bounds above may be passed. */
const lateCheckMs = 1_000;
/** For how long a connection that was refused may still read why, in milliseconds. */
const lingerMsMax = 1_000;
/** Largest head of a request, in bytes. */
const headBytesMax = 16_384;
/** A silent socket is closed after this, in milliseconds: above the longest hold (30 s). */
const idleMsMax = 45_000;
/** Between two requests of one connection, in milliseconds: above the usual 60 s of load balancers. */
const keepAliveMsMax = 65_000;
/** Requests that one connection may carry, so that balancers can spread anew. */
const requestsPerConnectionMax = 10_000;
/** Longest parameter in a path, in characters: ids are shorter. */
const parameterCharactersMax = 128;

/** Mean delay of the event loop above which work is shed, and how often it is looked at, in milliseconds. */
const loopDelayMsMax = 500;
const loopSampleMs = 250;
/** A process that has just loaded its code was late for that reason and not for its load, in milliseconds. */
const shedAfterMsDefault = 10_000;

export type HttpOptions = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly checks: readonly HealthCheck[];
  readonly version: Version;
  /** Addresses (CIDR) whose X-Forwarded-For is believed; a count of hops is spoofable and not offered. */
  readonly trustedProxies?: readonly string[];
  readonly connectionsMax?: number;
  /** A request that has not come whole by then is cut off, in milliseconds: longer where files are taken. */
  readonly requestMsMax?: number;
  /** Event-loop delay above which new work is refused, in milliseconds; 0 never refuses. */
  readonly shedAtLoopDelayMs?: number;
  /** For how long after its making an application sheds nothing, in milliseconds. */
  readonly shedAfterMs?: number;
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string } | undefined;
};

export async function createHttp(options: HttpOptions): Promise<{ app: App; lifecycle: ProcessLifecycle }> {
  const { logger, tls } = options;
  const lifecycle: ProcessLifecycle = { draining: false };
  // Fastify gives `http` to a plain server only: over TLS the same bounds go with the keys.
  const bounds = {
    headersTimeout: headersMsMax,
    connectionsCheckingInterval: lateCheckMs,
    maxHeaderSize: headBytesMax,
  };
  const handshake = { handshakeTimeout: headersMsMax };
  const clientCa = tls?.clientCa ? { ca: tls.clientCa, requestCert: true } : {};
  const app = fastify({
    loggerInstance: logger satisfies FastifyBaseLogger,
    // Fastify's own request lines carry the address, which may hold what must not be logged.
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
    // An address that cannot be decoded, or an id longer than any: Fastify's own answers would quote it.
    frameworkErrors: ({ code }, _request, reply) => {
      sendProblem(reply, new Problem(code === 'FST_ERR_BAD_URL' ? 'invalid-request' : 'not-found'));
    },
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.server.maxConnections = options.connectionsMax ?? 20_000;
  const plain = app as unknown as FastifyInstance;
  registerProblems(plain);
  registerDrain(plain, lifecycle);
  registerRequestMetrics(plain, options.metrics);
  if (options.shedAtLoopDelayMs !== 0) await registerShedding(plain, options);
  registerRequestLine(plain);
  registerHealth(plain, { checks: options.checks, version: options.version, lifecycle });
  return { app, lifecycle };
}

// Health must answer while the process is busy or draining: that is when it is asked.
const alwaysServed: ReadonlySet<string | undefined> = new Set(['/livez', '/readyz', '/version', '/metrics']);

function registerDrain(app: FastifyInstance, lifecycle: ProcessLifecycle): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (!lifecycle.draining || alwaysServed.has(request.routeOptions.url)) {
      done();
    } else {
      reply.header('connection', 'close');
      done(new Problem('busy', retrySoon()));
    }
  });
  app.addHook('preClose', (done) => {
    lifecycle.draining = true;
    done();
  });
}

async function registerShedding(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const shedFrom = performance.now() + (options.shedAfterMs ?? shedAfterMsDefault);
  await app.register(underPressure, {
    maxEventLoopDelay: options.shedAtLoopDelayMs ?? loopDelayMsMax,
    sampleInterval: loopSampleMs,
    pressureHandler: (request: FastifyRequest) => {
      const { url, config } = request.routeOptions;
      if (alwaysServed.has(url) || neverSheds(config) || performance.now() < shedFrom) return;
      throw new Problem('busy', retrySoon());
    },
  });
}

/**
 * For the `config` of routes that answer from memory in microseconds and without which a page stays blank: refusing them
 * would save nothing and cost everything.
 */
export const neverShed = (): object => ({ neverShed: true });
const neverSheds = (config: object): boolean => 'neverShed' in config;

function registerRequestLine(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not the address: an address may hold an id or a number.
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (reply.statusCode >= 500) request.log.warn(line, 'request');
    else request.log.debug(line, 'request');
    done();
  });
}

const unreadable: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: ServerResponse | null },
): void {
  // The answer that the connection owes, under Node's own name for it. A request that was read whole may be recording a
  // ballot at this moment: a rejection of the bytes behind it must never be taken for its answer.
  const owed = socket._httpMessage;
  const misleading = owed !== undefined && owed !== null && (owed.headersSent || owed.req.complete);
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
  // Some never close their side, and over TLS some never took up the connection that the answer would go through.
  setTimeout(() => socket.destroy(), lingerMsMax).unref();
}
