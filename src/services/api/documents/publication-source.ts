// Reads the public documents from the Redis hash of publications every two seconds. `ballots` has copies, which are
// read at the start if Redis has none and whenever Redis is unavailable. A failing source never removes a document that
// this process already has.
import { z } from 'zod';
import type { Logger } from '../../../platform/logger.ts';
import { createLoop } from '../../../platform/loop.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { redisReady } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { publicationCharactersMax, publicationsKey, publicationsMax } from '../../../protocol/public-document.ts';
import type { Documents } from './documents.ts';

/** Time between two reads of Redis, in milliseconds. */
const pollMs = 2_000;
/** Time between two calls to `ballots` while Redis is unavailable and documents are loaded, in milliseconds. */
const ballotsPollMs = 30_000;
/** Longest wait for Redis at the start, in milliseconds. */
const startMsMax = 1_500;
/** Longest wait for the answer of `ballots`, in milliseconds. */
const ballotsMsMax = 2_500;

export type PublicationSource = {
  /** Reads once, then continues in the background. Never rejects. */
  start(): Promise<void>;
  /** Whether any source has answered since the start. */
  loaded(): boolean;
  stop(): Promise<void>;
};

export function createPublicationSource(parts: {
  readonly documents: Documents;
  readonly redis: Redis;
  readonly ballots: PrivateClient;
  readonly logger: Logger;
}): PublicationSource {
  const { documents, logger } = parts;
  let ballotsReadAtMs = -Infinity;

  // Returns whether the publication is valid.
  const take = (electionId: string, text: string): boolean => {
    const outcome = documents.take(electionId, text);
    if (outcome === 'taken') logger.info({ electionId }, 'publication.taken');
    // Its id is not logged, because an unsigned document may contain anything.
    if (outcome === 'refused') logger.error('publication.refused');
    return outcome === 'taken' || outcome === 'unchanged';
  };

  const read = async (): Promise<void> => {
    const count = await readRedis(parts.redis, take).catch(() => 0);
    if (count > 0) {
      documents.setComplete();
      return;
    }
    if (documents.complete && performance.now() - ballotsReadAtMs < ballotsPollMs) return;
    ballotsReadAtMs = performance.now();
    await readBallots(parts.ballots, take).then(
      () => documents.setComplete(),
      () => logger.warn('publications.unreachable'),
    );
  };

  const loop = createLoop({
    turn: () => read().then(() => pollMs),
    failureMs: pollMs,
    onError: (error) => logger.error({ err: error }, 'publications.unreadable'),
  });

  return {
    async start() {
      await redisReady(parts.redis, startMsMax);
      await loop.turnNow();
      loop.start();
    },
    loaded: () => documents.complete,
    stop: () => loop.stop(),
  };
}

// Sizes are read first, and values one by one, so that a writer of Redis cannot fill this process's memory. Returns the
// number of valid publications, because forged ones must not hide that there is nothing to serve.
async function readRedis(redis: Redis, take: (electionId: string, text: string) => boolean): Promise<number> {
  const count = await redis.hlen(publicationsKey);
  if (count === 0 || count > publicationsMax) return 0;
  const ids = await redis.hkeys(publicationsKey);
  const sizes = await Promise.all(ids.map((id) => redis.hstrlen(publicationsKey, id)));
  let valid = 0;
  for (const [index, id] of ids.entries()) {
    if ((sizes[index] ?? Infinity) > publicationCharactersMax) continue;
    const text = await redis.hget(publicationsKey, id);
    if (text !== null && take(id, text)) valid += 1;
  }
  return valid;
}

// Parsed loosely: the signature covers fields that may be unknown to this version. `Documents` checks the rest.
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
