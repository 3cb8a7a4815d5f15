// The limit on new sessions, by the address block of the asker. Before a phone is verified nothing is counted by phone or
// identity (decision 0019): anyone can name another person's, so such a count would tell whether that person began, and
// would keep that person out. Names in Redis are keyed hashes that change each day. Correctness never depends on the
// limit: while Redis is unavailable this process counts coarsely by itself. Casting has no limit that requires Redis.
import type { Clock } from '../../../platform/clock.ts';
import { addressBlock } from '../../../platform/http/address-block.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { createDailyNames, createRateLimit, takeAllOrThrow } from '../../../platform/rate-limits.ts';
import type { Redis } from '../../../platform/redis.ts';

/** Window of the limit, in seconds. */
const windowSeconds = 600;
/** Most address blocks that the in-process limit distinguishes, to limit its memory. */
const bucketsMax = 4_096;

export type SessionLimits = {
  /** Counts one session of the client with this address. Throws `too-many-requests` with the time to wait. */
  count(address: string): Promise<void>;
};

export function createSessionLimits(parts: {
  readonly redis: Redis;
  readonly key: HashKey;
  readonly clock: Clock;
  /** Sessions per address block and window. 0 sets no limit. */
  readonly perAddressBlock: number;
}): SessionLimits {
  const { redis, key, clock, perAddressBlock } = parts;
  const limit = createRateLimit({
    redis,
    keyPrefix: 'limits:api:address',
    points: perAddressBlock,
    seconds: windowSeconds,
    whenUnavailable: { kind: 'count-here', bucketsMax },
  });
  const nameOf = createDailyNames({ key, purpose: 'popvote/limit/v1', clock });
  return {
    async count(address) {
      if (perAddressBlock > 0) await takeAllOrThrow([{ limit, name: nameOf('address', addressBlock(address)) }]);
    },
  };
}
