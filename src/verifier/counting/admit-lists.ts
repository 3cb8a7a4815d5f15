// Which lists of a contest take part in sharing its seats, and with what factor: thresholds, exempt lists, groups of
// contests with one threshold, and local contests.
import type { ExactShare, OptionDocument } from '../documents/contest-document.ts';
import { electWinners } from './elect-winners.ts';
import { baseAmounts, sumOf, thresholdOfContest, votesNeededOf, votesOf } from './law-shares.ts';
import type { ContestVotes, ElectionNumbers } from './law-shares.ts';

export type ListStanding = 'eligible' | 'below-threshold' | 'no-votes' | 'withdrawn';
export type AdmittedList = {
  readonly id: string;
  readonly number: number;
  readonly votes: bigint;
  readonly standing: ListStanding;
  readonly factor: ExactShare;
  /** The most seats that it can take. */
  readonly room: number;
};
export type ListAdmission = {
  readonly lists: readonly AdmittedList[];
  /** The fewest votes that pass the threshold of the contest. */
  readonly votesNeeded: bigint | null;
  /** Whether an open tie of a local contest decides who takes part. */
  readonly undecided: boolean;
};

const one: ExactShare = { numerator: 1, denominator: 1 };

/** Reads who takes part. `all`: every contest of the election. */
export function admitLists(
  counted: ContestVotes,
  all: readonly ContestVotes[],
  numbers: ElectionNumbers,
): ListAdmission {
  const { contest, withdrawn } = counted;
  const threshold = thresholdOfContest(contest);
  const { group, localSeats } = threshold;
  const members = group === undefined ? [counted] : all.filter((each) => each.contest.law?.threshold?.group === group);
  const bases = {
    ...baseAmounts(counted, numbers),
    votes: sumOf(members.map((each) => baseAmounts(each, numbers).votes)),
    valid: sumOf(members.map(({ valid }) => BigInt(valid))),
  };
  const local = group === undefined ? [] : all.filter((each) => each.contest.law?.localOf === group);
  const localResults = localSeats === undefined ? [] : local.map((each) => electWinners(each, numbers));
  const passes = (votes: bigint, needed: bigint | null): boolean => needed !== null && votes >= needed;
  const votesNeeded = votesNeededOf(threshold, bases);
  let undecided = false;

  const admit = (option: OptionDocument): AdmittedList => {
    const { id, number, candidates, threshold: own } = option;
    const votes = votesOf(counted, id);
    const groupVotes = sumOf(members.map((each) => votesOf(each, id)));
    const above = passes(groupVotes, votesNeeded);
    const ownNeeded =
      own === undefined || own === 'exempt' ? votesNeeded : votesNeededOf({ ...threshold, share: own }, bases);
    const enough = own === 'exempt' || passes(groupVotes, ownNeeded);
    const seatsWon = localResults.filter(({ winners }) => winners.includes(id)).length;
    const seatsOpen = localResults.filter(
      ({ tie }) => tie?.open === true && tie.tie?.tied.includes(id) === true,
    ).length;
    const byLocal = localSeats !== undefined && seatsWon >= localSeats;
    const mayTakePart = votes > 0n && !withdrawn.has(id);
    if (localSeats !== undefined && mayTakePart && !enough && !byLocal && seatsWon + seatsOpen >= localSeats)
      undecided = true;
    const standing = withdrawn.has(id)
      ? 'withdrawn'
      : votes === 0n
        ? 'no-votes'
        : enough || byLocal
          ? 'eligible'
          : 'below-threshold';
    const factor = own === 'exempt' && !above ? (threshold.exemptFactor ?? one) : one;
    return { id, number, votes, standing, factor, room: candidates ?? Infinity };
  };
  const lists = contest.options.map(admit);
  return { lists, votesNeeded, undecided };
}
