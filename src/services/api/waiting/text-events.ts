// The single subscription of the process: passes arrived texts to the long-polls. Events published during a
// disconnection are lost, so every new subscription, and a slow timer, makes all long-polls read their state again.
import { parseJson } from '../../../platform/json.ts';
import type { Logger } from '../../../platform/logger.ts';
import { keepSubscribed } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { textEvents, textsChannel } from '../../../protocol/verification-events.ts';
import type { LongPolls } from './long-polls.ts';

/** Within this time all long-polls are read once more, a few at a time, in milliseconds. */
export const sweepMs = 5_000;
/** Longest message that is read, in characters. */
export const messageCharactersMax = 4_096;

export type TextEvents = { start(): void; stop(): void };

export function createTextEvents(subscriber: Redis, longPolls: LongPolls, logger: Logger): TextEvents {
  let timer: NodeJS.Timeout | undefined;
  const onMessage = (_channel: string, message: string): void => {
    const event = message.length <= messageCharactersMax ? textEvents.safeParse(parseJson(message)) : null;
    if (event?.success) longPolls.onText(event.data);
    else logger.warn('text-event.unreadable');
  };
  let subscription: { stop(): void } | undefined;
  return {
    start() {
      subscriber.on('message', onMessage);
      // Texts that arrived before the subscription are read.
      subscription = keepSubscribed(subscriber, textsChannel, () => void longPolls.sweep());
      timer = setInterval(() => void longPolls.sweep(sweepMs), sweepMs);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
      subscription?.stop();
      subscriber.off('message', onMessage);
    },
  };
}
