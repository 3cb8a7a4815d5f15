// Whatever is typed into a field for a day, a time or a time zone: the form has a moment or says what is missing, and
// nothing throws, because an exception in a form would remove the whole page while somebody types.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { electionYearMax, electionYearMin } from '../../../../src/domain/election.ts';
import { displayZone, isTimeZone } from '../../../../src/domain/time-zone.ts';
import { queryOf } from '../../../../src/pages/panel/audit/filter.ts';
import { momentOf, typedOf } from '../../../../src/pages/panel/elections/draft/typed-time.ts';
import { dayMsOf, localOf, momentsOf, timeZones } from '../../../../src/pages/panel/elections/draft/zoned-time.ts';
import { clockText, momentText } from '../../../../src/pages/panel/words.ts';
import { writtenInstant } from '../../../../src/protocol/written-text.ts';

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 1, maxLength: length });
const padded = (most: number, width: number) =>
  fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(width, '0'));
/** What native fields report, from half typed years to six digits, and any other text. */
const dates = fc.oneof(
  fc.tuple(padded(275_760, 4), padded(13, 2), padded(32, 2)).map((parts) => parts.join('-')),
  fc.tuple(padded(2_300, 4), padded(12, 2), padded(31, 2)).map((parts) => parts.join('-')),
  fc.tuple(digits(6), digits(3), digits(3)).map((parts) => parts.join('-')),
  fc.constantFrom('', '0000-01-01', '-000001-01-01', '+002026-01-01', '2026-02-30', '9999-12-31', '0001-01-01'),
  fc.string(),
);
const times = fc.oneof(
  fc.tuple(padded(24, 2), padded(60, 2)).map((parts) => parts.join(':')),
  fc.tuple(padded(24, 2), padded(60, 2), padded(60, 2)).map((parts) => parts.join(':')),
  fc.constantFrom('', '24:00', '08:00:00.500', '8:00'),
  fc.string(),
);
const zones = fc.oneof(
  fc.constantFrom(...timeZones),
  fc.constantFrom('', ' ', 'constructor', '__proto__', 'Europe/Nowhere', '+02:00', '-23:59', 'GMT+1', 'utc'),
  fc.string(),
);
const runs = { numRuns: 3_000 };

describe('A day and a time while they are typed', () => {
  // Each is what Chromium reports after one more digit of the year.
  test.each(['0002-12-10', '0020-12-10', '0202-12-10', '20261-12-10', '202612-12-10'])(
    'The half-typed day %s is a fault of the year in every zone',
    (date) => {
      for (const zone of timeZones) {
        expect(() => momentsOf({ date, time: '08:00' }, zone)).not.toThrow();
        expect(momentOf({ date, time: '08:00', second: false }, zone)).toEqual({
          fault: `Enter a day in the years ${electionYearMin} to ${electionYearMax}.`,
        });
      }
    },
  );

  test('Any text gives moments that clocks in the zone show, or none', () => {
    const property = fc.property(dates, times, zones, (date, time, zone) => {
      const moments = momentsOf({ date, time }, zone);
      const clock = time.length > 5 && time.endsWith(':00') ? time.slice(0, 5) : time;
      for (const at of moments) expect(localOf(at, zone)).toEqual({ date, time: clock });
      expect(moments.length).toBeLessThanOrEqual(2);
    });
    fc.assert(property, runs);
  });

  test('Any text gives a moment that the service takes, or a fault in words', () => {
    const property = fc.property(dates, times, zones, fc.boolean(), (date, time, zone, second) => {
      const moment = momentOf({ date, time, second }, zone);
      if ('fault' in moment) {
        expect(moment.fault).toMatch(/^[A-Z].*\.$/s);
        return;
      }
      // Where the year differs between the zone and UTC, the service decides.
      const year = new Date(moment.at).getUTCFullYear();
      const isValid = year >= electionYearMin && year <= electionYearMax;
      expect(writtenInstant.safeParse(moment.at).success).toBe(isValid);
      expect(momentText(moment.at, zone)).toContain(`(${zone})`);
      expect(momentsOf(typedOf(moment.at, zone), zone)).toContain(moment.at);
    });
    fc.assert(property, runs);
  });

  test('Every moment that clocks show can be typed in every zone', () => {
    const real = fc.date({ min: new Date('2000-01-02'), max: new Date('2199-12-30'), noInvalidDate: true });
    const property = fc.property(real, fc.constantFrom(...timeZones), (date, zone) => {
      const at = new Date(Math.floor(date.getTime() / 60_000) * 60_000).toISOString();
      const typed = typedOf(at, zone);
      expect(momentOf(typed, zone)).toEqual({ at });
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('A zone that the browser does not know is named as the fault, and times are shown in UTC', () => {
    expect(momentOf({ date: '2026-12-10', time: '08:00', second: false }, 'Mars/Olympus')).toEqual({
      fault: 'This browser does not know the time zone Mars/Olympus. Update it.',
    });
    expect(typedOf('2026-12-10T08:00:00.000Z', 'Mars/Olympus')).toEqual({ date: '', time: '', second: false });
    expect(momentText('2026-12-10T08:00:00.000Z', 'Mars/Olympus')).toMatch(
      /^Thursday,? 10 December 2026, 08:00 \(UTC\)$/,
    );
    const property = fc.property(zones, (zone) => {
      expect(displayZone(zone)).toBe(isTimeZone(zone) ? zone : 'UTC');
      expect(clockText('2026-12-10T08:00:00.000Z', zone)).toMatch(/^\d\d:\d\d:\d\d$/);
    });
    fc.assert(property);
  });

  test('Any day in the filter of the audit log gives a query', () => {
    const property = fc.property(dates, dates, (from, until) => {
      const query = new URLSearchParams(queryOf({ from, until }, 10));
      expect(query.has('from')).toBe(dayMsOf(from) !== null);
      expect(query.has('until')).toBe(dayMsOf(until) !== null);
    });
    fc.assert(property, runs);
  });
});
