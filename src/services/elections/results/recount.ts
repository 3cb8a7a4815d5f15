// Recounts the box and compares the bytes with the stored and the published results. Changes nothing, and returns only
// hashes and comparisons, so any operator may run it.
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition, resultsDocument } from '../../../protocol/public-document.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import type { RecountAnswer } from '../../../protocol/control/results-api.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import { findResult } from '../../../store/elections/results.ts';
import type { StoredResult } from '../../../store/elections/results.ts';
import { storedManifest } from '../record/manifest.ts';
import type { Counting } from './counting.ts';
import { canonicalResults, withLots } from './results-body.ts';
import { bodyOf, intakeFactsOf, newestResult, sha256Of } from './results-view.ts';

/**
 * Recounts the box of a counted election. Throws `election-not-found`, `results-not-counted`, and `conflict` if the
 * contents of the box are wrong.
 */
export type Recount = (electionId: string) => Promise<RecountAnswer>;

type Parts = {
  readonly pool: Pool;
  readonly counting: Pick<Counting, 'fromBox'>;
  readonly publishers: VerificationKeys;
};

export function createRecount({ pool, counting, publishers }: Parts): Recount {
  return async (electionId) => {
    const newest = await newestResult(pool, electionId);
    const election = await findLifecycle(pool, electionId);
    if (!election || election.participation === null) throw new Problem('results-not-counted');
    const definition = electionDefinition.parse(election.announced);
    const { participation } = election;
    const manifest = storedManifest(election.manifest);
    const facts = { definition, participation, manifest, ...intakeFactsOf(bodyOf(newest)) };
    const { results: first } = await counting.fromBox(facts);
    const recounted = ({ revision, lots }: StoredResult): string =>
      canonicalResults(revision === 1 ? first : withLots(definition, first, lots, revision));
    const text = recounted(newest);
    const { publishedRevision } = newest;
    const published = publishedRevision === null ? null : await findResult(pool, electionId, publishedRevision);
    return {
      electionId,
      revision: newest.revision,
      same: text === newest.body,
      sha256: sha256Of(text),
      storedSha256: sha256Of(newest.body),
      ballots: ballotsOf(first),
      published: published && comparedWith(published, recounted(published), publishers),
    };
  };
}

function comparedWith(
  published: StoredResult,
  recounted: string,
  publishers: VerificationKeys,
): RecountAnswer['published'] {
  const { results, signature } = resultsDocument.parse(published.signed);
  const text = canonicalResults(results);
  return {
    revision: published.revision,
    sha256: sha256Of(text),
    same: text === recounted,
    signed: valueIsSigned(publishers, results, signature),
  };
}

const ballotsOf = ({ reconciliation: { online, batches } }: ResultsBody): number => online.valid + batches.valid;
