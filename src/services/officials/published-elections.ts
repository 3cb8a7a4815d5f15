// What elections there are and when they take batches: the signed documents in the control Redis, each verified with a
// publisher's public key. The newest that this process has seen stands, whatever Redis says or forgets later.
import { parseJson } from '../../platform/json.ts';
import type { Logger } from '../../platform/logger.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import type { Redis } from '../../platform/redis.ts';
import { valueIsSigned } from '../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { Problem } from '../../protocol/problem.ts';
import {
  publication,
  publicationCharactersMax,
  publicationsKey,
  publicationsMax,
} from '../../protocol/public-document.ts';
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';

export type PublishedElection = {
  readonly revision: number;
  /** The document by which the election takes ballots, or the one that says that it takes none any more. */
  readonly election: PublicElection;
  /** The same as it was signed, with members that this version may not know. */
  readonly document: ElectionDocument;
  /** A later act than time: closed for good, or its results published. */
  readonly over: boolean;
};

export type PublishedElections = {
  /** Throws `election-not-found`, or `busy` where Redis cannot be asked and nothing is known. */
  required(electionId: string): Promise<PublishedElection>;
};

export function createPublishedElections(parts: {
  readonly redis: Redis;
  readonly publishers: VerificationKeys;
  readonly logger: Logger;
}): PublishedElections {
  const { redis, publishers, logger } = parts;
  const held = new Map<string, PublishedElection & { readonly text: string }>();

  const look = async (electionId: string): Promise<void> => {
    // The size first: a writer of Redis cannot fill this process's memory.
    if ((await redis.hstrlen(publicationsKey, electionId)) > publicationCharactersMax) return;
    const text = await redis.hget(publicationsKey, electionId);
    const known = held.get(electionId);
    if (text === null || text === known?.text) return;
    const read = known || held.size < publicationsMax ? readPublication(publishers, electionId, text) : null;
    if (read === null) logger.error('publication.refused');
    else if (!known || read.revision >= known.revision) held.set(electionId, { ...read, text });
  };

  return {
    async required(electionId) {
      const asked = await look(electionId).then(
        () => true,
        (error: unknown) => {
          logger.warn({ err: error }, 'publication.unreadable');
          return false;
        },
      );
      const found = held.get(electionId);
      if (found) return found;
      throw asked ? new Problem('election-not-found', { detail: notFound }) : new Problem('busy', retrySoon());
    },
  };
}

const notFound =
  'No election with this id is announced. Check the id; if the election was announced this minute, try again in ten ' +
  'seconds. Nothing was recorded.';

function readPublication(publishers: VerificationKeys, electionId: string, text: string): PublishedElection | null {
  const raw = parseJson(text);
  const parsed = publication.safeParse(raw);
  if (!parsed.success) return null;
  const documents = (raw as { documents: ElectionDocument[] }).documents;
  const read = parsed.data.documents.map(({ election, signature }, index) => {
    const document = documents[index];
    // The signature covers what was sent, members of a later version included.
    return document && valueIsSigned(publishers, document.election, signature) ? { election, document } : null;
  });
  const [first] = read;
  if (!first || read.some((each) => each?.election.id !== electionId)) return null;
  if (read.some((each) => each?.election.revision !== first.election.revision)) return null;
  const open = read.find((each) => each?.election.phase === 'open');
  return { revision: first.election.revision, ...(open ?? first), over: !open };
}
