// The law around a divisor method, against the plain oracle, and what must hold of every law: it is exact, and more of
// a rule never does the opposite of the rule.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countLawful, lawfulChambers, lawfulContest, plainLawSeats, plainParticipants } from './law-oracle.ts';
import type { LawfulChamber } from './law-oracle.ts';
import { contestVotesMax } from '../../../../src/domain/counting/contest-totals.ts';
import { countContest } from '../../../../src/domain/counting/counting-methods.ts';
import { seatsOf, tiedOf, totalsOf } from './plain-divisors.ts';

const runs = { numRuns: 1_500 };

/** Most votes of a chamber that are counted: its factor makes them larger. */
const votesMaxOf = ({ threshold }: LawfulChamber): number => {
  const { numerator, denominator } = threshold.exemptFactor ?? { numerator: 1, denominator: 1 };
  return Math.floor(contestVotesMax / Math.max(numerator, denominator));
};

describe('A chamber with a law', () => {
  test('The seats, the tie and who takes part are those of the plain oracle', () => {
    fc.assert(
      fc.property(lawfulChambers, (chamber) => {
        const count = countLawful(chamber);
        const plain = plainLawSeats(chamber);
        expect([seatsOf(count), tiedOf(count)]).toEqual([plain.seats, plain.tied]);
        expect(count.tie?.seatsLeft ?? count.seatsEmpty).toBe(plain.open);
        const eligible = count.options.map(({ standing }) => standing === 'eligible');
        expect(eligible).toEqual(plainParticipants(chamber).map((factor) => factor !== null));
      }),
      runs,
    );
  });

  test('Each seat of the explanation is won by the quotient that it states', () => {
    fc.assert(
      fc.property(lawfulChambers, (chamber) => {
        const count = countLawful(chamber);
        for (const { optionId } of count.options) {
          const own = count.options.find((option) => option.optionId === optionId)!;
          expect(count.steps.filter((step) => step.optionId === optionId)).toHaveLength(own.seats);
        }
        const value = ({ optionId, votes, divisor }: (typeof count.steps)[number]) => {
          const { factor = { numerator: 1, denominator: 1 } } = count.options.find((one) => one.optionId === optionId)!;
          return [BigInt(votes) * BigInt(factor.numerator), BigInt(divisor) * BigInt(factor.denominator)] as const;
        };
        for (const [index, step] of count.steps.slice(1).entries()) {
          const [n, d] = value(count.steps[index]!);
          const [m, e] = value(step);
          expect(n * e >= m * d).toBe(true);
          expect(step.equalToPrevious).toBe(n * e === m * d);
        }
      }),
      runs,
    );
  });

  test('With the missing votes an option wins one more seat, and with one less it does not', () => {
    fc.assert(
      fc.property(lawfulChambers, (chamber) => {
        const bare = { ...chamber, tieRules: [] };
        const count = countLawful(bare);
        const standings = (of: typeof count) => of.options.map(({ standing, factor }) => [standing, factor]);
        for (const [index, { votesToNextSeat, seats }] of count.options.entries()) {
          if (votesToNextSeat === null) continue;
          for (const [more, wins] of [
            [votesToNextSeat, true],
            [votesToNextSeat - 1, false],
          ] as const) {
            const lists = bare.lists.map((list, at) => (at === index ? { ...list, votes: list.votes + more } : list));
            // With more votes than can be counted exactly there is no count to compare.
            if (lists.reduce((sum, { votes }) => sum + votes, 0) > votesMaxOf(chamber)) continue;
            const after = countLawful({ ...bare, lists });
            // More votes also move the threshold; the number is for the case that it changes nothing else.
            if (JSON.stringify(standings(after)) !== JSON.stringify(standings(count))) continue;
            expect(after.options[index]!.seats > seats).toBe(wins);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('Every decision of a rule names who was equal, and a rule leaves no tie that it can decide', () => {
    fc.assert(
      fc.property(lawfulChambers, (chamber) => {
        const count = countLawful(chamber);
        const decisions = count.tieDecisions ?? [];
        for (const { rule, tied, winners, equal, places } of decisions) {
          expect(chamber.tieRules).toContain(rule);
          expect(tied.length).toBeGreaterThan(places);
          expect(winners.length + equal.length).toBeGreaterThanOrEqual(places);
          for (const id of [...winners, ...equal]) expect(tied).toContain(id);
        }
        if (chamber.tieRules.includes('lower-number')) expect(count.tie).toBeNull();
        if (count.tie !== null && chamber.tieRules.length > 0) {
          const votes = count.tie.tied.map((id) => count.options.find(({ optionId }) => optionId === id)!.votes);
          expect(new Set(votes).size).toBe(1);
        }
        // Without the rules all of it was one tie.
        const bare = countLawful({ ...chamber, tieRules: [] });
        expect(decisions[0]?.tied ?? count.tie?.tied ?? null).toEqual(bare.tie?.tied ?? null);
      }),
      runs,
    );
  });
});

describe('More of a rule never does the opposite', () => {
  const eligible = (chamber: LawfulChamber): boolean[] =>
    countLawful(chamber).options.map(({ standing }) => standing === 'eligible');
  const atMost = (some: readonly boolean[], all: readonly boolean[]): boolean =>
    some.every((value, index) => !value || all[index]);

  test('More ballots in the base and a greater share let no option in', () => {
    fc.assert(
      fc.property(lawfulChambers, fc.nat({ max: 1_000 }), (chamber, more) => {
        const wider = { ...chamber, invalid: chamber.invalid + more, abstained: chamber.abstained + more };
        expect(atMost(eligible(wider), eligible(chamber))).toBe(true);
        const { numerator, denominator } = chamber.threshold.share;
        const share = { numerator: Math.min(denominator, numerator + (more % 5)), denominator };
        const higher = { ...chamber, threshold: { ...chamber.threshold, share } };
        expect(atMost(eligible(higher), eligible(chamber))).toBe(true);
      }),
      runs,
    );
  });

  test('An exempt list never has fewer seats than with the threshold, and a shorter list never more', () => {
    fc.assert(
      fc.property(lawfulChambers, (whole) => {
        const chamber = { ...whole, tieRules: ['lower-number'] as const };
        const with0 = (change: Partial<LawfulChamber['lists'][number]>): number =>
          countLawful({ ...chamber, lists: [{ ...chamber.lists[0]!, ...change }, ...chamber.lists.slice(1)] })
            .options[0]!.seats;
        expect(with0({ threshold: 'exempt' })).toBeGreaterThanOrEqual(with0({ threshold: null }));
        expect(with0({ candidates: 2 })).toBeLessThanOrEqual(Math.min(2, with0({ candidates: null })));
      }),
      runs,
    );
  });

  test('A greater first divisor never brings more lists into the chamber', () => {
    fc.assert(
      fc.property(lawfulChambers, (chamber) => {
        const lists = chamber.lists.map((list) => ({ ...list, candidates: null }));
        const inside = (numerator: number): number =>
          seatsOf(
            countLawful({
              ...chamber,
              lists,
              tieRules: ['lower-number'],
              firstDivisor: { numerator, denominator: 10 },
            }),
          ).filter((seats) => seats > 0).length;
        expect(inside(14)).toBeLessThanOrEqual(inside(12));
        expect(inside(12)).toBeLessThanOrEqual(inside(10));
      }),
      runs,
    );
  });
});

test('More votes than can be multiplied exactly are refused, and never counted wrongly', () => {
  const factor = { numerator: 1_000, denominator: 999 };
  const threshold = { share: { numerator: 1, denominator: 2 }, of: 'votes', exemptFactor: factor } as const;
  const chamber: LawfulChamber = {
    method: 'dhondt',
    seats: 3,
    lists: [{ votes: 2 ** 40, threshold: null, candidates: null }],
    threshold,
    firstDivisor: null,
    tieRules: [],
    abstained: 0,
    invalid: 0,
    entitled: 0,
    quorum: null,
  };
  expect(() => countContest(lawfulContest(chamber), totalsOf([2 ** 40]))).toThrow(RangeError);
});

test('Contests of a group compare the votes of all of them with the votes of all of them', () => {
  const share = { numerator: 5, denominator: 100 };
  const contest = (id: string) => ({
    id,
    method: 'dhondt' as const,
    seats: 10,
    minChoices: 1,
    maxChoices: 1,
    law: { threshold: { share, of: 'votes' as const, group: 'nation' } },
    options: [0, 1, 2].map((index) => ({ id: `option-${index + 1}`, number: index + 1 })),
  });
  const north = totalsOf([900, 80, 20]);
  const south = totalsOf([800, 20, 180]);
  const group = [north, south];
  const count = (id: string, totals: typeof north) =>
    countContest(contest(id), totals, null, { invalid: 0, entitled: null, group });
  // 2,000 votes in all: 100 are needed. Option 2 has 80 + 20 and passes in both; option 3 has 200.
  expect(count('north', north)).toMatchObject({
    threshold: { base: 2_000, votesNeeded: 100 },
    options: [
      { standing: 'eligible', groupVotes: 1_700 },
      { standing: 'eligible', groupVotes: 100 },
      { standing: 'eligible', groupVotes: 200 },
    ],
  });
  const less = totalsOf([801, 19, 180]);
  const short = countContest(contest('north'), north, null, { invalid: 0, entitled: null, group: [north, less] });
  expect(short).toMatchObject({ options: [{}, { standing: 'below-threshold', groupVotes: 99 }, {}] });
});
