// Checks a publication from `elections`: it must be signed by the publisher and be of this election. A document with
// other times or contests than the intake has would mislead every voter.
import { electionLogOf } from '../../domain/record/election-log.ts';
import type { ElectionLog } from '../../domain/record/election-log.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { canonicalText, valueIsSigned } from '../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import { Problem } from '../../protocol/problem.ts';
import { shownElection } from '../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../protocol/public-document.ts';
import type { ManifestDocument } from '../../protocol/record/manifest.ts';
import type { Publication } from '../../protocol/record/publication.ts';

/** The keys by which this service signs receipts, by kid. */
export type ReceiptKeys = ReadonlyMap<string, SigningKey>;

/** The log that a manifest makes, as the manifest was published. */
export const logOfManifest = ({ manifest }: ManifestDocument): ElectionLog =>
  electionLogOf(sha256, manifest, canonicalText(manifest));

/**
 * Throws `invalid-request` unless the manifest is signed and of exactly this definition, and names a key of receipts that
 * signs here.
 */
export function checkManifest(
  { publishers, receiptKeys }: { readonly publishers: VerificationKeys; readonly receiptKeys: ReceiptKeys },
  { manifest, signature }: ManifestDocument,
  definition: ElectionDefinition,
): void {
  if (!valueIsSigned(publishers, manifest, signature)) reject('The manifest is not signed by a publisher.');
  if (!receiptKeys.has(manifest.receipts.kid)) reject('The manifest names a key of receipts that is not used here.');
  const { id, rehearsal, identity, channels, contests, minBatch } = definition;
  const expected = { electionId: id, rehearsal, identity, channels, contests, minBatch };
  const { electionId } = manifest;
  const actual = {
    electionId,
    rehearsal: manifest.rehearsal,
    identity: manifest.identity,
    channels: manifest.channels,
  };
  const counted = { contests: manifest.contests, minBatch: manifest.minBatch };
  if (canonicalText({ ...actual, ...counted }) !== canonicalText(expected))
    reject('The manifest differs from the definition.');
}

/** The publication's revision. Throws `invalid-request` if a signature or the election does not fit. */
export function checkedRevision(
  publishers: VerificationKeys,
  publication: Publication,
  election: Pick<ElectionDefinition, 'id' | 'opensAt' | 'closesAt'>,
): number {
  const { documents, turnout, results, destruction } = publication;
  for (const { election: document, signature } of documents) {
    if (!valueIsSigned(publishers, document, signature)) reject('A document is not signed by a publisher.');
    if (document.id !== election.id) reject('A document is of another election.');
    if (document.opensAt !== election.opensAt || document.closesAt !== election.closesAt) {
      reject('A document has other times.');
    }
  }
  const revisions = new Set(documents.map(({ election: { revision } }) => revision));
  const [revision] = revisions;
  if (revision === undefined || revisions.size !== 1) return reject('The documents have different revisions.');
  if (
    turnout &&
    !(turnout.turnout.electionId === election.id && valueIsSigned(publishers, turnout.turnout, turnout.signature))
  ) {
    reject('The turnout is not signed by a publisher or is of another election.');
  }
  if (
    results &&
    !(results.results.electionId === election.id && valueIsSigned(publishers, results.results, results.signature))
  ) {
    reject('The results are not signed by a publisher or are of another election.');
  }
  if (
    destruction &&
    !(
      destruction.destruction.electionId === election.id &&
      valueIsSigned(publishers, destruction.destruction, destruction.signature)
    )
  ) {
    reject('The certificate of destruction is not signed by a publisher or is of another election.');
  }
  return revision;
}

/** The times in the first document. `checkedRevision` throws if another document has other times. */
export function shownTimes({ documents }: Publication): Pick<ElectionDefinition, 'opensAt' | 'closesAt'> {
  const [first] = documents;
  return first ? first.election : reject('There is no document.');
}

/** Throws `invalid-request` unless every document shows exactly the defined election. */
export function checkShownElection(publication: Publication, definition: ElectionDefinition): void {
  const expected = canonicalText(shownElection(definition));
  for (const { election } of publication.documents) {
    const { phase: _phase, revision: _revision, ...actual } = election;
    if (canonicalText(actual) !== expected) reject('A document differs from the definition of the election.');
  }
}

function reject(detail: string): never {
  throw new Problem('invalid-request', { errors: [{ path: 'publication', detail }] });
}
