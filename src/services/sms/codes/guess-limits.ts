// Limits on guesses of codes: five tries per code, ten failures per phone and day, and a budget of failures overall.
// Every guess is counted before it is compared, so that parallel guesses cannot exceed sequential ones. A correct one
// is given back afterwards. With eight digits and the defaults, guessing hijacks less than one phone in a year.
import type { Redis } from '../../../platform/redis.ts';
import { codeSecondsMax } from './challenges.ts';
import { createSmsLimit } from '../limits.ts';
import type { PhoneNames } from '../phone-names.ts';

/** Most guesses of one code. */
export const triesPerCodeMax = 5;
/** Most wrong guesses of all codes of one phone in a day. */
const failuresPerPhoneMax = 10;
const hourSeconds = 3_600;
const daySeconds = 86_400;
/** Tries are counted for longer than the code lives, in seconds, so that no count is lost during its life. */
const triesSeconds = codeSecondsMax + 60;

export type Guess = {
  readonly triesLeft: number;
  /** Gives the guess back: a correct one costs nothing. */
  wasRight(): Promise<void>;
  /** Counts the wrong guess against the overall budget too. */
  wasWrong(): Promise<void>;
};

export type GuessLimits = {
  /** Counts a guess. Returns null if none is left. Throws `verification-unavailable` while Redis is unavailable. */
  begin(challengeId: string, phone: string): Promise<Guess | null>;
  triesLeft(challengeId: string): Promise<number>;
  phoneLeft(phone: string): Promise<number>;
  /** Whether the wrong codes of this hour are below the operator's limit. */
  budgetLeft(): Promise<boolean>;
};

export function createGuessLimits(redis: Redis, names: PhoneNames, failuresPerHour: number): GuessLimits {
  const tries = createSmsLimit(redis, 'tries', { points: triesPerCodeMax, seconds: triesSeconds });
  const phones = createSmsLimit(redis, 'failures', { points: failuresPerPhoneMax, seconds: daySeconds });
  const budget = createSmsLimit(redis, 'failures-hour', { points: failuresPerHour, seconds: hourSeconds });
  const all = names.limitName('overall', '');
  const nameOf = (challengeId: string): string => names.limitName('challenge', challengeId);
  return {
    async begin(challengeId, phone) {
      const challengeName = nameOf(challengeId);
      const phoneName = names.limitName('phone', phone);
      const own = await tries.take(challengeName);
      if (!own.ok) return null;
      const day = await phones.take(phoneName);
      if (!day.ok) return null;
      return {
        triesLeft: Math.min(own.left, day.left),
        async wasRight() {
          await Promise.all([tries.giveBack(challengeName), phones.giveBack(phoneName)]);
        },
        async wasWrong() {
          await budget.take(all);
        },
      };
    },
    triesLeft: (challengeId) => tries.left(nameOf(challengeId)),
    phoneLeft: (phone) => phones.left(names.limitName('phone', phone)),
    budgetLeft: async () => (await budget.left(all)) > 0,
  };
}
