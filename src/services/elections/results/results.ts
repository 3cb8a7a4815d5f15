// Counts, decides, publishes and reads the results of an election. Each action returns the results after it.
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import { resultsCsv } from '../../../protocol/control/results-csv.ts';
import type { AdministeredResults, LotRequest, PublishRequest } from '../../../protocol/control/results-api.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Counting } from './counting.ts';
import type { DecideByLot } from './lots.ts';
import type { Caller } from '../audit/audit.ts';
import { createExportOpenings } from './openings.ts';
import type { ExportOpenings } from './openings.ts';
import type { PublishResults } from './publish-results.ts';
import { bodyOf, newestResult, shownResults } from './results-view.ts';

export type Results = {
  /** Throws like `Counting.count`. */
  count(caller: Caller, electionId: string): Promise<AdministeredResults>;
  /** Throws like `DecideByLot`. */
  decideByLot(caller: Caller, electionId: string, lot: LotRequest): Promise<AdministeredResults>;
  /** Throws like `PublishResults`. */
  publish(caller: Caller, electionId: string, options: PublishRequest): Promise<AdministeredResults>;
  /** The newest results. Throws `election-not-found`, or `results-not-counted`. */
  find(electionId: string): Promise<AdministeredResults>;
  /** The newest results as CSV, with titles in `language`. Throws like `find`. */
  csv(electionId: string, language: string): Promise<string>;
  readonly exportOpenings: ExportOpenings;
};

type Parts = Parameters<typeof createExportOpenings>[0] & {
  readonly counting: Pick<Counting, 'count'>;
  readonly decideByLot: DecideByLot;
  readonly publishResults: PublishResults;
};

export function createResults(parts: Parts): Results {
  const { pool, counting, decideByLot, publishResults } = parts;
  const find = async (electionId: string): Promise<AdministeredResults> =>
    shownResults(electionId, await newestResult(pool, electionId));
  return {
    find,
    exportOpenings: createExportOpenings(parts),
    async count(caller, electionId) {
      await counting.count(caller, electionId);
      return find(electionId);
    },
    async decideByLot(caller, electionId, lot) {
      await decideByLot(caller, electionId, lot);
      return find(electionId);
    },
    async publish(caller, electionId, options) {
      await publishResults(caller, electionId, options);
      return find(electionId);
    },
    async csv(electionId, language) {
      const results = bodyOf(await newestResult(pool, electionId));
      const election = await findLifecycle(pool, electionId);
      if (!election) throw new Problem('election-not-found');
      return resultsCsv({ election: electionDefinition.parse(election.announced), results, language });
    },
  };
}
