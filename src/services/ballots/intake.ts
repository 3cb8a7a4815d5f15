// The administration of an election's intake, for `elections` alone: creating it, its times, its roll, its close. The
// database decides; what it refuses becomes the Problem that the caller is told.
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import type { CreateIntakeCall } from '../../protocol/ballot-service.ts';
import { Problem } from '../../protocol/problem.ts';
import {
  electionDefinition,
  publication as publicationSchema,
  publicationsMax,
} from '../../protocol/public-document.ts';
import type { ElectionDefinition, Publication } from '../../protocol/public-document.ts';
import { sealedBytesMax } from '../../protocol/sealed-ballot.ts';
import type { Pool } from '../../store/database.ts';
import {
  addRoll,
  amendElection,
  closeElection,
  countIntake,
  createIntakeElection,
  findIntakeElection,
  readPublications,
  setPublication,
  setTimes,
} from '../../store/intake-elections.ts';
import type { IntakeCounts, NewIntakeElection } from '../../store/intake-elections.ts';
import { voterTag } from './derive.ts';
import { keyCheckOf, makeElectionKeys, readElectionKeys } from './election-keys.ts';
import type { RegisteredElections } from './elections.ts';
import { canonicalText, checkShownElection, checkedRevision, shownTimes } from './publication-check.ts';
import { sealedBytesOf } from './seal.ts';

export type IntakeParts = {
  readonly pool: Pool;
  readonly elections: RegisteredElections;
  readonly keysDirectory: string;
  readonly publishers: VerificationKeys;
};
type Times = { readonly opensAt: string; readonly closesAt: string; readonly publication: Publication };

export type Intake = {
  create(call: CreateIntakeCall): Promise<{ created: boolean }>;
  amend(electionId: string, call: CreateIntakeCall): Promise<void>;
  setTimes(electionId: string, times: Times): Promise<void>;
  close(electionId: string): Promise<number>;
  addRoll(electionId: string, identities: readonly string[]): Promise<{ added: number; alreadyThere: number }>;
  counts(electionId: string): Promise<IntakeCounts>;
  publications(): Promise<Publication[]>;
  publish(electionId: string, publication: Publication): Promise<void>;
};

export function createIntake(parts: IntakeParts): Intake {
  const { pool, publishers } = parts;
  return {
    create: (call) => create(parts, call),
    amend: (electionId, call) => amend(parts, electionId, call),
    async setTimes(electionId, { opensAt, closesAt, publication }) {
      const revision = checkedRevision(publishers, publication, { id: electionId, opensAt, closesAt });
      const { definition } = await known(pool, electionId);
      checkShownElection(publication, { ...definition, opensAt, closesAt });
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
    publish: (electionId, publication) => publish(parts, electionId, publication),
  };
}

const timesRule =
  'Both times may change before the opening, and only the end after it, never to before now. The publication needs a ' +
  'higher revision than the one before. Nothing was changed.';
const closeRule = 'An election closes after its end and the grace that follows it, not before. Nothing was changed.';
const amendRule =
  'An election is amended before it opens, while nobody has taken part; its identity scheme stays, its end is not over, ' +
  'and the publication needs a higher revision than the one before. Nothing was changed.';
const publishRule =
  'A publication shows the times that the intake holds, and nothing of it is older than what is published. Nothing was ' +
  'changed.';
const rollRule = 'Only an election with identity scheme "roll" that is not closed takes a roll. Nothing was added.';

async function create(
  parts: IntakeParts,
  { definition, publication }: CreateIntakeCall,
): Promise<{ created: boolean }> {
  const { pool, keysDirectory } = parts;
  const judged = judgedElection(parts, definition, publication);
  const { electionId } = judged;
  // Keys are made for a new election only: where there is one, this replica must hold its keys already.
  const known = await findIntakeElection(pool, electionId);
  const keys = known ? readElectionKeys(keysDirectory, electionId) : makeElectionKeys(keysDirectory, electionId);
  if (!keys) throw new Problem('conflict', { detail: 'This election exists, and its keys are not here.' });
  const keyCheck = keyCheckOf(keys, electionId);
  const outcome = await createIntakeElection(pool, { ...judged, keyCheck });
  if (outcome === 'conflict') throw new Problem('conflict', { detail: 'Another election has this id.' });
  // What is there may be another replica's: then its keys must be ours.
  const created = await findIntakeElection(pool, electionId);
  if (!created?.keyCheck.equals(keyCheck)) {
    throw new Problem('conflict', { detail: 'This election exists with other keys than are here.' });
  }
  parts.elections.forget(electionId);
  return { created: outcome === 'created' };
}

// What the intake keeps of a definition and its publication, or the rejection of what does not fit.
function judgedElection(
  { publishers }: IntakeParts,
  definition: ElectionDefinition,
  publication: Publication,
): Omit<NewIntakeElection, 'keyCheck'> {
  const revision = checkedRevision(publishers, publication, definition);
  checkShownElection(publication, definition);
  const sealedBytes = sealedBytesOf(definition.contests);
  if (sealedBytes > sealedBytesMax) {
    const errors = [{ path: 'definition/contests', detail: 'The longest possible ballot is too long.' }];
    throw new Problem('invalid-request', { errors });
  }
  const { id: electionId, opensAt, closesAt, rehearsal, minBatch, graceSeconds, identity } = definition;
  return {
    electionId,
    opensAt,
    closesAt,
    rehearsal,
    minBatch,
    graceSeconds,
    sealedBytes,
    revision,
    scheme: identity.scheme,
    definition: canonicalText(definition),
    publication: canonicalText(publication),
  };
}

async function amend(
  parts: IntakeParts,
  electionId: string,
  { definition, publication }: CreateIntakeCall,
): Promise<void> {
  if (definition.id !== electionId) {
    throw new Problem('invalid-request', { errors: [{ path: 'definition/id', detail: 'This is another election.' }] });
  }
  const outcome = await amendElection(parts.pool, judgedElection(parts, definition, publication));
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'conflict') throw new Problem('conflict', { detail: amendRule });
  parts.elections.forget(electionId);
}

async function known(
  pool: Pool,
  electionId: string,
): Promise<{ readonly definition: ElectionDefinition; readonly definitionVersion: number }> {
  const found = await findIntakeElection(pool, electionId);
  if (!found) throw new Problem('election-not-found');
  return { definition: electionDefinition.parse(found.definition), definitionVersion: found.definitionVersion };
}

async function publish(parts: IntakeParts, electionId: string, publication: Publication): Promise<void> {
  const { opensAt, closesAt } = shownTimes(publication);
  const revision = checkedRevision(parts.publishers, publication, { id: electionId, opensAt, closesAt });
  const { definition, definitionVersion } = await known(parts.pool, electionId);
  // The times are compared by the database: they may have been set since the definition was written.
  checkShownElection(publication, { ...definition, opensAt, closesAt });
  const text = canonicalText(publication);
  const stored = { electionId, definitionVersion, opensAt, closesAt, revision, publication: text };
  const outcome = await setPublication(parts.pool, stored);
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'conflict') throw new Problem('conflict', { detail: publishRule });
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
