// Limits of logins for an account and from an address block, and of registrations from an address block. Counted in the
// control Redis under keyed names that change each day; while Redis is unavailable, coarsely in this process.
//
// Anyone can use the name of another person's account. So failures count twice: narrowly for the account from one address
// block, widely for the account from everywhere (NIST SP 800-63B: at most 100). The wide count does not apply to a block
// from which the account logged in before: a flood from elsewhere does not lock the owner out.
import { addressBlock } from '../../platform/http/address-block.ts';
import type { Clock } from '../../platform/clock.ts';
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import { createDailyNames, createRateLimit, takeAllOrThrow } from '../../platform/rate-limits.ts';
import type { RateLimit } from '../../platform/rate-limits.ts';
import type { Redis } from '../../platform/redis.ts';

/** Points and window, in seconds, of each count. */
const counts = {
  'account-block': { points: 10, seconds: 900 },
  account: { points: 100, seconds: 3_600 },
  block: { points: 300, seconds: 900 },
  registration: { points: 30, seconds: 3_600 },
} as const;
type Count = keyof typeof counts;
/** Names that the process's own counts distinguish, so that their memory is bounded. */
const bucketsMax = 65_536;
/** For how long a block counts as the account's own, in seconds. */
const knownSeconds = 30 * 86_400;

export type AccessLimits = {
  /** Counts one attempt to log in, or throws `too-many-requests`. `account` is any name of it that does not change. */
  countLogin(account: string, address: string): Promise<void>;
  /** Takes an attempt back that succeeded: only failures count. */
  forgiveLogin(account: string, address: string): Promise<void>;
  /** Remembers that the account logged in from this block, with both factors. */
  rememberLogin(account: string, address: string): Promise<void>;
  countRegistration(address: string): Promise<void>;
  /** Takes a registration back that an administrator had invited: a whole office may come in one hour. */
  forgiveRegistration(address: string): Promise<void>;
};

export function createAccessLimits(parts: {
  readonly redis: Redis;
  /** The key `limits` of the service. */
  readonly secret: string;
  readonly clock: Clock;
}): AccessLimits {
  const { redis, clock } = parts;
  const key = hashKey(parts.secret);
  const limit = (name: Count): RateLimit =>
    createRateLimit({
      redis,
      keyPrefix: `limits:access:${name}`,
      points: counts[name].points,
      seconds: counts[name].seconds,
      whenUnavailable: { kind: 'count-here', bucketsMax },
    });
  const limits: Readonly<Record<Count, RateLimit>> = {
    'account-block': limit('account-block'),
    account: limit('account'),
    block: limit('block'),
    registration: limit('registration'),
  };
  const nameOf = createDailyNames({ key, purpose: 'popvote/access-limit/v1', clock });
  const point = (count: Count, value: string) => ({ limit: limits[count], name: nameOf(count, value) });
  const knownKey = (account: string, block: string): string =>
    `limits:access:known:${keyedHash(key, `popvote/access-limit/v1|0|known|${account}|${block}`)}`;

  return {
    async countLogin(account, address) {
      const block = addressBlock(address);
      const known = await redis.get(knownKey(account, block)).catch(() => null);
      const narrow = [point('account-block', `${account}|${block}`), point('block', block)];
      await takeAllOrThrow(known === null ? [...narrow, point('account', account)] : narrow);
    },
    async forgiveLogin(account, address) {
      const block = addressBlock(address);
      const points = [point('account-block', `${account}|${block}`), point('block', block), point('account', account)];
      await Promise.all(points.map(({ limit, name }) => limit.giveBack(name)));
    },
    async rememberLogin(account, address) {
      await redis.set(knownKey(account, addressBlock(address)), '1', 'EX', knownSeconds).catch(() => null);
    },
    countRegistration: (address) => takeAllOrThrow([point('registration', addressBlock(address))]),
    forgiveRegistration: (address) => limits.registration.giveBack(nameOf('registration', addressBlock(address))),
  };
}
