// Results of any election for properties: ties, entries lots, no votes, withdrawn options, laws, seats, and titles and numbers
// that are hard to show. Each option has a sign of its own in its title, so that a test finds it in any text.
import fc from 'fast-check';
import type { Contest, Title } from '../../../src/domain/election.ts';
import type { CountingMethod } from '../../../src/domain/counting/method-table.ts';
import { shownElection } from '../../../src/protocol/public-document.ts';
import type { ElectionDefinition, PublicElection } from '../../../src/protocol/public-document.ts';
import type { ResultsBody } from '../../../src/protocol/public-results.ts';
import { firstResults, withLots } from '../../../src/services/elections/results/results-body.ts';
import { definition } from '../elections.ts';

export type GeneratedResult = {
  readonly definition: ElectionDefinition;
  readonly election: PublicElection;
  readonly results: ResultsBody;
};

const votes = fc.oneof(fc.constantFrom(0, 1, 2, 3, 100, 199_999, 999_999, 2 ** 31), fc.nat({ max: 20 }));
const stems = fc.constantFrom(
  'Ash',
  '=1+1',
  '-2, "so called"',
  "+1 O'Hara & <Sons>",
  'a, b; c\td',
  'מפלגה 12',
  'قائمة (3)',
  '綠色 名單',
  'A very long name of a list '.repeat(6),
);
const titles = fc.oneof(
  stems.map((en): Title => ({ en })),
  fc.tuple(stems, stems).map(([de, english]): Title => ({ de, 'en-GB': english })),
  fc.tuple(stems, stems).map(([sr, zh]): Title => ({ sr, zh })),
);
const signed = (title: Title, sign: string): Title =>
  Object.fromEntries(Object.entries(title).map(([language, text]) => [language, `${text} ${sign}`]));
/** The sign of an option in its titles. */
export const signOf = (contest: number, option: number): string => `§${contest}x${option}§`;
export const signsIn = (text: string): readonly string[] => text.match(/§\d+x\d+§/g) ?? [];

const half = { numerator: 1, denominator: 2 };
const winnerLaws = fc.constantFrom<Partial<Contest>>(
  {},
  {},
  { seats: 2 },
  { seats: 3, law: { tieRules: ['lower-number'] } },
  { law: { required: [{ share: half, of: 'valid', moreThan: true }] } },
  { law: { required: [{ votes: 3 }] } },
  { law: { entitled: 50, quorum: { share: half, counted: 'cast' } } },
);
const seatLaws = fc.constantFrom<Partial<Contest>>(
  { seats: 1 },
  { seats: 5, thresholdPercent: 5 },
  { seats: 11, thresholdPercent: 33.3 },
  { seats: 3, law: { threshold: { share: { numerator: 1, denominator: 3 }, of: 'cast' } } },
  { seats: 4, law: { entitled: 5_000_000, quorum: { share: half, counted: 'cast' } } },
);
const rules = fc.oneof(
  fc.tuple(fc.constantFrom<CountingMethod>('plurality', 'approval'), winnerLaws),
  fc.tuple(fc.constantFrom<CountingMethod>('dhondt', 'sainteLague'), seatLaws),
);
const option = fc.record({ title: titles, votes, isWithdrawn: fc.nat({ max: 5 }).map((n) => n === 0) });
const contest = fc.record({ title: titles, rule: rules, options: fc.array(option, { minLength: 1, maxLength: 7 }) });

const withdrawnAt = '2026-06-20T10:00:00.000Z';
type Entry = typeof contest extends fc.Arbitrary<infer Value> ? Value : never;

function contestOf({ title, rule: [method, law], options }: Entry, place: number): Contest {
  return {
    id: `contest-${place}`,
    title,
    method,
    minChoices: 1,
    maxChoices: method === 'approval' ? options.length : 1,
    abstain: true,
    ...law,
    options: options.map((each, at) => ({
      id: `option-${at}`,
      number: at + 1,
      title: signed(each.title, signOf(place, at)),
      ...(each.isWithdrawn && { withdrawnAt }),
    })),
  };
}

/** Ballots that chose an option: with several choices a ballot, the fewest that can have these votes. */
function validOf({ rule: [method], options }: Entry): number {
  const numbers = options.map((each) => each.votes);
  return method === 'approval' ? Math.max(...numbers) : numbers.reduce((sum, each) => sum + each, 0);
}

export const generatedResults: fc.Arbitrary<GeneratedResult> = fc
  .record({
    contests: fc.array(contest, { minLength: 1, maxLength: 3 }),
    abstained: fc.constantFrom(0, 1, 2 ** 31),
    invalid: fc.constantFrom(0, 1, 999_999),
    eligible: fc.constantFrom(null, 0, 1, 999_999, 2 ** 31),
    draws: fc.boolean(),
  })
  .map(({ contests: entries, abstained, invalid, eligible, draws }) => {
    const contests = entries.map(contestOf);
    const ballots = Math.max(...entries.map(validOf)) + abstained;
    const election: ElectionDefinition = {
      ...definition({ channels: ['online', 'batches'] }),
      contests,
    } as ElectionDefinition;
    const results = firstResults(election, {
      closedAt: election.closesAt,
      eligible,
      online: { received: ballots, valid: ballots },
      batches: {
        files: 1,
        received: invalid,
        valid: 0,
        missing: 0,
        invalidByReason: { 'Invalid poll number.': invalid },
      },
      totals: new Map(
        entries.map((each, place) => [
          `contest-${place}`,
          {
            votes: each.options.map(({ votes: number }, at) => ({ optionId: `option-${at}`, votes: number })),
            valid: validOf(each),
            abstained: ballots - validOf(each),
          },
        ]),
      ),
    });
    const lots = Object.fromEntries(
      results.contests.flatMap(({ contestId, tie }) =>
        tie ? [[contestId, { order: [...tie.tied].reverse(), note: 'Drawn.' }]] : [],
      ),
    );
    return {
      definition: election,
      election: { ...shownElection(election), phase: 'published', revision: 2 },
      results: draws ? withLots(election, results, lots, 2) : results,
    };
  });
