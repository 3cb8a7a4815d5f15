// Election registration, for `elections` only: creating an election, its times, its close. The database
// decides, and its rejections become Problems for the caller.
import type { z } from 'zod';
import { canonicalText } from '../../platform/keys/signatures.ts';
import type { Logger } from '../../platform/logger.ts';
import type { SigningKey, VerificationKeys } from '../../platform/keys/signatures.ts';
import { keepsAnnotations, withoutAnnotations } from '../../protocol/annotations.ts';
import type { CreateIntakeCall, countsAnswer, participantsAnswer } from '../../protocol/ballot-service.ts';
import { Problem } from '../../protocol/problem.ts';
import { electionDefinition } from '../../protocol/public-document.ts';
import { publication as publicationSchema } from '../../protocol/record/publication.ts';
import type { ElectionDefinition } from '../../protocol/public-document.ts';
import type { Publication } from '../../protocol/record/publication.ts';
import { sealedBytesMax } from '../../protocol/sealed-ballot.ts';
import type { Pool } from '../../store/database.ts';
import {
  amendElection,
  annotateElection,
  countIntake,
  createIntakeElection,
  findIntakeElection,
  findPublication,
  readPublications,
  setPublication,
  setTimes,
} from '../../store/intake-elections.ts';
import type { NewIntakeElection } from '../../store/intake-elections.ts';
import { findAcceptedLosses, findMissingMark } from '../../store/marks.ts';
import { closeIntake } from './close-intake.ts';
import type { ElectionKeyFiles } from './election-key-files.ts';
import { keyCheckOf } from './election-keys.ts';
import type { RegisteredElections } from './elections.ts';
import { participantsRoot } from './participants.ts';
import { checkManifest, checkShownElection, checkedRevision, shownTimes } from './publication-check.ts';
import type { ReceiptKeys } from './publication-check.ts';
import { sealedBytesOf } from './seal.ts';

/** Most publications in one page, and most of their bytes. Further ones are on the next page. */
const pagePublicationsMax = 50;
const pageBytesMax = 16 * 1_048_576;

export type IntakeParts = {
  readonly pool: Pool;
  readonly elections: RegisteredElections;
  readonly keyFiles: Pick<ElectionKeyFiles, 'find' | 'make'>;
  readonly publishers: VerificationKeys;
  /** Signs that an intake is closed. */
  readonly receiptKey: SigningKey;
  /** Those that a manifest may name. */
  readonly receiptKeys: ReceiptKeys;
  readonly logger: Logger;
};
type PublicationsPage = { readonly publications: Publication[]; readonly next: number | null };
type Times = { readonly opensAt: string; readonly closesAt: string; readonly publication: Publication };

export type Intake = {
  create(call: CreateIntakeCall): Promise<{ created: boolean }>;
  amend(electionId: string, call: CreateIntakeCall): Promise<void>;
  /** Adds notices and withdrawals of options. Throws `conflict` if anything else differs, or the intake is closed. */
  annotate(electionId: string, call: CreateIntakeCall): Promise<void>;
  setTimes(electionId: string, times: Times): Promise<void>;
  /** Closes the intake, and keeps the signed statement of it for the mixer. Returns the final participation. */
  close(electionId: string): Promise<number>;
  /** The root over the people who took part. Throws `conflict` before the intake is closed. */
  participants(electionId: string): Promise<z.infer<typeof participantsAnswer>>;
  counts(electionId: string): Promise<z.infer<typeof countsAnswer>>;
  /** A page of publications. See `readPublications`. */
  publications(page: { readonly ended: boolean; readonly from: number | null }): Promise<PublicationsPage>;
  /** The publication of one election. Throws `election-not-found`. */
  publication(electionId: string): Promise<Publication>;
  publish(electionId: string, publication: Publication): Promise<void>;
};

export function createIntake(parts: IntakeParts): Intake {
  const { pool, publishers } = parts;
  return {
    create: (call) => create(parts, call),
    amend: (electionId, call) => amend(parts, electionId, call),
    annotate: (electionId, call) => annotate(parts, electionId, call),
    async setTimes(electionId, { opensAt, closesAt, publication }) {
      const revision = checkedRevision(publishers, publication, { id: electionId, opensAt, closesAt });
      const { definition } = await findDefinition(pool, electionId);
      checkShownElection(publication, { ...definition, opensAt, closesAt });
      const text = canonicalText(publication);
      const outcome = await setTimes(pool, { electionId, opensAt, closesAt, revision, publication: text });
      if (outcome === 'not-found') throw new Problem('election-not-found');
      if (outcome === 'conflict') throw new Problem('conflict', { detail: timesRule });
    },
    close: (electionId) => closeIntake(parts, electionId),
    participants: (electionId) => participantsRoot(pool, electionId),
    async counts(electionId) {
      const counts = await countIntake(pool, electionId);
      if (!counts) throw new Problem('election-not-found');
      const missing = await findMissingMark(pool, electionId);
      const acceptedLosses = await findAcceptedLosses(pool, electionId);
      return { ...counts, missing: missing && { losses: missing.losses, voters: missing.voters }, acceptedLosses };
    },
    async publications({ ended, from }) {
      const page = { ended, from, limit: pagePublicationsMax, bytesMax: pageBytesMax };
      const { publications, next } = await readPublications(pool, page);
      // Readers verify the signatures. A row without the form of a publication is of no use to them.
      const read = publications.map((value) => publicationSchema.safeParse(value));
      return { publications: read.flatMap(({ data }) => (data ? [data] : [])), next };
    },
    async publication(electionId) {
      const { data } = publicationSchema.safeParse(await findPublication(pool, electionId));
      if (!data) throw new Problem('election-not-found');
      return data;
    },
    publish: (electionId, publication) => publish(parts, electionId, publication),
  };
}

const timesRule =
  'Before the opening both times may change, afterwards only the end, and never to the past. The publication needs a ' +
  'higher revision than the previous one. Nothing was changed.';
const amendRule =
  'An election can be amended only before it opens and before anyone has taken part. Its identity scheme cannot change, ' +
  'its end must be in the future, and the publication needs a higher revision than the previous one. ' +
  'Nothing was changed.';
const annotateRule =
  'Until its intake is closed, notices and withdrawals of options may be added to an election, and nothing else. The ' +
  'publication needs a higher revision than the previous one. Nothing was changed.';
const publishRule =
  'A publication must show the times in the intake, and no part of it may be older than the published one. ' +
  'Nothing was changed.';

const keysRule = 'This election exists with keys that are not on this replica.';

async function create(
  parts: IntakeParts,
  { definition, publication }: CreateIntakeCall,
): Promise<{ created: boolean }> {
  const { pool, keyFiles } = parts;
  const election = {
    ...checkedElection(parts, definition, publication),
    ...checkedManifest(parts, definition, publication),
  };
  const { electionId } = election;
  // Keys are made for a new election only. For an existing one, this replica or another must have its keys already.
  const existing = await findIntakeElection(pool, electionId);
  const keys = existing ? await keyFiles.find(existing) : await keyFiles.make(electionId);
  if (!keys) throw new Problem('conflict', { detail: keysRule });
  const keyCheck = keyCheckOf(keys, electionId);
  const outcome = await createIntakeElection(pool, { ...election, keyCheck });
  if (outcome === 'conflict') throw new Problem('conflict', { detail: 'Another election has this id.' });
  // Another replica may have created the row at the same moment. Then its keys are the right ones, and were copied here.
  const row = await findIntakeElection(pool, electionId);
  if (!row || !(await keyFiles.find(row))) throw new Problem('conflict', { detail: keysRule });
  parts.elections.forget(electionId);
  return { created: outcome === 'created' };
}

// The row that the intake stores for a definition and its publication. Throws `invalid-request` if they do not fit.
function checkedElection(
  { publishers }: IntakeParts,
  definition: ElectionDefinition,
  publication: Publication,
): Omit<NewIntakeElection, 'keyCheck' | 'manifest'> {
  const revision = checkedRevision(publishers, publication, definition);
  checkShownElection(publication, definition);
  const sealedBytes = sealedBytesOf(definition.contests, publication.manifest !== undefined);
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

// The manifest is of one definition; annotations come later and are not in it.
function checkedManifest(
  parts: IntakeParts,
  definition: ElectionDefinition,
  { manifest }: Publication,
): Pick<NewIntakeElection, 'manifest'> {
  if (manifest) checkManifest(parts, manifest, definition);
  return { manifest: manifest ? canonicalText(manifest) : null };
}

async function amend(
  parts: IntakeParts,
  electionId: string,
  { definition, publication }: CreateIntakeCall,
): Promise<void> {
  if (definition.id !== electionId) {
    throw new Problem('invalid-request', { errors: [{ path: 'definition/id', detail: 'This id does not match.' }] });
  }
  const outcome = await amendElection(parts.pool, {
    ...checkedElection(parts, definition, publication),
    ...checkedManifest(parts, definition, publication),
  });
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'conflict') throw new Problem('conflict', { detail: amendRule });
  parts.elections.forget(electionId);
}

async function annotate(
  parts: IntakeParts,
  electionId: string,
  { definition, publication }: CreateIntakeCall,
): Promise<void> {
  const { opensAt, closesAt } = definition;
  const row = await findDefinition(parts.pool, electionId);
  // The database compares the times: they may have been set after the definition was stored.
  const before = { ...row.definition, opensAt, closesAt };
  const same = canonicalText(withoutAnnotations(before)) === canonicalText(withoutAnnotations(definition));
  if (!same || !keepsAnnotations(before, definition)) throw new Problem('conflict', { detail: annotateRule });
  const election = checkedElection(parts, definition, publication);
  const outcome = await annotateElection(parts.pool, { ...election, definitionVersion: row.definitionVersion });
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'conflict') throw new Problem('conflict', { detail: annotateRule });
  parts.elections.forget(electionId);
}

async function findDefinition(
  pool: Pool,
  electionId: string,
): Promise<{ readonly definition: ElectionDefinition; readonly definitionVersion: number }> {
  const row = await findIntakeElection(pool, electionId);
  if (!row) throw new Problem('election-not-found');
  return { definition: electionDefinition.parse(row.definition), definitionVersion: row.definitionVersion };
}

async function publish(parts: IntakeParts, electionId: string, publication: Publication): Promise<void> {
  const { opensAt, closesAt } = shownTimes(publication);
  const revision = checkedRevision(parts.publishers, publication, { id: electionId, opensAt, closesAt });
  const { definition, definitionVersion } = await findDefinition(parts.pool, electionId);
  // The database compares the times: they may have been set after the definition was stored.
  checkShownElection(publication, { ...definition, opensAt, closesAt });
  const text = canonicalText(publication);
  const stored = { electionId, definitionVersion, opensAt, closesAt, revision, publication: text };
  const outcome = await setPublication(parts.pool, stored);
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'conflict') throw new Problem('conflict', { detail: publishRule });
}
