// Publishes what the database has: to the edge Redis (for `api`), to the control Redis (for `officials` and `worker`),
// and to `ballots`, which stores it. Publications that Redis has lost are written again. An older part never replaces a
// newer one, even with concurrent writers.
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import {
  publicationCharactersMax,
  publicationsKey,
  publicationsMax,
  publication as publicationSchema,
} from '../../../protocol/public-document.ts';
import type { Publication } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { noteKept, publishedParts, publishedRevisions } from '../../../store/elections/lifecycle.ts';
import type { PublishedParts } from '../../../store/elections/lifecycle.ts';
import type { BallotsCalls } from './ballots-calls.ts';

/** Most tries of a write that conflicts with another writer in Redis. */
const triesMax = 5;
/** Largest value read from Redis, in bytes. A character takes up to four bytes. */
const shownBytesMax = publicationCharactersMax * 4;

export type Publishing = {
  /** Publishes one election to all Redis instances. Never throws. `repair` updates unavailable instances later. */
  publish(electionId: string): Promise<void>;
  /** Sends the publication of one election to `ballots`. Throws its rejection, or `CallFailed`. */
  keep(electionId: string): Promise<void>;
  /** Writes missing or older publications to the Redis instances, at most `publicationsMax` elections. Never throws. */
  repair(): Promise<void>;
  /** The highest revision of an election's documents in any Redis instance; 0 if none is available. */
  shownRevision(electionId: string): Promise<number>;
  /**
   * Compares each Redis instance with the database, in the order of `redisInstances`. `unsigned`: the instance has no
   * publication with a valid signature. null: the instance is unavailable.
   */
  compare(electionId: string): Promise<readonly (Comparison | null)[]>;
};
export type Comparison = 'as-published' | 'older' | 'newer' | 'unsigned';

type Parts = {
  readonly pool: Pool;
  readonly ballots: BallotsCalls;
  readonly redisInstances: readonly Redis[];
  readonly publishers: VerificationKeys;
  readonly logger: Logger;
};
/**
 * One Redis instance and this process's writes to it. Writes run one at a time, because WATCH belongs to a connection.
 */
type Place = { readonly redis: Redis; readonly put: Map<string, string>; last: Promise<unknown> };

export function createPublishing({ pool, ballots, redisInstances, publishers, logger }: Parts): Publishing {
  const places: readonly Place[] = redisInstances.map((redis) => ({ redis, put: new Map(), last: Promise.resolve() }));
  // After a restart an instance may have old data, so everything is compared again.
  for (const { redis, put } of places) redis.on('ready', () => put.clear());

  const putInto = (place: Place, id: string, parts: PublishedParts): Promise<void> => {
    const writing = place.last.then(async () => {
      const text = JSON.stringify(composed(parts));
      const outcome = await write(place.redis, publishers, id, text);
      if (outcome === 'newer') logger.error({ electionId: id }, 'publication.newer-in-redis');
      else place.put.set(id, parts.revisions);
    });
    place.last = writing.catch(() => undefined);
    return writing;
  };

  const repairPlace = async (
    place: Place,
    publications: readonly { id: string; revisions: string }[],
  ): Promise<void> => {
    for (const { id, revisions } of publications) {
      // For this process's own writes the presence of the field is enough. Everything else is compared.
      if (place.put.get(id) === revisions && (await place.redis.hexists(publicationsKey, id)) === 1) continue;
      const parts = await publishedParts(pool, id);
      if (parts) await putInto(place, id, parts);
    }
  };

  return {
    async publish(electionId) {
      const parts = await publishedParts(pool, electionId).catch(() => null);
      if (parts) await Promise.allSettled(places.map((place) => putInto(place, electionId, parts)));
    },
    async keep(electionId) {
      const parts = await publishedParts(pool, electionId);
      if (!parts) return;
      await ballots.publish(electionId, composed(parts));
      await noteKept(pool, electionId, parts.revisions);
    },
    async repair() {
      try {
        const publications = await publishedRevisions(pool, publicationsMax);
        await Promise.allSettled(places.map((place) => repairPlace(place, publications)));
      } catch (error) {
        logger.warn({ err: error }, 'publications.unread');
      }
    },
    async shownRevision(electionId) {
      const outcomes = await Promise.allSettled(places.map(({ redis }) => shownIn(redis, publishers, electionId)));
      return Math.max(0, ...outcomes.map((each) => (each.status === 'fulfilled' ? revisionsOf(each.value)[0] : 0)));
    },
    async compare(electionId) {
      const outcomes = await Promise.allSettled(places.map(({ redis }) => shownIn(redis, publishers, electionId)));
      // Read after Redis: publications are stored in the database first, so a concurrent one cannot look newer.
      const parts = await publishedParts(pool, electionId);
      const ours = revisionsOf(parts && composed(parts));
      return outcomes.map((each) => (each.status === 'fulfilled' ? compared(each.value, ours) : null));
    },
  };
}

/** A publication from its signed parts. */
export function composed({ documents, turnout, results }: Omit<PublishedParts, 'revisions'>): Publication {
  return publicationSchema.parse({
    documents,
    ...(turnout !== null && { turnout }),
    ...(results !== null && { results }),
  });
}

// WATCH rejects the write if another process wrote in the meantime. The loop then compares again.
async function write(
  redis: Redis,
  publishers: VerificationKeys,
  id: string,
  text: string,
): Promise<'written' | 'unchanged' | 'newer'> {
  const ours = revisionsOf(publicationSchema.parse(JSON.parse(text)));
  for (let tries = 0; tries < triesMax; tries += 1) {
    await redis.watch(publicationsKey);
    const existing = await shownIn(redis, publishers, id);
    const theirs = revisionsOf(existing);
    const same = existing !== null && theirs.every((revision, index) => revision === ours[index]);
    const newer = theirs.some((revision, index) => revision > (ours[index] ?? 0));
    if (same || newer) {
      await redis.unwatch();
      return same ? 'unchanged' : 'newer';
    }
    if ((await redis.multi().hset(publicationsKey, id, text).exec()) !== null) return 'written';
  }
  throw new Error('Other processes wrote to Redis during every try.');
}

// A value without a valid signature of a publisher is ignored and replaced.
async function shownIn(redis: Redis, publishers: VerificationKeys, id: string): Promise<Publication | null> {
  if ((await redis.hstrlen(publicationsKey, id)) > shownBytesMax) return null;
  const text = await redis.hget(publicationsKey, id);
  if (text === null) return null;
  try {
    const publication = publicationSchema.parse(JSON.parse(text));
    const { documents, turnout, results } = publication;
    const signed =
      documents.every(
        ({ election, signature }) => election.id === id && valueIsSigned(publishers, election, signature),
      ) &&
      (!turnout || valueIsSigned(publishers, turnout.turnout, turnout.signature)) &&
      (!results || valueIsSigned(publishers, results.results, results.signature));
    return signed ? publication : null;
  } catch {
    return null;
  }
}

function compared(existing: Publication | null, ours: readonly number[]): Comparison {
  if (existing === null) return 'unsigned';
  const theirs = revisionsOf(existing);
  if (theirs.some((revision, index) => revision > (ours[index] ?? 0))) return 'newer';
  return theirs.every((revision, index) => revision === ours[index]) ? 'as-published' : 'older';
}

/** Revisions of documents, turnout and results; 0 for missing parts. */
function revisionsOf(publication: Publication | null): readonly [number, number, number] {
  const documents = Math.max(0, ...(publication?.documents ?? []).map(({ election }) => election.revision));
  return [documents, publication?.turnout?.turnout.revision ?? 0, publication?.results?.results.revision ?? 0];
}
