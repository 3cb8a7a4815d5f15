// The control API's view of stored results.
import { createHash } from 'node:crypto';
import { Problem } from '../../../protocol/problem.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import type { AdministeredResults } from '../../../protocol/control/results-api.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import { findResult } from '../../../store/elections/results.ts';
import type { StoredResult } from '../../../store/elections/results.ts';
import type { Actor } from '../audit/audit.ts';
import { openTies } from './results-body.ts';

/** The actor's name in stored results and batches: the user id or the kind. */
export const storedActor = (actor: Actor): string => (actor.kind === 'user' ? actor.userId : actor.kind);

/** SHA-256 of a text's UTF-8 bytes, in hexadecimal. */
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The body of stored results, which `canonicalResults` produced. */
export const bodyOf = ({ body }: Pick<StoredResult, 'body'>): ResultsBody => JSON.parse(body) as ResultsBody;

/** What a count took from the intake, from its stored results. */
export const intakeFactsOf = ({ turnout, acceptedLosses = [], record }: ResultsBody) => ({
  eligible: turnout.eligible,
  acceptedLosses,
  withoutLog: record === undefined,
});

/** The newest results. Throws `election-not-found`, or `results-not-counted`. */
export async function newestResult(pool: Pool, electionId: string): Promise<StoredResult> {
  const result = await findResult(pool, electionId);
  if (result) return result;
  const election = await findLifecycle(pool, electionId);
  throw new Problem(election ? 'results-not-counted' : 'election-not-found');
}

export function shownResults(electionId: string, stored: StoredResult): AdministeredResults {
  const { revision, publishedRevision, publishedAtMs } = stored;
  const results = bodyOf(stored);
  return {
    electionId,
    state: publishedAtMs === null ? 'provisional' : 'published',
    revision,
    publishedRevision,
    openTies: openTies(results),
    results,
    sha256: sha256Of(stored.body),
    madeAt: new Date(stored.madeAtMs).toISOString(),
    madeBy: stored.madeBy,
    publishedAt: publishedAtMs === null ? null : new Date(publishedAtMs).toISOString(),
  };
}
