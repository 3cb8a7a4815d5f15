// Limits on guesses of codes: five tries per code, and a budget of failures overall. Nothing is counted by phone: anyone can
// ask for a code to any phone and guess wrong, so such a count would keep its owner out (decision 0019). The codes that
// are sent to a phone are few, so their tries are few too. Every guess is counted before it is compared, so that parallel
// guesses cannot exceed sequential ones. A correct one is given back afterwards.
import type { Redis } from '../../../platform/redis.ts';
import { codeSecondsMax } from './challenges.ts';
import { createSmsLimit } from '../limits.ts';
import type { PhoneNames } from '../phone-names.ts';

/** Most guesses of one code. */
export const triesPerCodeMax = 5;
const hourSeconds = 3_600;
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
  begin(challengeId: string): Promise<Guess | null>;
  triesLeft(challengeId: string): Promise<number>;
  /** Whether the wrong codes of this hour are below the operator's limit. */
  budgetLeft(): Promise<boolean>;
};

export function createGuessLimits(redis: Redis, names: PhoneNames, failuresPerHour: number): GuessLimits {
  const tries = createSmsLimit(redis, 'tries', { points: triesPerCodeMax, seconds: triesSeconds });
  const budget = createSmsLimit(redis, 'failures-hour', { points: failuresPerHour, seconds: hourSeconds });
  const all = names.limitName('overall', '');
  const nameOf = (challengeId: string): string => names.limitName('challenge', challengeId);
  return {
    async begin(challengeId) {
      const challengeName = nameOf(challengeId);
      const own = await tries.take(challengeName);
      if (!own.ok) return null;
      return {
        triesLeft: own.left,
        async wasRight() {
          await tries.giveBack(challengeName);
        },
        async wasWrong() {
          await budget.take(all);
        },
      };
    },
    triesLeft: (challengeId) => tries.left(nameOf(challengeId)),
    budgetLeft: async () => (await budget.left(all)) > 0,
  };
}
