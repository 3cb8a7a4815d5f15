// The counting of the verifier and that of the platform are written independently. Contests of every method and law, with
// few votes so that ties are frequent, must give the same winners, ranks, seats, ties and lots in both.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countContest, surroundingsOf } from '../../../src/domain/counting/counting-methods.ts';
import type { ContestCount } from '../../../src/domain/counting/counting-methods.ts';
import type { Lot } from '../../../src/domain/counting/tie.ts';
import type { Contest } from '../../../src/domain/election.ts';
import { contestShape } from '../../../src/verifier/documents/contest-document.ts';
import type { StatedResults, StatedContest } from '../../../src/verifier/documents/results-document.ts';
import { parseStrictJson } from '../../../src/verifier/documents/strict-json.ts';
import type { JsonMembers } from '../../../src/verifier/documents/strict-json.ts';
import { countHolds, statedVotes } from '../../../src/verifier/steps/results-count.ts';

type Drawn = {
  readonly contests: readonly Contest[];
  readonly votes: readonly (readonly number[])[];
  readonly invalid: number;
};

const share = fc.record({ numerator: fc.integer({ min: 0, max: 6 }), denominator: fc.constantFrom(6, 10, 20) });
const factor = fc.constantFrom({ numerator: 27, denominator: 20 }, { numerator: 2, denominator: 1 });
const base = fc.constantFrom('votes', 'valid', 'valid-and-blank', 'cast', 'entitled');
const groupBase = fc.constantFrom('votes', 'valid', 'valid-and-blank', 'cast');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const quorum = fc.record({
  share,
  counted: fc.constantFrom('valid', 'valid-and-blank', 'cast'),
  moreThan: maybe(fc.boolean()),
});
const smallVotes = fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 5 });

/** A contest without the members that are undefined. */
const plain = (value: object): Contest => JSON.parse(JSON.stringify(value)) as Contest;

const optionsOf = (rules: readonly object[]) =>
  rules.map((rule, place) => ({
    id: `o${place + 1}`,
    number: place + 1,
    title: { en: `Option ${place + 1}` },
    ...rule,
  }));
const entitled = fc.integer({ min: 20, max: 60 });

const winnerContest = (id: string, extra: fc.Arbitrary<object>) =>
  smallVotes.chain((votes) =>
    fc
      .record({
        method: fc.constantFrom('plurality', 'approval'),
        seats: maybe(fc.integer({ min: 1, max: 3 })),
        law: maybe(
          fc.record({
            required: maybe(
              fc.array(
                fc.oneof(
                  fc.record({ share, of: base, moreThan: maybe(fc.boolean()) }),
                  fc.record({ votes: fc.integer({ min: 1, max: 6 }) }),
                ),
                { minLength: 1, maxLength: 2 },
              ),
            ),
            quorum: maybe(quorum),
            tieRules: maybe(fc.constant(['lower-number'])),
            entitled,
          }),
        ),
        withdrawn: fc.array(fc.boolean(), { minLength: votes.length, maxLength: votes.length }),
        extra,
      })
      .map(({ withdrawn, law, extra: more, ...rest }) => ({
        votes,
        contest: plain({
          id,
          title: { en: id },
          minChoices: 1,
          maxChoices: 1,
          abstain: true,
          ...rest,
          law: Object.keys(more).length > 0 ? { ...law, ...more } : law,
          options: optionsOf(
            withdrawn.map((is, place) => (is && place === 0 ? { withdrawnAt: '2026-01-01T00:00:00Z' } : {})),
          ),
        }),
      })),
  );

const optionRule = fc.record({
  threshold: maybe(fc.oneof(fc.constant('exempt' as const), share)),
  candidates: maybe(fc.integer({ min: 1, max: 4 })),
});
const seatContest = (id: string, threshold: fc.Arbitrary<object | undefined>, seatsMax = 12) =>
  smallVotes.chain((votes) =>
    fc
      .record({
        method: fc.constantFrom('dhondt', 'sainteLague'),
        seats: fc.integer({ min: 1, max: seatsMax }),
        threshold,
        percent: maybe(fc.constantFrom(5, 12.5, 33.3333333333)),
        firstDivisor: maybe(fc.constantFrom({ numerator: 14, denominator: 10 }, { numerator: 6, denominator: 5 })),
        quorum: maybe(quorum),
        tieRules: maybe(fc.constantFrom(['more-votes'], ['lower-number'], ['more-votes', 'lower-number'])),
        rules: fc.array(optionRule, { minLength: votes.length, maxLength: votes.length }),
        withdrawn: fc.boolean(),
      })
      .map(({ threshold: rule, percent, rules, withdrawn, method, seats, ...law }) => ({
        votes,
        contest: plain({
          id,
          title: { en: id },
          minChoices: 1,
          maxChoices: 1,
          abstain: true,
          method,
          seats,
          thresholdPercent: rule === undefined ? percent : undefined,
          law: { ...law, threshold: rule, entitled: 40 },
          options: optionsOf(
            rules.map((each, place) => ({
              ...each,
              threshold: rule === undefined && percent === undefined ? undefined : each.threshold,
              withdrawnAt: withdrawn && place === 1 ? '2026-01-01T00:00:00Z' : undefined,
            })),
          ),
        }),
      })),
  );

const drawnOf = (...parts: fc.Arbitrary<{ contest: Contest; votes: number[] }>[]): fc.Arbitrary<Drawn> =>
  fc.record({ parts: fc.tuple(...parts), invalid: fc.nat({ max: 5 }) }).map(({ parts: list, invalid }) => ({
    contests: list.map(({ contest }) => contest),
    votes: list.map(({ votes }) => votes),
    invalid,
  }));

const threshold = maybe(fc.record({ share, of: base, moreThan: maybe(fc.boolean()), exemptFactor: maybe(factor) }));
const group = fc
  .record({ share, of: groupBase, moreThan: maybe(fc.boolean()), localSeats: maybe(fc.integer({ min: 1, max: 2 })) })
  .chain((rule) => {
    const common = fc.constant({ ...rule, group: 'g' });
    const local = fc.constant({ localOf: 'g' });
    return drawnOf(
      seatContest('a', common),
      seatContest('b', common),
      winnerContest('c', local),
      winnerContest('d', local),
    );
  });

const elections: Record<string, fc.Arbitrary<Drawn>> = {
  winners: drawnOf(winnerContest('w', fc.constant({}))),
  seats: drawnOf(seatContest('s', threshold)),
  'groups with local contests': group,
};

/** The platform's count of every contest; `lots` decides ties by the drawn order of all options. */
function platformCount({ contests, votes, invalid }: Drawn, lots: boolean): ContestCount[] {
  const totalsOf = (id: string) => {
    const place = contests.findIndex((contest) => contest.id === id);
    const list = votes[place]!;
    return {
      votes: list.map((each, at) => ({ optionId: `o${at + 1}`, votes: each })),
      valid: list.reduce((sum, each) => sum + each, 0),
      abstained: 3,
    };
  };
  const lotsById = new Map<string, Lot>();
  const count = (contest: Contest): ContestCount => {
    const around = surroundingsOf(contest, contests, totalsOf, (id) => lotsById.get(id), { invalid, entitled: 50 });
    const open = countContest(contest, totalsOf(contest.id), null, around);
    if (!lots || open.tie === null) return open;
    const lot = { order: [...open.tie.tied].reverse(), note: 'Drawn in public.' };
    lotsById.set(contest.id, lot);
    return countContest(contest, totalsOf(contest.id), lot, around);
  };
  // Local contests first, because their lots decide who takes part in the others.
  const counts = new Map([...contests].reverse().map((contest) => [contest.id, count(contest)]));
  return contests.map(({ id }) => counts.get(id)!);
}

const json = (value: unknown): JsonMembers => parseStrictJson(Buffer.from(JSON.stringify(value))) as JsonMembers;

function stated(count: ContestCount): StatedContest {
  const { options } = count;
  return {
    ...count,
    options: options.map((option) => ({ ...option, members: json(option) })),
    members: json(count),
  };
}

/** Whether the verifier agrees with counts of the platform. */
function agrees({ contests, invalid }: Drawn, counts: readonly ContestCount[]): boolean {
  const documents = contests.map((contest) => contestShape(json(contest))).filter((each) => each !== undefined);
  expect(documents.length).toBe(contests.length);
  const results = {
    turnout: { eligible: 50, online: 0, batches: 0 },
    reconciliation: {
      batches: {
        invalidByReason: [
          { reason: 'Invalid poll number.', rows: invalid },
          { reason: 'Duplicate ballot.', rows: 2 },
        ],
      },
    },
    contests: counts.map(stated),
  } as unknown as StatedResults;
  return countHolds(results, statedVotes(results, documents, []));
}

test.each(Object.entries(elections))('Both countings agree on random contests: %s', (_name, election) => {
  fc.assert(
    fc.property(election, fc.boolean(), (election, lots) => {
      const counts = platformCount(election, lots);
      if (!agrees(election, counts)) throw new Error(JSON.stringify({ counts }, null, 1));
    }),
    { numRuns: 500 },
  );
});
