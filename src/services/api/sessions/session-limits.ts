// Limits on new sessions per address block, phone and identity. Names in Redis are keyed hashes that change each day.
// Limits protect the budget of texts and waiting times, and correctness never depends on them. While Redis is unavailable sessions
// continue under a coarse limit in this process. Casting has no limit that requires Redis. Anyone can use another
// person's phone or number here, so these two limits are wide and their windows short. An attacker who exhausts them
// locks the person out for minutes. The answer never reveals which limit was exceeded.
import type { Clock } from '../../../platform/clock.ts';
import { addressBlock } from '../../../platform/http/address-block.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { createDailyNames, createFoldedLimit, createRateLimit, takeAllOrThrow } from '../../../platform/rate-limits.ts';
import type { RateLimit } from '../../../platform/rate-limits.ts';
import type { Redis } from '../../../platform/redis.ts';
import { promisedVotesPerSecond } from '../../../protocol/edge-memory.ts';

/** Window of every limit, in seconds. */
const windowSeconds = 600;
/** Most sessions and codes for one phone, and for one identity, in a window. */
export const sessionsPerPhoneMax = 30;
export const sessionsPerIdentityMax = 30;
/** Most address blocks that the in-process limit distinguishes, to limit its memory. */
const bucketsMax = 4_096;

const dimensions = ['address', 'phone', 'identity'] as const;
type Dimension = (typeof dimensions)[number];
export type Limited = Readonly<Partial<Record<Dimension, string>>>;

export type SessionLimits = {
  /** Counts one session (`address` is the client's). Throws `too-many-requests` with the time to wait. */
  count(limited: Limited): Promise<void>;
};

export function createSessionLimits(parts: {
  readonly redis: Redis;
  readonly key: HashKey;
  readonly clock: Clock;
  /** Sessions per address block and window. 0 sets no limit. */
  readonly perAddressBlock: number;
  /** For which the counts of phones and identities are folded. */
  readonly votesPerSecond?: number | undefined;
}): SessionLimits {
  const { redis, key, clock, perAddressBlock, votesPerSecond = promisedVotesPerSecond } = parts;
  const common = { redis, seconds: windowSeconds };
  const folded = (name: Dimension, points: number): Pick<RateLimit, 'take'> =>
    createFoldedLimit({
      ...common,
      keyPrefix: `limits:api:${name}`,
      points,
      namesPerWindow: votesPerSecond * windowSeconds,
      clock,
      whenUnavailable: { kind: 'allow' },
    });
  const addresses = createRateLimit({
    ...common,
    keyPrefix: 'limits:api:address',
    points: perAddressBlock,
    whenUnavailable: { kind: 'count-here', bucketsMax },
  });
  const limits: Readonly<Record<Dimension, Pick<RateLimit, 'take'> | null>> = {
    address: perAddressBlock === 0 ? null : addresses,
    phone: folded('phone', sessionsPerPhoneMax),
    identity: folded('identity', sessionsPerIdentityMax),
  };
  const nameOf = createDailyNames({ key, purpose: 'popvote/limit/v1', clock });
  return {
    async count(limited) {
      const takes = dimensions.flatMap((dimension) => {
        const limit = limits[dimension];
        const value = limited[dimension];
        if (limit === null || value === undefined) return [];
        return [{ limit, name: nameOf(dimension, dimension === 'address' ? addressBlock(value) : value) }];
      });
      await takeAllOrThrow(takes);
    },
  };
}
