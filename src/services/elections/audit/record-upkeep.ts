// Background work for the public record: takes the acts of `access`, signs the head each hour, and publishes signed heads and
// lists of the page's files that Redis lacks. Each step is idempotent, so several processes may run it.
import type { Logger } from '../../../platform/logger.ts';
import { createLoop } from '../../../platform/loop.ts';
import type { Loop } from '../../../platform/loop.ts';
import type { AccessActs } from './access-acts.ts';
import type { PageLists } from '../record/page-lists.ts';
import type { RecordHeads } from './record-heads.ts';

/** Between two turns, in milliseconds. With more acts to take the next one follows at once. */
const pollMs = 2_000;
/** Turns from one publication of the heads and lists to the next. */
const turnsPerPublication = 15;

export function createRecordUpkeep(parts: {
  readonly acts: AccessActs;
  readonly heads: RecordHeads;
  readonly pages: PageLists;
  readonly logger: Logger;
}): Loop {
  const { acts, heads, pages, logger } = parts;
  const report = (error: unknown): void => logger.warn({ err: error }, 'record.not-kept-up');
  let turns = 0;
  return createLoop({
    async turn() {
      turns += 1;
      await heads.signIfDue();
      if (turns % turnsPerPublication === 1) {
        await heads.publish().catch(report);
        await pages.publish().catch(report);
      }
      return (await acts.take()) ? 0 : pollMs;
    },
    failureMs: 5 * pollMs,
    onError: (error, signal) => {
      if (!signal.aborted) report(error);
    },
  });
}
