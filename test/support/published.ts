// Turnout and results as a publisher would sign them, for tests of who reads them.
import { countContest, resolveTie } from '../../src/domain/counting/counting-methods.ts';
import type { Lot } from '../../src/domain/counting/tie.ts';
import { signValue } from '../../src/platform/keys/signatures.ts';
import type { SigningKey } from '../../src/platform/keys/signatures.ts';
import { shownElection } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import type { Publication } from '../../src/protocol/record/publication.ts';
import { resultsBody } from '../../src/protocol/public-results.ts';
import type { ResultsBody, TurnoutBody } from '../../src/protocol/public-results.ts';

export function turnoutOf(electionId: string, changes: Partial<TurnoutBody> = {}): TurnoutBody {
  const counts = { eligible: null, online: 3, batches: 0 };
  return { electionId, revision: 1, countedAt: '2026-06-20T02:00:00Z', final: false, ...counts, ...changes };
}

export function resultsOf(electionId: string, changes: Partial<ResultsBody> = {}): ResultsBody {
  return {
    electionId,
    revision: 1,
    closedAt: '2026-06-20T02:00:00Z',
    rehearsal: true,
    turnout: { eligible: null, online: 0, batches: 0 },
    reconciliation: {
      online: { received: 0, valid: 0, invalid: 0 },
      batches: { received: 0, valid: 0, invalid: 0, files: 0, invalidByReason: [], missing: 0 },
    },
    contests: [],
    ...changes,
  };
}

export type VotesByOption = Readonly<Record<string, number>>;

/** Results of an election as they are counted from these votes, by contest; abstentions under the name `abstained`. */
export function countedResults(
  election: ElectionDefinition,
  votes: Readonly<Record<string, VotesByOption>>,
  changes: Partial<ResultsBody> = {},
  lots: Readonly<Record<string, Lot>> = {},
): ResultsBody {
  const contests = election.contests.map((contest) => {
    const optionVotes = votes[contest.id] ?? {};
    const options = contest.options.map(({ id }) => ({ optionId: id, votes: optionVotes[id] ?? 0 }));
    const sum = options.reduce((all, one) => all + one.votes, 0);
    const most = Math.max(...options.map((one) => one.votes));
    const valid = Math.max(most, Math.ceil(sum / contest.maxChoices));
    const totals = { votes: options, valid, abstained: optionVotes['abstained'] ?? 0 };
    const lot = lots[contest.id];
    const verdict = lot && resolveTie(contest, totals, lot);
    if (verdict && !verdict.resolved) throw new Error(`this lot does not fit: ${verdict.fault}`);
    return verdict ? verdict.count : countContest(contest, totals);
  });
  const { rehearsal, closesAt } = election;
  // As a reader has them: through JSON and its schema.
  return resultsBody.parse(
    JSON.parse(JSON.stringify({ ...resultsOf(election.id), rehearsal, closedAt: closesAt, contests, ...changes })),
  );
}

/** The publication of results: one document, and the results. */
export function publicationOfResults(
  election: ElectionDefinition,
  results: ResultsBody,
  publisher: SigningKey,
  revision = 2,
): Publication {
  const document = { ...shownElection(election), phase: 'published' as const, revision };
  return {
    documents: [{ election: document, signature: signValue(publisher, document) }],
    results: { results, signature: signValue(publisher, results) },
  };
}
