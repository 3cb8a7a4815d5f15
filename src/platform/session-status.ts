// Whether the session of an access token is still active. `access` writes every ended session to the control Redis, and
// a service reads it there with each request, so that a removed user is signed out everywhere at once. Redis may be
// incomplete: if it gives no certain answer, `access` is called, and if that fails too, the status is unknown. A change
// is always asked of `access`, because Redis could keep an ended session alive.
import { parseJson } from './json.ts';
import { createCallFaultLog } from './fault-log.ts';
import type { Logger } from './logger.ts';
import { CallFailed } from './private-calls/private-calls.ts';
import type { PrivateClient } from './private-calls/private-calls.ts';
import { keepSubscribed } from './redis.ts';
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

/** `unknown`: neither Redis nor `access` gave an answer. */
export type SessionStatus = 'active' | 'ended' | 'unknown';
/** `act`: a change needs the answer of `access`. By default the session is used for reading. */
export type SessionStatusLookup = (sessionId: string, act?: 'read' | 'change') => Promise<SessionStatus>;

/** For services other than `access`. `redis` is a connection of this process to the control Redis. */
export function createSessionStatusLookup(parts: {
  readonly redis: Redis;
  readonly access: PrivateClient;
  readonly logger: Logger;
}): SessionStatusLookup {
  const { redis, access } = parts;
  const faults = createCallFaultLog(parts.logger);
  // The mark at the time when this connection was new. A Redis that restarted with old data has the same mark as
  // before: only a mark that was written later proves that every revocation is stored.
  let oldMark: string | undefined;
  redis.on('ready', () => {
    oldMark = undefined;
  });

  const statusInRedis = async (sessionId: string): Promise<SessionStatus> => {
    const [mark, revoked] = await redis.mget(revocationsCompleteKey, revokedKey(sessionId));
    if (revoked !== null && revoked !== undefined) return 'ended';
    oldMark ??= mark ?? '';
    return mark && mark !== oldMark ? 'active' : 'unknown';
  };
  const statusInAccess = async (sessionId: string): Promise<SessionStatus> => {
    const path = `/private/sessions/${encodeURIComponent(sessionId)}`;
    try {
      const { active } = await access.call({ method: 'GET', path, answer: sessionAnswer, msMax: answerMsMax });
      return active ? 'active' : 'ended';
    } catch (error) {
      faults.failed('access', error instanceof CallFailed ? error : undefined, 'session-standing.unknown');
      return 'unknown';
    }
  };
  return async (sessionId, act = 'read') => {
    const status = await statusInRedis(sessionId).catch((): SessionStatus => 'unknown');
    return status === 'unknown' || (status === 'active' && act === 'change') ? statusInAccess(sessionId) : status;
  };
}

/**
 * Calls `onEnded` with each session that ends from now on, for open streams. Messages are lost while the connection is
 * broken, so a long-lived stream must check the status again from time to time.
 */
export function watchRevocations(subscriber: Redis, onEnded: (sessionId: string) => void): { stop(): void } {
  const onMessage = (channel: string, text: string): void => {
    if (channel !== revocationsChannel) return;
    const message = revocation.safeParse(parseJson(text));
    if (message.success) onEnded(message.data.sessionId);
  };
  subscriber.on('message', onMessage);
  const subscription = keepSubscribed(subscriber, revocationsChannel);
  return {
    stop() {
      subscription.stop();
      subscriber.off('message', onMessage);
    },
  };
}
