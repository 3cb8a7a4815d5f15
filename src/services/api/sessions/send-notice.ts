// Asks `sms` to tell a verified phone that a vote was begun with it. No voter waits for it, and none of its failures is the
// voter's: `sms` counts what it sends, and this process what it could not ask for.
import type { Logger } from '../../../platform/logger.ts';
import { Counter } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { NoticeCall } from '../../../protocol/sms-service.ts';
import type { SmsCalls } from '../service-calls.ts';

/** Most calls for notices in flight in this process. Beyond it a notice is dropped. */
export const noticesInFlightMax = 200;

export type SendNotice = (call: NoticeCall) => void;

export function createSendNotice(parts: {
  readonly sms: Pick<SmsCalls, 'notify'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): SendNotice {
  const losses = new Counter({
    name: 'popvote_notices_lost_total',
    help: 'Notices to verified phones that this process could not ask for.',
    registers: [parts.metrics],
  });
  let inFlight = 0;
  return (call) => {
    if (inFlight >= noticesInFlightMax) {
      losses.inc();
      return;
    }
    inFlight += 1;
    parts.sms
      .notify(call)
      .catch((error: unknown) => {
        losses.inc();
        parts.logger.debug({ err: error }, 'notice.lost');
      })
      .finally(() => (inFlight -= 1));
  };
}
