// The rules of a contest: each is broken once, and the fault names the field and what to do.
import { expect, test } from 'vitest';
import type { ContestLaw } from '../../../src/domain/counting/contest-law.ts';
import { countingMethodNames, seatMethodNames } from '../../../src/domain/counting/method-table.ts';
import {
  carriedBy,
  faultOfOptionCount,
  faultsOfContest,
  faultsOfContests,
  faultsOfKinds,
} from '../../../src/domain/contest-rules.ts';

const seatMethods = new Intl.ListFormat('en').format(seatMethodNames);
const options = [
  { id: 'a', number: 1 },
  { id: 'b', number: 2 },
];
const motion = { method: 'plurality', minChoices: 1, maxChoices: 1, options } as const;
const chamber = { ...motion, method: 'dhondt', seats: 5 } as const;

test.each<[string, Parameters<typeof faultsOfContest>[0], string[]]>([
  ['a contest for one winner', motion, []],
  ['a contest for seats', { ...chamber, thresholdPercent: 5 }, []],
  ['several seats for the most votes', { ...motion, seats: 5 }, []],
  [
    'no seats to share',
    { ...motion, method: 'sainteLague' },
    [`seats: Give the number of seats that ${seatMethods} share.`],
  ],
  [
    'a threshold for one winner',
    { ...motion, thresholdPercent: 5 },
    [`thresholdPercent: Only ${seatMethods} have a threshold.`],
  ],
  [
    'more choices at least than at most',
    { ...motion, minChoices: 2 },
    ['minChoices: This is more than the most choices.'],
  ],
  ['more choices than options', { ...motion, maxChoices: 3 }, ['maxChoices: This is more than the number of options.']],
  ['an id twice', { ...motion, options: [options[0]!, { id: 'a', number: 2 }] }, ['options: Option ids repeat.']],
  [
    'a number left out',
    { ...motion, options: [options[0]!, { id: 'b', number: 3 }] },
    ['options: Number the options 1 to n, each once.'],
  ],
])('The faults of %s', (_, contest, faults) => {
  expect(faultsOfContest(contest).map(({ field, detail }) => `${field}: ${detail}`)).toEqual(faults);
});

const percent = (numerator: number) => ({ numerator, denominator: 100 });
const threshold = { share: percent(5), of: 'votes' } as const;
const law = (rules: ContestLaw) => ({ ...chamber, law: rules });
const winnerLaw = (rules: ContestLaw) => ({ ...motion, law: rules });
type Ruled = Parameters<typeof faultsOfContest>[0];

test.each<[string, Ruled, string[]]>([
  ['a law for seats', law({ threshold, firstDivisor: percent(120), tieRules: ['more-votes', 'lower-number'] }), []],
  ['a law for winners', winnerLaw({ required: [{ votes: 5 }], tieRules: ['lower-number'], entitled: 9 }), []],
  ['a quorum for seats', law({ quorum: { share: percent(50), counted: 'cast' } }), []],
  ['local seats', law({ threshold: { ...threshold, group: 'a', localSeats: 1 } }), []],
  ['local seats of no group', law({ threshold: { ...threshold, localSeats: 1 } }), ['law/threshold/group']],
  ['a local contest', winnerLaw({ localOf: 'a' }), []],
  ['a local contest for seats', law({ localOf: 'a' }), ['law/localOf']],
  ['what winners need, for seats', law({ required: [{ votes: 5 }] }), ['law/required']],
  ['a threshold for winners', winnerLaw({ threshold }), ['law/threshold']],
  ['a first divisor for winners', winnerLaw({ firstDivisor: percent(120) }), ['law/firstDivisor']],
  ['two thresholds', { ...law({ threshold }), thresholdPercent: 5 }, ['thresholdPercent']],
  ['a threshold above all', law({ threshold: { ...threshold, share: percent(101) } }), ['law/threshold/share']],
  ['a factor below 1', law({ threshold: { ...threshold, exemptFactor: percent(99) } }), ['law/threshold/exemptFactor']],
  [
    'a common threshold of the people entitled',
    law({ threshold: { ...threshold, of: 'entitled', group: 'a' } }),
    ['law/threshold/of'],
  ],
  ['a first divisor below the method’s', law({ firstDivisor: percent(99) }), ['law/firstDivisor']],
  ['a first divisor as great as the second', law({ firstDivisor: percent(200) }), ['law/firstDivisor']],
  ['a rule for ties twice', law({ tieRules: ['more-votes', 'more-votes'] }), ['law/tieRules']],
  ['a rule after the one that decides all', law({ tieRules: ['lower-number', 'more-votes'] }), ['law/tieRules']],
  ['more votes between equal votes', winnerLaw({ tieRules: ['more-votes'] }), ['law/tieRules']],
  [
    'a required share above all',
    winnerLaw({ required: [{ share: percent(101), of: 'valid' }] }),
    ['law/required/0/share'],
  ],
  ['a quorum above all', winnerLaw({ quorum: { share: percent(101), counted: 'cast' } }), ['law/quorum/share']],
  [
    'an exempt list without a threshold',
    { ...chamber, options: [{ ...options[0]!, threshold: 'exempt' }, options[1]!] },
    ['options/0/threshold'],
  ],
  [
    'a list for winners',
    { ...motion, options: [options[0]!, { ...options[1]!, candidates: 3 }] },
    ['options/1/candidates'],
  ],
  [
    'an own threshold above all',
    { ...law({ threshold }), options: [{ ...options[0]!, threshold: percent(101) }, options[1]!] },
    ['options/0/threshold'],
  ],
])('The law is refused where it is wrong: %s', (_, contest, fields) => {
  expect(faultsOfContest(contest).map(({ field }) => field)).toEqual(fields);
});

test('Every rule of a law is carried by a method, and every method says which it carries', () => {
  const fields: Record<keyof ContestLaw, true> = {
    threshold: true,
    firstDivisor: true,
    required: true,
    quorum: true,
    localOf: true,
    entitled: true,
    tieRules: true,
  };
  const carried = new Set(countingMethodNames.flatMap((method) => carriedBy(method).law));
  expect([...carried].sort()).toEqual(Object.keys(fields).sort());
});

test('Shares of the people entitled need their number, and a group has one threshold', () => {
  const entitled: ContestLaw = { quorum: { share: percent(50), counted: 'cast' } };
  expect(faultsOfContests([{ law: entitled }], true)).toEqual([]);
  expect(faultsOfContests([{ law: { ...entitled, entitled: 100 } }], false)).toEqual([]);
  expect(faultsOfContests([{}, { law: entitled }], false)).toMatchObject([{ place: 1, field: 'law/entitled' }]);
  const member = (numerator: number): { law: ContestLaw } => ({
    law: { threshold: { share: percent(numerator), of: 'votes', group: 'nation' } },
  });
  expect(faultsOfContests([member(5), member(5)], false)).toEqual([]);
  expect(faultsOfContests([member(5), {}, member(4)], false)).toMatchObject([{ place: 2, field: 'law/threshold' }]);
});

test('Local seats need as many local contests, and a local contest a group that counts it', () => {
  const chamberOf = (localSeats: number): { law: ContestLaw } => ({
    law: { threshold: { ...threshold, group: 'nation', localSeats } },
  });
  const local: { law: ContestLaw } = { law: { localOf: 'nation' } };
  expect(faultsOfContests([chamberOf(2), local, local], false)).toEqual([]);
  expect(faultsOfContests([local, chamberOf(2)], false)).toMatchObject([
    { place: 1, field: 'law/threshold/localSeats', detail: 'Of the group nation there are only 1 local contests.' },
  ]);
  expect(faultsOfContests([{ law: { threshold: { ...threshold, group: 'nation' } } }, local], false)).toMatchObject([
    { place: 1, field: 'law/localOf' },
  ]);
  expect(faultsOfContests([chamberOf(1), chamberOf(2), local, local], false)).toMatchObject([
    { place: 1, field: 'law/threshold' },
  ]);
});

test('One option is enough in a rehearsal only', () => {
  expect(faultOfOptionCount(1, true)).toBeNull();
  expect(faultOfOptionCount(2, false)).toBeNull();
  expect(faultOfOptionCount(1, false)).toBe('Give at least 2 options: with one there is nothing to choose.');
});

test('Only parties share seats, and parties and individuals are never options of one contest', () => {
  const places = (...input: Parameters<typeof faultsOfKinds>) => faultsOfKinds(...input).map(({ place }) => place);
  expect(places('dhondt', ['party', 'individual', undefined])).toEqual([1]);
  expect(places('plurality', [undefined, 'individual', 'party', 'individual'])).toEqual([2]);
  expect(places('approval', [undefined, 'party', 'party'])).toEqual([]);
});
