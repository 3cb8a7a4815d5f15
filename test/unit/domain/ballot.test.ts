// The verdict on a ballot: each valid one beside its invalid counterparts, and the one spelling of a valid ballot.
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ballotBytesMax, canonicalBallotText, judgeBallot } from '../../../src/domain/ballot.ts';
import type { Ballot, BallotFault } from '../../../src/domain/ballot.ts';
import type { Contest } from '../../../src/domain/election.ts';
import { ballot as ballotSchema } from '../../../src/protocol/public-api.ts';
import { definition } from '../../support/elections.ts';

const byteLength = (text: string): number => Buffer.byteLength(text);

function contest(id: string, options: readonly string[], changes: Partial<Contest> = {}): Contest {
  return {
    id,
    title: { en: id },
    method: 'approval',
    minChoices: 1,
    maxChoices: 1,
    abstain: false,
    options: options.map((option, index) => ({ id: option, number: index + 1, title: { en: option } })),
    ...changes,
  };
}

const motion = contest('motion', ['yes', 'no'], { abstain: true });
const council = contest('council', ['red', 'blue', 'green', 'grey'], { minChoices: 2, maxChoices: 3 });
const contests = [motion, council];

const answers = (...contests: [string, string[]][]): Ballot => ({
  contests: contests.map(([contestId, choices]) => ({ contestId, choices })),
});

describe('The rules of a ballot', () => {
  type Row = [string, Ballot, (readonly [string, BallotFault['fault']])[]];
  const rows: Row[] = [
    ['one choice and the fewest choices', answers(['motion', ['yes']], ['council', ['red', 'grey']]), []],
    ['one choice too few', answers(['motion', ['yes']], ['council', ['red']]), [['council', 'too-few']]],
    ['the most choices', answers(['motion', ['no']], ['council', ['red', 'blue', 'grey']]), []],
    [
      'one choice too many',
      answers(['motion', ['no']], ['council', ['red', 'blue', 'green', 'grey']]),
      [['council', 'too-many']],
    ],
    ['an abstention where it is offered', answers(['motion', []], ['council', ['red', 'blue']]), []],
    [
      'an abstention where it is not offered',
      answers(['motion', ['yes']], ['council', []]),
      [['council', 'no-abstention']],
    ],
    ['a contest left out', answers(['motion', ['yes']]), [['council', 'missing-contest']]],
    [
      'a contest answered twice',
      answers(['motion', ['yes']], ['council', ['red', 'blue']], ['motion', ['no']]),
      [['motion', 'repeated-contest']],
    ],
    [
      'a contest of another election',
      answers(['motion', ['yes']], ['council', ['red', 'blue']], ['mayor', ['ann']]),
      [['mayor', 'unknown-contest']],
    ],
    [
      'an option of another contest',
      answers(['motion', ['red']], ['council', ['red', 'blue']]),
      [['motion', 'unknown-option']],
    ],
    [
      'an option named twice',
      answers(['motion', ['yes']], ['council', ['red', 'red']]),
      [['council', 'repeated-option']],
    ],
    [
      'an option named like a member of every object',
      answers(['motion', ['constructor']], ['council', ['__proto__', 'toString']]),
      [
        ['motion', 'unknown-option'],
        ['council', 'unknown-option'],
      ],
    ],
    [
      'all that is wrong, at once',
      answers(['motion', ['yes', 'yes']], ['mayor', []]),
      [
        ['mayor', 'unknown-contest'],
        ['motion', 'repeated-option'],
        ['motion', 'too-many'],
        ['council', 'missing-contest'],
      ],
    ],
  ];
  test.each(rows)('A ballot is judged by the rules of its contests: %s', (_name, ballot, faults) => {
    const verdict = judgeBallot(contests, ballot);
    expect(verdict.valid).toBe(faults.length === 0);
    const reasons = verdict.valid ? [] : verdict.faults.map(({ contestId, fault }) => [contestId, fault]);
    expect(reasons).toEqual(faults);
  });

  test('Every fault is described in a sentence', () => {
    for (const [, ballot] of rows) {
      const verdict = judgeBallot(contests, ballot);
      if (!verdict.valid) for (const { detail } of verdict.faults) expect(detail).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('A contest that asks for no choice takes an empty answer', () => {
    const optional = [contest('hobby', ['a', 'b'], { minChoices: 0, maxChoices: 2 })];
    expect(judgeBallot(optional, answers(['hobby', []])).valid).toBe(true);
  });
});

// Contests of any shape that the schema of a definition lets through.
const anyContests: fc.Arbitrary<Contest[]> = fc
  .uniqueArray(
    fc
      .record({
        id: fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/),
        options: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/), { minLength: 1, maxLength: 12 }),
        abstain: fc.boolean(),
      })
      .chain(({ id, options, abstain }) =>
        fc.integer({ min: 1, max: options.length }).chain((maxChoices) =>
          fc.record({
            contest: fc
              .integer({ min: 0, max: maxChoices })
              .map((minChoices) => contest(id, options, { minChoices, maxChoices, abstain })),
            numbers: fc.shuffledSubarray(options, { minLength: options.length, maxLength: options.length }),
          }),
        ),
      )
      // Options come in any order. Only their numbers order a ballot.
      .map(({ contest: base, numbers }) => ({
        ...base,
        options: base.options.map((option) => ({ ...option, number: numbers.indexOf(option.id) + 1 })),
      })),
    { minLength: 1, maxLength: 6, selector: ({ id }) => id },
  )
  .map((bases) => bases.map((each): Contest => each));

function choicesOf({ options, minChoices, maxChoices, abstain }: Contest): fc.Arbitrary<string[]> {
  const ids = options.map(({ id }) => id);
  const some = fc.shuffledSubarray(ids, { minLength: minChoices, maxLength: maxChoices });
  return abstain ? fc.oneof(some, fc.constant<string[]>([])) : some;
}

/** Contests, a valid ballot of them, and the same ballot with contests and choices in another order. */
const validBallots = anyContests.chain((contests) =>
  fc
    .tuple(...contests.map((each) => choicesOf(each).map((choices) => ({ contestId: each.id, choices }))))
    .chain((answers) =>
      fc
        .record({
          order: fc.shuffledSubarray(answers, { minLength: answers.length, maxLength: answers.length }),
          backwards: fc.boolean(),
        })
        .map(({ order, backwards }) => ({
          contests,
          ballot: { contests: answers },
          shuffled: {
            contests: order.map(({ contestId, choices }) => ({
              contestId,
              choices: backwards ? [...choices].reverse() : [...choices].sort(),
            })),
          },
        })),
    ),
);

function canonicalTextOf(contests: readonly Contest[], ballot: Ballot): string {
  const verdict = judgeBallot(contests, ballot);
  if (!verdict.valid) throw new Error(`refused: ${JSON.stringify(verdict.faults)}`);
  return canonicalBallotText(verdict.ballot);
}

describe('The one form of a valid ballot', () => {
  test('A valid ballot has one form in any order of its contests and choices', () => {
    fc.assert(
      fc.property(validBallots, ({ contests, ballot, shuffled }) => {
        expect(canonicalTextOf(contests, shuffled)).toBe(canonicalTextOf(contests, ballot));
      }),
    );
  });

  test('Different choices never share a form', () => {
    fc.assert(
      fc.property(
        anyContests.chain((contests) =>
          fc.tuple(
            fc.constant(contests),
            fc.tuple(...contests.map((each) => choicesOf(each))),
            fc.tuple(...contests.map((each) => choicesOf(each))),
          ),
        ),
        ([contests, first, second]) => {
          const text = (choices: readonly (readonly string[])[]): string =>
            canonicalTextOf(contests, {
              contests: contests.map(({ id }, index) => ({ contestId: id, choices: choices[index] ?? [] })),
            });
          const asSets = (choices: readonly (readonly string[])[]): string =>
            JSON.stringify(choices.map((each) => [...each].sort()));
          expect(text(first) === text(second)).toBe(asSets(first) === asSets(second));
        },
      ),
    );
  });

  test('The form of a ballot is the one of RFC 8785', () => {
    fc.assert(
      fc.property(validBallots, ({ contests, ballot }) => {
        const verdict = judgeBallot(contests, ballot);
        expect(verdict.valid && canonicalBallotText(verdict.ballot)).toBe(
          canonicalize(verdict.valid && verdict.ballot),
        );
      }),
    );
  });

  test('The form of a ballot reads back as the same choices', () => {
    const text = canonicalTextOf(contests, answers(['council', ['grey', 'blue']], ['motion', []]));
    expect(text).toBe(
      '{"contests":[{"choices":[],"contestId":"motion"},{"choices":["blue","grey"],"contestId":"council"}]}',
    );
  });
});

describe('The padded length of ballots', () => {
  test('The padded length is never exceeded by a valid ballot', () => {
    fc.assert(
      fc.property(validBallots, ({ contests, ballot }) => {
        expect(byteLength(canonicalTextOf(contests, ballot))).toBeLessThanOrEqual(ballotBytesMax(contests, byteLength));
      }),
      { numRuns: 500 },
    );
  });

  test('The padded length is reached by the ballot that chooses the longest ids', () => {
    const contests = [contest('c', ['a', 'bbbb', 'cc', 'ddd'], { minChoices: 1, maxChoices: 2 })];
    const longest = canonicalTextOf(contests, answers(['c', ['bbbb', 'ddd']]));
    expect(ballotBytesMax(contests, byteLength)).toBe(byteLength(longest));
  });

  test('Computing the padded length leaves the order of the options alone', () => {
    const { contests } = definition();
    const before = JSON.stringify(contests);
    ballotBytesMax(contests, byteLength);
    expect(JSON.stringify(contests)).toBe(before);
  });
});

test('No ballot of the right form makes the judge throw, and what it lets through satisfies every rule', () => {
  const word = fc.oneof(
    fc.constantFrom('motion', 'council', 'yes', 'no', 'red', 'blue', 'green', 'grey', '__proto__', 'constructor'),
    fc.string({ minLength: 1, maxLength: 64 }),
  );
  const anyBallot = fc.record({
    contests: fc.array(fc.record({ contestId: word, choices: fc.array(word, { maxLength: 8 }) }), {
      minLength: 1,
      maxLength: 8,
    }),
  });
  fc.assert(
    fc.property(anyBallot, (ballot) => {
      expect(ballotSchema.safeParse(ballot).success).toBe(true);
      const verdict = judgeBallot(contests, ballot);
      if (!verdict.valid) {
        expect(verdict.faults.length).toBeGreaterThan(0);
        return;
      }
      expect(verdict.ballot.contests.map(({ contestId }) => contestId)).toEqual(['motion', 'council']);
      expect(verdict.ballot.contests[0]?.choices.length).toBeLessThanOrEqual(1);
      expect([2, 3]).toContain(verdict.ballot.contests[1]?.choices.length);
    }),
    { numRuns: 1_000 },
  );
});
