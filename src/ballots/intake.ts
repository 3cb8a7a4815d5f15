// The administration of an election's intake, for `elections` alone: creating it, its times, its roll, its close. The
// database decides; what it refuses becomes the Problem that the caller is told.
import type { VerificationKeys } from '../platform/signatures.ts';
import type { CreateIntakeCall } from '../protocol/ballot-service.ts';
import { Problem } from '../protocol/problem.ts';
import { publication as publicationSchema, publicationsMax } from '../protocol/public-document.ts';
import type { Publication } from '../protocol/public-document.ts';
import { sealedBytesMax } from '../protocol/sealed-ballot.ts';
import type { Pool } from '../store/database.ts';
import {
  addRoll,
  closeElection,
  countIntake,
  createElection,
  findElection,
  readPublications,
  setTimes,
} from '../store/intake-elections.ts';
import type { IntakeCounts } from '../store/intake-elections.ts';
import { voterTag } from './derive.ts';
import { keyCheckOf, makeElectionKeys, readElectionKeys } from './election-keys.ts';
import type { Elections } from './elections.ts';
import { canonicalText, checkShownElection, checkedRevision } from './publication-check.ts';
import { sealedBytesOf } from './seal.ts';

export type IntakeParts = {
  readonly pool: Pool;
  readonly elections: Elections;
  readonly keysDirectory: string;
  readonly publishers: VerificationKeys;
};
type Times = { readonly opensAt: string; readonly closesAt: string; readonly publication: Publication };

export type Intake = {
  create(call: CreateIntakeCall): Promise<{ created: boolean }>;
  setTimes(electionId: string, times: Times): Promise<void>;
  close(electionId: string): Promise<number>;
  addRoll(electionId: string, identities: readonly string[]): Promise<{ added: number; alreadyThere: number }>;
  counts(electionId: string): Promise<IntakeCounts>;
  publications(): Promise<Publication[]>;
};

export function createIntake(parts: IntakeParts): Intake {
  const { pool, publishers } = parts;
  return {
    create: (call) => create(parts, call),
    async setTimes(electionId, { opensAt, closesAt, publication }) {
      const revision = checkedRevision(publishers, publication, { id: electionId, opensAt, closesAt });
      const text = canonicalText(publication);
      const outcome = await setTimes(pool, { electionId, opensAt, closesAt, revision, publication: text });
      if (outcome === 'not-found') throw new Problem('election-not-found');
      if (outcome === 'conflict') throw new Problem('conflict', { detail: timesRule });
    },
    async close(electionId) {
      const closing = await closeElection(pool, electionId);
      if (closing.outcome === 'not-found') throw new Problem('election-not-found');
      if (closing.outcome === 'too-early') throw new Problem('conflict', { detail: closeRule });
      return closing.participation;
    },
    addRoll: (electionId, identities) => importRoll(parts, electionId, identities),
    async counts(electionId) {
      const counts = await countIntake(pool, electionId);
      if (!counts) throw new Problem('election-not-found');
      return counts;
    },
    async publications() {
      const found = await readPublications(pool, publicationsMax);
      // Signatures are the readers' to verify; what no longer has the form of a publication helps nobody.
      return found.map((value) => publicationSchema.safeParse(value)).flatMap(({ data }) => (data ? [data] : []));
    },
  };
}

const timesRule =
  'Both times may change before the opening, and only the end after it, never to before now. The publication needs a ' +
  'higher revision than the one before. Nothing was changed.';
const closeRule = 'An election closes after its end and the grace that follows it, not before. Nothing was changed.';
const rollRule = 'Only an election with identity scheme "roll" that is not closed takes a roll. Nothing was added.';

async function create(
  parts: IntakeParts,
  { definition, publication }: CreateIntakeCall,
): Promise<{ created: boolean }> {
  const { pool, keysDirectory, publishers } = parts;
  const revision = checkedRevision(publishers, publication, definition);
  checkShownElection(publication, definition);
  const sealedBytes = sealedBytesOf(definition.contests);
  if (sealedBytes > sealedBytesMax) {
    const errors = [{ path: 'definition/contests', detail: 'The longest possible ballot is too long.' }];
    throw new Problem('invalid-request', { errors });
  }
  const { id: electionId, opensAt, closesAt, rehearsal, minBatch, graceSeconds, identity } = definition;
  // Keys are made for a new election only: where there is one, this replica must hold its keys already.
  const known = await findElection(pool, electionId);
  const keys = known ? readElectionKeys(keysDirectory, electionId) : makeElectionKeys(keysDirectory, electionId);
  if (!keys) throw new Problem('conflict', { detail: 'This election exists, and its keys are not here.' });
  const keyCheck = keyCheckOf(keys, electionId);
  const outcome = await createElection(pool, {
    ...{ electionId, opensAt, closesAt, rehearsal, minBatch, graceSeconds, sealedBytes, revision, keyCheck },
    scheme: identity.scheme,
    definition: canonicalText(definition),
    publication: canonicalText(publication),
  });
  if (outcome === 'conflict') throw new Problem('conflict', { detail: 'Another election has this id.' });
  // What is there may be another replica's: then its keys must be ours.
  const created = await findElection(pool, electionId);
  if (!created?.keyCheck.equals(keyCheck)) {
    throw new Problem('conflict', { detail: 'This election exists with other keys than are here.' });
  }
  parts.elections.forget(electionId);
  return { created: outcome === 'created' };
}

async function importRoll(
  parts: IntakeParts,
  electionId: string,
  identities: readonly string[],
): Promise<{ added: number; alreadyThere: number }> {
  const election = await parts.elections.find(electionId);
  if (!election) throw new Problem('election-not-found');
  const voters = identities.map((identity) => voterTag(election.keys, electionId, identity));
  const { outcome, added } = await addRoll(parts.pool, electionId, voters);
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'conflict') throw new Problem('conflict', { detail: rollRule });
  return { added, alreadyThere: identities.length - added };
}
