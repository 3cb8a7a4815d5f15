// Where the public documents come from: the Redis hash of publications, looked at every two seconds; and `ballots`,
// which keeps them too, at the start when Redis has none and whenever Redis is away. A failing source never takes away
// what is already held.
import { z } from 'zod';
import type { Logger } from '../../../platform/logger.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { redisReady } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { publicationCharactersMax, publicationsKey, publicationsMax } from '../../../protocol/public-document.ts';
import type { Documents } from './documents.ts';

/** Between two looks at Redis, in milliseconds. */
const pollMs = 2_000;
/** Between two questions to `ballots` while Redis is away, in milliseconds, once something is held. */
const askBallotsMs = 30_000;
/** Longest wait for Redis at the start, in milliseconds. */
const startMsMax = 1_500;
/** Longest wait for the answer of `ballots`, in milliseconds. */
const ballotsMsMax = 2_500;

export type PublicationSource = {
  /** Looks once, then goes on looking in the background. Never rejects. */
  start(): Promise<void>;
  /** Whether any source has answered since the start. */
  loaded(): boolean;
  /** Looks now: for tests, and for whoever must not wait for the next look. */
  look(): Promise<void>;
  stop(): Promise<void>;
};

export function createPublicationSource(parts: {
  readonly documents: Documents;
  readonly redis: Redis;
  readonly ballots: PrivateClient;
  readonly logger: Logger;
}): PublicationSource {
  const { documents, logger } = parts;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let stopped = false;
  let askedAtMs = -Infinity;

  // Whether it is one that counts.
  const take = (electionId: string, text: string): boolean => {
    const taken = documents.take(electionId, text);
    if (taken === 'taken') logger.info({ electionId }, 'publication.taken');
    // Its id is not told: what is not signed may say anything.
    if (taken === 'refused') logger.error('publication.refused');
    return taken === 'taken' || taken === 'unchanged';
  };

  const lookOnce = async (): Promise<void> => {
    const found = await readRedis(parts.redis, take).catch(() => null);
    if (found !== null && found > 0) {
      documents.setComplete();
      return;
    }
    if (documents.complete && performance.now() - askedAtMs < askBallotsMs) return;
    askedAtMs = performance.now();
    await readBallots(parts.ballots, take).then(
      () => documents.setComplete(),
      () => logger.warn('publications.unreachable'),
    );
  };

  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => (looking = undefined));
    return looking;
  };

  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().finally(schedule), pollMs);
    timer.unref();
  };

  return {
    async start() {
      await redisReady(parts.redis, startMsMax);
      await look();
      schedule();
    },
    loaded: () => documents.complete,
    look,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

// Sizes are asked first, and values fetched one by one: a writer of Redis cannot fill this process's memory.
// Returns how many count: what somebody forged must not hide that there is nothing to serve.
async function readRedis(redis: Redis, take: (electionId: string, text: string) => boolean): Promise<number> {
  const count = await redis.hlen(publicationsKey);
  if (count === 0 || count > publicationsMax) return 0;
  const ids = await redis.hkeys(publicationsKey);
  const sizes = await Promise.all(ids.map((id) => redis.hstrlen(publicationsKey, id)));
  let found = 0;
  for (const [index, id] of ids.entries()) {
    if ((sizes[index] ?? Infinity) > publicationCharactersMax) continue;
    const text = await redis.hget(publicationsKey, id);
    if (text !== null && take(id, text)) found += 1;
  }
  return found;
}

// Read loosely: the signature covers members that this version may not know, and `Documents` judges the rest.
const loosePublication = z.looseObject({
  documents: z.tuple([z.looseObject({ election: z.looseObject({ id: z.string() }) })], z.unknown()),
});
const looseAnswer = z.object({ publications: z.array(loosePublication).max(publicationsMax) });

async function readBallots(ballots: PrivateClient, take: (id: string, text: string) => boolean): Promise<void> {
  const { publications } = await ballots.call({
    method: 'GET',
    path: '/private/publications',
    answer: looseAnswer,
    msMax: ballotsMsMax,
  });
  for (const publication of publications) take(publication.documents[0].election.id, JSON.stringify(publication));
}
