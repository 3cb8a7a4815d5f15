// Rate limits: counters with a window in Redis, by rate-limiter-flexible. Each count is one atomic step, so parallel
// requests cannot exceed a limit. Each limit names what it does while Redis is unavailable.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../protocol/problem.ts';
import type { ProblemCode } from '../protocol/problem.ts';
import type { Clock } from './clock.ts';
import { retrySoon } from './http/problems.ts';
import { keyedHash } from './keys/keyed-hash.ts';
import type { HashKey } from './keys/keyed-hash.ts';
import type { Redis } from './redis.ts';

const dayMs = 86_400_000;

/** `left` is the number of points that remain in this window. */
export type LimitOutcome =
  { readonly ok: true; readonly left: number } | { readonly ok: false; readonly retryAfterSeconds: number };

export type RateLimit = {
  /** Takes points, 1 by default. A rejected take counts too. */
  take(name: string, points?: number): Promise<LimitOutcome>;
  /** Gives points back, 1 by default. Never throws: a point too few is the safe side. */
  giveBack(name: string, points?: number): Promise<void>;
  /** The points that remain in this window. */
  left(name: string): Promise<number>;
  /** Seconds until there is a point again; 0 if one is left. */
  wait(name: string): Promise<number>;
  /** Forgets what was taken. Never throws. */
  forget(name: string): Promise<void>;
};

/**
 * `reject`: `take` and `left` throw this problem. `count-here`: this process counts by itself, in a bounded number of
 * buckets that names share, so that its memory is bounded too.
 */
export type WhenUnavailable =
  | { readonly kind: 'reject'; readonly problem: ProblemCode }
  | { readonly kind: 'count-here'; readonly bucketsMax: number };

/** A `name` becomes part of a Redis key, and must be a keyed hash if it denotes a person, a phone or an address. */
export function createRateLimit(options: {
  readonly redis: Redis;
  readonly keyPrefix: string;
  readonly points: number;
  /** Length of the window, in seconds. */
  readonly seconds: number;
  readonly whenUnavailable: WhenUnavailable;
}): RateLimit {
  const { redis, keyPrefix, points, seconds, whenUnavailable } = options;
  const shared = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix,
    points,
    duration: seconds,
    rejectIfRedisNotReady: true,
  });
  const fallback = fallbackOf(whenUnavailable, points, seconds);
  return {
    take: (name, amount = 1) => consume(shared, name, amount).catch(() => fallback.take(name, amount)),
    giveBack: (name, returned = 1) =>
      shared.reward(name, returned).then(
        () => undefined,
        () => fallback.giveBack(name, returned),
      ),
    async left(name) {
      try {
        return (await shared.get(name))?.remainingPoints ?? points;
      } catch {
        return fallback.left(name);
      }
    },
    async wait(name) {
      try {
        return waitOf(await shared.get(name));
      } catch {
        return fallback.wait(name);
      }
    },
    async forget(name) {
      await shared.delete(name).catch(() => fallback.forget(name));
    },
  };
}

function waitOf(count: RateLimiterRes | null): number {
  return count === null || count.remainingPoints > 0 ? 0 : Math.max(1, Math.ceil(count.msBeforeNext / 1_000));
}

/** Rejects if the counter cannot be reached. */
async function consume(
  limiter: RateLimiterRedis | RateLimiterMemory,
  name: string | number,
  points: number,
): Promise<LimitOutcome> {
  try {
    return { ok: true, left: (await limiter.consume(name, points)).remainingPoints };
  } catch (rejection) {
    if (!(rejection instanceof RateLimiterRes)) throw rejection;
    return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(rejection.msBeforeNext / 1_000)) };
  }
}

function fallbackOf(whenUnavailable: WhenUnavailable, points: number, seconds: number): RateLimit {
  if (whenUnavailable.kind === 'count-here') return ownLimit(whenUnavailable.bucketsMax, points, seconds);
  const reject = (): Promise<never> => Promise.reject(new Problem(whenUnavailable.problem, retrySoon()));
  return {
    take: reject,
    giveBack: () => Promise.resolve(),
    left: reject,
    wait: reject,
    forget: () => Promise.resolve(),
  };
}

function ownLimit(bucketsMax: number, points: number, seconds: number): RateLimit {
  const own = new RateLimiterMemory({ points, duration: seconds });
  const bucketOf = (name: string): number => Buffer.from(name, 'base64url').readUInt32BE() % bucketsMax;
  return {
    take: (name, amount = 1) => consume(own, bucketOf(name), amount),
    async giveBack(name, returned = 1) {
      await own.reward(bucketOf(name), returned).catch(() => undefined);
    },
    left: async (name) => (await own.get(bucketOf(name)))?.remainingPoints ?? points,
    wait: async (name) => waitOf(await own.get(bucketOf(name))),
    async forget(name) {
      await own.delete(bucketOf(name));
    },
  };
}

/** Names for limits: keyed hashes that change each day. `purpose` separates the names of two services. */
export function createDailyNames(options: {
  readonly key: HashKey;
  readonly purpose: string;
  readonly clock: Clock;
}): (kind: string, value: string) => string {
  const { key, purpose, clock } = options;
  return (kind, value) => keyedHash(key, `${purpose}|${Math.floor(clock() / dayMs)}|${kind}|${value}`);
}

/** Takes from every limit, or throws `too-many-requests` with the longest wait. */
export async function takeAllOrThrow(
  takes: readonly { readonly limit: Pick<RateLimit, 'take'>; readonly name: string }[],
): Promise<void> {
  // Sent together: with automatic pipelining they are one round trip.
  const outcomes = await Promise.all(takes.map(({ limit, name }) => limit.take(name)));
  const waits = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.retryAfterSeconds]));
  if (waits.length > 0) throw new Problem('too-many-requests', { retryAfterSeconds: Math.max(...waits) });
}
