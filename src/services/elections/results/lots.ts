// Records drawings of lots for ties that the votes cannot decide. People draw the lot outside the platform and submit
// it with a note. A lot must list all tied options, and cannot change after publication.
import { isDeepStrictEqual } from 'node:util';
import type { LotFault } from '../../../domain/counting/tie.ts';
import { ownValue } from '../../../domain/own-value.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import type { LotRequest } from '../../../protocol/control/results-api.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import { storeLots } from '../../../store/elections/results.ts';
import type { LotsStored, StoredResult } from '../../../store/elections/results.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { canonicalResults, LotDoesNotFit, withFittingLots } from './results-body.ts';
import type { Lots } from './results-body.ts';
import { storedActor, bodyOf, newestResult } from './results-view.ts';

/**
 * Stores the next revision of the results with a lot. The same lot again changes nothing. Throws `election-not-found`,
 * `results-not-counted`, `invalid-request` for the wrong options, and `conflict`.
 */
export type DecideByLot = (caller: Caller, electionId: string, lot: LotRequest) => Promise<void>;

type Parts = { readonly pool: Pool; readonly audit: Audit };

export function createDecideByLot({ pool, audit }: Parts): DecideByLot {
  return async ({ actor, request }, id, { contestId, order, note }) => {
    const object = { kind: 'election', id } as const;
    await audit.record({ actor, request, act: 'election.decide-by-lot', object, reason: note }, async () => {
      const newest = await newestResult(pool, id);
      const lot = { order, note };
      if (isDeepStrictEqual(ownValue(newest.lots, contestId), lot)) return { result: undefined };
      const decision = await decided(pool, id, newest, { ...newest.lots, [contestId]: lot }, contestId);
      const { lots, results } = decision;
      const body = canonicalResults(results);
      const by = storedActor(actor);
      const outcome = await storeLots(pool, id, { revision: results.revision, lots, body }, by);
      if (outcome !== 'stored') throw rejectionOf(outcome);
      const from = ownValue(newest.lots, contestId);
      return { result: undefined, changed: { [`lots/${contestId}`]: { ...(from && { from }), to: lot } } };
    });
  };
}

async function decided(
  pool: Pool,
  id: string,
  newest: StoredResult,
  lots: Lots,
  contestId: string,
): Promise<{ readonly lots: Lots; readonly results: ResultsBody }> {
  const election = await findLifecycle(pool, id);
  if (!election) throw new Problem('election-not-found');
  const definition = electionDefinition.parse(election.announced);
  const { tie } = bodyOf(newest).contests.find((contest) => contest.contestId === contestId) ?? {};
  try {
    return withFittingLots(definition, bodyOf(newest), lots, { contestId, revision: newest.revision + 1 });
  } catch (error) {
    if (error instanceof LotDoesNotFit && error.contestId === contestId) throw faultOf(error.fault, tie?.tied ?? []);
    throw error;
  }
}

function faultOf(fault: LotFault, tied: readonly string[]): Problem {
  if (fault === 'no-tie') {
    return new Problem('conflict', {
      detail: 'This contest has no open tie, so no lot is needed. Nothing was changed.',
    });
  }
  const detail = `List each tied option once, in the order of the draw: ${tied.join(', ')}.`;
  return new Problem('invalid-request', { errors: [{ path: 'body/order', detail }] });
}

function rejectionOf(outcome: Exclude<LotsStored, 'stored'>): Problem {
  if (outcome === 'not-found') return new Problem('election-not-found');
  if (outcome === 'state') return new Problem('results-not-counted');
  const detail =
    outcome === 'published'
      ? 'The lot for this tie is published and cannot change. Nothing was changed.'
      : 'Another lot was recorded first. GET the results, check them and try again. Nothing was changed.';
  return new Problem('conflict', { detail });
}
