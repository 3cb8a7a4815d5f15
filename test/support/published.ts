// Turnout and results as a publisher would sign them, for tests of who reads them.
import type { ResultsBody, TurnoutBody } from '../../src/protocol/public-results.ts';

export function turnoutOf(electionId: string, changes: Partial<TurnoutBody> = {}): TurnoutBody {
  const counts = { eligible: null, online: 3, batches: 0 };
  return { electionId, revision: 1, countedAt: '2026-06-20T02:00:00Z', final: false, ...counts, ...changes };
}

export function resultsOf(electionId: string, changes: Partial<ResultsBody> = {}): ResultsBody {
  return {
    ...{ electionId, revision: 1, closedAt: '2026-06-20T02:00:00Z', rehearsal: true },
    turnout: { eligible: null, online: 0, batches: 0 },
    reconciliation: {
      online: { received: 0, valid: 0, invalid: 0 },
      batches: { received: 0, valid: 0, invalid: 0, files: 0, invalidByReason: [], missing: 0 },
    },
    contests: [],
    ...changes,
  };
}
