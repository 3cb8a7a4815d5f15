// Times of an election name their zone wherever they are, and a time that clocks show twice says which of the two it is.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeWords } from '../../../src/pages/public/check/time-words.ts';
import { languages, languageTags } from '../../../src/pages/public/languages/languages.ts';
import type { LanguageTag } from '../../../src/pages/public/languages/languages.ts';
import { createWords } from '../../../src/pages/public/words.ts';
import { clockText, momentText, shortTimeText } from '../../../src/pages/panel/words.ts';
import { momentOf, typedOf } from '../../../src/pages/panel/elections/draft/typed-time.ts';
import { localOf, momentsOf } from '../../../src/pages/panel/elections/draft/zoned-time.ts';
import { segmentsOf, voteBegunText } from '../../../src/services/sms/codes/message-texts.ts';

type DateTime = (instant: string, tag: LanguageTag, zone: string) => string;
/** The types of tests have no pages of the voter. */
const source = join(import.meta.dirname, '../../../src/pages/shared/languages.ts');
const { dateTime } = (await import(source)) as { dateTime: DateTime };

const minuteMs = 60_000;
/** Zones with a change of an hour, of half an hour, of a day, and with none but an offset of quarters. */
const zones = [
  'Europe/Belgrade',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/St_Johns',
  'UTC',
];
const dates = fc.date({ min: new Date('2000-01-02'), max: new Date('2199-12-30'), noInvalidDate: true });

function zoneName(at: Date, tag: LanguageTag, timeZone: string): string {
  const format = new Intl.DateTimeFormat(languages[tag].lang, { timeZone, timeZoneName: 'short' });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '?';
}

describe('A time that people read', () => {
  test('A time names the zone of its election on pages, in the list of the voter and in text messages', () => {
    const property = fc.property(
      dates,
      fc.constantFrom(...zones),
      fc.constantFrom(...languageTags),
      (at, zone, tag) => {
        const instant = at.toISOString();
        const name = zoneName(at, tag, zone);
        const notice = { title: 'Budget', locale: tag, rehearsal: false, contact: '2555 0123', timeZone: zone };
        const message = voteBegunText({ ...notice, until: instant });
        for (const text of [createWords(tag, zone).time(instant), dateTime(instant, tag, zone), message])
          expect(text).toContain(name);
        expect(message).not.toMatch(/[[\]]/);
        expect(segmentsOf(message)).toBeLessThanOrEqual(3);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test.each(languageTags)('The time of a checkpoint names the zone of the reader in %s', (tag) => {
    const at = new Date('2026-01-01T00:00:00Z');
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const text = timeWords(at.getTime(), at.getTime(), languages[tag].lang);
    expect(text).toContain(zoneName(at, tag, timeZone));
    expect(text).not.toMatch(/[[\]]/);
  });

  test.each([
    ['Europe/Belgrade', '2026-10-25', '02:30'],
    ['America/New_York', '2026-11-01', '01:59'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45'],
  ])('The two times in %s on %s at %s differ in every form', (zone, date, time) => {
    const both = momentsOf({ date, time }, zone);
    expect(both).toHaveLength(2);
    const forms = [momentText, shortTimeText, clockText];
    for (const form of forms) {
      const [first = '', second = ''] = both.map((at) => form(at, zone));
      expect(first).not.toBe(second);
      expect(first).toContain('GMT');
      const dayBefore = new Date(Date.parse(both[0]!) - 86_400_000).toISOString();
      expect(form(dayBefore, zone)).not.toContain('GMT');
    }
    for (const tag of languageTags) expect(new Set(both.map(createWords(tag, zone).time)).size).toBe(2);
  });
});

/** Every moment within two days at which clocks in the zone show the time, found by trying each quarter of an hour. */
function momentsByTrial(date: string, time: string, zone: string): string[] {
  const around = Date.parse(`${date}T${time}Z`);
  return Array.from({ length: 4 * 97 }, (_, n) => new Date(around + (n - 4 * 48) * 15 * minuteMs).toISOString()).filter(
    (at) => {
      const local = localOf(at, zone);
      return local.date === date && local.time === time;
    },
  );
}

describe('A time that is typed near a change of the clocks', () => {
  const changes = [
    ['Europe/Belgrade', '2026-03-29'],
    ['Europe/Belgrade', '2026-10-25'],
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['Pacific/Apia', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30'],
    ['Pacific/Apia', '2011-12-31'],
    ['Asia/Kathmandu', '2028-02-29'],
  ] as const;

  test('A typed time has the moments that a search finds, and each of them is typed back', () => {
    const quarters = fc.nat({ max: 95 }).map((n) => new Date(n * 15 * minuteMs).toISOString().slice(11, 16));
    const property = fc.property(fc.constantFrom(...changes), quarters, ([zone, date], time) => {
      const instants = momentsOf({ date, time }, zone);
      expect(instants).toEqual(momentsByTrial(date, time, zone));
      for (const at of instants) expect(momentOf(typedOf(at, zone), zone)).toEqual({ at });
      if (instants.length === 0) expect(momentOf({ date, time, second: false }, zone)).toHaveProperty('fault');
    });
    fc.assert(property, { numRuns: 150 });
  });

  test('A time with parts of a second stays the second of its hour, as an end of now may be', () => {
    const property = fc.property(fc.constantFrom('02:00', '02:15', '02:59'), fc.nat({ max: 59_999 }), (time, ms) => {
      const [first = '', second = ''] = momentsOf({ date: '2026-10-25', time }, 'Europe/Belgrade');
      const later = (instant: string): string => new Date(Date.parse(instant) + ms).toISOString();
      expect(typedOf(later(first), 'Europe/Belgrade').second).toBe(false);
      expect(typedOf(later(second), 'Europe/Belgrade').second).toBe(true);
    });
    fc.assert(property);
  });

  test.each(['24:00', '23:59:60', '8:00', '08:00:00.500', ''])(
    'The text %j is no time, and clocks do not skip it',
    (time) => {
      expect(momentOf({ date: '2026-10-25', time, second: false }, 'UTC')).toEqual({ fault: 'Enter a time.' });
    },
  );
});
