// The days that a certificate of destruction states, and the day in a zone.
import { describe, expect, test } from 'vitest';
import { faultsOfDays } from '../../../../src/domain/record/destruction-days.ts';
import type { DestructionDays } from '../../../../src/domain/record/destruction-days.ts';
import { dayIn } from '../../../../src/domain/time-zone.ts';

const fine: DestructionDays = {
  certifiedOn: '2027-07-01',
  retainedUntil: '2027-09-30',
  keysDestroyedOn: '2027-10-01',
  backups: { last: '2027-09-30', destroyedOn: '2027-10-01' },
};
const at = { today: '2027-10-01', publishedOn: '2027-06-20' };
const faulty = (changes: Partial<DestructionDays>): string[] =>
  faultsOfDays({ ...fine, ...changes }, at).map(({ path }) => path);

describe('The days of a destruction', () => {
  test('Days in their order have no fault, with and without backups', () => {
    expect(faulty({})).toEqual([]);
    expect(faulty({ backups: null })).toEqual([]);
    expect(faulty({ certifiedOn: '2027-06-20', retainedUntil: '2027-06-20' })).toEqual([]);
  });

  test('Each day out of its order is a fault of its own field', () => {
    expect(faulty({ certifiedOn: '2027-06-19' })).toEqual(['certifiedOn']);
    expect(faulty({ retainedUntil: '2027-06-30' })).toEqual(['retainedUntil']);
    expect(faulty({ retainedUntil: '2027-10-01' })).toEqual(['retainedUntil']);
    expect(faulty({ keysDestroyedOn: '2027-10-02' })).toEqual(['keysDestroyedOn']);
    expect(faulty({ keysDestroyedOn: '2027-06-19' })).toEqual(['keysDestroyedOn']);
    expect(faulty({ keysDestroyedOn: '2027-06-20' })).toEqual([]);
    expect(faulty({ backups: { last: '2027-09-30', destroyedOn: '2027-09-29' } })).toEqual(['backups/destroyedOn']);
    expect(faulty({ backups: { last: '2027-09-30', destroyedOn: '2027-10-02' } })).toEqual(['backups/destroyedOn']);
  });

  test('A certification in the future is refused, and no retention after it is over', () => {
    expect(faulty({ certifiedOn: '2027-10-02' })).toEqual(['certifiedOn', 'retainedUntil']);
  });
});

test('The day of a moment is the one in the zone, and that in UTC where the zone is unknown', () => {
  const moment = Date.parse('2027-06-20T20:30:00Z');
  expect(dayIn('Asia/Hong_Kong', moment)).toBe('2027-06-21');
  expect(dayIn('Europe/Belgrade', moment)).toBe('2027-06-20');
  expect(dayIn('Nowhere/None', moment)).toBe('2027-06-20');
});
