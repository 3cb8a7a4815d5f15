// Which ways to verify a phone an election can have together, and what each needs.
import { expect, test } from 'vitest';
import { faultOfMethods, lacksOtherWay, receivesTexts, sendsCodes } from '../../../src/domain/verification-methods.ts';
import type { VerificationMethod } from '../../../src/domain/verification-methods.ts';
import { suggestedElection } from '../../../src/pages/panel/elections/draft/suggestions.ts';
import { allTexts } from '../../../src/pages/public/languages/all-texts.ts';

type Row = readonly [methods: readonly VerificationMethod[], fault: RegExp | null, texts: boolean, codes: boolean];
test.each<Row>([
  [['text-in'], null, true, false],
  [['text-in', 'code'], null, true, true],
  [['text-in-confirmed'], null, true, true],
  [['text-in-confirmed', 'code'], null, true, true],
  [['code'], /text us a code/, false, true],
  [['text-in', 'text-in-confirmed'], /protects no one/, true, true],
])('The methods %j have their faults, and need what they use', (methods, fault, texts, codes) => {
  if (fault === null) expect(faultOfMethods(methods)).toBeNull();
  else expect(faultOfMethods(methods)).toMatch(fault);
  expect([receivesTexts(methods), sendsCodes(methods)]).toEqual([texts, codes]);
});

test('With one method one failure stops all votes, except where the method needs both ways itself', () => {
  expect(lacksOtherWay(['text-in'])).toBe(true);
  expect(lacksOtherWay(['text-in', 'code'])).toBe(false);
  expect(lacksOtherWay(['text-in-confirmed'])).toBe(false);
});

test('A new election that counts has the code back, and a rehearsal costs no texts', () => {
  const suggested = (rehearsal: boolean) =>
    suggestedElection(
      { id: 'e', title: 'E', organiser: '', language: 'en', type: 'questions', rehearsal, timeZone: 'UTC' },
      allTexts.en.suggestions,
      Date.now(),
    );
  expect(suggested(false)).toMatchObject({ verification: { methods: ['text-in-confirmed'] } });
  expect(suggested(true)).toMatchObject({ verification: { methods: ['text-in', 'code'] } });
});
