// Loading an election: its definition becomes a signed publication, `ballots` makes the intake, and the edge Redis gets
// the publication. All of it may be done again: the same file again changes nothing, and a revision never goes back.
import { isDeepStrictEqual } from 'node:util';
import type { PrivateClient } from '../platform/private-calls.ts';
import type { Redis } from '../platform/redis.ts';
import { valueIsSigned } from '../platform/signatures.ts';
import type { SigningKey, VerificationKeys } from '../platform/signatures.ts';
import { createIntakeAnswer, publicationsAnswer } from '../protocol/ballot-service.ts';
import { publication as publicationSchema, publicationsKey } from '../protocol/public-document.ts';
import type { ElectionDefinition, Publication } from '../protocol/public-document.ts';
import { publicationOf } from './publication.ts';

/** Longest wait for an answer of `ballots`, in milliseconds. */
const callMsMax = 10_000;

export type Publishing = {
  readonly ballots: PrivateClient;
  readonly redis: Redis;
  readonly publisher: SigningKey;
  /** The publishers' public keys: a publication in Redis that none of them signed counts for nothing. */
  readonly publishers: VerificationKeys;
};

/** Creates the intake of an election and publishes it. Throws the refusal of `ballots`, or `CallFailed`. */
export async function loadElection(
  definition: ElectionDefinition,
  parts: Publishing,
): Promise<{ readonly revision: number; readonly wasThere: boolean }> {
  const [stored, shown] = await Promise.all([
    storedPublication(parts.ballots, definition.id),
    shownPublication(parts, definition.id),
  ]);
  const revision = Math.max(revisionOf(stored), revisionOf(shown));
  const same = publicationOf(definition, parts.publisher, revision);
  const known = [stored, shown].some((found) => isDeepStrictEqual(found, same));
  const publication = known ? same : publicationOf(definition, parts.publisher, revision + 1);
  await parts.ballots.call({
    method: 'POST',
    path: '/private/elections',
    body: { definition, publication },
    answer: createIntakeAnswer,
    msMax: callMsMax,
  });
  await publish(parts, publication);
  return { revision: revisionOf(publication), wasThere: stored !== undefined };
}

/** Puts out again what `ballots` keeps of one election. Returns its revision, or null where there is no such election. */
export async function publishAgain(election: string, parts: Publishing): Promise<number | null> {
  const stored = await storedPublication(parts.ballots, election);
  if (!stored) return null;
  return publish(parts, stored);
}

/** Puts out again all that `ballots` keeps. Returns the ids. */
export async function publishAllAgain(parts: Publishing): Promise<readonly string[]> {
  const publications = await storedPublications(parts.ballots);
  for (const publication of publications) await publish(parts, publication);
  return publications.map(idOf);
}

// An older document never replaces a newer one. Returns the revision that now stands.
async function publish(parts: Publishing, publication: Publication): Promise<number> {
  const shown = await shownPublication(parts, idOf(publication));
  if (shown && revisionOf(shown) > revisionOf(publication)) return revisionOf(shown);
  await parts.redis.hset(publicationsKey, idOf(publication), JSON.stringify(publication));
  return revisionOf(publication);
}

async function storedPublications(ballots: PrivateClient): Promise<readonly Publication[]> {
  const request = {
    method: 'GET',
    path: '/private/publications',
    answer: publicationsAnswer,
    msMax: callMsMax,
  } as const;
  return (await ballots.call(request)).publications;
}

async function storedPublication(ballots: PrivateClient, election: string): Promise<Publication | undefined> {
  return (await storedPublications(ballots)).find((publication) => idOf(publication) === election);
}

async function shownPublication({ redis, publishers }: Publishing, election: string): Promise<Publication | undefined> {
  const text = await redis.hget(publicationsKey, election);
  if (text === null) return undefined;
  try {
    const publication = publicationSchema.parse(JSON.parse(text));
    const ours = publication.documents.every(
      (document) =>
        document.election.id === election && valueIsSigned(publishers, document.election, document.signature),
    );
    return ours ? publication : undefined;
  } catch {
    return undefined;
  }
}

const idOf = (publication: Publication): string => publication.documents[0]?.election.id ?? '';

function revisionOf(publication: Publication | undefined): number {
  return Math.max(0, ...(publication?.documents ?? []).map(({ election }) => election.revision));
}
