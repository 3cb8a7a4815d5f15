// Counters with a window, in Redis, by rate-limiter-flexible: each count is one atomic step, so that parallel requests
// cannot exceed a limit. When Redis is away they refuse (`verification-unavailable`): a text that nobody counts could be
// sent a million times.
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Redis } from '../../platform/redis.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { Problem } from '../../protocol/problem.ts';

/** `left` counts what can still be taken in this window. */
export type LimitOutcome =
  { readonly ok: true; readonly left: number } | { readonly ok: false; readonly retryAfterSeconds: number };

export type Limit = {
  /** Takes points, or refuses. Throws `verification-unavailable` when Redis is away. */
  take(name: string, points?: number): Promise<LimitOutcome>;
  /** Gives back what was taken for something that then did not happen. Never throws: losing it is the safe side. */
  giveBack(name: string, points?: number): Promise<void>;
  /** What can still be taken. */
  left(name: string): Promise<number>;
  forget(name: string): Promise<void>;
};

/** `name` is part of the Redis key and must be a keyed hash where it stands for a person. */
export function createLimit(
  redis: Redis,
  kind: string,
  options: { readonly points: number; readonly seconds: number },
): Limit {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `limits:sms:${kind}`,
    points: options.points,
    duration: options.seconds,
    rejectIfRedisNotReady: true,
  });
  return {
    async take(name, points = 1) {
      try {
        return { ok: true, left: (await limiter.consume(name, points)).remainingPoints };
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw redisAway();
        return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(rejection.msBeforeNext / 1_000)) };
      }
    },
    async giveBack(name, points = 1) {
      await limiter.reward(name, points).catch(() => undefined);
    },
    async left(name) {
      try {
        return (await limiter.get(name))?.remainingPoints ?? options.points;
      } catch {
        throw redisAway();
      }
    },
    async forget(name) {
      await limiter.delete(name).catch(() => undefined);
    },
  };
}

function redisAway(): Problem {
  return new Problem('verification-unavailable', retrySoon());
}
