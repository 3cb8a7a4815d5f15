// The rules of a contest: each is broken once, and the fault names the field and what to do.
import { expect, test } from 'vitest';
import { seatMethodNames } from '../../../src/domain/counting/method-table.ts';
import { faultOfOptionCount, faultsOfContest, faultsOfKinds } from '../../../src/domain/contest-rules.ts';

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
  ['seats for one winner', { ...motion, seats: 5 }, [`seats: Give seats for ${seatMethods}, and only for them.`]],
  [
    'no seats to share',
    { ...motion, method: 'sainteLague' },
    [`seats: Give seats for ${seatMethods}, and only for them.`],
  ],
  [
    'a threshold for one winner',
    { ...motion, thresholdPercent: 5 },
    [`thresholdPercent: Only ${seatMethods} have a threshold.`],
  ],
  [
    'more choices at least than at most',
    { ...motion, minChoices: 2 },
    ['minChoices: minChoices is greater than maxChoices.'],
  ],
  [
    'more choices than options',
    { ...motion, maxChoices: 3 },
    ['maxChoices: maxChoices is greater than the number of options.'],
  ],
  ['an id twice', { ...motion, options: [options[0]!, { id: 'a', number: 2 }] }, ['options: Option ids repeat.']],
  [
    'a number left out',
    { ...motion, options: [options[0]!, { id: 'b', number: 3 }] },
    ['options: Number the options 1 to n, each once.'],
  ],
])('The faults of %s', (_, contest, faults) => {
  expect(faultsOfContest(contest).map(({ field, detail }) => `${field}: ${detail}`)).toEqual(faults);
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
