// A whole `sms` for tests: real Redis with the ACL user of sms, both ports listening, keys of its own.
import { randomBytes, randomInt } from 'node:crypto';
import { expect, inject } from 'vitest';
import type { Clock } from '../../../src/platform/clock.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { readEnvironment } from '../../../src/platform/environment.ts';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newKeyFiles, newSecret } from '../../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { phoneKeyText } from '../../../src/protocol/verification-events.ts';
import { buildSmsApp, buildSmsPrivateApp } from '../../../src/services/sms/app.ts';
import { createChallenges } from '../../../src/services/sms/codes/challenges.ts';
import { smsEnvironment } from '../../../src/services/sms/config.ts';
import type { BreakerSettings } from '../../../src/services/sms/providers/failover.ts';
import { createSmsLogic } from '../../../src/services/sms/logic.ts';
import type { SmsLogic } from '../../../src/services/sms/logic.ts';
import { createLogProbe } from '../log.ts';
import { voterRequests } from '../voter/voter-requests.ts';
import { textsReceived } from '../voter/voter.ts';
import { patientRedis } from './patient-redis.ts';

export const simulatorNumber = '+85255550123';
/** A Hong Kong mobile number that no other test has: limits are shared by all who share a Redis and a key. */
export const newPhone = (): string => `+8526${randomInt(1_000_000, 1_999_999)}`;
export const newMessageId = (): string => `SM${randomBytes(16).toString('hex')}`;

export type Sms = AsyncDisposable & {
  readonly keys: KeyFiles;
  readonly logic: SmsLogic;
  readonly redis: Redis;
  /** The admin's connection: sees everything. */
  readonly admin: Redis;
  readonly publicUrl: string;
  readonly privateUrl: string;
  readonly client: PrivateClient;
  log(): string;
  metrics(): Promise<string>;
  phoneKey(phone: string): string;
  codeTag(code: string): string;
  /** A code that this phone can text. */
  textCode(phone: string): string;
};

/**
 * Starts one. Keys are new each time unless they are given, and all names in Redis are keyed, so tests never meet each other's counters.
 */
export async function startSms(
  options: {
    readonly providers?: readonly unknown[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly clock?: Clock;
    readonly breakers?: BreakerSettings;
    readonly redisUrls?: Readonly<Record<string, string>>;
    /** Those of the `api` beside it. */
    readonly keys?: KeyFiles;
    readonly votesPerSecond?: number;
  } = {},
): Promise<Sms> {
  const keys = options.keys ?? newKeyFiles();
  const redisUrls = options.redisUrls ?? inject('redisUrls');
  const clock = options.clock ?? systemClock;
  const settings = readEnvironment(smsEnvironment, {
    SMS_KEYS: JSON.stringify(keys.sms),
    PUBLIC_KEYS: JSON.stringify(keys.public),
    EDGE_REDIS_URL: redisUrls['sms']!,
    SMS_PROVIDERS: JSON.stringify(options.providers ?? [{ kind: 'simulator', number: simulatorNumber }]),
    POPVOTE_MODE: 'rehearsal',
    SMS_CODES_PER_HOUR: '1000000',
    SMS_CODES_PER_DAY: '1000000',
    SMS_SPEND_PER_DAY: '1000000',
    SMS_FAILURES_PER_HOUR: '1000000',
    ...options.environment,
  });
  const { logger, text } = createLogProbe('sms', 'trace');
  const metrics = createMetrics('sms');
  const patience = options.redisUrls ? {} : patientRedis;
  const redis = connectRedis(settings.EDGE_REDIS_URL, logger, { enableAutoPipelining: true, ...patience });
  const admin = connectRedis(redisUrls['admin']!, logger);
  await Promise.all([redisReady(redis, 20_000), redisReady(admin, 20_000)]);
  const breakers = options.breakers && { breakers: options.breakers };
  const fold = options.votesPerSecond !== undefined && { votesPerSecond: options.votesPerSecond };
  const logic = createSmsLogic({ settings, redis, metrics, logger, clock, ...breakers, ...fold });
  const version = { version: '0.0.0', node: process.versions.node };
  const checks = [{ name: 'redis', required: true, check: () => redis.ping().then(() => true) }];
  // A busy machine of tests must not look like an overloaded service.
  const common = { logger, metrics, version, checks, logic, http: { shedAtLoopDelayMs: 0 } };
  const publicApp = await buildSmsApp(common);
  // Callers are judged by the real clock, which is theirs too: only codes live by the test's.
  const privateApp = await buildSmsPrivateApp({ ...common, callers: settings.PUBLIC_KEYS.callers, clock: systemClock });
  const publicUrl = await publicApp.listen({ host: '127.0.0.1', port: 0 });
  const privateUrl = await privateApp.listen({ host: '127.0.0.1', port: 0 });
  const caller = { name: 'api', jwk: keys.api.caller } as const;
  const client = createPrivateClient({ origin: privateUrl, service: 'sms', caller, clock: systemClock });
  const phoneSecret = newestKey(keys.api.phone);
  const codes = createTextCodes(keys.sms.codes);
  const phoneKey = (phone: string): string => keyedHash(phoneSecret, phoneKeyText(phone));
  return {
    keys,
    logic,
    redis,
    admin,
    publicUrl,
    privateUrl,
    client,
    log: text,
    metrics: () => metrics.metrics(),
    phoneKey,
    codeTag: (code) => codes.tagsOf(code)[0]!,
    textCode: (phone) => codes.make({ phoneKey: phoneKey(phone), binding: newSecret() }, Date.now()).code,
    async [Symbol.asyncDispose]() {
      await client.close();
      await Promise.all([publicApp.close(), privateApp.close()]);
      await logic.close();
      redis.disconnect();
      admin.disconnect();
    },
  };
}

/** A phone sends a text by the simulator; the answer. */
export function sendText(sms: Sms, from: string, body: string, to = simulatorNumber): Promise<Response> {
  const request = voterRequests.text({ from, to, body });
  return fetch(sms.publicUrl + request.path, {
    method: request.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  });
}

/** The texts that a simulated phone received, newest first. */
export const textsOf = (sms: Sms, phone: string) => textsReceived(sms.publicUrl, phone);

/** All keys of a Redis and what they hold, as one text. */
export async function dumpOf(admin: Redis): Promise<string> {
  const lines: string[] = [];
  for (const key of await admin.keys('*')) {
    const kind = await admin.type(key);
    const value = kind === 'hash' ? await admin.hgetall(key) : kind === 'string' ? await admin.get(key) : `a ${kind}`;
    lines.push(`${key} ${JSON.stringify(value)}`);
  }
  return lines.join('\n');
}

/** Ends the pause before a code may be sent again: Redis keeps it by its own clock, which no test should wait for. */
export async function endPause(sms: Sms, challenge: string): Promise<void> {
  const claims = await createChallenges(sms.keys.sms.challenges, systemClock).open(challenge);
  expect(await sms.admin.del(`limits:sms:pause:${claims!.cid}`)).toBe(1);
}
