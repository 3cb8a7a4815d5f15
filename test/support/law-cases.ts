// Contests with a law around their method: each rule once, and what the result then says in English.
import { chamber, plurality, resultCase } from './result-cases.ts';
import type { ResultCase } from './result-cases.ts';

const percent = (numerator: number) => ({ numerator, denominator: 100 });
const most = (seats: number) => ({ ...plurality, seats });

/** `lines`: what every page says of the law beside the sentence. */
export type LawCase = ResultCase & { readonly lines: readonly string[] };

function lawCase(lines: readonly string[], ...input: Parameters<typeof resultCase>): LawCase {
  return { ...resultCase(...input), lines };
}

const seatCases: readonly LawCase[] = [
  lawCase(
    ['Only lists with at least 6 votes take part. That is 5% of all ballots cast.'],
    'a threshold of the ballots cast',
    { method: 'dhondt', seats: 4, law: { threshold: { share: percent(5), of: 'cast' } } },
    { votes: [70, 25, 5], invalid: 10 },
    'Ash has 3 of 4 seats, exactly a majority.',
  ),
  lawCase(
    ['Only lists with at least 34 votes take part. That is more than 1/3 of the valid ballots.'],
    'a threshold of more than a third',
    {
      method: 'dhondt',
      seats: 4,
      law: { threshold: { share: { numerator: 1, denominator: 3 }, of: 'valid', moreThan: true } },
    },
    { votes: [66, 33] },
    'Ash has 4 of 4 seats, 1 more than a majority.',
  ),
  lawCase(
    [
      'Only lists with at least 20 votes take part. That is 20% of the votes.',
      'No threshold applies to Cedar.',
      'Birch needs at least 30 votes.',
      'The quotients of Cedar are multiplied by 1.35.',
    ],
    'an exempt list, a list with a threshold of its own and multiplied quotients',
    {
      method: 'dhondt',
      seats: 5,
      law: { threshold: { share: percent(20), of: 'votes', exemptFactor: { numerator: 27, denominator: 20 } } },
      options: [{}, { threshold: percent(30) }, { threshold: 'exempt' }],
    },
    { votes: [56, 29, 15] },
    'Ash has 4 of 5 seats, 1 more than a majority.',
  ),
  lawCase(
    ['All candidates of these lists have a seat: Ash. Further seats went to other lists.'],
    'a list with fewer candidates than seats',
    { ...chamber(4), options: [{ candidates: 1 }] },
    { votes: [90, 10] },
    'Birch has 3 of 4 seats, exactly a majority.',
  ),
  lawCase(
    ['All candidates of these lists have a seat: Ash and Birch. Further seats went to other lists.'],
    'seats that stay empty because all lists are full',
    { ...chamber(5), options: [{ candidates: 1 }, { candidates: 2 }] },
    { votes: [90, 10] },
    'Birch has the most seats, 2 of 5. A majority is 3.',
  ),
  lawCase(
    ['Ash and Birch were equal. This rule decided: more votes. It gave the seat to Ash.'],
    'a tie for the last seat that more votes decided',
    { ...chamber(2), law: { tieRules: ['more-votes'] } },
    { votes: [40, 20, 10] },
    'Ash has 2 of 2 seats, exactly a majority.',
  ),
  lawCase(
    ['Ash, Birch and Cedar were equal. This rule decided: more votes. It left Birch and Cedar equal.'],
    'a tie that more votes decided in part',
    { ...chamber(3), law: { tieRules: ['more-votes'] } },
    { votes: [20, 40, 40] },
    'Birch and Cedar have the most seats so far, 1 of 3 each. A majority is 2.',
  ),
  lawCase(
    [],
    'a first divisor of 1.4',
    { method: 'sainteLague', seats: 3, law: { firstDivisor: { numerator: 14, denominator: 10 } } },
    { votes: [60, 30, 10] },
    'Ash has 2 of 3 seats, exactly a majority.',
  ),
];

const localLaw = { share: percent(20), of: 'votes', group: 'nation', localSeats: 1 } as const;
const localLines = [
  'Only lists with at least 20 votes take part. That is 20% of the votes.',
  'For the threshold, the votes of all contests of the group count together.',
  'A list with fewer votes takes part too if it wins at least 1 local contest.',
];
const halfOfAll = { share: percent(50), counted: 'cast' } as const;
const localCases: readonly LawCase[] = [
  lawCase(
    [...localLines, 'So these lists take part: Cedar.'],
    'a list that takes part by a local contest',
    { method: 'dhondt', seats: 10, law: { threshold: localLaw } },
    { votes: [70, 20, 10], local: [{ winners: ['cedar'], tied: [] }] },
    'Ash has 7 of 10 seats, 1 more than a majority.',
  ),
  lawCase(
    localLines,
    'an open tie in a local contest that decides who takes part',
    { method: 'dhondt', seats: 10, law: { threshold: localLaw } },
    { votes: [70, 20, 10], local: [{ winners: [], tied: ['ash', 'cedar'] }] },
    'No seat is certain until the tie is decided.',
  ),
  lawCase(
    [],
    'a local contest of a group',
    { ...plurality, law: { localOf: 'nation' } },
    { votes: [60, 40] },
    'Ash has the most votes: 60.00% of the valid ballots. That is 20 votes more than the next.',
  ),
  lawCase(
    ['Quorum: at least 102 ballots, 50% of the people who may vote. 102 count for it.'],
    'a quorum for seats that is met exactly',
    { ...chamber(4), law: { quorum: halfOfAll } },
    { votes: [70, 30], entitled: 204 },
    'Ash has 3 of 4 seats, exactly a majority.',
  ),
  lawCase(
    ['Quorum: at least 103 ballots, 50% of the people who may vote. 102 count for it.'],
    'a quorum for seats that is missed by one ballot',
    { ...chamber(4), law: { quorum: halfOfAll } },
    { votes: [70, 30], entitled: 205 },
    'The quorum is not met. Nothing is decided.',
  ),
];

const winnerCases: readonly LawCase[] = [
  lawCase([], 'several winners', most(3), { votes: [10, 40, 30, 20] }, 'Elected: Birch, Cedar and Dogwood.'),
  lawCase(
    [],
    'an open tie for the last of several seats',
    most(2),
    { votes: [40, 30, 30] },
    'Elected so far: Ash. 1 more seat depends on a drawing of lots.',
  ),
  lawCase(
    [],
    'an open tie for all of several seats',
    most(2),
    { votes: [30, 30, 30] },
    '2 more seats depend on a drawing of lots.',
  ),
  lawCase(
    ['Birch and Cedar were equal. This rule decided: the lower number on the ballot. It gave the seat to Birch.'],
    'a tie for the last of several seats that the lower number decided',
    { ...most(2), law: { tieRules: ['lower-number'] } },
    { votes: [40, 30, 30] },
    'Elected: Ash and Birch.',
  ),
  lawCase(
    ['To be elected, an option needs at least 25 votes.'],
    'several seats of which one stays empty',
    { ...most(3), law: { required: [{ votes: 25 }] } },
    { votes: [40, 30, 20, 10] },
    'Elected: Ash and Birch. 1 seat stays empty.',
  ),
  lawCase(
    ['Ash and Birch were equal. This rule decided: the lower number on the ballot. It gave the seat to Ash.'],
    'a tie for first place that the lower number decided',
    { ...plurality, law: { tieRules: ['lower-number'] } },
    { votes: [40, 40] },
    'Ash and Birch were tied for first place. Ash wins by this rule: the lower number on the ballot.',
  ),
  lawCase(
    ['To be elected, an option needs at least 67 votes: 2/3 of the valid ballots.'],
    'a qualified majority that is missed',
    { ...plurality, law: { required: [{ share: { numerator: 2, denominator: 3 }, of: 'valid' }] } },
    { votes: [66, 34] },
    'No option has the 67 votes that are needed. Nothing is decided.',
  ),
  lawCase(
    [
      'To be elected, an option needs at least 51 votes: more than 50% of the valid ballots.',
      'To be elected, an option needs at least 50 votes: 25% of the people who may vote.',
    ],
    'a majority and an approval of the people entitled that are reached',
    {
      ...plurality,
      law: {
        required: [
          { share: percent(50), of: 'valid', moreThan: true },
          { share: percent(25), of: 'entitled' },
        ],
      },
    },
    { votes: [51, 49], entitled: 200 },
    'Ash has the most votes: 51.00% of the valid ballots. That is 2 votes more than the next.',
  ),
  lawCase(
    ['Quorum: at least 101 ballots, more than 50% of the people who may vote. 100 count for it.'],
    'a quorum that is missed by one ballot',
    { ...plurality, law: { quorum: { share: percent(50), moreThan: true, counted: 'valid' }, entitled: 200 } },
    { votes: [60, 40] },
    'The quorum is not met. Nothing is decided.',
  ),
];

export const lawCases: readonly LawCase[] = [...seatCases, ...localCases, ...winnerCases];
