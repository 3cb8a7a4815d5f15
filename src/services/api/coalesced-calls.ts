// Calls of `api` to another service, many in one. What comes while calls are under way is the next call, and each item has
// an outcome of its own. After a lost answer nothing is known of any of them. Where the same again is harmless the whole call
// is then sent once more: in its own place, so that retries do not multiply, and in the time of its oldest item.
import { createBatcher } from '../../platform/batches/batcher.ts';
import type { BatcherBounds } from '../../platform/batches/batcher.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import { Problem } from '../../protocol/problem.ts';

export type CoalescedCalls<Item, Outcome> = {
  /** Throws `busy` where the item was certainly not sent, the problem that is its outcome, and that of a failed call. */
  submit(item: Item): Promise<Outcome>;
  /** How long the oldest item has been under way, in milliseconds; 0 without any. */
  oldestMs(): number;
  /**
   * How long an item that comes now will wait, in milliseconds: those under way by the rate at which they end (Little's law),
   * and at most `oldestMs`. The oldest alone says little where the newest are served first.
   */
  waitMs(): number;
  /** Items under way. */
  readonly size: number;
};

export type CoalescedOptions<Item, Answer, Outcome> = {
  readonly bounds: Partial<BatcherBounds>;
  /** Longest time of an item, its second attempt included, in milliseconds. */
  readonly msMax: number;
  /** Least time that a second attempt needs, in milliseconds; null where a lost answer is not asked for again. */
  readonly retryMsMin: number | null;
  readonly bytesOf: (item: Item) => number;
  /** One call, with the answer for each item in order. Throws the callee's problem, or `CallFailed`. */
  readonly call: (items: readonly Item[], msMax: number) => Promise<readonly Answer[]>;
  /** What an answer means. `isRetry`: the first one was lost. */
  readonly read: (answer: Answer, isRetry: boolean) => Outcome | Problem;
  /** What a call without answers means, for each of its items. */
  readonly fail: (error: Problem | CallFailed, isRetry: boolean) => Problem;
};

type UnderWay<Item> = { readonly item: Item; readonly sinceMs: number };

/** Time over which the rate at which items end is averaged, in milliseconds. */
const rateMs = 1_000;

/** Events per millisecond, averaged over the last `rateMs` with exponential weights. */
function createRate(): { count(): void; perMs(): number } {
  let perMs = 0;
  let at = performance.now();
  const now = (): number => {
    const passedMs = performance.now() - at;
    at += passedMs;
    perMs *= Math.exp(-passedMs / rateMs);
    return perMs;
  };
  return {
    count() {
      perMs = now() + 1 / rateMs;
    },
    perMs: now,
  };
}

export function createCoalescedCalls<Item, Answer, Outcome>(
  options: CoalescedOptions<Item, Answer, Outcome>,
): CoalescedCalls<Item, Outcome> {
  // In the order in which they began.
  const underWay = new Set<UnderWay<Item>>();
  const ends = createRate();
  const oldestMs = (): number => {
    const [oldest] = underWay;
    return oldest ? performance.now() - oldest.sinceMs : 0;
  };
  const batches = createBatcher<UnderWay<Item>, Outcome | Problem>({
    commit: (_group, items) => send(options, items),
    bytesOf: ({ item }) => options.bytesOf(item),
    bounds: options.bounds,
  });
  return {
    async submit(item) {
      const one = { item, sinceMs: performance.now() };
      underWay.add(one);
      try {
        const outcome = await batches.submit('', one);
        if (outcome instanceof Problem) throw outcome;
        return outcome;
      } finally {
        underWay.delete(one);
        ends.count();
      }
    },
    oldestMs,
    waitMs: () => (underWay.size === 0 ? 0 : Math.min(oldestMs(), underWay.size / ends.perMs())),
    get size() {
      return underWay.size;
    },
  };
}

async function send<Item, Answer, Outcome>(
  { call, read, fail, msMax, retryMsMin }: CoalescedOptions<Item, Answer, Outcome>,
  batch: readonly UnderWay<Item>[],
): Promise<(Outcome | Problem)[]> {
  const items = batch.map(({ item }) => item);
  const endsAtMs = Math.min(...batch.map(({ sinceMs }) => sinceMs)) + msMax;
  const msLeft = (): number => endsAtMs - performance.now();
  const attempt = async (isRetry: boolean): Promise<(Outcome | Problem)[]> => {
    const answers = await call(items, msLeft());
    if (answers.length !== items.length) throw new Error('Each item of a call must have an answer.');
    return answers.map((answer) => read(answer, isRetry));
  };
  const failed = (error: unknown, isRetry: boolean): Problem[] => {
    if (!(error instanceof Problem || error instanceof CallFailed)) throw error;
    const problem = fail(error, isRetry);
    return items.map(() => problem);
  };
  try {
    return await attempt(false);
  } catch (error) {
    const isLost = error instanceof CallFailed && !error.nothingChanged;
    if (!isLost || retryMsMin === null || msLeft() < retryMsMin) return failed(error, false);
  }
  return attempt(true).catch((error: unknown) => failed(error, true));
}
