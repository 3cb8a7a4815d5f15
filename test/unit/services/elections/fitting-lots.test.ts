// Lots of several contests: another lot of a local contest changes who takes part in the chamber, and its tie.
import { expect, test } from 'vitest';
import type { ContestTotals } from '../../../../src/domain/counting/contest-totals.ts';
import {
  LotDoesNotFit,
  firstResults,
  withFittingLots,
  withLots,
} from '../../../../src/services/elections/results/results-body.ts';
import type { ResultsBody } from '../../../../src/protocol/public-results.ts';
import { definition } from '../../../support/elections.ts';

const title = { en: 'Contest' };
const options = ['ash', 'birch', 'cedar'].map((id, index) => ({ id, number: index + 1, title }));
const one = { title, options, minChoices: 1, maxChoices: 1, abstain: true } as const;
const share = { numerator: 20, denominator: 100 };
const law = { threshold: { share, of: 'votes', group: 'nation', localSeats: 1 } } as const;
const election = definition({
  contests: [
    { ...one, id: 'chamber', method: 'dhondt', seats: 5, law },
    { ...one, id: 'north', method: 'plurality', law: { localOf: 'nation' } },
  ] as never,
});
const totalsOf = (...votes: number[]): ContestTotals => {
  const valid = votes.reduce((sum, each) => sum + each, 0);
  return {
    votes: votes.map((each, index) => ({ optionId: options[index]!.id, votes: each })),
    valid,
    abstained: 95 - valid,
  };
};
const results = firstResults(election, {
  closedAt: election.closesAt,
  eligible: null,
  online: { received: 95, valid: 95 },
  batches: { files: 0, received: 0, valid: 0, missing: 0, invalidByReason: {} },
  totals: new Map([
    ['chamber', totalsOf(40, 40, 15)],
    ['north', totalsOf(0, 9, 9)],
  ]),
});
const lot = (...order: string[]) => ({ order, note: 'Drawn.' });
const seatsOf = ({ contests: [chamber] }: ResultsBody): readonly number[] =>
  chamber?.kind === 'seats' ? chamber.options.map(({ seats }) => seats) : [];

test('A lot of the chamber leaves when another lot of the local contest decides who takes part', () => {
  expect(seatsOf(results)).toEqual([0, 0, 0]);
  const first = withLots(election, results, { north: lot('birch', 'cedar') }, 2);
  expect(seatsOf(first)).toEqual([2, 2, 0]);
  const lots = { north: lot('birch', 'cedar'), chamber: lot('ash', 'birch') };
  const second = withFittingLots(election, first, lots, { contestId: 'chamber', revision: 3 });
  expect([seatsOf(second.results), second.lots]).toEqual([[3, 2, 0], lots]);
  // Without a tie in the chamber its lot has nothing to decide.
  const other = { ...lots, north: lot('cedar', 'birch') };
  const third = withFittingLots(election, second.results, other, { contestId: 'north', revision: 4 });
  expect([seatsOf(third.results), third.lots]).toEqual([[2, 2, 1], { north: other.north }]);
});

test('A lot of the chamber is refused while a local tie is open, and so is one that decides no tie', () => {
  const record = (contestId: string, order: string[]) => () =>
    withFittingLots(election, results, { [contestId]: lot(...order) }, { contestId, revision: 2 });
  expect(record('chamber', ['ash', 'birch'])).toThrow(LotDoesNotFit);
  expect(record('north', ['ash', 'birch'])).toThrow(LotDoesNotFit);
});
