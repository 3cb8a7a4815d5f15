// The one subscription of the process: arrived texts are handed to the waiters. What is published while the connection
// is cut is lost, so every new subscription makes all waiters read their state again, and so does a slow clock.
import { parseJson } from '../../../platform/json.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import { textEvent, textsChannel } from '../../../protocol/verification-events.ts';
import type { Waiters } from './waiters.ts';

/** Within this time all waiters are read once more, a few at a time, in milliseconds. */
export const sweepMs = 5_000;
/** Longest message that is looked at, in characters. */
const messageCharactersMax = 1_024;

export type TextEvents = { start(): void; stop(): void };

export function createTextEvents(subscriber: Redis, waiters: Waiters, logger: Logger): TextEvents {
  let timer: NodeJS.Timeout | undefined;
  const onMessage = (_channel: string, message: string): void => {
    const event = message.length <= messageCharactersMax ? textEvent.safeParse(parseJson(message)) : null;
    if (event?.success) waiters.onText(event.data);
    else logger.warn('text-event.unreadable');
  };
  // Subscribing once more is harmless, and its answer says that events come from now on: what came before is read.
  const onReady = (): void => {
    subscriber.subscribe(textsChannel).then(
      () => void waiters.sweep(),
      () => logger.debug('texts.not-subscribed'),
    );
  };
  return {
    start() {
      subscriber.on('message', onMessage);
      subscriber.on('ready', onReady);
      if (subscriber.status === 'ready') onReady();
      timer = setInterval(() => void waiters.sweep(sweepMs), sweepMs);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
      subscriber.off('message', onMessage);
      subscriber.off('ready', onReady);
    },
  };
}
