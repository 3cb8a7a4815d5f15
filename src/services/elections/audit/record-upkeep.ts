// Background work for the public record: takes the acts of `access`, signs the head each hour, and publishes signed heads and
// lists of the page's files that Redis lacks. Each step is idempotent, so several processes may run it, and none waits for
// another to succeed.
import { createAttempt, createFaultLog } from '../../../platform/fault-log.ts';
import type { Logger } from '../../../platform/logger.ts';
import { createLoop } from '../../../platform/loop.ts';
import type { Loop } from '../../../platform/loop.ts';
import type { AccessActs } from './access-acts.ts';
import type { PageLists } from '../record/page-lists.ts';
import type { RecordHeads } from './record-heads.ts';

/** Between two turns, in milliseconds. With more acts to take the next one follows at once. */
const pollMs = 2_000;
/** The same after a turn in which a step failed. */
const failureMs = 5 * pollMs;
/** Turns from one publication of the heads and lists to the next. */
const turnsPerPublication = 15;

export function createRecordUpkeep(parts: {
  readonly acts: AccessActs;
  readonly heads: RecordHeads;
  readonly pages: PageLists;
  readonly logger: Logger;
}): Loop {
  const { acts, heads, pages, logger } = parts;
  const faults = createFaultLog(logger, 'warn');
  let turns = 0;
  let failures = 0;
  const attempt = createAttempt(faults, 'record.not-kept-up', () => (failures += 1));
  return createLoop({
    async turn() {
      turns += 1;
      failures = 0;
      await attempt('sign', () => heads.signIfDue());
      if (turns % turnsPerPublication === 1) {
        await attempt('publish heads', () => heads.publish());
        await attempt('publish page lists', () => pages.publish());
      }
      const hasMore = await attempt('take acts', () => acts.take());
      if (failures > 0) return failureMs;
      return hasMore === true ? 0 : pollMs;
    },
    failureMs,
    onError: (error) => faults.failed('turn', error, 'record.not-kept-up'),
  });
}
