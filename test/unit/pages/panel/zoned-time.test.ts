// Times of an election as its administrators type them, and the moments that they are.
import { describe, expect, test } from 'vitest';
import { isTimeZone } from '../../../../src/domain/time-zone.ts';
import { lengthText, localOf, momentsOf } from '../../../../src/pages/panel/elections/draft/zoned-time.ts';

describe('A time that is entered', () => {
  test.each([
    ['2026-06-28', '21:00', 'Europe/Belgrade', '2026-06-28T19:00:00.000Z'],
    ['2026-12-06', '08:00', 'Europe/Belgrade', '2026-12-06T07:00:00.000Z'],
    ['2026-06-28', '00:00', 'Asia/Hong_Kong', '2026-06-27T16:00:00.000Z'],
    ['2026-01-01', '00:30', 'Pacific/Kiritimati', '2025-12-31T10:30:00.000Z'],
    ['2026-06-28', '23:59', 'America/St_Johns', '2026-06-29T02:29:00.000Z'],
    ['2026-06-28', '12:00:30', 'UTC', '2026-06-28T12:00:30.000Z'],
  ])('A time on %s at %s in %s is one moment', (date, time, zone, moment) => {
    expect(momentsOf({ date, time }, zone)).toEqual([moment]);
    expect(localOf(moment, zone)).toEqual({ date, time });
  });

  test('A time is no moment where clocks go forward over it, and two where they go back', () => {
    expect(momentsOf({ date: '2026-03-29', time: '02:30' }, 'Europe/Belgrade')).toEqual([]);
    expect(momentsOf({ date: '2026-10-25', time: '02:30' }, 'Europe/Belgrade')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
    // Half an hour, in the south; and a day that was left out.
    expect(momentsOf({ date: '2026-10-04', time: '02:15' }, 'Australia/Lord_Howe')).toEqual([]);
    expect(momentsOf({ date: '2011-12-30', time: '12:00' }, 'Pacific/Apia')).toEqual([]);
    expect(momentsOf({ date: '', time: '02:30' }, 'Europe/Belgrade')).toEqual([]);
  });

  test('A time is read in existing zones only', () => {
    expect(['Europe/Belgrade', 'UTC', 'Europe/Nowhere', '', ' '].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('A length of time is written in whole words', () => {
    expect(lengthText(37 * 3_600_000 + 30 * 60_000)).toBe('1 day, 13 hours and 30 minutes');
    expect([lengthText(12 * 3_600_000), lengthText(1_000)]).toEqual(['12 hours', 'less than a minute']);
  });
});
