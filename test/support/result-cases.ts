// Contests whose results cover every tie, threshold and majority that a result can have, with what each of them means in
// English. The domain's tests state the facts of each case; the tests of the pages require that every page states them.
import { countContest } from '../../src/domain/counting/counting-methods.ts';
import type { ContestCount } from '../../src/domain/counting/counting-methods.ts';
import type { CountingMethod } from '../../src/domain/counting/method-table.ts';
import type { ContestLaw } from '../../src/domain/counting/contest-law.ts';
import type { LocalContest } from '../../src/domain/counting/contest-totals.ts';
import type { Contest, Option } from '../../src/domain/election.ts';

export type ResultCase = {
  readonly name: string;
  readonly contest: Contest;
  readonly count: ContestCount;
  /** How the contest ended, as every page says it in English. */
  readonly sentence: string;
};

const names = ['Ash', 'Birch', 'Cedar', 'Dogwood'];

type Rule = {
  readonly method: CountingMethod;
  readonly seats?: number;
  readonly thresholdPercent?: number;
  readonly maxChoices?: number;
  readonly law?: ContestLaw;
  /** By place. */
  readonly options?: readonly Pick<Option, 'threshold' | 'candidates' | 'withdrawnAt'>[];
};

/** `valid`: ballots that chose an option, where that is not the number of votes. `lot`: places of options, as drawn. */
type Ballots = {
  readonly votes: readonly number[];
  readonly valid?: number;
  readonly lot?: readonly number[];
  readonly invalid?: number;
  readonly entitled?: number;
  readonly local?: readonly LocalContest[];
};

const withdrawnAt = '2026-06-20T10:00:00.000Z';
const optionId = (place: number): string => names[place]!.toLowerCase();

export function resultCase(name: string, rule: Rule, ballots: Ballots, sentence: string): ResultCase {
  const { votes, valid, lot, invalid = 0, entitled = null, local } = ballots;
  const { options: optionLaws = [], ...rules } = rule;
  const contest: Contest = {
    id: 'contest',
    title: { en: 'Contest' },
    minChoices: 1,
    maxChoices: 1,
    abstain: true,
    ...rules,
    options: votes.map((_, place) => ({
      id: optionId(place),
      number: place + 1,
      title: { en: names[place]! },
      ...optionLaws[place],
    })),
  };
  const totals = {
    votes: votes.map((each, place) => ({ optionId: optionId(place), votes: each })),
    valid: valid ?? votes.reduce((sum, each) => sum + each, 0),
    abstained: 2,
  };
  const drawing = lot === undefined ? null : { order: lot.map(optionId), note: 'Drawn in public.' };
  const group = rule.law?.threshold?.group === undefined ? null : [totals];
  return {
    name,
    contest,
    count: countContest(contest, totals, drawing, { invalid, entitled, group, local }),
    sentence,
  };
}

export const plurality: Rule = { method: 'plurality' };
export const chamber = (seats: number, thresholdPercent = 0, method: CountingMethod = 'dhondt'): Rule => ({
  method,
  seats,
  thresholdPercent,
});

const winnerCases: readonly ResultCase[] = [
  resultCase(
    'one winner with more than half',
    plurality,
    { votes: [60, 40] },
    'Ash has the most votes: 60.00% of the valid ballots. That is 20 votes more than the next.',
  ),
  resultCase(
    'one winner with exactly half, which is no majority',
    plurality,
    { votes: [50, 30, 20] },
    'Ash has the most votes: 50.00% of the valid ballots. That is 20 votes more than the next. It is not more than half.',
  ),
  resultCase(
    'one winner with a lead of one vote',
    plurality,
    { votes: [3, 4] },
    'Birch has the most votes: 57.14% of the valid ballots. That is 1 vote more than the next.',
  ),
  resultCase('one option alone', plurality, { votes: [7] }, 'Ash has the most votes: 100.00% of the valid ballots.'),
  resultCase('no votes for one winner', plurality, { votes: [0, 0] }, 'No option received a vote.'),
  resultCase(
    'an open tie for first place',
    plurality,
    { votes: [5, 2, 5] },
    'Ash and Cedar are tied for first place. Lots will be drawn.',
  ),
  resultCase(
    'a decided tie for first place',
    plurality,
    { votes: [5, 2, 5], lot: [2, 0] },
    'Ash and Cedar were tied for first place. Cedar won by drawing lots.',
  ),
  resultCase(
    'approval, with shares that add up to more than the whole',
    { method: 'approval', maxChoices: 3 },
    { votes: [8, 7, 1], valid: 10 },
    'Ash has the most votes: 80.00% of the valid ballots. That is 1 vote more than the next.',
  ),
  resultCase(
    'a withdrawn option with more votes than the winner',
    { ...plurality, options: [{ withdrawnAt }] },
    { votes: [60, 25, 15] },
    'Options that were withdrawn are left out here. Birch has the most votes: 25.00% of the valid ballots. That is 10 ' +
      'votes more than the next. It is not more than half.',
  ),
  resultCase(
    'one option beside a withdrawn one with votes',
    { ...plurality, options: [{ withdrawnAt }] },
    { votes: [40, 60] },
    'Options that were withdrawn are left out here. Birch has the most votes: 60.00% of the valid ballots.',
  ),
  resultCase(
    'votes for a withdrawn option alone',
    { ...plurality, options: [{ withdrawnAt }] },
    { votes: [5, 0] },
    'Options that were withdrawn are left out here. No option received a vote.',
  ),
];

const seatCases: readonly ResultCase[] = [
  resultCase(
    'exactly a majority of seats',
    chamber(11),
    { votes: [60, 50] },
    'Ash has 6 of 11 seats, exactly a majority.',
  ),
  resultCase(
    'more than a majority of seats',
    chamber(11),
    { votes: [80, 20] },
    'Ash has 9 of 11 seats, 3 more than a majority.',
  ),
  resultCase(
    'half of the seats, which is no majority',
    chamber(4),
    { votes: [50, 26, 24] },
    'Ash has the most seats, 2 of 4. A majority is 3.',
  ),
  resultCase(
    'two lists with the most seats',
    chamber(11),
    { votes: [50, 50, 11] },
    'Ash and Birch have the most seats, 5 of 11 each. A majority is 6.',
  ),
  resultCase(
    'an open tie for the last seat',
    chamber(5),
    { votes: [40, 30, 30] },
    'Ash has the most seats so far, 2 of 5. A majority is 3.',
  ),
  resultCase(
    'an open tie for the last seat between leaders',
    chamber(3),
    { votes: [30, 30] },
    'Ash and Birch have the most seats so far, 1 of 3 each. A majority is 2.',
  ),
  resultCase(
    'a decided tie for the last seat',
    chamber(3),
    { votes: [30, 30], lot: [1, 0] },
    'Birch has 2 of 3 seats, exactly a majority.',
  ),
  resultCase(
    'an open tie beside a certain majority of one',
    chamber(3),
    { votes: [60, 20, 20] },
    'Ash has 2 of 3 seats so far, exactly a majority.',
  ),
  resultCase(
    'an open tie beside a certain majority',
    chamber(7),
    { votes: [120, 20, 20] },
    'Ash has 5 of 7 seats so far, 1 more than a majority.',
  ),
  resultCase(
    'an open tie for every seat',
    chamber(1),
    { votes: [10, 10] },
    'No seat is certain until the tie is decided.',
  ),
  resultCase('no votes for a chamber', chamber(5), { votes: [0, 0] }, 'No list received a vote. All seats stay empty.'),
  resultCase(
    'no list above the threshold',
    chamber(5, 40),
    { votes: [10, 10, 10] },
    'No list has enough votes. All seats stay empty.',
  ),
  resultCase(
    'a list exactly at the threshold',
    chamber(4, 5),
    { votes: [5, 95] },
    'Birch has 4 of 4 seats, 1 more than a majority.',
  ),
  resultCase(
    'a list below the threshold and one without votes',
    chamber(4, 10),
    { votes: [60, 35, 5, 0] },
    'Ash has 3 of 4 seats, exactly a majority.',
  ),
  resultCase('one list alone', chamber(3), { votes: [9] }, 'Ash has 3 of 3 seats, 1 more than a majority.'),
  resultCase(
    'seats by Sainte-Laguë',
    chamber(5, 0, 'sainteLague'),
    { votes: [53, 24, 23] },
    'Ash has 3 of 5 seats, exactly a majority.',
  ),
];

export const resultCases: readonly ResultCase[] = [...winnerCases, ...seatCases];

export function caseNamed(name: string): ResultCase {
  const match = resultCases.find((each) => each.name === name);
  if (!match) throw new Error(`there is no case "${name}"`);
  return match;
}
