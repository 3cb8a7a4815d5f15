// Calls to `ballots`, each with its longest wait. A rejection is thrown as its Problem. A missing answer is thrown as
// `CallFailed`, after which the outcome is unknown. Every call is idempotent.
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import {
  amendAnswer,
  annotateAnswer,
  closeAnswer,
  countsAnswer,
  createIntakeAnswer,
  foundPublicationAnswer,
  lossAnswer,
  markAnswer,
  participantsAnswer,
  publicationAnswer,
  remainingKeysAnswer,
  rollAnswer,
  rollRemovalAnswer,
  timesAnswer,
} from '../../../protocol/ballot-service.ts';
import type { MarkAnswer } from '../../../protocol/ballot-service.ts';
import type { ParticipationMark } from '../../../protocol/proofs/participation-mark.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Publication } from '../../../protocol/record/publication.ts';
import type { z } from 'zod';

/** Longest wait for an answer, in milliseconds. The next two apply to slow calls. */
const callMsMax = 10_000;
/** Closing counts all participants, and so does a mark. */
const closeMsMax = 60_000;
/** The root over the people who took part is made of all of them. */
const participantsMsMax = 300_000;
/** One part of a roll is an insert of thousands of rows. */
const rollMsMax = 30_000;

export type BallotsCalls = {
  /** Creates the intake of an election. */
  create(definition: ElectionDefinition, publication: Publication): Promise<void>;
  /** Replaces the definition before the election opens. */
  amend(definition: ElectionDefinition, publication: Publication): Promise<void>;
  /** Adds notices and withdrawals of options until the intake is closed. */
  annotate(definition: ElectionDefinition, publication: Publication): Promise<void>;
  setTimes(definition: ElectionDefinition, publication: Publication): Promise<void>;
  /** Stores a newer publication. */
  publish(electionId: string, publication: Publication): Promise<void>;
  /** Closes the intake. Returns the final participation. */
  close(electionId: string): Promise<number>;
  /** How many took part in a closed election, and the root over their keyed tags (base64url). Reads all of them. */
  participants(electionId: string): Promise<z.infer<typeof participantsAnswer>>;
  /** Compares a mark, and takes the mark of the participation now. */
  mark(electionId: string, outside: ParticipationMark | null): Promise<MarkAnswer>;
  /** Accepts the loss of this number. Throws `conflict` if there is no such loss. */
  acceptLoss(electionId: string, losses: number): Promise<void>;
  /** Exact counts of the intake. */
  counts(electionId: string): Promise<z.infer<typeof countsAnswer>>;
  /** What is left of the keys of a closed election. */
  remainingKeys(electionId: string): Promise<z.infer<typeof remainingKeysAnswer>>;
  addRoll(electionId: string, identities: readonly string[]): Promise<z.infer<typeof rollAnswer>>;
  /** Before the opening only. */
  removeFromRoll(electionId: string, identities: readonly string[]): Promise<z.infer<typeof rollRemovalAnswer>>;
  /** The highest revision of an election's documents in `ballots`; 0 if there are none. */
  revision(electionId: string): Promise<number>;
};

export function createBallotsCalls(client: PrivateClient): BallotsCalls {
  const put = (to: string, body: object, answer: typeof amendAnswer | typeof timesAnswer | typeof publicationAnswer) =>
    client.call({ method: 'PUT', path: to, body, answer, msMax: callMsMax });
  return {
    async create(definition, publication) {
      const body = { definition, publication };
      await client.call({
        method: 'POST',
        path: '/private/elections',
        body,
        answer: createIntakeAnswer,
        msMax: callMsMax,
      });
    },
    async amend(definition, publication) {
      await put(path(definition.id), { definition, publication }, amendAnswer);
    },
    async annotate(definition, publication) {
      await put(path(definition.id, '/annotations'), { definition, publication }, annotateAnswer);
    },
    async setTimes({ id, opensAt, closesAt }, publication) {
      await put(path(id, '/times'), { opensAt, closesAt, publication }, timesAnswer);
    },
    async publish(electionId, publication) {
      await put(path(electionId, '/publication'), { publication }, publicationAnswer);
    },
    async close(electionId) {
      const to = path(electionId, '/close');
      const { participation } = await client.call({
        method: 'POST',
        path: to,
        body: {},
        answer: closeAnswer,
        msMax: closeMsMax,
      });
      return participation;
    },
    participants: (electionId) => readParticipants(client, electionId),
    ...markCalls(client),
    counts: (electionId) =>
      client.call({ method: 'GET', path: path(electionId, '/counts'), answer: countsAnswer, msMax: callMsMax }),
    remainingKeys: (electionId) => readRemainingKeys(client, electionId),
    addRoll: (electionId, identities) =>
      client.call({
        method: 'POST',
        path: path(electionId, '/roll'),
        body: { identities },
        answer: rollAnswer,
        msMax: rollMsMax,
      }),
    removeFromRoll: (electionId, identities) =>
      client.call({
        method: 'POST',
        path: path(electionId, '/roll/removals'),
        body: { identities },
        answer: rollRemovalAnswer,
        msMax: rollMsMax,
      }),
    async revision(electionId) {
      const request = { path: path(electionId, '/publication'), answer: foundPublicationAnswer, msMax: callMsMax };
      try {
        const { publication } = await client.call({ method: 'GET', ...request });
        return Math.max(0, ...publication.documents.map(({ election }) => election.revision));
      } catch (error) {
        if (error instanceof Problem && error.code === 'election-not-found') return 0;
        throw error;
      }
    },
  };
}

const path = (electionId: string, noun = ''): string => `/private/elections/${electionId}${noun}`;

const readParticipants = (client: PrivateClient, electionId: string): ReturnType<BallotsCalls['participants']> =>
  client.call({
    method: 'GET',
    path: path(electionId, '/participants'),
    answer: participantsAnswer,
    msMax: participantsMsMax,
  });

const readRemainingKeys = (client: PrivateClient, electionId: string): ReturnType<BallotsCalls['remainingKeys']> =>
  client.call({ method: 'GET', path: path(electionId, '/keys'), answer: remainingKeysAnswer, msMax: callMsMax });

const markCalls = (client: PrivateClient): Pick<BallotsCalls, 'mark' | 'acceptLoss'> => ({
  mark: (electionId, outside) =>
    client.call({
      method: 'POST',
      path: path(electionId, '/mark'),
      body: { outside },
      answer: markAnswer,
      msMax: closeMsMax,
    }),
  async acceptLoss(electionId, losses) {
    const to = path(electionId, '/losses');
    await client.call({ method: 'POST', path: to, body: { losses }, answer: lossAnswer, msMax: callMsMax });
  },
});
