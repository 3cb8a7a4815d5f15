// How many sessions may be started from an address block, for a phone and for an identity. Names in Redis are keyed
// hashes that change each day. Limits protect texts and patience, never correctness: while Redis is away sessions go on
// under a coarse limit of this process alone, and casting has no limit that needs Redis.
//
// Anyone can name another's phone or number, so the limits of these two are wide and their windows short: whoever
// exhausts them keeps the person out for minutes, and the counters never say which of the three was passed.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../../../platform/clock.ts';
import { keyedHash } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import type { Redis } from '../../../platform/redis.ts';
import { Problem } from '../../../protocol/problem.ts';
import { addressBlock } from '../../../platform/http/address-block.ts';

/** Window of every limit, in seconds. */
const windowSeconds = 600;
/** Sessions and codes for one phone, and for one identity, in a window. */
export const sessionsPerPhoneMax = 30;
export const sessionsPerIdentityMax = 30;
/** Address blocks that the process's own limit tells apart, so that its memory is bounded. */
const insuranceBucketsMax = 4_096;

const dayMs = 86_400_000;
const dimensions = ['address', 'phone', 'identity'] as const;
type Dimension = (typeof dimensions)[number];
export type Limited = Readonly<Partial<Record<Dimension, string>>>;

export type SessionLimits = {
  /** Counts one session (`address` is the client's), or throws `too-many-requests` with the time to wait. */
  count(limited: Limited): Promise<void>;
};

export function createSessionLimits(parts: {
  readonly redis: Redis;
  readonly key: HashKey;
  readonly clock: Clock;
  /** Sessions per address block and window; 0 sets no limit. */
  readonly perAddressBlock: number;
}): SessionLimits {
  const { redis, key, clock, perAddressBlock } = parts;
  const points = { address: perAddressBlock, phone: sessionsPerPhoneMax, identity: sessionsPerIdentityMax };
  const limiter = (name: Dimension): RateLimiterRedis =>
    new RateLimiterRedis({
      storeClient: redis,
      rejectIfRedisNotReady: true,
      keyPrefix: `limits:api:${name}`,
      points: points[name],
      duration: windowSeconds,
    });
  const limiters = { address: limiter('address'), phone: limiter('phone'), identity: limiter('identity') };
  const insurance = new RateLimiterMemory({ points: perAddressBlock, duration: windowSeconds });

  const nameOf = (dimension: Dimension, value: string): string =>
    keyedHash(key, `popvote/limit/v1|${Math.floor(clock() / dayMs)}|${dimension}|${value}`);

  const consume = async (dimension: Dimension, value: string): Promise<number> => {
    if (points[dimension] === 0) return 0;
    const name = nameOf(dimension, dimension === 'address' ? addressBlock(value) : value);
    try {
      await limiters[dimension].consume(name);
      return 0;
    } catch (rejection) {
      if (rejection instanceof RateLimiterRes) return rejection.msBeforeNext;
      if (dimension !== 'address') return 0;
      const bucket = Buffer.from(name, 'base64url').readUInt16BE() % insuranceBucketsMax;
      return insurance.consume(bucket).then(
        () => 0,
        (over: unknown) => (over instanceof RateLimiterRes ? over.msBeforeNext : 0),
      );
    }
  };

  return {
    async count(limited) {
      // Sent together: with automatic pipelining they are one round trip.
      const waits = await Promise.all(dimensions.map((name) => consumeIfGiven(consume, name, limited[name])));
      const waitMs = Math.max(...waits);
      if (waitMs > 0) throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
    },
  };
}

async function consumeIfGiven(
  consume: (dimension: Dimension, value: string) => Promise<number>,
  dimension: Dimension,
  value: string | undefined,
): Promise<number> {
  return value === undefined ? 0 : consume(dimension, value);
}
