// Reads the public documents from the Redis hash of publications every two seconds: of current elections, and of those
// that ended last. `ballots` has copies, which are read at the start if Redis has none and whenever Redis is
// unavailable. A failing source never removes a document that this process already has.
import type { Logger } from '../../../platform/logger.ts';
import { createFaultLog } from '../../../platform/fault-log.ts';
import { createLoop } from '../../../platform/loop.ts';
import { redisReady } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { publicationsMax, publicationVersionsKey } from '../../../protocol/current-elections.ts';
import { publicationCharactersMax, publicationsKey } from '../../../protocol/public-document.ts';
import type { ArchiveCalls } from './archive-calls.ts';
import type { Documents } from './documents.ts';

/** Time between two reads of Redis, in milliseconds. */
const pollMs = 2_000;
/** Time between two calls to `ballots` while Redis is unavailable and documents are loaded, in milliseconds. */
const ballotsPollMs = 30_000;
/** Longest wait for Redis at the start, in milliseconds. */
const startMsMax = 1_500;
/** Most publications that are requested from Redis at once. */
const atOnceMax = 50;
/** Most pages of `ballots` in one read. Each has up to 50 publications, or fewer if they are large. */
const pagesMax = 200;

export type PublicationSource = {
  /** Reads once, then continues in the background. Never rejects. */
  start(): Promise<void>;
  /** Whether any source has answered since the start. */
  loaded(): boolean;
  /** Time since a source answered, in milliseconds; Infinity before the first time. */
  ageMs(): number;
  stop(): Promise<void>;
};

export function createPublicationSource(parts: {
  readonly documents: Documents;
  readonly redis: Redis;
  readonly archive: ArchiveCalls;
  readonly logger: Logger;
}): PublicationSource {
  const { documents, logger } = parts;
  let ballotsReadAtMs = -Infinity;
  const faults = createFaultLog(logger);
  let full = 0;
  let answeredAtMs = -Infinity;
  const complete = (): void => {
    answeredAtMs = performance.now();
    documents.setComplete();
    faults.succeeded('ballots');
    faults.succeeded('read');
  };

  // Returns whether the publication is valid.
  const take = (electionId: string, text: string): boolean => {
    const outcome = documents.take(electionId, text);
    if (outcome === 'taken') logger.info({ electionId }, 'publication.taken');
    // Its id is not logged, because an unsigned document may contain anything.
    if (outcome === 'refused') logger.error('publication.refused');
    if (outcome === 'full') full += 1;
    return outcome === 'taken' || outcome === 'unchanged';
  };

  const read = async (): Promise<void> => {
    full = 0;
    const count = await readRedis(parts.redis, documents, take).catch((error: unknown) => {
      logger.debug({ err: error }, 'publications.unread');
      return 0;
    });
    if (full > 0) faults.failed('full', undefined, 'publications.too-many', { elections: full, publicationsMax });
    else faults.succeeded('full');
    if (count > 0) {
      complete();
      return;
    }
    if (documents.complete && performance.now() - ballotsReadAtMs < ballotsPollMs) return;
    ballotsReadAtMs = performance.now();
    await readBallots(parts.archive, take).then(complete, (error: unknown) =>
      faults.failed('ballots', error, 'publications.unreachable'),
    );
  };

  const loop = createLoop({
    turn: () => read().then(() => pollMs),
    failureMs: pollMs,
    onError: (error) => faults.failed('read', error, 'publications.unreadable'),
  });

  return {
    async start() {
      await redisReady(parts.redis, startMsMax);
      await loop.turnNow();
      loop.start();
    },
    loaded: () => documents.complete,
    ageMs: () => performance.now() - answeredAtMs,
    stop: () => loop.stop(),
  };
}

type Take = (electionId: string, text: string) => boolean;

// Only publications with a new version are read. Sizes are read first, so that a writer of Redis cannot fill this
// process's memory. Returns the number of valid publications, because forged ones must not hide that there is nothing to
// serve.
async function readRedis(redis: Redis, documents: Documents, take: Take): Promise<number> {
  const count = await redis.hlen(publicationsKey);
  // Twice the bound, because removing the publications of ended elections takes a moment.
  if (count > 2 * publicationsMax) throw new Error(`${count} publications are in Redis`);
  if (count === 0) return 0;
  const [ids, versions] = await Promise.all([redis.hkeys(publicationsKey), readVersions(redis)]);
  const changed = ids.filter((id) => !documents.has(id, versions[id] ?? ''));
  let valid = ids.length - changed.length;
  for (let at = 0; at < changed.length; at += atOnceMax) {
    const texts = await Promise.all(changed.slice(at, at + atOnceMax).map((id) => readText(redis, id)));
    valid += texts.filter((each) => each !== null && take(each.id, each.text)).length;
  }
  if (valid > 0) documents.archiveOthers(new Set(ids));
  return valid;
}

// Without versions every publication is read. The users of Redis may be those of an older version, which had none.
async function readVersions(redis: Redis): Promise<Record<string, string>> {
  const count = await redis.hlen(publicationVersionsKey).catch(() => 0);
  return count === 0 || count > 2 * publicationsMax ? {} : redis.hgetall(publicationVersionsKey);
}

async function readText(redis: Redis, id: string): Promise<{ readonly id: string; readonly text: string } | null> {
  if ((await redis.hstrlen(publicationsKey, id)) > publicationCharactersMax) return null;
  const text = await redis.hget(publicationsKey, id);
  return text === null ? null : { id, text };
}

async function readBallots(archive: ArchiveCalls, take: Take): Promise<void> {
  let from: number | null = null;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const { publications, next } = await archive.page({ ended: false, from });
    for (const { id, text } of publications) take(id, text);
    if (next === null) return;
    from = next;
  }
}
