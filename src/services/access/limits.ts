// Limits of logins for an account and from an address block, and of registrations from an address block. They are
// counted in the control Redis under keyed names that change each day. While Redis is unavailable, each process counts.
//
// Anyone can try to log in to another person's account. So failures are counted twice: narrowly for the account from
// one address block, and widely for the account from everywhere (NIST SP 800-63B: at most 100). The wide count does not
// apply to a block from which the account logged in before, so a flood from elsewhere does not lock the owner out.
import { addressBlock } from '../../platform/http/address-block.ts';
import type { Clock } from '../../platform/clock.ts';
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import { createDailyNames, createRateLimit, takeAllOrThrow } from '../../platform/rate-limits.ts';
import type { RateLimit } from '../../platform/rate-limits.ts';
import type { Redis } from '../../platform/redis.ts';

/** Points and window, in seconds, of each limit. */
const counts = {
  'account-block': { points: 10, seconds: 900 },
  account: { points: 100, seconds: 3_600 },
  block: { points: 300, seconds: 900 },
  registration: { points: 30, seconds: 3_600 },
} as const;
type Count = keyof typeof counts;
/** Names that the counts in this process distinguish. This bounds their memory. */
const bucketsMax = 65_536;
/** How long a block counts as known for an account, in seconds. */
const knownSeconds = 30 * 86_400;

export type AccessLimits = {
  /** Counts one attempt to log in. Throws `too-many-requests`. `account` is any constant name of the account. */
  countLogin(account: string, address: string): Promise<void>;
  /** Takes back a successful attempt: only failures count. */
  forgiveLogin(account: string, address: string): Promise<void>;
  /** Records that the account logged in from this block, with both factors. */
  rememberLogin(account: string, address: string): Promise<void>;
  countRegistration(address: string): Promise<void>;
  /** Takes back an invited registration: a whole office may register within one hour. */
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
      const earlierLogin = await redis.get(knownKey(account, block)).catch(() => null);
      const narrow = [point('account-block', `${account}|${block}`), point('block', block)];
      await takeAllOrThrow(earlierLogin === null ? [...narrow, point('account', account)] : narrow);
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
