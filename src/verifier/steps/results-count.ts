// The count of the results (step 25): who is elected, ranks, seats, ties and lots, counted again from the votes.
import { electWinners } from '../counting/elect-winners.ts';
import type { ElectedOptions } from '../counting/elect-winners.ts';
import type { BrokenTie } from '../counting/break-tie.ts';
import type { ContestVotes, ElectionNumbers } from '../counting/law-shares.ts';
import { shareSeats } from '../counting/share-seats.ts';
import type { SharedSeats } from '../counting/share-seats.ts';
import type { WithdrawnOption } from '../documents/closing-document.ts';
import { sharesSeats } from '../documents/contest-document.ts';
import type { ContestDocument } from '../documents/contest-document.ts';
import type { StatedResults, StatedContest } from '../documents/results-document.ts';
import { canonicalJson } from '../documents/strict-json.ts';
import type { Json } from '../documents/strict-json.ts';

/** Why a row of paper does not count although no ballot was lost: it is no ballot that was cast. */
const notCast = ['Duplicate ballot.', 'Withdrawn batch.'];

/** The contests with the votes that the results state. Options that the manifest or the closing withdraws win nothing. */
export function statedVotes(
  results: StatedResults,
  contests: readonly ContestDocument[],
  withdrawals: readonly WithdrawnOption[],
): readonly ContestVotes[] {
  return contests.flatMap((contest, place) => {
    const stated = results.contests[place];
    if (stated?.contestId !== contest.id) return [];
    const { valid, abstained, options, tie } = stated;
    const withdrawn = new Set([
      ...contest.options.filter(({ withdrawnAt }) => withdrawnAt !== undefined).map(({ id }) => id),
      ...withdrawals.filter(({ contestId }) => contestId === contest.id).map(({ optionId }) => optionId),
    ]);
    const votes = new Map(options.map((option) => [option.optionId, option.votes]));
    return [{ contest, valid, abstained, votes, lot: tie?.lot?.order ?? null, withdrawn }];
  });
}

/** Whether every contest of the results is counted right. */
export function countHolds(results: StatedResults, counted: readonly ContestVotes[]): boolean {
  const invalid = results.reconciliation.batches.invalidByReason
    .filter(({ reason }) => !notCast.includes(reason))
    .reduce((sum, { rows }) => sum + rows, 0);
  const numbers: ElectionNumbers = { entitled: results.turnout.eligible, invalid };
  return (
    counted.length === results.contests.length &&
    counted.every((each, place) => {
      const stated = results.contests[place];
      if (stated === undefined) return false;
      return sharesSeats(each.contest)
        ? seatsHold(stated, shareSeats(each, counted, numbers))
        : winnersHold(stated, electWinners(each, numbers), each.contest);
    })
  );
}

/** Whether a member says the value; an absent member says what is absent. */
const says = (json: Json | undefined, value: Json): boolean => canonicalJson(json ?? null) === canonicalJson(value);

function winnersHold(
  stated: StatedContest,
  { winners, ranks, seatsEmpty, tie }: ElectedOptions,
  contest: ContestDocument,
): boolean {
  const { members, options } = stated;
  const single = (contest.seats ?? 1) === 1 && tie?.open !== true ? (winners[0] ?? null) : null;
  return (
    stated.kind === 'winner' &&
    says(members['winner'], single) &&
    (members['winners'] === undefined ? winners.length <= 1 : says(members['winners'], winners)) &&
    (members['seatsEmpty'] === undefined || members['seatsEmpty'] === seatsEmpty) &&
    options.every((option) => option.members['rank'] === ranks.get(option.optionId)) &&
    tieHolds(stated, tie)
  );
}

function seatsHold(stated: StatedContest, { lists, seats, seatsEmpty, undecided, tie }: SharedSeats): boolean {
  const { members, options } = stated;
  const standings = new Map(lists.map(({ id, standing }) => [id, standing]));
  return (
    stated.kind === 'seats' &&
    members['seatsEmpty'] === seatsEmpty &&
    (members['undecided'] === true) === undecided &&
    options.every(
      (option) =>
        option.members['seats'] === (seats.get(option.optionId) ?? 0) &&
        option.members['standing'] === standings.get(option.optionId),
    ) &&
    tieHolds(stated, tie)
  );
}

/** Whether the results state the tie that the rules of the law left, its lot, and what the rules decided. */
function tieHolds({ tie: stated, members }: StatedContest, computed: BrokenTie | null): boolean {
  const decisions = (computed?.decisions ?? []).map((decision) => ({ ...decision }));
  const sameDecisions = says(members['tieDecisions'] ?? [], decisions);
  if (stated === null) return (computed?.tie ?? null) === null && sameDecisions;
  const tie = computed?.tie ?? null;
  return (
    tie !== null &&
    says(stated.tied, tie.tied) &&
    stated.seatsLeft === tie.seatsLeft &&
    (stated.lot === null) === (computed?.open === true) &&
    sameDecisions
  );
}
