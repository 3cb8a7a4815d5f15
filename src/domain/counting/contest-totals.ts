// The input of a count: the votes of each option, and the number of ballots. An error here must never contain a number of
// votes, because errors are logged and a count is secret until it is published.
import type { Contest, Option } from '../election.ts';
import type { BaseNumbers } from './contest-law.ts';
import { compareProducts } from './exact-integers.ts';

/** The part of a contest that counting needs. */
export type CountedContest = Pick<
  Contest,
  'id' | 'method' | 'minChoices' | 'maxChoices' | 'seats' | 'thresholdPercent' | 'law'
> & {
  readonly options: readonly Pick<Option, 'id' | 'number' | 'threshold' | 'candidates' | 'withdrawnAt'>[];
};

export type OptionVotes = { readonly optionId: string; readonly votes: number };

export type ContestTotals = {
  /** Each option of the contest once, those without votes too, in any order. */
  readonly votes: readonly OptionVotes[];
  /** Ballots that chose at least one option of this contest. */
  readonly valid: number;
  /** Ballots that chose none. They are reported, and enter no share and no threshold. */
  readonly abstained: number;
};

/** What a count needs beside the contest's own ballots. */
export type Surroundings = {
  /** Ballots that were cast and are invalid. A ballot that was entered twice was cast once. */
  readonly invalid: number;
  /** People on the roll; null without a roll. */
  readonly entitled: number | null;
  /** The contests that share a threshold with this one, itself included; null where there are none. */
  readonly group: readonly ContestTotals[] | null;
  /** The local contests of the group, where an option can take part by winning them. */
  readonly local?: readonly LocalContest[] | undefined;
};

export type LocalContest = {
  readonly winners: readonly string[];
  /** Equals of an open tie: some of them win too. */
  readonly tied: readonly string[];
};

export const noSurroundings: Surroundings = { invalid: 0, entitled: null, group: null };

/** The numbers that the shares of a contest's law are of. */
export function baseNumbers(
  { law }: CountedContest,
  { votes, valid, abstained }: ContestTotals,
  { invalid, entitled }: Surroundings,
): BaseNumbers {
  const ballots = valid + abstained;
  return {
    votes: sumOf(votes.map((option) => option.votes)),
    valid,
    'valid-and-blank': ballots,
    cast: ballots + invalid,
    entitled: law?.entitled ?? entitled,
  };
}

/** The votes of each option in all contests of a group, and the numbers of all of them. */
export function groupTotals(
  numbers: BaseNumbers,
  group: readonly ContestTotals[],
): { readonly votesOf: ReadonlyMap<string, number>; readonly numbers: BaseNumbers } {
  const votesOf = new Map<string, number>();
  for (const { votes } of group) {
    for (const option of votes) votesOf.set(option.optionId, (votesOf.get(option.optionId) ?? 0) + option.votes);
  }
  // Every ballot answers every contest of an election: only votes and choosing ballots are different ones in each.
  const votes = sumOf([...votesOf.values()]);
  const valid = sumOf(group.map((contest) => contest.valid));
  return { votesOf, numbers: { ...numbers, votes, valid } };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Most votes of a contest, of all options together: sixty thousand times mankind, and low enough that JSON carries every
 * number of a result exactly. The largest is `votesToNextSeat`, at most (1 + stride ÷ first) times as many.
 */
export const contestVotesMax = 2 ** 49;

export type CountedOption = { readonly optionId: string; readonly number: number; readonly votes: number };

/**
 * The options with their votes by their number on the ballot, and all votes together. Totals that no ballots of this
 * contest can give are a bug or a tampered store, and throw a RangeError rather than count.
 */
export function readTotals(
  contest: CountedContest,
  totals: ContestTotals,
): { readonly options: readonly CountedOption[]; readonly votes: number } {
  const reject = (what: string): never => {
    throw new RangeError(`contest ${contest.id} cannot be counted: ${what}`);
  };
  const votesById = new Map(totals.votes.map(({ optionId, votes }) => [optionId, votes]));
  if (votesById.size !== totals.votes.length || votesById.size !== contest.options.length) {
    reject('its totals do not name each option once');
  }
  const { valid, abstained } = totals;
  if (!isCount(valid) || !isCount(abstained)) reject('its numbers of ballots are not counts');
  let sum = 0;
  const options = contest.options
    .map(({ id, number }): CountedOption => {
      const votes = votesById.get(id) ?? reject(`its totals do not name option ${id}`);
      if (!isCount(votes) || votes > valid) reject(`option ${id} has more votes than there are ballots, or no count`);
      sum += votes;
      if (sum > contestVotesMax) reject('it has more votes than can be counted');
      return { optionId: id, number, votes };
    })
    .sort((a, b) => a.number - b.number);
  if (compareProducts(sum, 1, valid, Math.max(1, contest.minChoices)) < 0) reject('there are ballots without a vote');
  if (compareProducts(sum, 1, valid, contest.maxChoices) > 0) reject('there are more votes than the ballots allow');
  return { options, votes: sum };
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= contestVotesMax;
