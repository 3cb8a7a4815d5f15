// Tells Redis (control) which sessions ended: each at once, and all of the last quarter of an hour again every few
// seconds, from the database, so that a Redis that lost its data is whole again soon and other services know until then
// that it is not (see protocol/access-tokens.ts). The database has the truth; nothing is taken from Redis.
import type { Logger } from '../../platform/logger.ts';
import { logged } from '../../platform/process.ts';
import type { Redis } from '../../platform/redis.ts';
import { newSecret } from '../../platform/keys/new-keys.ts';
import {
  accessTokenSeconds,
  revocationsChannel,
  revocationsCompleteKey,
  revokedKey,
} from '../../protocol/control/access-tokens.ts';
import { clockSkewSeconds } from '../../protocol/private-calls.ts';
import { recentRevocations } from '../../store/access/sessions.ts';
import type { Pool } from '../../store/database.ts';

/** For how long an ended session is remembered, in seconds: the life of its last access token and both clocks' skew. */
export const revokedSeconds = accessTokenSeconds + 2 * clockSkewSeconds;
/** How often everything is written again, in milliseconds. */
export const repeatMs = 5_000;
/** For how long the mark that says so is believed, in milliseconds: three repeats. */
export const completeMs = 3 * repeatMs;
/** Most sessions that are written at once; beyond them other services ask this one. */
const revocationsMax = 50_000;

export type Revocations = {
  /** Tells that sessions ended. Never fails: while Redis is away the repeats will tell it, and others ask us. */
  publish(sessions: readonly string[]): Promise<void>;
  /** Writes everything again, and the mark that says so. */
  repeat(): Promise<void>;
  start(): void;
  stop(): void;
};

export function createRevocations(parts: {
  readonly redis: Redis;
  readonly pool: Pool;
  readonly logger: Logger;
}): Revocations {
  const { redis, pool, logger } = parts;
  let timer: NodeJS.Timeout | undefined;

  const publish = async (sessions: readonly string[]): Promise<void> => {
    if (sessions.length === 0) return;
    const commands = redis.multi();
    for (const session of sessions) {
      commands.set(revokedKey(session), '1', 'EX', revokedSeconds);
      commands.publish(revocationsChannel, JSON.stringify({ sessionId: session }));
    }
    await commands.exec().catch((error: unknown) => logger.warn({ err: error }, 'revocations.not-published'));
  };
  const repeat = async (): Promise<void> => {
    const recent = await recentRevocations(pool, revokedSeconds, revocationsMax + 1);
    if (recent.length > revocationsMax) {
      logger.error({ revocationsMax }, 'revocations.too-many');
      return;
    }
    // In one transaction: nobody sees the mark without all that it stands for.
    const commands = redis.multi();
    for (const { session, remainingMs } of recent) commands.set(revokedKey(session), '1', 'PX', remainingMs);
    commands.set(revocationsCompleteKey, newSecret(), 'PX', completeMs);
    await commands.exec();
  };
  const repeatWhileReady = logged(logger, 'revocations.not-repeated', async () => {
    // redis.ts says once that Redis is away; the repeats are silent until it is back.
    if (redis.status === 'ready') await repeat();
  });
  return {
    publish,
    repeat,
    start() {
      repeatWhileReady();
      redis.on('ready', repeatWhileReady);
      timer = setInterval(repeatWhileReady, repeatMs);
    },
    stop() {
      clearInterval(timer);
      redis.off('ready', repeatWhileReady);
    },
  };
}
