// From ballots to totals: nothing is lost, nothing is counted twice, and a ballot that is not canonical stops the count.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeBallot } from '../../../../src/domain/ballot.ts';
import type { Ballot } from '../../../../src/domain/ballot.ts';
import { NotCanonical, createTally, tallyBallots } from '../../../../src/domain/counting/tally.ts';
import { ballot, definition } from '../../../support/elections.ts';

const { contests } = definition({
  contests: [
    ...definition().contests,
    {
      id: 'books',
      title: { en: 'Which books?' },
      method: 'approval',
      minChoices: 2,
      maxChoices: 3,
      abstain: true,
      // Not in the order of their numbers.
      options: [3, 1, 4, 2].map((number) => ({ id: `book-${number}`, number, title: { en: `Book ${number}` } })),
    },
  ],
});
const cast = (motion: 'yes' | 'no' | null, council: 'red' | 'blue' | 'green', books: readonly string[]): Ballot => ({
  contests: [...ballot(motion, council).contests, { contestId: 'books', choices: books }],
});

test('Votes are counted by option in ballot order, abstentions apart', () => {
  const totals = tallyBallots(contests, [
    cast('yes', 'red', ['book-1', 'book-3']),
    cast(null, 'red', []),
    cast('no', 'blue', ['book-1', 'book-2', 'book-4']),
    cast('yes', 'red', ['book-2', 'book-3']),
  ]);
  expect(Object.fromEntries(totals)).toEqual({
    motion: {
      votes: [
        { optionId: 'yes', votes: 2 },
        { optionId: 'no', votes: 1 },
      ],
      valid: 3,
      abstained: 1,
    },
    council: {
      votes: [
        { optionId: 'red', votes: 3 },
        { optionId: 'blue', votes: 1 },
        { optionId: 'green', votes: 0 },
      ],
      valid: 4,
      abstained: 0,
    },
    books: {
      votes: [1, 2, 3, 4].map((number) => ({ optionId: `book-${number}`, votes: [2, 2, 2, 1][number - 1] })),
      valid: 3,
      abstained: 1,
    },
  });
});

test('No ballots give totals of nothing', () => {
  expect(tallyBallots(contests, []).get('motion')).toEqual({
    votes: [
      { optionId: 'yes', votes: 0 },
      { optionId: 'no', votes: 0 },
    ],
    valid: 0,
    abstained: 0,
  });
});

const anyBallot: fc.Arbitrary<Ballot> = fc
  .tuple(
    fc.constantFrom('yes' as const, 'no' as const, null),
    fc.constantFrom('red' as const, 'blue' as const, 'green' as const),
    fc.subarray(['book-1', 'book-2', 'book-3', 'book-4']).filter(({ length }) => length !== 1 && length !== 4),
  )
  .map((choices) => cast(...choices));

test('What a ballot is judged to be is what is counted, in any order and in any portions', () => {
  fc.assert(
    fc.property(fc.array(anyBallot, { maxLength: 40 }), (ballots) => {
      const totals = tallyBallots(contests, ballots);
      const kinds = new Map<string, number>();
      for (const one of ballots) kinds.set(JSON.stringify(one), (kinds.get(JSON.stringify(one)) ?? 0) + 1);
      const grouped = createTally(contests);
      for (const [text, copies] of [...kinds].reverse()) {
        const verdict = judgeBallot(contests, JSON.parse(text) as Ballot);
        if (!verdict.valid) throw new Error('not a valid ballot');
        grouped.add(verdict.ballot, copies);
      }
      expect(grouped.totals()).toEqual(totals);
      for (const { id } of contests) {
        const { votes, valid, abstained } = totals.get(id)!;
        expect(valid + abstained).toBe(ballots.length);
        for (const { optionId, votes: counted } of votes) {
          const supporters = ballots.filter((one) =>
            one.contests.some(({ contestId, choices }) => contestId === id && choices.includes(optionId)),
          );
          expect(counted).toBe(supporters.length);
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe('A ballot that is not canonical', () => {
  const [motion, council, books] = cast('yes', 'red', ['book-1', 'book-3']).contests;
  const answer = (contestId: string, ...choices: string[]) => ({ contestId, choices });
  test.each<[string, Ballot['contests']]>([
    ['a contest is missing', [motion!, council!]],
    ['a contest comes twice', [motion!, motion!, books!]],
    ['a contest is foreign', [motion!, council!, answer('mayor', 'book-1', 'book-3')]],
    ['contests are out of order', [council!, motion!, books!]],
    ['an option is unknown', [motion!, council!, answer('books', 'book-1', 'book-9')]],
    ['an option belongs to another contest', [motion!, answer('council', 'yes'), books!]],
    ['an option comes twice', [motion!, council!, answer('books', 'book-1', 'book-1')]],
    ['options are out of order', [motion!, council!, answer('books', 'book-3', 'book-1')]],
    ['too many are chosen', [motion!, council!, answer('books', 'book-1', 'book-2', 'book-3', 'book-4')]],
    ['too few are chosen', [motion!, council!, answer('books', 'book-1')]],
  ])('A ballot that is not canonical stops the count and adds nothing: %s', (_, answers) => {
    const tally = createTally(contests);
    tally.add(cast('no', 'green', []));
    const before = tally.totals();
    let error: unknown;
    try {
      tally.add({ contests: answers });
    } catch (cause) {
      error = cause;
    }
    expect(error).toBeInstanceOf(NotCanonical);
    // Choices are secret and must never be in a log.
    expect(String(error)).not.toMatch(/book-\d|yes|red/);
    expect(tally.totals()).toEqual(before);
  });
  test.each([-1, 0.5, NaN, 2 ** 53])('%s copies are no count', (copies) => {
    expect(() => createTally(contests).add(cast('yes', 'red', []), copies)).toThrow(RangeError);
  });
});
