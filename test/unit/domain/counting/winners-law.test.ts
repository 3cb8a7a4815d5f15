// Several winners, what they need, and the quorum: against a plain way to count them, and at every edge.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bases } from '../../../../src/domain/counting/contest-law.ts';
import type { ContestLaw, Requirement } from '../../../../src/domain/counting/contest-law.ts';
import { countContest, resolveTie } from '../../../../src/domain/counting/counting-methods.ts';
import type { WinnerCount } from '../../../../src/domain/counting/most-votes.ts';
import { displayShare, fileShare, roundShare } from '../../../../src/domain/results/rounding.ts';
import { optionId, totalsOf } from './plain-divisors.ts';

type Poll = {
  readonly votes: readonly number[];
  readonly seats: number;
  readonly law: ContestLaw;
  readonly abstained: number;
  readonly invalid: number;
  readonly entitled: number;
};

const contestOf = ({ votes, seats, law }: Poll) => ({
  id: 'board',
  method: 'plurality' as const,
  seats,
  law,
  minChoices: 1,
  maxChoices: 1,
  options: votes.map((_, index) => ({ id: optionId(index), number: index + 1 })),
});

function countPoll(poll: Poll): WinnerCount {
  const { votes, abstained, invalid, entitled } = poll;
  const count = countContest(contestOf(poll), totalsOf(votes, abstained), null, { invalid, entitled, group: null });
  if (count.kind !== 'winner') throw new Error('counted by another method');
  return count;
}

const share = fc
  .integer({ min: 1, max: 60 })
  .chain((denominator) => fc.integer({ min: 0, max: denominator }).map((numerator) => ({ numerator, denominator })));
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ share, of: fc.constantFrom(...bases), moreThan: fc.boolean() }, { requiredKeys: ['share', 'of'] }),
  fc.record({ votes: fc.integer({ min: 1, max: 12 }) }),
);
const polls: fc.Arbitrary<Poll> = fc.record({
  votes: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 7 }),
  seats: fc.integer({ min: 1, max: 8 }),
  law: fc.record(
    {
      required: fc.array(requirement, { minLength: 1, maxLength: 2 }),
      quorum: fc.record({ share, counted: fc.constantFrom('valid' as const, 'cast' as const), moreThan: fc.boolean() }),
      tieRules: fc.constant(['lower-number' as const]),
    },
    { requiredKeys: [] },
  ),
  abstained: fc.nat({ max: 8 }),
  invalid: fc.nat({ max: 8 }),
  entitled: fc.integer({ min: 1, max: 80 }),
});

/** Whether votes × denominator ≥ numerator × base, or > for more than. */
function fulfils(votes: number, rule: Requirement, numbers: Readonly<Record<string, number>>): boolean {
  if ('votes' in rule) return votes >= rule.votes;
  const votesTimes = BigInt(votes) * BigInt(rule.share.denominator);
  const right = BigInt(rule.share.numerator) * BigInt(numbers[rule.of]!);
  return rule.moreThan === true ? votesTimes > right : votesTimes >= right;
}

/** Takes the option with the most votes until the seats are given; equals that do not all fit are tied. */
function plainWinners({ votes, seats, law, abstained, invalid, entitled }: Poll): {
  winners: number[];
  tied: number[];
} {
  const valid = votes.reduce((sum, one) => sum + one, 0);
  const answered = valid + abstained;
  const numbers = { votes: valid, valid, 'valid-and-blank': answered, cast: answered + invalid, entitled };
  const { quorum } = law;
  if (quorum && !fulfils(numbers[quorum.counted], { ...quorum, of: 'entitled' }, numbers))
    return { winners: [], tied: [] };
  let open = [...votes.keys()].filter(
    (option) => votes[option]! > 0 && (law.required ?? []).every((rule) => fulfils(votes[option]!, rule, numbers)),
  );
  const winners: number[] = [];
  while (open.length > 0 && winners.length < seats) {
    const most = Math.max(...open.map((option) => votes[option]!));
    const best = open.filter((option) => votes[option] === most);
    const places = seats - winners.length;
    if (best.length > places && law.tieRules === undefined) return { winners, tied: best };
    winners.push(...best.slice(0, places));
    open = open.filter((option) => !best.includes(option));
  }
  return { winners: winners.sort((a, b) => a - b), tied: [] };
}

describe('Several winners', () => {
  test('The winners and the tie are those of the plain way', () => {
    fc.assert(
      fc.property(polls, (poll) => {
        const { winners = [], tie, seatsEmpty } = countPoll(poll);
        const plain = plainWinners(poll);
        expect(winners).toEqual([...plain.winners].sort((a, b) => a - b).map(optionId));
        expect(tie?.tied ?? []).toEqual(plain.tied.map(optionId));
        expect(winners.length + (tie?.seatsLeft ?? 0) + (seatsEmpty ?? 0)).toBe(poll.seats);
      }),
      { numRuns: 3_000 },
    );
  });

  test('With one seat more no one loses a seat, and with a harder rule no one gains one', () => {
    fc.assert(
      fc.property(polls, (whole) => {
        const poll = { ...whole, law: { ...whole.law, tieRules: ['lower-number'] } } satisfies Poll;
        const winners = (of: Poll): readonly string[] => countPoll(of).winners ?? [];
        const more = winners({ ...poll, seats: poll.seats + 1 });
        for (const winner of winners(poll)) expect(more).toContain(winner);
        const harder = winners({
          ...poll,
          law: { ...poll.law, required: [...(poll.law.required ?? []), { votes: 6 }] },
        });
        for (const winner of harder) expect(winners(poll)).toContain(winner);
      }),
    );
  });

  test('A lot decides the last of several seats, and names only those who are tied', () => {
    const poll: Poll = { votes: [9, 5, 5, 5], seats: 3, law: {}, abstained: 0, invalid: 0, entitled: 30 };
    expect(countPoll(poll)).toMatchObject({
      winner: null,
      winners: ['option-1'],
      tie: { tied: ['option-2', 'option-3', 'option-4'], seatsLeft: 2 },
    });
    const order = ['option-4', 'option-2', 'option-3'];
    const verdict = resolveTie(contestOf(poll), totalsOf(poll.votes), { order, note: 'Drawn.' });
    expect(verdict).toMatchObject({ resolved: true, count: { winners: ['option-1', 'option-2', 'option-4'] } });
    const wrong = { order: ['option-1', ...order], note: 'Drawn.' };
    expect(resolveTie(contestOf(poll), totalsOf(poll.votes), wrong)).toEqual({
      resolved: false,
      fault: 'unknown-option',
    });
  });

  test('A withdrawn option keeps its votes and wins nothing', () => {
    const poll: Poll = { votes: [9, 5, 4], seats: 1, law: {}, abstained: 0, invalid: 0, entitled: 30 };
    const [first, ...others] = contestOf(poll).options;
    const options = [{ ...first!, withdrawnAt: '2026-06-21T10:00:00Z' }, ...others];
    const count = countContest({ ...contestOf(poll), options }, totalsOf(poll.votes));
    expect(count).toMatchObject({ winner: 'option-2', lead: 1, majority: false, valid: 18 });
    expect(count.options[0]).toMatchObject({ votes: 9 });
    const chamber = { ...contestOf(poll), method: 'dhondt' as const, seats: 3, options };
    expect(countContest(chamber, totalsOf(poll.votes))).toMatchObject({
      votes: 18,
      options: [{ standing: 'withdrawn', seats: 0 }, { seats: 2 }, { seats: 1 }],
    });
  });

  test('Five seats elect five, and one seat says its winner', () => {
    const poll: Poll = { votes: [5, 9, 7, 3, 8, 6], seats: 5, law: {}, abstained: 0, invalid: 0, entitled: 40 };
    expect(countPoll(poll)).toMatchObject({ winner: null, tie: null, seatsEmpty: 0, seats: 5 });
    expect(countPoll(poll).winners).toEqual(['option-1', 'option-2', 'option-3', 'option-5', 'option-6']);
    expect(countPoll({ ...poll, seats: 1 })).toMatchObject({ winner: 'option-2', winners: ['option-2'] });
  });

  test('A rule about people entitled whose number is not known is an error, not a result', () => {
    const law: ContestLaw = { quorum: { share: { numerator: 1, denominator: 2 }, counted: 'cast' } };
    const poll: Poll = { votes: [5], seats: 1, law, abstained: 0, invalid: 0, entitled: 0 };
    expect(() => countContest(contestOf(poll), totalsOf([5]))).toThrow(RangeError);
  });
});

describe('Shares on the page', () => {
  const of = (numerator: number, denominator: number) => ({ numerator, denominator });
  test.each([
    [of(4_996, 100_000), [of(5, 100)], '0.04996', '0.049960'],
    [of(4_995, 100_000), [of(5, 100)], '0.04995', '0.049950'],
    [of(49_999_999, 1_000_000_000), [of(5, 100)], '0.049999999', '0.049999999'],
    [of(5, 100), [of(5, 100)], '0.0500', '0.050000'],
    [of(9_999, 10_000), [], '0.9999', '0.999900'],
    [of(99_999, 100_000), [], '0.99999', '0.999990'],
    [of(1, 1), [], '1.0000', '1.000000'],
    [of(1, 10_000_000), [], '0.0000001', '0.0000001'],
    [of(0, 7), [], '0.0000', '0.000000'],
    [of(500_001, 1_000_000), [of(1, 2)], '0.500001', '0.500001'],
    [of(1, 3), [of(1, 3)], '0.3333', '0.333333'],
  ])('%j with the marks %j is never rounded across them', (share, marks, page, file) => {
    expect([displayShare(share, marks), fileShare(share, marks)]).toEqual([page, file]);
  });

  test('A rounded share is on the same side of every mark, and the nearest text of its length', () => {
    const fraction = fc
      .integer({ min: 1, max: 2 ** 49 })
      .chain((denominator) => fc.integer({ min: 0, max: denominator }).map((numerator) => of(numerator, denominator)));
    const near = fc.tuple(fraction, fc.constantFrom(-1, 0, 1)).map(([{ numerator, denominator }, more]) => ({
      mark: of(numerator, denominator),
      share: of(Math.max(0, Math.min(denominator, numerator + more)), denominator),
    }));
    fc.assert(
      fc.property(near, fc.integer({ min: 0, max: 6 }), ({ mark, share }, decimals) => {
        const text = roundShare(share, decimals + 2, [mark]);
        const [whole = '', rest = ''] = text.split('.');
        const unit = 10n ** BigInt(rest.length);
        const units = BigInt(whole + rest);
        const side = (n: bigint, d: bigint, { numerator, denominator }: typeof mark) =>
          Math.sign(Number(n * BigInt(denominator) - BigInt(numerator) * d));
        for (const each of [mark, of(0, 1), of(1, 1)]) {
          const exact = side(BigInt(share.numerator), BigInt(share.denominator), each);
          if (exact !== 0) expect(side(units, unit, each)).toBe(exact);
        }
        const error = 2n * (units * BigInt(share.denominator) - BigInt(share.numerator) * unit);
        expect((error < 0n ? -error : error) <= BigInt(share.denominator)).toBe(true);
        expect(rest.length).toBeGreaterThanOrEqual(decimals);
      }),
    );
  });
});
