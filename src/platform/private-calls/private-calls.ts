// Calls between services. The caller signs a short-lived token with its own name and the callee's (EdDSA, by jose).
// Each private route names the callers it admits; registration of one that names none throws.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SignJWT, errors, jwtVerify } from 'jose';
import { Pool } from 'undici';
import type { z } from 'zod';
import { parseJson } from '../json.ts';
import type { PrivateJwk, PublicJwk } from '../../protocol/key-files.ts';
import { callClaims, callTokenSeconds, clockSkewSeconds, remainingMsHeader } from '../../protocol/private-calls.ts';
import type { ServiceName } from '../../protocol/private-calls.ts';
import { Problem, problemOf } from '../../protocol/problem.ts';
import { watchCertificate } from '../certificate-metrics.ts';
import { isWithin } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { neverSent, noFreeConnectionCode } from '../dependency-failures.ts';
import { registerCallDeadline } from './call-deadline.ts';
import { createCallMetrics, observedCall } from './call-metrics.ts';
import { createSlots } from './slots.ts';
import type { CallsTls } from './private-calls-tls.ts';
import type { Metrics } from '../metrics.ts';
import { inCallSpan } from '../tracing/call-spans.ts';
import { traceHeaders } from '../tracing/span.ts';
import type { Tracing } from '../tracing/span.ts';

/** Verified tokens that are remembered, so that a signature is checked once and not for each call. */
const rememberedTokensMax = 1_000;
/** Longest wait for a connection to another service, in milliseconds. */
const connectMsMax = 2_000;
/** Connections to one service at once. Further calls wait for a free one within their time limit. */
const connectionsDefault = 64;
/** Least time between two log lines about the clock of one caller, in milliseconds. */
const clockLineMs = 60_000;
/** Largest answer of another service, in bytes: all publications of a large platform. */
const answerBytesMax = 64 * 1_024 * 1_024;

/** The other service could not be reached or did not answer in time: whether it acted is unknown. */
export class CallFailed extends Error {
  /** It certainly did not act: the call only reads, or it was never sent. */
  readonly nothingChanged: boolean;
  constructor(service: ServiceName, method: string, cause: unknown) {
    super(`no answer from ${service}`, { cause });
    this.name = 'CallFailed';
    this.nothingChanged = method === 'GET' || neverSent(cause);
  }
}

export type PrivateClient = {
  /** Calls and returns the parsed answer within `msMax`. Throws the callee's `Problem`, or `CallFailed`. */
  call<Schema extends z.ZodType>(request: {
    method: 'GET' | 'POST' | 'PUT';
    path: string;
    body?: unknown;
    /** Streamed instead of a body: files of any size. */
    file?: { readonly type: string; readonly content: Readable };
    answer: Schema;
    /** A status besides 2xx whose body has the form of `answer`. */
    alsoStatus?: number;
    msMax: number;
  }): Promise<z.infer<Schema>>;
  close(): Promise<void>;
};

export function createPrivateClient(options: {
  readonly origin: string;
  readonly service: ServiceName;
  readonly caller: { readonly name: ServiceName; readonly jwk: PrivateJwk };
  readonly clock: Clock;
  readonly connectionsMax?: number;
  readonly tls?: CallsTls | undefined;
  /** Without them calls are not counted. */
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
}): PrivateClient {
  const connections = options.connectionsMax ?? connectionsDefault;
  // Calls wait here and not in undici, which would not tell whether a call that is late was sent.
  const slots = createSlots(connections);
  const pool = new Pool(options.origin, {
    connections,
    connectTimeout: connectMsMax,
    maxResponseSize: answerBytesMax,
    // Each call has its own time limit, from the queue to the last byte: some counts take minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(options.tls && { connect: options.tls }),
  });
  const token = createCallerToken(options);
  const observe = options.metrics && createCallMetrics(options.metrics, options.service);
  if (options.metrics && options.tls) watchCertificate(options.metrics, 'calls', options.tls.cert);
  const client: PrivateClient = {
    async call({ method, path, body, file, answer, alsoStatus, msMax }) {
      const untilMs = performance.now() + msMax;
      const authorization = `Bearer ${await token()}`;
      if (!(await slots.take(msMax))) throw new CallFailed(options.service, method, noFreeConnection());
      try {
        const remainingMs = Math.max(1, Math.round(untilMs - performance.now()));
        const { statusCode, retryAfter, text } = await send(pool, options.service, {
          method,
          path,
          headers: {
            authorization,
            [remainingMsHeader]: String(remainingMs),
            ...traceHeaders(options.tracing, options.service),
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...(file && { 'content-type': file.type }),
          },
          body: file?.content ?? (body === undefined ? null : JSON.stringify(body)),
          signal: AbortSignal.timeout(remainingMs),
        });
        return readAnswer({ service: options.service, method, alsoStatus }, { statusCode, retryAfter, text }, answer);
      } finally {
        slots.give();
      }
    },
    close: () => pool.close(),
  };
  const { tracing, service: callee } = options;
  return {
    call: (request) =>
      inCallSpan(tracing, { callee, method: request.method }, () => observedCall(observe, () => client.call(request))),
    close: () => client.close(),
  };
}

const noFreeConnection = (): Error =>
  Object.assign(new Error('no connection became free in time'), { code: noFreeConnectionCode });

type RawAnswer = { readonly statusCode: number; readonly retryAfter: number | undefined; readonly text: string };

async function send(pool: Pool, service: ServiceName, request: Parameters<Pool['request']>[0]): Promise<RawAnswer> {
  try {
    const { statusCode, headers, body } = await pool.request(request);
    const seconds = Number(headers['retry-after']);
    // Passed on, so that one Retry-After holds from the last server to the client.
    const retryAfter = Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
    return { statusCode, retryAfter, text: await body.text() };
  } catch (error) {
    throw new CallFailed(service, request.method, error);
  }
}

function readAnswer<Schema extends z.ZodType>(
  { service, method, alsoStatus }: { service: ServiceName; method: string; alsoStatus: number | undefined },
  { statusCode, retryAfter, text }: RawAnswer,
  answer: Schema,
): z.infer<Schema> {
  const value = parseJson(text);
  if (value === undefined) {
    throw new CallFailed(service, method, new Error(`status ${statusCode} with a body that is not JSON`));
  }
  if ((statusCode >= 200 && statusCode < 300) || statusCode === alsoStatus) {
    const parsed = answer.safeParse(value);
    if (parsed.success) return parsed.data;
    if (statusCode === alsoStatus) throw problemOf(value, retryAfter) ?? new CallFailed(service, method, parsed.error);
    throw new CallFailed(service, method, parsed.error);
  }
  throw problemOf(value, retryAfter) ?? new CallFailed(service, method, new Error(`status ${statusCode}`));
}

function createCallerToken(options: Parameters<typeof createPrivateClient>[0]): () => Promise<string> {
  const { caller, service, clock } = options;
  const key = createPrivateKey({ key: caller.jwk, format: 'jwk' });
  let current: { token: Promise<string>; issuedAtMs: number } | undefined;
  return () => {
    const now = clock();
    // Renewed at half its lifetime, so that a token does not expire in flight.
    if (current && isWithin(now, current.issuedAtMs, callTokenSeconds * 500)) return current.token;
    const issued = Math.floor(now / 1_000);
    const token = new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', kid: caller.jwk.kid })
      .setIssuer(caller.name)
      .setAudience(service)
      .setIssuedAt(issued)
      .setExpirationTime(issued + callTokenSeconds)
      .sign(key);
    current = { token, issuedAtMs: now };
    return token;
  };
}

export type CallVerifier = (request: FastifyRequest) => Promise<ServiceName | null>;

/**
 * Returns the caller of a request, or null. A caller's key has its name as `kid`, with a suffix after a dot during key
 * rotation.
 */
export function createCallVerifier(options: {
  readonly service: ServiceName;
  readonly callers: readonly PublicJwk[];
  readonly clock: Clock;
}): CallVerifier {
  const keys = new Map(options.callers.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
  const reportClock = createClockReports();
  const remembered = new Map<string, { caller: ServiceName; issuedAtMs: number; msMax: number }>();
  return async (request) => {
    const token = bearerToken(request);
    if (token === null) return null;
    const now = options.clock();
    const existing = remembered.get(token);
    if (existing && isWithin(now, existing.issuedAtMs, existing.msMax, clockSkewSeconds * 1_000))
      return existing.caller;
    try {
      const { payload, protectedHeader } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = keys.get(kid ?? '');
          if (!key) throw new Error('unknown key');
          return key;
        },
        {
          algorithms: ['EdDSA'],
          audience: options.service,
          clockTolerance: clockSkewSeconds,
          maxTokenAge: callTokenSeconds,
          currentDate: new Date(now),
        },
      );
      const claims = callClaims.parse(payload);
      if (protectedHeader.kid?.split('.')[0] !== claims.iss) return null;
      if (remembered.size >= rememberedTokensMax) remembered.clear();
      // Never longer than the maximum lifetime, whatever `exp` the token has.
      const seconds = Math.min(claims.exp - claims.iat, callTokenSeconds);
      remembered.set(token, { caller: claims.iss, issuedAtMs: claims.iat * 1_000, msMax: seconds * 1_000 });
      return claims.iss;
    } catch (error) {
      reportClock(request, error, now);
      return null;
    }
  };
}

/**
 * Logs that a caller's clock differs: its signature is right, and its time is not. To the voter it is one more rejection,
 * so this line is how an operator learns the reason.
 */
function createClockReports(): (request: FastifyRequest, error: unknown, nowMs: number) => void {
  const saidAtMs = new Map<string, number>();
  return (request, error, nowMs) => {
    if (!(error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)) return;
    const claims = callClaims.safeParse(error.payload).data;
    if (!claims || !['iat', 'exp'].includes(error.claim)) return;
    const before = saidAtMs.get(claims.iss) ?? -Infinity;
    if (performance.now() - before < clockLineMs) return;
    saidAtMs.set(claims.iss, performance.now());
    const aheadMs = claims.iat * 1_000 - nowMs;
    request.log.error({ caller: claims.iss, aheadMs }, 'clock.caller-differs');
  };
}

/** The bearer token of a request, or null. */
export function bearerToken(request: FastifyRequest): string | null {
  const match = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

/** The `config` of a private route: the callers that it admits. */
export function admits(...callers: ServiceName[]): { callers: readonly ServiceName[] } {
  return { callers };
}

/**
 * Guards every route below /private: the caller is identified and admitted, or rejected, before the body is read. A call
 * for whose answer it waits no more is dropped.
 */
export function registerCallGuard(app: FastifyInstance, verify: CallVerifier): void {
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/private') && callersOf(route.config) === null) {
      throw new Error(`The private route ${route.url} names no callers.`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const callers = callersOf(request.routeOptions.config);
    if (callers === null) return;
    const caller = await verify(request);
    // Never `unauthenticated`: the caller would take it for the status of its voter, whose session is not over.
    if (caller === null || !callers.includes(caller)) throw new Problem('not-admitted');
  });
  registerCallDeadline(app, ({ routeOptions }) => callersOf(routeOptions.config) !== null);
}

function callersOf(config: unknown): readonly ServiceName[] | null {
  const { callers } = (config ?? {}) as { callers?: readonly ServiceName[] };
  return callers && callers.length > 0 ? callers : null;
}
