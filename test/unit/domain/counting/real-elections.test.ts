// Elections as they were published, counted by their own law; and what another law would have made of them.
import { describe, expect, test } from 'vitest';
import type { CountedContest } from '../../../../src/domain/counting/contest-totals.ts';
import { countContest, surroundingsOf } from '../../../../src/domain/counting/counting-methods.ts';
import type { SeatCount } from '../../../../src/domain/counting/seat-count.ts';
import { winnerOutcome } from '../../../../src/domain/results/winner-facts.ts';
import { realElections } from '../../../support/real-elections.ts';
import type { RealElection } from '../../../support/real-elections.ts';
import { optionId, seatsOf, totalsOf } from './plain-divisors.ts';

function countReal({ method, seats, law, invalid, lists }: RealElection): SeatCount {
  const options = lists.map(({ threshold }, index) => ({
    id: optionId(index),
    number: index + 1,
    ...(threshold !== undefined && { threshold }),
  }));
  const contest = { id: 'chamber', method, seats, law, minChoices: 1, maxChoices: 1, options };
  const totals = totalsOf(lists.map(({ votes }) => votes));
  // Of a local contest only the winner is known here: it has the one vote.
  const local = lists.flatMap(({ local: count = 0 }, index) =>
    Array.from({ length: count }, (_, n) => ({
      contest: localContest(`${optionId(index)}-${n}`, options, law.threshold?.group),
      totals: totalsOf(lists.map((_list, at) => (at === index ? 1 : 0))),
    })),
  );
  const contests = [contest, ...local.map((each) => each.contest)];
  const totalsById = new Map([['chamber', totals], ...local.map((each) => [each.contest.id, each.totals] as const)]);
  const around = { invalid, entitled: null };
  const surroundings = surroundingsOf(
    contest,
    contests,
    (id) => totalsById.get(id)!,
    () => undefined,
    around,
  );
  const count = countContest(contest, totals, null, surroundings);
  if (count.kind !== 'seats') throw new Error('counted by another method');
  return count;
}
const localContest = (id: string, options: CountedContest['options'], localOf: string | undefined): CountedContest => ({
  id,
  options,
  minChoices: 1,
  maxChoices: 1,
  method: 'plurality',
  law: { localOf },
});
const electionOf = (name: string): RealElection => realElections.find((each) => each.name.startsWith(name))!;

test.each(realElections.map((each) => [each.name, each] as const))(
  'The seats are the official ones, without any tie: %s',
  (_, election) => {
    const count = countReal(election);
    expect(seatsOf(count)).toEqual(election.lists.map(({ seats }) => seats));
    expect(count.tie).toBeNull();
    expect(election.source.length).toBeGreaterThan(20);
  },
);

describe('Each rule of the law decides seats in a real election', () => {
  test('Serbia 2023 without the factor, or with 3 percent for all lists, has other seats', () => {
    const serbia = electionOf('Serbia 2023');
    const { tieRules } = serbia.law;
    const without = countReal({
      ...serbia,
      law: { tieRules, threshold: { share: serbia.law.threshold!.share, of: 'cast' } },
    });
    expect(seatsOf(without)).toEqual([132, 66, 18, 14, 13, 4, 2, 1, 0, 0]);
    const strict = countReal({ ...serbia, lists: serbia.lists.map(({ threshold: _threshold, ...list }) => list) });
    const changed = strict.options.filter((option, index) => option.seats !== serbia.lists[index]!.seats);
    expect(changed).toHaveLength(9);
  });

  test('Latvia 2022 has a list below 5 percent of the ballots cast and above 5 percent of the votes', () => {
    // Central Election Commission: 916,691 ballots, 903,639 of them valid; AP! had 45,452.
    const contest = (of: 'cast' | 'votes') => ({
      id: 'saeima',
      method: 'sainteLague' as const,
      seats: 100,
      minChoices: 1,
      maxChoices: 1,
      law: { threshold: { share: { numerator: 5, denominator: 100 }, of } },
      options: [1, 2].map((number) => ({ id: `option-${number}`, number })),
    });
    const totals = totalsOf([45_452, 903_639 - 45_452]);
    const around = { invalid: 916_691 - 903_639, entitled: null, group: null };
    expect(countContest(contest('cast'), totals, null, around)).toMatchObject({
      threshold: { base: 916_691, votesNeeded: 45_835 },
      options: [{ standing: 'below-threshold', seats: 0 }, { standing: 'eligible' }],
    });
    expect(countContest(contest('votes'), totals, null, around)).toMatchObject({
      options: [{ standing: 'eligible' }, {}],
    });
  });

  test('The threshold of one quota keeps the smallest list of the Netherlands 2023 in and the next out', () => {
    const count = countReal(electionOf('Netherlands 2023'));
    expect(count.options.filter(({ standing }) => standing === 'eligible')).toHaveLength(15);
    expect(count.threshold).toMatchObject({ share: { numerator: 1, denominator: 150 }, votesNeeded: 69_498 });
  });

  test('Without its electorate, or if two were needed, ACT has no seat in New Zealand 2017', () => {
    const zealand = electionOf('New Zealand 2017');
    const { threshold } = zealand.law;
    const seats = (changes: Partial<RealElection>) => seatsOf(countReal({ ...zealand, ...changes }));
    const none = [56, 47, 9, 8, 0];
    const lists = zealand.lists.map((each) => ({ ...each, local: each.name === 'ACT' ? 0 : (each.local ?? 0) }));
    expect(seats({ lists }).slice(0, 5)).toEqual(none);
    expect(seats({ law: { threshold: { ...threshold!, localSeats: 2 } } }).slice(0, 5)).toEqual(none);
  });

  test('Without the exemption by electorates a list of New Zealand 2023 has no seat', () => {
    const zealand = electionOf('New Zealand 2023');
    const lists = zealand.lists.map(({ threshold: _threshold, ...list }) => list);
    expect(seatsOf(countReal({ ...zealand, lists }))[5]).toBe(0);
  });

  test('The referendum of Croatia 2013 is decided by its law, and would not have been by the one before 2010', () => {
    // State Electoral Commission: 946,433 yes, 481,534 no, 8,196 invalid, 3,791,000 entitled. Before 2010 half of them
    // had to vote (https://docslib.org/doc/8724373).
    const half = { numerator: 1, denominator: 2 };
    const question = {
      id: 'question',
      method: 'plurality' as const,
      minChoices: 1,
      maxChoices: 1,
      options: [1, 2].map((number) => ({ id: `option-${number}`, number })),
    };
    const count = (law: object) => {
      const around = { invalid: 8_196, entitled: 3_791_000, group: null };
      const counted = countContest({ ...question, law }, totalsOf([946_433, 481_534]), null, around);
      if (counted.kind !== 'winner') throw new Error('counted by another method');
      return winnerOutcome(counted, question);
    };
    expect(count({ required: [{ share: half, of: 'cast', moreThan: true }] })).toMatchObject({
      kind: 'won',
      winner: 'option-1',
    });
    expect(count({ quorum: { share: half, moreThan: true, counted: 'cast' } })).toMatchObject({
      kind: 'no-quorum',
      quorum: { ballots: 1_436_163, ballotsNeeded: 1_895_501 },
    });
  });
});
