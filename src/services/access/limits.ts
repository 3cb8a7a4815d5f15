// How often somebody may try: logins for an account and from an address block, and registrations from an address block.
// Counted in Redis (control) under keyed names that change each day; while Redis is away, coarsely in this process.
//
// Anyone can name another's account. So failures count twice: narrowly for the account from one address block, widely
// for the account from everywhere (NIST SP 800-63B: at most 100), and who logged in before from a block is spared the
// wide count there: a flood from elsewhere does not keep the owner out.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addressBlock } from '../../platform/http/address-block.ts';
import type { Clock } from '../../platform/clock.ts';
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { Redis } from '../../platform/redis.ts';
import { Problem } from '../../protocol/problem.ts';

/** Points and window, in seconds, of each count. */
const counts = {
  'account-block': { points: 10, duration: 900 },
  account: { points: 100, duration: 3_600 },
  block: { points: 300, duration: 900 },
  registration: { points: 30, duration: 3_600 },
} as const;
type Count = keyof typeof counts;
/** Names that the process's own counts tell apart, so that their memory is bounded. */
const bucketsMax = 65_536;
/** For how long a block is known as the account's, in seconds. */
const knownSeconds = 30 * 86_400;
const dayMs = 86_400_000;

export type AccessLimits = {
  /** Counts one try to log in, or throws `too-many-requests`. `account` is any name of it that does not change. */
  countLogin(account: string, address: string): Promise<void>;
  /** Takes a try back that was no failure: only failures count. */
  forgiveLogin(account: string, address: string): Promise<void>;
  /** Remembers that the account logged in from this block, both factors shown. */
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
  const counters: Readonly<Record<Count, Counter>> = {
    'account-block': createCounter(redis, 'account-block'),
    account: createCounter(redis, 'account'),
    block: createCounter(redis, 'block'),
    registration: createCounter(redis, 'registration'),
  };
  const nameOf = (kind: string, value: string, day = Math.floor(clock() / dayMs)): string =>
    keyedHash(key, `popvote/access-limit/v1|${day}|${kind}|${value}`);
  const knownKey = (account: string, block: string): string =>
    `limits:access:known:${nameOf('known', `${account}|${block}`, 0)}`;

  const take = async (taken: readonly (readonly [Count, string])[]): Promise<void> => {
    const waits = await Promise.all(taken.map(([name, value]) => counters[name].take(nameOf(name, value))));
    const waitMs = Math.max(0, ...waits);
    if (waitMs > 0) throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  };
  return {
    async countLogin(account, address) {
      const block = addressBlock(address);
      const known = await redis.get(knownKey(account, block)).catch(() => null);
      const wide = known === null ? [['account', account] as const] : [];
      await take([['account-block', `${account}|${block}`], ['block', block], ...wide]);
    },
    async forgiveLogin(account, address) {
      const block = addressBlock(address);
      const taken = [['account-block', `${account}|${block}`] as const, ['block', block] as const];
      await Promise.all(
        [...taken, ['account', account] as const].map(([name, value]) => counters[name].giveBack(nameOf(name, value))),
      );
    },
    async rememberLogin(account, address) {
      await redis.set(knownKey(account, addressBlock(address)), '1', 'EX', knownSeconds).catch(() => null);
    },
    countRegistration: (address) => take([['registration', addressBlock(address)]]),
    forgiveRegistration: (address) => counters.registration.giveBack(nameOf('registration', addressBlock(address))),
  };
}

type Counter = {
  /** Takes one point and returns how long to wait, in milliseconds; 0 where none is needed. */
  take(name: string): Promise<number>;
  /** Never fails: a point too few is the safe side. */
  giveBack(name: string): Promise<void>;
};

function createCounter(redis: Redis, name: Count): Counter {
  const shared = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `limits:access:${name}`,
    rejectIfRedisNotReady: true,
    ...counts[name],
  });
  const own = new RateLimiterMemory(counts[name]);
  const bucketOf = (keyed: string): number => Buffer.from(keyed, 'base64url').readUInt32BE() % bucketsMax;
  const waitOf = (rejection: unknown): number | null =>
    rejection instanceof RateLimiterRes ? Math.max(1, rejection.msBeforeNext) : null;
  return {
    take: (keyed) =>
      shared.consume(keyed).then(
        () => 0,
        (rejection: unknown) =>
          waitOf(rejection) ??
          own.consume(bucketOf(keyed)).then(
            () => 0,
            (over: unknown) => waitOf(over) ?? 0,
          ),
      ),
    giveBack: (keyed) =>
      shared.reward(keyed).then(
        () => undefined,
        () =>
          own.reward(bucketOf(keyed)).then(
            () => undefined,
            () => undefined,
          ),
      ),
  };
}
