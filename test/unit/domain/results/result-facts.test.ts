// The facts of results as golden values, for every tie, threshold and majority.
import { expect, test } from 'vitest';
import type { ContestLaw } from '../../../../src/domain/counting/contest-law.ts';
import type { SeatCount } from '../../../../src/domain/counting/seat-count.ts';
import { seatFacts } from '../../../../src/domain/results/seat-facts.ts';
import type { SeatFacts } from '../../../../src/domain/results/seat-facts.ts';
import { hasOpenTie } from '../../../../src/domain/results/tie-facts.ts';
import { winnerFacts } from '../../../../src/domain/results/winner-facts.ts';
import type { WinnerFacts } from '../../../../src/domain/results/winner-facts.ts';
import { isEqualQuotient, quotientFacts } from '../../../../src/domain/results/quotient-facts.ts';
import { barPercent, displayShare, fileShare } from '../../../../src/domain/results/rounding.ts';
import { reconciliationFacts } from '../../../../src/domain/results/reconciliation-facts.ts';
import { caseNamed, plurality, resultCase } from '../../../support/result-cases.ts';

function winnerOf(name: string): WinnerFacts {
  const { count, contest } = caseNamed(name);
  if (count.kind !== 'winner') throw new Error(`"${name}" shares seats`);
  return winnerFacts(count, contest);
}

function seatsCounted(name: string): SeatCount {
  const { count } = caseNamed(name);
  if (count.kind !== 'seats') throw new Error(`"${name}" shares no seats`);
  return count;
}
const seatsOf = (name: string): SeatFacts => seatFacts(seatsCounted(name));

const fraction = (numerator: number, denominator: number) => ({ numerator, denominator });

test.each<[string, WinnerFacts['outcome']]>([
  [
    'one winner with more than half',
    { kind: 'won', winner: 'ash', share: fraction(60, 100), lead: 20, majority: true },
  ],
  [
    'one winner with exactly half, which is no majority',
    { kind: 'won', winner: 'ash', share: fraction(50, 100), lead: 20, majority: false },
  ],
  [
    'one winner with a lead of one vote',
    { kind: 'won', winner: 'birch', share: fraction(4, 7), lead: 1, majority: true },
  ],
  ['one option alone', { kind: 'won', winner: 'ash', share: fraction(7, 7), lead: null, majority: true }],
  ['no votes for one winner', { kind: 'no-votes' }],
  ['an open tie for first place', { kind: 'tied', tied: ['ash', 'cedar'] }],
  ['a decided tie for first place', { kind: 'won-by-lot', winner: 'cedar', tied: ['ash', 'cedar'] }],
])('The outcome for the office with %s', (name, outcome) => {
  expect(winnerOf(name).outcome).toEqual(outcome);
});

const leading = (leaders: string[], seats: number, majority: number, aboveMajority: number | null, soFar = false) =>
  ({ kind: 'leading', leaders, seats, majority, aboveMajority, soFar }) as const;

test.each<[string, SeatFacts['outcome']]>([
  ['exactly a majority of seats', leading(['ash'], 6, 6, 0)],
  ['more than a majority of seats', leading(['ash'], 9, 6, 3)],
  ['half of the seats, which is no majority', leading(['ash'], 2, 3, null)],
  ['two lists with the most seats', leading(['ash', 'birch'], 5, 6, null)],
  ['an open tie for the last seat', leading(['ash'], 2, 3, null, true)],
  ['an open tie for the last seat between leaders', leading(['ash', 'birch'], 1, 2, null, true)],
  ['a decided tie for the last seat', leading(['birch'], 2, 2, 0)],
  ['an open tie beside a certain majority of one', leading(['ash'], 2, 2, 0, true)],
  ['an open tie beside a certain majority', leading(['ash'], 5, 4, 1, true)],
  ['an open tie for every seat', { kind: 'none-certain' }],
  ['no votes for a chamber', { kind: 'no-votes' }],
  ['no list above the threshold', { kind: 'none-eligible' }],
  ['one list alone', leading(['ash'], 3, 2, 1)],
  ['seats by Sainte-Laguë', leading(['ash'], 3, 3, 0)],
])('The outcome for the chamber with %s', (name, outcome) => {
  expect(seatsOf(name).outcome).toEqual(outcome);
});

test('Seats that no list has are tied while a tie is open, and empty where no list is eligible', () => {
  expect(seatsOf('an open tie for the last seat').unassigned).toEqual({ seats: 1, why: 'tied' });
  expect(seatsOf('an open tie for every seat').unassigned).toEqual({ seats: 1, why: 'tied' });
  expect(seatsOf('no list above the threshold').unassigned).toEqual({ seats: 5, why: 'none-eligible' });
  expect(seatsOf('no votes for a chamber').unassigned).toEqual({ seats: 5, why: 'none-eligible' });
  expect(seatsOf('a decided tie for the last seat').unassigned).toBeNull();
});

test('A tie names the tied, the places, and the winners once lots are drawn', () => {
  const tied = ['ash', 'birch'];
  expect(seatsOf('an open tie for the last seat between leaders').tie).toEqual({ tied, places: 1, decision: null });
  expect(seatsOf('a decided tie for the last seat').tie).toEqual({
    tied,
    places: 1,
    decision: { lot: { order: ['birch', 'ash'], note: 'Drawn in public.' }, winners: ['birch'] },
  });
  expect(winnerOf('a decided tie for first place').tie?.decision?.winners).toEqual(['cedar']);
  expect(winnerOf('one winner with more than half').tie).toBeNull();
  const open = caseNamed('an open tie for first place').count;
  const decided = caseNamed('a decided tie for first place').count;
  expect([hasOpenTie([decided, open]), hasOpenTie([decided]), hasOpenTie([])]).toEqual([true, false, false]);
});

test('The threshold divides the lists: exactly at it passes, below it and without votes are excluded', () => {
  const ids = (options: SeatFacts['eligible']) => options.map(({ optionId }) => optionId);
  const at = seatsOf('a list exactly at the threshold');
  expect([ids(at.eligible), ids(at.excluded), at.threshold]).toEqual([
    ['birch', 'ash'],
    [],
    { share: fraction(500, 10_000), of: 'votes', base: 100, votesNeeded: 5 },
  ]);
  expect(at.thresholdDivides).toBe(false);
  const below = seatsOf('a list below the threshold and one without votes');
  expect([ids(below.eligible), ids(below.excluded), below.thresholdDivides]).toEqual([
    ['ash', 'birch'],
    ['cedar', 'dogwood'],
    true,
  ]);
  expect(below.excluded.map(({ standing }) => standing)).toEqual(['below-threshold', 'no-votes']);
  expect(seatsOf('exactly a majority of seats').threshold).toBeNull();
});

test('The first divisors and the text of the name are those of the method', () => {
  expect(seatsOf('exactly a majority of seats')).toMatchObject({
    divisors: [fraction(1, 1), fraction(2, 1), fraction(3, 1)],
    methodText: 'dhondt',
  });
  expect(seatsOf('seats by Sainte-Laguë')).toMatchObject({
    divisors: [fraction(1, 1), fraction(3, 1), fraction(5, 1)],
    methodText: 'sainteLague',
  });
});

test('Lists that could have won one more seat are ordered by the votes that were missing', () => {
  const { closest } = seatsOf('exactly a majority of seats');
  expect(closest).toEqual([
    { optionId: 'ash', votesShort: 11 },
    { optionId: 'birch', votesShort: 11 },
  ]);
});

test('Several choices are a fact of the contest, and rows have the most votes first', () => {
  const approval = winnerOf('approval, with shares that add up to more than the whole');
  expect(approval.severalChoices).toBe(true);
  expect(winnerOf('one winner with more than half').severalChoices).toBe(false);
  expect(winnerOf('one winner with a lead of one vote').rows.map(({ optionId, mark }) => [optionId, mark])).toEqual([
    ['birch', 'wins'],
    ['ash', null],
  ]);
  expect(winnerOf('an open tie for first place').rows.every(({ mark }) => mark === null)).toBe(true);
  expect(winnerOf('a decided tie for first place').rows.map(({ mark }) => mark)).toEqual([null, 'wins', null]);
});

test('A line crosses the bars only where the law requires a share of the valid ballots', () => {
  const lineFor = (required: ContestLaw['required'], votes: readonly number[]) => {
    const { contest, count } = resultCase('line', { ...plurality, law: { required } }, { votes }, '');
    return count.kind === 'winner' ? winnerFacts(count, contest).line : undefined;
  };
  const half = fraction(1, 2);
  expect(lineFor([{ share: half, of: 'valid', moreThan: true }], [60, 40])).toEqual(half);
  expect(lineFor([{ share: half, of: 'valid' }], [0, 0])).toBeNull();
  expect(lineFor([{ share: half, of: 'cast' }, { votes: 10 }], [60, 40])).toBeNull();
  expect(winnerOf('one winner with more than half').line).toBeNull();
});

test('A runner-up whose quotient equals that of the last seat is missing no vote', () => {
  const equals = (name: string): boolean[] => {
    const count = seatsCounted(name);
    const { winners = [], runnersUp = [] } = count.lastSeat ?? {};
    return runnersUp.map((rival) => isEqualQuotient(count, rival, winners[0]!));
  };
  expect(equals('a decided tie for the last seat')).toEqual([true]);
  expect(equals('exactly a majority of seats')).toEqual([false]);
});

test('Shares and quotients are rounded half up, each for itself, and an exact quotient is marked', () => {
  const texts = [fraction(1, 3), fraction(1, 8), fraction(2, 3)].map((share) => displayShare(share, []));
  expect(texts).toEqual(['0.3333', '0.1250', '0.6667']);
  expect(fileShare(fraction(5, 8), [])).toBe('0.625000');
  expect([barPercent(fraction(1, 3)), barPercent(fraction(3, 2))]).toEqual([33.33, 100]);
  const count = seatsCounted('exactly a majority of seats');
  const quotient = (votes: number, divisor: number) => quotientFacts(count, { optionId: 'ash', votes, divisor });
  expect(quotient(80, 42)).toMatchObject({ text: '1.90', exact: false });
  expect(quotient(7_500_000, 3)).toMatchObject({ text: '2500000.00', exact: true });
});

test('The accounts add up, and have paper only where there were files of it', () => {
  const online = { received: 10, valid: 9, invalid: 1 };
  const none = { received: 0, valid: 0, invalid: 0, files: 0 };
  const paper = { received: 5, valid: 3, invalid: 2 };
  const turnout = { online: 10 };
  expect(reconciliationFacts({ turnout, reconciliation: { online, batches: none } })).toEqual({
    total: online,
    paper: null,
    onlineAgrees: true,
  });
  const both = { online, batches: { ...paper, files: 1 } };
  expect(reconciliationFacts({ turnout: { online: 11 }, reconciliation: both })).toEqual({
    total: { received: 15, valid: 12, invalid: 3 },
    paper,
    onlineAgrees: false,
  });
});
