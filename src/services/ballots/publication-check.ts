// What `elections` hands over to be published must be signed by the publisher and must be of this very election: a
// document that promises other times or contests than the intake holds would mislead every voter.
import canonicalize from 'canonicalize';
import { valueIsSigned } from '../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { Problem } from '../../protocol/problem.ts';
import { shownElection } from '../../protocol/public-document.ts';
import type { ElectionDefinition, Publication } from '../../protocol/public-document.ts';

/** The RFC 8785 text of a value. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('A value without a JSON form cannot be kept.');
  return text;
}

/** The publication's revision; throws `invalid-request` where a signature or the election does not fit. */
export function checkedRevision(
  publishers: VerificationKeys,
  publication: Publication,
  election: Pick<ElectionDefinition, 'id' | 'opensAt' | 'closesAt'>,
): number {
  const { documents, turnout, results } = publication;
  for (const { election: shown, signature } of documents) {
    if (!valueIsSigned(publishers, shown, signature)) refuse('A document is not signed by a publisher.');
    if (shown.id !== election.id) refuse('A document is of another election.');
    if (shown.opensAt !== election.opensAt || shown.closesAt !== election.closesAt) {
      refuse('A document shows other times.');
    }
  }
  const revisions = new Set(documents.map(({ election: { revision } }) => revision));
  const [revision] = revisions;
  if (revision === undefined || revisions.size !== 1) return refuse('The documents have different revisions.');
  if (
    turnout &&
    !(turnout.turnout.electionId === election.id && valueIsSigned(publishers, turnout.turnout, turnout.signature))
  ) {
    refuse('The turnout is not signed by a publisher, or of another election.');
  }
  if (
    results &&
    !(results.results.electionId === election.id && valueIsSigned(publishers, results.results, results.signature))
  ) {
    refuse('The results are not signed by a publisher, or of another election.');
  }
  return revision;
}

/** The times that the first document shows; `checkedRevision` refuses where another shows other ones. */
export function shownTimes({ documents }: Publication): Pick<ElectionDefinition, 'opensAt' | 'closesAt'> {
  const [first] = documents;
  return first ? first.election : refuse('There is no document.');
}

/** Throws `invalid-request` unless every document shows exactly the election that is defined. */
export function checkShownElection(publication: Publication, definition: ElectionDefinition): void {
  const expected = canonicalText(shownElection(definition));
  for (const { election } of publication.documents) {
    const { phase: _phase, revision: _revision, ...given } = election;
    if (canonicalText(given) !== expected) refuse('A document shows another election than is defined.');
  }
}

function refuse(detail: string): never {
  throw new Problem('invalid-request', { errors: [{ path: 'publication', detail }] });
}
