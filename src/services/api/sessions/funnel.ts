// The funnel of an election: how many sessions were started, verified and cast. Counts are kept in this process and
// added to the sums in Redis every few seconds, so that no voter waits for it. No sum identifies a person. Counts that
// are lost with a process or a Redis are not recovered, because no decision uses them.
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logger.ts';
import { createLoop } from '../../../platform/loop.ts';
import { resultsOf } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { funnelKey, funnelSeconds, hourOf, textCodesKey, textCodesSeconds } from '../../../protocol/funnel-counts.ts';
import type { FunnelField } from '../../../protocol/funnel-counts.ts';
import { currentElectionsMax } from '../../../protocol/current-elections.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import { createRecentIds } from './recent-ids.ts';

/** Time between two additions to Redis, in milliseconds. */
const flushMs = 3_000;

type Method = PendingClaims['method'];
type Session = { readonly sid: string; readonly electionId: string };

export type FunnelSteps = {
  started(electionId: string, method: Method): void;
  /** A session that began with the other method continues with this one. */
  switched(electionId: string, method: Method): void;
  /**
   * Counted once per session, like `cast`. A client that lost the answer requests it again, and this is not counted
   * twice if it reaches the same process within the last tens of thousands of sessions. Two processes that answer the
   * same session count it twice. A second session of the same person is another session.
   */
  confirmed(session: Session, method: Method): void;
  /** A session that began with the code of an official: it is verified at once, by no method. Counted once. */
  activated(session: Session): void;
  cast(session: Session): void;
  /** Codes to text in that are asked of `sms`, of all elections. Counted before the call, whatever comes of it. */
  askedForCodes(count: number): void;
};
export type FunnelCounter = FunnelSteps & {
  start(): void;
  /** Adds the counts since the last flush to Redis. Never rejects. */
  flush(): Promise<void>;
  /** Stops, and flushes a last time. */
  stop(): Promise<void>;
};

export function createFunnel(parts: {
  readonly redis: Redis;
  readonly logger: Logger;
  readonly clock: Clock;
}): FunnelCounter {
  const { redis, logger, clock } = parts;
  let sums = new Map<string, Map<FunnelField, number>>();
  let codes = 0;
  const confirmed = createRecentIds();
  const cast = createRecentIds();

  const add = (electionId: string, ...fields: readonly FunnelField[]): void => {
    let counts = sums.get(electionId);
    if (!counts) {
      // More elections than can be current. Their sums are not counted, to limit memory.
      if (sums.size >= currentElectionsMax) return;
      counts = new Map<FunnelField, number>();
      sums.set(electionId, counts);
    }
    for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
  };

  const flush = async (): Promise<void> => {
    // While Redis is unavailable sums wait here. Sums that were sent without an answer may have arrived, and are not
    // sent again.
    if ((sums.size === 0 && codes === 0) || redis.status !== 'ready') return;
    const batch = sums;
    sums = new Map();
    const pipeline = redis.pipeline();
    if (codes > 0) {
      const key = textCodesKey('asked', hourOf(clock()));
      pipeline.incrby(key, codes).expire(key, textCodesSeconds);
      codes = 0;
    }
    for (const [electionId, counts] of batch) {
      const key = funnelKey(electionId);
      for (const [field, sum] of counts) pipeline.hincrby(key, field, sum);
      pipeline.expire(key, funnelSeconds);
    }
    resultsOf(await pipeline.exec());
  };
  const loop = createLoop({
    turn: () => flush().then(() => flushMs),
    failureMs: flushMs,
    onError: (error) => logger.debug({ err: error }, 'funnel.lost'),
  });

  return {
    started: (electionId, method) => add(electionId, 'started', `started:${method}`),
    switched: (electionId, method) => add(electionId, `started:${method}`),
    confirmed({ sid, electionId }, method) {
      if (confirmed.isNew(sid)) add(electionId, 'confirmed', `confirmed:${method}`);
    },
    activated({ sid, electionId }) {
      if (confirmed.isNew(sid)) add(electionId, 'started', 'confirmed');
    },
    cast({ sid, electionId }) {
      if (cast.isNew(sid)) add(electionId, 'cast');
    },
    askedForCodes: (count) => void (codes += count),
    start: () => loop.start(),
    flush: () => loop.turnNow(),
    async stop() {
      await loop.stop();
      await loop.turnNow();
    },
  };
}
