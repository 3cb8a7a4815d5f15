// The funnel of an election: how many sessions began, were verified, and cast. Counted in this process and added to the
// sums in Redis every few seconds, so that nothing a voter waits for waits for it. No sum tells of a person, and what is
// lost with a process or a Redis is lost: nothing is decided by these numbers.
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import { funnelKey, funnelSeconds } from '../../../protocol/funnel-counts.ts';
import type { FunnelField } from '../../../protocol/funnel-counts.ts';
import { publicationsMax } from '../../../protocol/public-document.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import { createRecently } from './recently.ts';

/** Between two additions to Redis, in milliseconds. */
const flushMs = 3_000;

type Method = PendingClaims['method'];
type Session = { readonly sid: string; readonly electionId: string };

export type FunnelSteps = {
  started(electionId: string, method: Method): void;
  /** A session that began by the other way goes on by this one. */
  switched(electionId: string, method: Method): void;
  /**
   * Once a session, and so is `cast`: a client that lost the answer asks again, and gets it again, which is not counted
   * twice as long as it reaches the same process among the last tens of thousands of sessions. Two processes that
   * answer the same session count it twice; a second session of the same person is another session.
   */
  confirmed(session: Session, method: Method): void;
  cast(session: Session): void;
};
export type FunnelCounter = FunnelSteps & {
  start(): void;
  /** Adds to Redis what was counted since the last time. Never rejects. */
  flush(): Promise<void>;
  /** Adds a last time. */
  stop(): Promise<void>;
};

export function createFunnel({ redis, logger }: { readonly redis: Redis; readonly logger: Logger }): FunnelCounter {
  let sums = new Map<string, Map<FunnelField, number>>();
  const confirmed = createRecently();
  const cast = createRecently();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let stopped = false;

  const add = (electionId: string, ...fields: readonly FunnelField[]): void => {
    let counted = sums.get(electionId);
    if (!counted) {
      // More elections than can be published: their sums are not worth memory.
      if (sums.size >= publicationsMax) return;
      counted = new Map<FunnelField, number>();
      sums.set(electionId, counted);
    }
    for (const field of fields) counted.set(field, (counted.get(field) ?? 0) + 1);
  };

  const flushOnce = async (): Promise<void> => {
    // While Redis is away sums wait here; what was sent and not answered may have arrived, and is not sent again.
    if (sums.size === 0 || redis.status !== 'ready') return;
    const taken = sums;
    sums = new Map();
    const pipeline = redis.pipeline();
    for (const [electionId, counted] of taken) {
      const key = funnelKey(electionId);
      for (const [field, sum] of counted) pipeline.hincrby(key, field, sum);
      pipeline.expire(key, funnelSeconds);
    }
    const answers = await pipeline.exec();
    const error = answers?.find(([failed]) => failed)?.[0];
    if (error) throw error;
  };
  const flush = (): Promise<void> => {
    flushing ??= flushOnce()
      .catch((error: unknown) => logger.debug({ err: error }, 'funnel.lost'))
      .finally(() => (flushing = undefined));
    return flushing;
  };
  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void flush().finally(schedule), flushMs);
    timer.unref();
  };

  return {
    started: (electionId, method) => add(electionId, 'started', `started:${method}`),
    switched: (electionId, method) => add(electionId, `started:${method}`),
    confirmed({ sid, electionId }, method) {
      if (confirmed.isNew(sid)) add(electionId, 'confirmed', `confirmed:${method}`);
    },
    cast({ sid, electionId }) {
      if (cast.isNew(sid)) add(electionId, 'cast');
    },
    start: schedule,
    flush,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await flushing;
      await flush();
    },
  };
}
