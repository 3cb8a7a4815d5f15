// The kind of a phone line, by the form of the number: for numbers of every country and kind that libphonenumber knows, drawn
// from its own patterns. What is no ordinary line, or of no country, is none.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phoneLinesDefault } from '../../../src/domain/phone-lines.ts';
import { phoneLineOf } from '../../../src/platform/phone/phone-line.ts';

/** In the order of the library's metadata. */
const kinds = [
  'fixed line',
  'mobile',
  'freephone',
  'premium',
  'personal',
  'voicemail',
  'company',
  'pager',
  'voip',
  'shared cost',
] as const;
type Kind = (typeof kinds)[number];
type Pattern = readonly [pattern: string, lengths?: readonly number[]] | 0 | null | undefined;
type Territory = { readonly 0: string; readonly 11?: readonly Pattern[] };
type Metadata = Readonly<Record<'countries' | 'nonGeographic', Readonly<Record<string, Territory>>>>;

const metadata = createRequire(import.meta.url)('libphonenumber-js/max/metadata') as Metadata;
/** Numbers for each pattern. */
const drawCount = 5;

function* numbersOf(territories: Readonly<Record<string, Territory>>) {
  for (const [place, territory] of Object.entries(territories)) {
    for (const [index, pattern] of (territory[11] ?? []).entries()) {
      const kind = kinds[index];
      if (!pattern || !pattern[0] || !kind) continue;
      for (const digits of fc.sample(fc.stringMatching(new RegExp(`^(?:${pattern[0]})$`)), drawCount)) {
        yield { place, kind, number: `+${territory[0]}${digits}` };
      }
    }
  }
}

describe('A number of each country and kind', () => {
  const expected: Readonly<Partial<Record<Kind, readonly string[]>>> = {
    // Where numbers do not tell the two apart, both are mobile.
    'fixed line': ['fixed', 'mobile'],
    mobile: ['mobile'],
    voip: ['voip'],
  };

  test('It is a mobile, fixed or VoIP line, or none: freephone, premium and other kinds are none', () => {
    let count = 0;
    let wrongLengths = 0;
    for (const { place, kind, number } of numbersOf(metadata.countries)) {
      count += 1;
      const line = phoneLineOf(number)?.line ?? 'none';
      // A few patterns also have numbers of a wrong length.
      if (line === 'none' && expected[kind]) wrongLengths += 1;
      else expect(expected[kind] ?? ['none'], `${place} ${kind} ${number}`).toContain(line);
    }
    expect(count).toBeGreaterThan(5_000);
    expect(wrongLengths).toBeLessThan(count / 200);
  });

  test('It is of no country where it is a satellite phone or an international service', () => {
    const all = [...numbersOf(metadata.nonGeographic)];
    expect(new Set(all.map(({ place }) => place)).size).toBeGreaterThan(7);
    for (const { number } of all) expect(phoneLineOf(number), number).toBeNull();
  });

  test('By default it takes part only if it is a mobile number of a country that is named', () => {
    const admitted = [...numbersOf(metadata.countries)].filter(({ number }) => {
      const line = phoneLineOf(number);
      return line?.country === 'HK' && phoneLinesDefault.includes(line.line);
    });
    expect(new Set(admitted.map(({ place, kind }) => `${place} ${kind}`))).toEqual(new Set(['HK mobile']));
  });
});
