// The rules of stations: which ballot ids may come from one, and what is wrong with a list of them.
import { describe, expect, test } from 'vitest';
import { faultOfStations, isOfStation, stationNumbersMax } from '../../../src/domain/paper.ts';

const guid = (last: number): string => `00000000-0000-4000-8000-00000000000${last}`;
const contests = [{ options: ['yes', 'no'] }];

describe('Stations of an election', () => {
  test('A ballot id is of a station from the first to the last id of a range', () => {
    const station = {
      printed: [
        { from: guid(2), to: guid(4) },
        { from: guid(7), to: guid(7) },
      ],
    };
    expect([1, 2, 4, 5, 7, 8].filter((last) => isOfStation(station, guid(last)))).toEqual([2, 4, 7]);
    expect(isOfStation({}, guid(9))).toBe(true);
  });

  test('The first fault of stations is named with its place', () => {
    const hall = { id: 'hall', name: 'Town hall', printed: [{ from: guid(1), to: guid(4) }] };
    const school = { id: 'school', name: 'School', printed: [{ from: guid(5), to: guid(9) }] };
    expect(faultOfStations([hall, school], contests)).toBeNull();
    expect(faultOfStations([hall, { ...school, id: 'hall' }], contests)?.place).toBe(1);
    expect(faultOfStations([hall, { ...school, printed: [{ from: guid(9), to: guid(5) }] }], contests)?.place).toBe(1);
    const inside = { ...school, printed: [{ from: guid(2), to: guid(3) }] };
    expect(faultOfStations([hall, inside], contests)?.detail).toContain('the station hall');
  });

  test('Stations of more numbers than results may have are refused, with how many there can be', () => {
    const stations = Array.from({ length: 400 }, (_, index) => ({ id: `s-${index}`, name: `Station ${index}` }));
    const many = [{ options: Array.from({ length: 490 }, (_, index) => index) }];
    expect(faultOfStations(stations.slice(0, stationNumbersMax / 500), many)).toBeNull();
    expect(faultOfStations(stations, many)?.detail).toContain(`${stationNumbersMax / 500} stations`);
  });
});
