// Whether the session of an access token still stands. `access` is who knows; it tells Redis (control) of every session
// that ended, and a service looks there with each request, so that a removed user is out everywhere at once. Redis is
// never trusted to be whole: where it cannot say, `access` is asked, and where nobody can, that is the answer.
import { parseJson } from './json.ts';
import type { Logger } from './logger.ts';
import { CallFailed } from './private-calls/private-calls.ts';
import type { PrivateClient } from './private-calls/private-calls.ts';
import type { Redis } from './redis.ts';
import {
  revocation,
  revocationsChannel,
  revocationsCompleteKey,
  revokedKey,
  sessionAnswer,
} from '../protocol/control/access-tokens.ts';

/** Longest wait for the answer of `access`, in milliseconds. */
const answerMsMax = 1_500;

/** `unknown`: nobody could say. */
export type Standing = 'stands' | 'ended' | 'unknown';
export type SessionStanding = (sessionId: string) => Promise<Standing>;

/** For services other than `access`. `redis` is a connection of this process to the control Redis. */
export function createSessionStanding(parts: {
  readonly redis: Redis;
  readonly access: PrivateClient;
  readonly logger: Logger;
}): SessionStanding {
  const { redis, access, logger } = parts;
  // The mark that stood when this connection was new. A Redis that came back with old data shows the same mark as
  // before: only one that was written since says that every revocation is there.
  let oldMark: string | undefined;
  redis.on('ready', () => {
    oldMark = undefined;
  });

  const askRedis = async (sessionId: string): Promise<Standing> => {
    const [mark, revoked] = await redis.mget(revocationsCompleteKey, revokedKey(sessionId));
    if (revoked !== null && revoked !== undefined) return 'ended';
    oldMark ??= mark ?? '';
    return mark && mark !== oldMark ? 'stands' : 'unknown';
  };
  const askAccess = async (sessionId: string): Promise<Standing> => {
    const path = `/private/sessions/${encodeURIComponent(sessionId)}`;
    try {
      const { stands } = await access.call({ method: 'GET', path, answer: sessionAnswer, msMax: answerMsMax });
      return stands ? 'stands' : 'ended';
    } catch (error) {
      logger.warn({ err: error instanceof CallFailed ? error : undefined }, 'session-standing.unknown');
      return 'unknown';
    }
  };
  return async (sessionId) => {
    const said = await askRedis(sessionId).catch((): Standing => 'unknown');
    return said === 'unknown' ? askAccess(sessionId) : said;
  };
}

/**
 * Calls `onEnded` with each session that ends from now on, for whoever holds an answer open. Messages are lost while
 * the connection is broken: whoever holds long asks for the standing again from time to time.
 */
export function watchRevocations(subscriber: Redis, onEnded: (sessionId: string) => void): { stop(): void } {
  const onMessage = (channel: string, text: string): void => {
    if (channel !== revocationsChannel) return;
    const message = revocation.safeParse(parseJson(text));
    if (message.success) onEnded(message.data.sessionId);
  };
  subscriber.on('message', onMessage);
  // The connection re-subscribes by itself; a rejection to is its error event.
  subscriber.subscribe(revocationsChannel).catch(() => undefined);
  return { stop: () => void subscriber.off('message', onMessage) };
}
