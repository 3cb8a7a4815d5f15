// Publishes what the database has: to the edge Redis (for `api`), to the control Redis (for `officials`), and to
// `ballots`, which stores it. Publications that Redis has lost are written again. Those of elections that ended long ago
// leave Redis: `ballots` is their archive. An older part never replaces a newer one, even with concurrent writers.
import { createFaultLog } from '../../../platform/fault-log.ts';
import type { FaultLog } from '../../../platform/fault-log.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { contentHash } from '../../../platform/content-hash.ts';
import { publicationVersionsKey } from '../../../protocol/current-elections.ts';
import { publicationCharactersMax, publicationsKey } from '../../../protocol/public-document.ts';
import { publication as publicationSchema } from '../../../protocol/record/publication.ts';
import type { Publication } from '../../../protocol/record/publication.ts';
import type { Pool } from '../../../store/database.ts';
import { archivedElections, noteKept, publishedParts, servedPublications } from '../../../store/elections/lifecycle.ts';
import type { ElectionLoad, PublishedParts } from '../../../store/elections/lifecycle.ts';
import type { BallotsCalls } from './ballots-calls.ts';

/** Most tries of a write that conflicts with another writer in Redis. */
const triesMax = 5;
/** Largest value read from Redis, in bytes. A character takes up to four bytes. */
const shownBytesMax = publicationCharactersMax * 4;
/** Most publications that one repair compares in an instance, and most that it removes. The next one continues. */
const repairedMax = 200;
const removedMax = 1_000;

export type Publishing = {
  /** Publishes one election to all Redis instances. Never throws. `repair` updates unavailable instances later. */
  publish(electionId: string): Promise<void>;
  /**
   * Sends the publication of one election to `ballots`, and has the opened ballots of published results shown in its public
   * log. Throws the rejection of `ballots`, `CallFailed`, or an error of the box.
   */
  keep(electionId: string): Promise<void>;
  /**
   * Writes missing or older publications to the Redis instances, and removes archived ones. Returns whether nothing is
   * left to do. Never throws.
   */
  repair(): Promise<boolean>;
  /** The highest revision of an election's documents in any Redis instance; 0 if none is available. */
  shownRevision(electionId: string): Promise<number>;
  /**
   * Compares each Redis instance with the database, in the order of `places`. `unsigned`: the instance has no
   * publication with a valid signature. null: the instance is unavailable.
   */
  compare(electionId: string): Promise<readonly (Comparison | null)[]>;
};
export type Comparison = 'as-published' | 'older' | 'newer' | 'unsigned';

type Parts = {
  readonly pool: Pool;
  readonly ballots: BallotsCalls;
  readonly places: readonly PublishingPlace[];
  readonly publishers: VerificationKeys;
  /** Says that the results of an election with a public log are published. May be repeated. */
  readonly releaseOpenings: (electionId: string) => Promise<void>;
  readonly logger: Logger;
};
/** A Redis instance, and how many elections stay there after their end: those that changed last. */
export type PublishingPlace = { readonly redis: Redis; readonly ended: ElectionLoad };
/** What this process last found or wrote: the revisions, and the hash of the text. */
type Put = { readonly revisions: string; readonly version: string };
/**
 * One Redis instance and this process's writes to it. Writes run one at a time, because WATCH belongs to a connection.
 */
type Place = PublishingPlace & {
  readonly put: Map<string, Put>;
  /** Elections of which another publication is newer there. */
  readonly newer: FaultLog;
  last: Promise<unknown>;
};

export function createPublishing({ pool, ballots, publishers, releaseOpenings, logger, ...parts }: Parts): Publishing {
  const places = parts.places.map((place): Place => {
    const newer = createFaultLog(logger);
    return { ...place, put: new Map(), newer, last: Promise.resolve() };
  });
  const repairs = createFaultLog(logger, 'warn');
  // After a restart an instance may have old data, so everything is compared again.
  for (const { redis, put } of places) redis.on('ready', () => put.clear());

  const putInto = (place: Place, id: string, published: PublishedParts): Promise<void> => {
    const writing = place.last.then(async () => {
      const version = await write(place.redis, publishers, id, composed(published));
      noteNewer(place, id, version === null);
      if (version !== null) place.put.set(id, { revisions: published.revisions, version });
    });
    place.last = writing.catch(() => undefined);
    return writing;
  };

  const repairPlace = async (place: Place): Promise<boolean> => {
    const served = await servedPublications(pool, place.ended);
    const { ids, versions } = await listPublications(place.redis, served);
    const there = new Set(ids);
    const wrong = served.filter(({ id, revisions }) => {
      const put = place.put.get(id);
      return put?.revisions !== revisions || (versions && put.version !== versions[id]) || !there.has(id);
    });
    for (const { id } of wrong.slice(0, repairedMax)) {
      const published = await publishedParts(pool, id);
      if (published) await putInto(place, id, published);
    }
    const servedIds = new Set(served.map(({ id }) => id));
    for (const id of place.put.keys()) if (!servedIds.has(id)) place.put.delete(id);
    const others = ids.filter((id) => !servedIds.has(id)).slice(0, removedMax);
    const archived = others.length === 0 ? [] : await archivedElections(pool, others);
    if (archived.length > 0) {
      await place.redis.hdel(publicationVersionsKey, ...archived);
      await place.redis.hdel(publicationsKey, ...archived);
    }
    return wrong.length <= repairedMax && archived.length < removedMax;
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
      if (parts.manifest !== null && parts.results !== null) await releaseOpenings(electionId);
      await noteKept(pool, electionId, parts.revisions);
    },
    async repair() {
      const outcomes = await Promise.allSettled(places.map(repairPlace));
      noteRepairs(repairs, outcomes);
      return outcomes.every((each) => each.status === 'rejected' || each.value);
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

function noteNewer({ newer }: Place, id: string, isNewer: boolean): void {
  if (isNewer) newer.failed(id, undefined, 'publication.newer-in-redis', { electionId: id });
  else newer.succeeded(id);
}

function noteRepairs(repairs: FaultLog, outcomes: readonly PromiseSettledResult<unknown>[]): void {
  for (const [index, each] of outcomes.entries()) {
    const part = String(index);
    if (each.status === 'rejected') repairs.failed(part, each.reason, 'publications.not-repaired');
    else repairs.succeeded(part);
  }
}

/** A publication from its signed parts. */
export function composed(parts: Omit<PublishedParts, 'revisions'>): Publication {
  const { documents, manifest, turnout, closing, results, destruction, logo } = parts;
  return publicationSchema.parse({
    documents,
    ...(manifest !== null && { manifest }),
    ...(turnout !== null && { turnout }),
    ...(closing !== null && { closing }),
    ...(results !== null && { results }),
    ...(destruction !== null && { destruction }),
    ...(logo !== null && { logo }),
  });
}

// Returns the hash of the text that is there afterwards, or null if it is newer than ours. WATCH rejects the write if
// another process wrote in the meantime. The loop then compares again.
async function write(
  redis: Redis,
  publishers: VerificationKeys,
  id: string,
  publication: Publication,
): Promise<string | null> {
  const ours = revisionsOf(publication);
  const text = JSON.stringify(publication);
  for (let tries = 0; tries < triesMax; tries += 1) {
    await redis.watch(publicationsKey);
    const there = await textIn(redis, id);
    const existing = readSigned(publishers, id, there);
    const theirs = revisionsOf(existing);
    if (theirs.some((revision, index) => revision > (ours[index] ?? 0))) {
      await redis.unwatch();
      return null;
    }
    const same = existing !== null && theirs.every((revision, index) => revision === ours[index]);
    const version = contentHash(same && there !== null ? there : text);
    // First, because a reader that sees it before the text only reads the text twice.
    await redis.hset(publicationVersionsKey, id, version).catch(unlessForbidden);
    if (same) {
      await redis.unwatch();
      return version;
    }
    if ((await redis.multi().hset(publicationsKey, id, text).exec()) !== null) return version;
  }
  throw new Error('Other processes wrote to Redis during every try.');
}

type Listed = { readonly ids: readonly string[]; readonly versions: Readonly<Record<string, string>> | null };

// The users of Redis may be those of an older version, which could not list publications and had no versions.
async function listPublications(redis: Redis, served: readonly { readonly id: string }[]): Promise<Listed> {
  const listed = await Promise.all([redis.hkeys(publicationsKey), redis.hgetall(publicationVersionsKey)]).catch(
    unlessForbidden,
  );
  if (listed) return { ids: listed[0], versions: listed[1] };
  const present = await Promise.all(served.map(({ id }) => redis.hexists(publicationsKey, id)));
  return { ids: served.map(({ id }) => id).filter((_, index) => present[index] === 1), versions: null };
}

function unlessForbidden(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('NOPERM')) return null;
  throw error;
}

async function textIn(redis: Redis, id: string): Promise<string | null> {
  if ((await redis.hstrlen(publicationsKey, id)) > shownBytesMax) return null;
  return redis.hget(publicationsKey, id);
}

const shownIn = async (redis: Redis, publishers: VerificationKeys, id: string): Promise<Publication | null> =>
  readSigned(publishers, id, await textIn(redis, id));

// A value without a valid signature of a publisher is ignored and replaced.
function readSigned(publishers: VerificationKeys, id: string, text: string | null): Publication | null {
  if (text === null) return null;
  try {
    const publication = publicationSchema.parse(JSON.parse(text));
    const { documents, turnout, results, destruction } = publication;
    const signed =
      documents.every(
        ({ election, signature }) => election.id === id && valueIsSigned(publishers, election, signature),
      ) &&
      (!turnout || valueIsSigned(publishers, turnout.turnout, turnout.signature)) &&
      (!results || valueIsSigned(publishers, results.results, results.signature)) &&
      (!destruction || valueIsSigned(publishers, destruction.destruction, destruction.signature)) &&
      // `api` serves neither with another record beside it.
      [results?.record, destruction?.record].every(
        (record) => !record || valueIsSigned(publishers, record.head, record.signature),
      );
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

/** Revisions of documents, turnout, results and certificate of destruction, which is signed once; 0 for missing parts. */
function revisionsOf(publication: Publication | null): readonly [number, number, number, number] {
  const { documents = [], turnout, results, destruction } = publication ?? {};
  const revision = Math.max(0, ...documents.map(({ election }) => election.revision));
  return [revision, turnout?.turnout.revision ?? 0, results?.results.revision ?? 0, destruction ? 1 : 0];
}
