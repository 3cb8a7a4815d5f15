// Writes ended sessions to the control Redis: each at once, and all of the last quarter of an hour again every few
// seconds, from the database. So a Redis that lost its data is soon complete again. Until then other services can see
// that it is incomplete (protocol/control/access-tokens.ts). The database is authoritative. Nothing is read from Redis.
import type { Logger } from '../../platform/logger.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import { createLoop } from '../../platform/loop.ts';
import { resultsOf } from '../../platform/redis.ts';
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

/** How long an ended session is kept in Redis, in seconds: the life of its last access token and both clocks' skew. */
export const revokedSeconds = accessTokenSeconds + 2 * clockSkewSeconds;
/** How often everything is written again, in milliseconds. */
export const repeatMs = 5_000;
/** How long the mark of completeness is valid, in milliseconds: three repeats. */
export const completeMs = 3 * repeatMs;
/** Most sessions that are written at once. Beyond them other services must call `access`. */
const revocationsMax = 50_000;

export type Revocations = {
  /** Publishes ended sessions. Never fails: without Redis other services call `access`, and repeats follow. */
  publish(sessions: readonly string[]): Promise<void>;
  /** Writes everything again, and the mark of completeness. */
  repeat(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
};

export function createRevocations(parts: {
  readonly redis: Redis;
  readonly pool: Pool;
  readonly logger: Logger;
}): Revocations {
  const { redis, pool, logger } = parts;

  const faults = createFaultLog(logger);
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
      faults.failed('repeat', undefined, 'revocations.too-many', { revocationsMax });
      return;
    }
    // In one transaction: the mark is never visible without all its sessions.
    const commands = redis.multi();
    for (const { session, remainingMs } of recent) commands.set(revokedKey(session), '1', 'PX', remainingMs);
    commands.set(revocationsCompleteKey, newSecret(), 'PX', completeMs);
    resultsOf(await commands.exec());
    faults.succeeded('repeat');
  };
  const loop = createLoop({
    turn: async () => {
      // redis.ts logs once that Redis is unavailable. The repeats log nothing until it is back.
      if (redis.status === 'ready') await repeat();
      return repeatMs;
    },
    failureMs: repeatMs,
    onError: (error) => faults.failed('repeat', error, 'revocations.not-repeated'),
  });
  const repeatNow = (): void => void loop.turnNow();
  return {
    publish,
    repeat,
    start() {
      redis.on('ready', repeatNow);
      loop.start();
    },
    async stop() {
      redis.off('ready', repeatNow);
      await loop.stop();
    },
  };
}
