// Announced elections and when they take batches: the signed documents in the control Redis, each verified with a
// publisher's public key. The newest document that this process has read is used, even if Redis changes or loses it.
import { parseJson } from '../../platform/json.ts';
import type { Logger } from '../../platform/logger.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import type { Redis } from '../../platform/redis.ts';
import { valueIsSigned } from '../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { Problem } from '../../protocol/problem.ts';
import { publicationCharactersMax, publicationsKey } from '../../protocol/public-document.ts';
import { publication } from '../../protocol/record/publication.ts';
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';

/** Most elections in memory. */
const electionsMax = 200;

export type PublishedElection = {
  readonly revision: number;
  /** The document with which the election takes ballots, or the one that ended this. */
  readonly election: PublicElection;
  /** The same document as signed, including fields that this version may not support. */
  readonly document: ElectionDocument;
  /** Whether the election was ended by an action: closed permanently, or its results published. */
  readonly over: boolean;
};

export type PublishedElections = {
  /** Throws `election-not-found`, or `busy` if Redis does not answer and the election was not read before. */
  required(electionId: string): Promise<PublishedElection>;
};

export function createPublishedElections(parts: {
  readonly redis: Redis;
  readonly publishers: VerificationKeys;
  readonly logger: Logger;
}): PublishedElections {
  const { redis, publishers, logger } = parts;
  const elections = new Map<string, PublishedElection & { readonly text: string }>();

  // The election that was read first is forgotten. It is read again when a file for it comes.
  const remember = (electionId: string, election: PublishedElection & { readonly text: string }): void => {
    elections.delete(electionId);
    elections.set(electionId, election);
    const [oldest] = elections.size > electionsMax ? elections.keys() : [];
    if (oldest !== undefined) elections.delete(oldest);
  };
  const refresh = async (electionId: string): Promise<void> => {
    // The size is checked first, so that a writer of Redis cannot fill this process's memory.
    if ((await redis.hstrlen(publicationsKey, electionId)) > publicationCharactersMax) return;
    const text = await redis.hget(publicationsKey, electionId);
    const existing = elections.get(electionId);
    if (text === null || text === existing?.text) return;
    const read = readPublication(publishers, electionId, text);
    if (read === null) logger.error('publication.refused');
    else if (!existing || read.revision >= existing.revision) remember(electionId, { ...read, text });
  };

  return {
    async required(electionId) {
      const reachable = await refresh(electionId).then(
        () => true,
        (error: unknown) => {
          logger.warn({ err: error }, 'publication.unreadable');
          return false;
        },
      );
      const election = elections.get(electionId);
      if (election) return election;
      throw reachable ? new Problem('election-not-found', { detail: notFound }) : new Problem('busy', retrySoon());
    },
  };
}

const notFound =
  'No election with this id is announced, or it ended long ago. Check the id. If the election was announced within the ' +
  'last minute, try again in ten seconds. Nothing was recorded.';

function readPublication(publishers: VerificationKeys, electionId: string, text: string): PublishedElection | null {
  const raw = parseJson(text);
  const parsed = publication.safeParse(raw);
  if (!parsed.success) return null;
  const documents = (raw as { documents: ElectionDocument[] }).documents;
  const read = parsed.data.documents.map(({ election, signature }, index) => {
    const document = documents[index];
    // The signature covers the original value, including fields of later versions.
    return document && valueIsSigned(publishers, document.election, signature) ? { election, document } : null;
  });
  const [first] = read;
  if (!first || read.some((each) => each?.election.id !== electionId)) return null;
  if (read.some((each) => each?.election.revision !== first.election.revision)) return null;
  const open = read.find((each) => each?.election.phase === 'open');
  return { revision: first.election.revision, ...(open ?? first), over: !open };
}
