// Limits on codes, on notices, and on the cost of both: per phone, per block of numbers, overall, and by price. Beyond a limit voters text in
// instead, which costs the operator nothing. An attacker can spend the budget and no more.
import type { Redis } from '../../../platform/redis.ts';
import { createSmsLimit } from '../limits.ts';
import type { RateLimit } from '../../../platform/rate-limits.ts';
import type { PhoneNames } from '../phone-names.ts';

/** Digits of a block of numbers: `+852` and four more are a block of 10,000 in Hong Kong. */
const prefixDigits = 7;
const hourSeconds = 3_600;
const daySeconds = 86_400;

export type CapSettings = {
  readonly perPhoneHour: number;
  readonly perPhoneDay: number;
  readonly perPrefixHour: number;
  readonly perHour: number;
  readonly perDay: number;
  /** Price of one segment and the most money of a day, in the same currency. */
  readonly price: number;
  readonly spendPerDay: number;
};

export type CapRejection = {
  readonly cap: 'phone' | 'prefix' | 'overall';
  /** Until every cap of this name has room. */
  readonly retryAfterSeconds: number;
};

export type SendCaps = {
  /** Takes one text for a phone from every cap and returns null, or from none and returns the cap that rejected it. */
  take(phone: string): Promise<CapRejection | null>;
  /** Takes the price of a text with this many segments. Returns false if the day's money is spent. */
  spend(segments: number): Promise<boolean>;
  /** Gives back the price of a text that was certainly not sent. */
  refund(segments: number): Promise<void>;
  /** Whether the overall caps and the money allow one more code. */
  haveRoom(): Promise<boolean>;
  /** Whether at least half of the day's money is left. */
  halfOfMoneyLeft(): Promise<boolean>;
};

/**
 * What caps count: codes that anyone can ask for, codes back to phones that texted, or notices to verified phones. Each is
 * counted apart, so that no stranger and no notice uses up the codes back of a phone. Their money is one sum.
 */
type CappedTexts = 'codes' | 'codes-back' | 'notices';

export function createSendCaps(redis: Redis, names: PhoneNames, settings: CapSettings, of: CappedTexts): SendCaps {
  const limit = (kind: string, points: number, seconds: number) =>
    createSmsLimit(redis, of === 'codes' ? kind : `${of}-${kind}`, { points, seconds });
  const phoneHour = limit('phone-hour', settings.perPhoneHour, hourSeconds);
  const phoneDay = limit('phone-day', settings.perPhoneDay, daySeconds);
  const prefixHour = limit('prefix-hour', settings.perPrefixHour, hourSeconds);
  const overallHour = limit('hour', settings.perHour, hourSeconds);
  const overallDay = limit('day', settings.perDay, daySeconds);
  const segmentsMax =
    settings.price === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(settings.spendPerDay / settings.price);
  const all = names.limitName('overall', '');
  const money = createSmsLimit(redis, 'spend', { points: segmentsMax, seconds: daySeconds });
  return {
    async take(phone) {
      const phoneName = names.limitName('phone', phone);
      const prefix = names.limitName('prefix', phone.slice(0, prefixDigits + 1));
      // From the narrowest to the widest, so that repeated requests of one phone cannot use up the overall limits.
      return takeAll([
        { cap: 'phone', limit: phoneHour, name: phoneName },
        { cap: 'phone', limit: phoneDay, name: phoneName },
        // It bounds what strangers can have sent. Voters of one block may come at the same time.
        ...(of === 'codes' ? [{ cap: 'prefix', limit: prefixHour, name: prefix } as const] : []),
        { cap: 'overall', limit: overallHour, name: all },
        { cap: 'overall', limit: overallDay, name: all },
      ]);
    },
    spend: async (segments) => (await money.take(all, segments)).ok,
    refund: (segments) => money.giveBack(all, segments),
    async haveRoom() {
      const room = await Promise.all([overallHour, overallDay, money].map((each) => each.left(all)));
      return room.every((remaining) => remaining > 0);
    },
    halfOfMoneyLeft: async () => (await money.left(all)) * 2 >= segmentsMax,
  };
}

async function takeAll(
  items: readonly { cap: CapRejection['cap']; limit: RateLimit; name: string }[],
): Promise<CapRejection | null> {
  const successes: (typeof items)[number][] = [];
  for (const item of items) {
    const result = await item.limit.take(item.name);
    if (!result.ok) {
      await Promise.all(successes.map(({ limit, name }) => limit.giveBack(name)));
      const waits = await Promise.all(
        items
          .filter(({ cap, name }) => cap === item.cap && name === item.name)
          .map((each) => each.limit.wait(each.name)),
      );
      return { cap: item.cap, retryAfterSeconds: Math.max(result.retryAfterSeconds, ...waits) };
    }
    successes.push(item);
  }
  return null;
}
