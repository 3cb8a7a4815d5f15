// Publishing: what the database says is published is put into the edge Redis (for `api`) and the control Redis (for
// `officials` and `worker`), and handed to `ballots`, which keeps it too. Redis may lose it at any moment: it is put
// there again. An older part never replaces a newer one, whoever writes at the same time.
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

/** How often a write is tried that meets another writer in Redis. */
const triesMax = 5;
/** Largest value that is read back from Redis, in bytes: a character may take four. */
const shownBytesMax = publicationCharactersMax * 4;

export type Publishing = {
  /** Puts out one election everywhere. Never throws: what is away gets it later, from `repair`. */
  publish(electionId: string): Promise<void>;
  /** Hands what is published of one election to `ballots`. Throws its rejection, or `CallFailed`. */
  keep(electionId: string): Promise<void>;
  /** Puts into both Redis what is missing or older there, at most `publicationsMax` elections. Never throws. */
  repair(): Promise<void>;
  /** The highest revision of documents that a Redis shows of an election, and 0 where none can be asked. */
  shownRevision(electionId: string): Promise<number>;
  /**
   * What each Redis shows of an election beside what is published, in the order in which they were given: `unsigned`
   * where nothing stands there that a publisher has signed; null where it is away.
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
/** One server: what was put there by this process, and its writes one after the other, for WATCH is a connection's. */
type Place = { readonly redis: Redis; readonly put: Map<string, string>; last: Promise<unknown> };

export function createPublishing({ pool, ballots, redisInstances, publishers, logger }: Parts): Publishing {
  const places: readonly Place[] = redisInstances.map((redis) => ({ redis, put: new Map(), last: Promise.resolve() }));
  // A server that was away may be back with what it had saved long ago: then everything is compared again.
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
      // What this process put there is looked for by its presence alone; the rest is compared.
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
      // After Redis: what is put there stood in the database before, so that nothing looks newer by itself.
      const parts = await publishedParts(pool, electionId);
      const ours = revisionsOf(parts && composed(parts));
      return outcomes.map((each) => (each.status === 'fulfilled' ? compared(each.value, ours) : null));
    },
  };
}

/** The publication of its parts, each as it was signed. */
export function composed({ documents, turnout, results }: Omit<PublishedParts, 'revisions'>): Publication {
  return publicationSchema.parse({
    documents,
    ...(turnout !== null && { turnout }),
    ...(results !== null && { results }),
  });
}

// What another process put there meanwhile is seen: WATCH refuses the write then, and it is compared anew.
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
  throw new Error('Others wrote to Redis at every try.');
}

// What is not signed by a publisher counts for nothing, and is replaced.
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

/** Of documents, turnout and results; 0 for what is not there. */
function revisionsOf(publication: Publication | null): readonly [number, number, number] {
  const documents = Math.max(0, ...(publication?.documents ?? []).map(({ election }) => election.revision));
  return [documents, publication?.turnout?.turnout.revision ?? 0, publication?.results?.results.revision ?? 0];
}
