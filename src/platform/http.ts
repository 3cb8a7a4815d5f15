// A Fastify instance as we want it: every timeout and limit stated, zod at the border, problems as the only refusals,
// load shed before a body is read, and a shutdown that answers what is in flight. It knows no election.
import { randomUUID } from 'node:crypto';
import underPressure from '@fastify/under-pressure';
import { serializerCompiler, validatorCompiler } from '@fastify/type-provider-zod';
import type { ZodTypeProvider } from '@fastify/type-provider-zod';
import fastify from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem, problemBodyOf, problemMediaType } from '../protocol/problem.ts';
import { registerHealth } from './health.ts';
import type { HealthCheck, Lifecycle, Version } from './health.ts';
import type { Logger } from './logger.ts';
import { registerRequestMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { registerProblems, retrySoon } from './problems.ts';

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
/** A silent socket is closed after this, in milliseconds: above the longest hold (30 s). */
const idleMsMax = 45_000;
/** Between two requests of one connection, in milliseconds: above the usual 60 s of load balancers. */
const keepAliveMsMax = 65_000;
/** Requests that one connection may carry, so that balancers can spread anew. */
const requestsPerConnectionMax = 10_000;

export type HttpOptions = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly checks: readonly HealthCheck[];
  readonly version: Version;
  /** Addresses (CIDR) whose X-Forwarded-For is believed; a count of hops is spoofable and not offered. */
  readonly trustedProxies?: readonly string[];
  readonly connectionsMax?: number;
  /** Event-loop delay above which new work is refused, in milliseconds; 0 never refuses. */
  readonly shedAtLoopDelayMs?: number;
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string } | undefined;
};

export async function createHttp(options: HttpOptions): Promise<{ app: App; lifecycle: Lifecycle }> {
  const { logger, tls } = options;
  const lifecycle: Lifecycle = { draining: false };
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Fastify's own request lines carry the address, which may hold what must not be logged.
    disableRequestLogging: true,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMsMax,
    connectionTimeout: idleMsMax,
    keepAliveTimeout: keepAliveMsMax,
    maxRequestsPerSocket: requestsPerConnectionMax,
    http: { headersTimeout: headersMsMax, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    ...(tls && {
      https: { key: tls.key, cert: tls.cert, ...(tls.clientCa && { ca: tls.clientCa, requestCert: true }) },
    }),
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 128 },
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.server.maxConnections = options.connectionsMax ?? 20_000;
  const plain = app as unknown as FastifyInstance;
  registerProblems(plain);
  registerDrain(plain, lifecycle);
  registerRequestMetrics(plain, options.metrics);
  if (options.shedAtLoopDelayMs !== 0) await registerShedding(plain, options.shedAtLoopDelayMs ?? 500);
  registerRequestLine(plain);
  registerHealth(plain, { checks: options.checks, version: options.version, lifecycle });
  return { app, lifecycle };
}

// Health must answer while the process is busy or draining: that is when it is asked.
const alwaysServed = new Set(['/livez', '/readyz', '/version', '/metrics']);

function registerDrain(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (!lifecycle.draining || alwaysServed.has(request.url)) return done();
    reply.header('connection', 'close');
    done(new Problem('busy', retrySoon()));
  });
  app.addHook('preClose', (done) => {
    lifecycle.draining = true;
    done();
  });
}

async function registerShedding(app: FastifyInstance, maxEventLoopDelay: number): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay,
    sampleInterval: 250,
    pressureHandler: (request: { url: string }) => {
      if (!alwaysServed.has(request.url)) throw new Problem('busy', retrySoon());
    },
  });
}

function registerRequestLine(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not the address: an address may hold an id or a number.
    const line = {
      requestId: request.id,
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

function refuseUnreadable(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const body = JSON.stringify(problemBodyOf('invalid-request'));
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: ${problemMediaType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
