// An `api` of a test's own on the shared Redis, with small real servers behind it that speak the private protocol as
// `sms` and `ballots` do, and a phone that texts as the webhook of `sms` would.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { buildApiApp } from '../../../src/services/api/app.ts';
import type { ApiAppOptions } from '../../../src/services/api/app.ts';
import { createApiLogic } from '../../../src/services/api/logic.ts';
import type { ApiDependencies } from '../../../src/services/api/logic.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import {
  admits,
  createCallVerifier,
  createPrivateClient,
  registerCallGuard,
} from '../../../src/platform/private-calls/private-calls.ts';
import { connectRedis, connectSubscriber, redisReady } from '../../../src/platform/redis.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { attestedTime } from '../../../src/protocol/proofs/attestation.ts';
import type { Attestation } from '../../../src/protocol/proofs/attestation.ts';
import { Problem, problemBodyOf, rejectedItemOf } from '../../../src/protocol/problem.ts';
import type { PublicJwk } from '../../../src/protocol/key-files.ts';
import type { PendingSession } from '../../../src/protocol/public-api.ts';
import { promisedVotesPerSecond } from '../../../src/protocol/edge-memory.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import type { CastCall } from '../../../src/protocol/ballot-service.ts';
import type { CodeFor } from '../../../src/protocol/proofs/text-codes.ts';
import {
  createSenderFold,
  phoneKeyText,
  senderValue,
  shortCheck,
  textCheckText,
  textField,
  textValue,
  textsChannel,
  textsCompleteKey,
  textsKey,
} from '../../../src/protocol/verification-events.ts';
import { createSessionTokens } from '../../../src/services/api/sessions/session-tokens.ts';
import { definition } from '../elections.ts';
import { phone } from '../identities.ts';
import { createLogProbe } from '../log.ts';
import { castTagOf, newSid } from '../voter/proofs.ts';
import { patientRedis } from './patient-redis.ts';

export const secret = (): string => randomBytes(32).toString('base64url');
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const soon = () => new Date(Date.now() + 600_000).toISOString();

/** What the servers behind answer; a test replaces what it needs. */
export type Behind = {
  /** Every request that reached a server behind, as `METHOD path`. */
  readonly contacts: string[];
  /** Bodies of casts, as text. */
  readonly casts: string[];
  sendTo: string | null;
  /** Whether codes back can be sent. */
  confirms: boolean;
  cast: (call: CastCall) => Promise<unknown>;
  sendCode: (body: unknown) => unknown;
  confirm: (body: unknown) => unknown;
  notice: (body: unknown) => unknown;
  resend: (body: unknown) => unknown;
  check: (body: unknown) => unknown;
  lookUp: (identity: string) => Promise<unknown>;
  publications: Publication[];
  /** Publications in a page of the archive. */
  pageMax: number;
};

/** What `sms` answers to a right code. */
export const attestationByCode = (): Attestation => ({
  method: 'code',
  binding: secret(),
  verifiedAtMs: attestedTime(Date.now()),
  mac: secret(),
});

export const receiptOf = (electionId: string) => ({
  version: 1,
  electionId,
  leaf: 'A'.repeat(43),
  signature: 'B'.repeat(86),
  kid: 'receipt',
});

async function startBehind(keys: KeyFiles): Promise<{ app: App; origin: string; behind: Behind }> {
  const behind: Behind = {
    contacts: [],
    casts: [],
    sendTo: '+85264500000',
    confirms: true,
    cast: ({ electionId }) => Promise.resolve({ receipt: receiptOf(electionId) }),
    sendCode: () => ({ challenge: secret(), resendAfter: soon(), expiresAt: soon() }),
    confirm: () => ({ challenge: secret(), resendAfter: soon(), expiresAt: soon() }),
    notice: () => ({}),
    resend: () => ({ challenge: secret(), resendAfter: soon(), expiresAt: soon() }),
    check: () => ({ attestation: attestationByCode() }),
    lookUp: () => Promise.resolve({ roll: 'absent' }),
    publications: [],
    pageMax: 50,
  };
  const { logger } = createLogProbe('behind');
  const version = { version: '0', node: '0' };
  const { app } = await createHttp({ logger, metrics: createMetrics('behind'), checks: [], version });
  // One server replaces both services and accepts a caller's token for either.
  const verifiers = (['sms', 'ballots'] as const).map((service) =>
    createCallVerifier({ service, callers: keys.public.callers, clock: Date.now }),
  );
  registerCallGuard(app, async (request) => {
    for (const verify of verifiers) {
      const caller = await verify(request);
      if (caller) return caller;
    }
    return null;
  });
  app.addHook('onRequest', (request, _reply, done) => {
    behind.contacts.push(`${request.method} ${request.url}`);
    done();
  });
  const config = admits('api');
  app.get('/private/channels', { config }, () => ({
    textIn: { sendTo: behind.sendTo },
    code: { available: true },
    confirmation: { available: behind.confirms },
  }));
  const isOver = ({ documents }: Publication): boolean =>
    Date.parse(documents[0]?.election.closesAt ?? '') + 120_000 <= Date.now();
  app.get('/private/publications', { config }, (request) => {
    const query = request.query as { ended?: string; from?: string };
    const ended = query.ended === 'true';
    const from = Number(query.from ?? 0);
    const all = behind.publications.filter((publication) => isOver(publication) === ended);
    const next = from + behind.pageMax;
    return { publications: all.slice(from, next), next: next < all.length ? next : null };
  });
  app.get('/private/elections/:id/publication', { config }, (request) => {
    const { id } = request.params as { id: string };
    const publication = behind.publications.find(({ documents }) => documents[0]?.election.id === id);
    if (!publication) throw new Problem('election-not-found');
    return { publication };
  });
  const codes = createTextCodes(keys.sms.codes);
  app.post('/private/text-codes', { config }, ({ body }) => ({
    codes: (body as { items: CodeFor[] }).items.map((use) => codes.make(use, Date.now())),
  }));
  app.post('/private/codes', { config }, ({ body }) => behind.sendCode(body));
  app.post('/private/confirmations', { config }, ({ body }) => behind.confirm(body));
  app.post('/private/notices', { config }, ({ body }) => behind.notice(body));
  app.post('/private/codes/resend', { config }, ({ body }) => behind.resend(body));
  app.post('/private/codes/checks', { config }, ({ body }) => {
    const outcomes = (body as { checks: unknown[] }).checks.map((check) => {
      try {
        return behind.check(check);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return rejectedItemOf(error);
      }
    });
    return { outcomes };
  });
  app.post('/private/casts', { config }, async ({ body }) => {
    const outcomes = (body as { casts: CastCall[] }).casts.map(async (call) => {
      behind.casts.push(JSON.stringify(call));
      try {
        return await behind.cast(call);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const { code, extras } = error;
        return { problem: problemBodyOf(code, extras), retryAfterSeconds: extras.retryAfterSeconds };
      }
    });
    return { outcomes: await Promise.all(outcomes) };
  });
  app.post('/private/elections/:electionId/roll/lookup', { config }, ({ body }) =>
    behind.lookUp((body as { identity: string }).identity),
  );
  return { app, origin: await app.listen({ host: '127.0.0.1', port: 0 }), behind };
}

export type Fixture = AsyncDisposable & {
  readonly app: App;
  readonly origin: string;
  readonly keys: KeyFiles;
  readonly behind: Behind;
  readonly admin: Redis;
  readonly election: ElectionDefinition;
  readonly log: () => string;
  /** The metrics of the api, as text. */
  readonly metrics: () => Promise<string>;
  /** Publishes by Redis; the api sees it at its next look, within two seconds. */
  readonly publish: (publication: Publication, id?: string) => Promise<void>;
  session(changes?: object, headers?: Record<string, string>): Promise<PendingSession>;
  readonly tagOf: (code: string) => string;
  readonly phoneKeyOf: (phone: string) => string;
  /** A text arrives: remembered, and published unless `silent`. */
  text(from: string, code: string, options?: { silent?: boolean; atMs?: number }): Promise<void>;
};

export type FixtureOptions = Partial<Omit<ApiDependencies, 'keys'> & Pick<ApiAppOptions, 'http'>> & {
  /** Those of the `sms` beside it. */
  readonly keys?: KeyFiles;
  readonly election?: Partial<ElectionDefinition>;
  /** Address of a Redis of the test's own, by user. */
  readonly redisUrl?: (user: string) => string;
  readonly published?: boolean;
  /** What the server behind has, and whose signatures are taken besides the usual. */
  readonly publications?: Publication[];
  readonly publishers?: PublicJwk[];
};

export async function startApi({ keys: keyFiles, ...options }: FixtureOptions = {}): Promise<Fixture> {
  const keys = keyFiles ?? newKeyFiles();
  const { app: behindApp, origin: behindOrigin, behind } = await startBehind(keys);
  const probe = createLogProbe('api', 'trace');
  const { logger } = probe;
  behind.publications = options.publications ?? [];
  const publicKeys = { ...keys.public, publishers: [...keys.public.publishers, ...(options.publishers ?? [])] };
  const redisUrl = options.redisUrl ?? ((user: string) => inject('redisUrls')[user] ?? '');
  const patience = options.redisUrl ? {} : patientRedis;
  const redis = connectRedis(redisUrl('api'), logger, { enableAutoPipelining: true, ...patience });
  const subscriber = connectSubscriber(redisUrl('api'), logger);
  const admin = new Redis(redisUrl('admin'));
  // Some tests stop their Redis.
  admin.on('error', () => undefined);
  const election = definition({ id: `e-${randomBytes(6).toString('hex')}`, ...options.election });
  const publisher = signingKey(keys.elections.publisher);
  const publish = async (publication: Publication, id = election.id): Promise<void> => {
    // Another test may start the first `sms` on a shared Redis. No session of this one is asked to send its text again.
    await admin.set(textsCompleteKey, 0, 'NX');
    await admin.hset(publicationsKey, id, JSON.stringify(publication));
  };
  if (options.published !== false) await publish(publicationOf(election, publisher, 1));
  const clientOf = (service: 'sms' | 'ballots') =>
    createPrivateClient({
      origin: behindOrigin,
      service,
      caller: { name: 'api', jwk: keys.api.caller },
      clock: Date.now,
    });
  const sms = clientOf('sms');
  const ballots = clientOf('ballots');
  await redisReady(redis, 20_000);
  const metrics = createMetrics('api');
  const dependencies: ApiDependencies = {
    logger,
    metrics,
    clock: Date.now,
    keys: keys.api,
    publicKeys,
    redis,
    subscriber,
    sms,
    ballots,
    region: 'HK',
    longPollsMax: 5_000,
    sessionsPerAddressBlock: 0,
    ...options,
  };
  const app = await buildApiApp({
    ...dependencies,
    logic: createApiLogic(dependencies),
    version: { version: '0.1.0', node: '20' },
    http: { trustedProxies: ['127.0.0.1'], shedAtLoopDelayMs: 0, ...options.http },
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const phoneHash = newestKey(keys.api.phone);
  const textCodes = createTextCodes(keys.sms.codes);
  const tagOf = (code: string) => textCodes.tagsOf(code)[0]!;
  const phoneKeyOf = (phone: string) => keyedHash(phoneHash, phoneKeyText(phone));
  return {
    app,
    origin,
    keys,
    behind,
    admin,
    election,
    publish,
    tagOf,
    phoneKeyOf,
    log: () => probe.text(),
    metrics: () => metrics.metrics(),
    async session(changes = {}, headers = {}) {
      const payload = { electionId: election.id, identity: { number: 'A123456(3)' }, ...changes };
      const full = { phone: '+85261234567', method: 'text-in', castTag: castTagOf(secret()), ...payload };
      const answer = await app.inject({ method: 'POST', url: '/v1/sessions', payload: full, headers });
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json();
    },
    async text(from, code, { silent = false, atMs = Date.now() } = {}) {
      const phoneKey = phoneKeyOf(from);
      const codeTag = tagOf(code);
      const minute = attestedTime(atMs);
      const attestation = { method: 'text-in' as const, binding: codeTag, verifiedAtMs: minute, mac: secret() };
      const check = shortCheck(keyedHash(phoneHash, textCheckText(phoneKey, attestation)));
      const event = { phoneKey, attestation, check };
      await admin.hset(textsKey(phoneKey), textField(codeTag), textValue(event));
      const senders = createSenderFold(dependencies.votesPerSecond ?? promisedVotesPerSecond);
      const [senderKey = ''] = senders.keysOf(codeTag, minute);
      await admin.hset(senderKey, senders.fieldOf(codeTag), senderValue([phoneKey], minute));
      if (!silent) await admin.publish(textsChannel, JSON.stringify(event));
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      if (admin.status === 'ready') await admin.hdel(publicationsKey, election.id);
      redis.disconnect();
      subscriber.disconnect();
      await Promise.all([sms.close(), ballots.close()]);
      await behindApp.close();
      admin.disconnect();
    },
  };
}

/** The text-in code of a session. */
export function codeOf(session: PendingSession): string {
  if (session.verification.method !== 'text-in') throw new Error('not a text-in session');
  return session.verification.code;
}

/** A server's rejection, for `behind`. */
export const rejection = (code: ConstructorParameters<typeof Problem>[0], extras = {}): Problem =>
  new Problem(code, extras);

/** Many sessions without the limits and the sms of the first step. */
export function sealer(api: Fixture) {
  const { pending } = createSessionTokens(api.keys.api.tokens, Date.now);
  const codes = createTextCodes(api.keys.sms.codes);
  return async (n: number) => {
    const number = phone(n);
    const phoneKey = api.phoneKeyOf(number);
    const { code, codeTag } = codes.make({ phoneKey, binding: secret() }, Date.now());
    const token = await pending.seal(
      {
        sid: newSid(),
        electionId: api.election.id,
        identity: secret(),
        phoneKey,
        castTag: secret(),
        codeTag,
        startedAtMs: Date.now(),
        method: 'text-in' as const,
        phone: number,
      },
      Date.now() + 900_000,
    );
    return { token, code, phone: number };
  };
}
