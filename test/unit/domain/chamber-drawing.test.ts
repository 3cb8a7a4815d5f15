// Pictures of chambers: every seat is there once, beside the others of its list, and names never overlap.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hemicycle, seatsDrawnMax } from '../../../src/domain/hemicycle.ts';
import type { Dot } from '../../../src/domain/hemicycle.ts';
import { drawChamber } from '../../../src/domain/chamber-drawing.ts';

test('A chamber has exactly its seats, none on another, each within the ring', () => {
  for (let seats = 1; seats <= seatsDrawnMax; seats += 1) {
    const { dots, radius } = hemicycle(seats);
    expect(dots.length).toBe(seats);
    expect(radius).toBeGreaterThan(0);
    expect(dots.filter(({ x, y }) => Math.hypot(x, y) > 1 + 1e-9 || y < -1e-9)).toEqual([]);
    // Every pair for a part of the larger chambers: the others have the same rows.
    if (seats > 100 && seats % 23 !== 0) continue;
    const near = ({ x, y }: Dot, other: Dot) => Math.hypot(x - other.x, y - other.y) < 2 * radius - 1e-9;
    const overlapping = dots.filter((dot, index) => dots.slice(index + 1).some((other) => near(dot, other)));
    expect(overlapping.length, `dots overlap in a chamber of ${seats}`).toBe(0);
  }
  expect(hemicycle(0).dots).toEqual([]);
});

const groupsOf = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 30 });

test('A picture gives every list its own seats, from left to right, and every seat a list', () => {
  fc.assert(
    fc.property(groupsOf, (numbers) => {
      const seats = numbers.reduce((sum, number) => sum + number, 0);
      if (seats === 0) return;
      const groups = numbers.map((number, index) => ({ name: `List ${index}`, seats: number }));
      const drawing = drawChamber(groups, seats);
      const order = drawing.parts.map(({ group }) => group);
      expect(order).toEqual(groups.filter((group) => group.seats > 0));
      if (drawing.shape === 'bar') {
        const ends = drawing.parts.map((part) => part.x + part.width);
        expect(ends.at(-1)).toBeCloseTo(drawing.width);
        for (const [index, part] of drawing.parts.slice(1).entries()) expect(part.x).toBeCloseTo(ends[index] ?? -1);
        return;
      }
      expect(seats).toBeLessThanOrEqual(seatsDrawnMax);
      for (const { group, dots } of drawing.parts) expect(dots.length).toBe(group.seats);
      const all = drawing.parts.flatMap(({ dots }) => dots);
      expect(all.filter(({ x, y }) => x < 0 || x > drawing.width || y < 0 || y > drawing.height)).toEqual([]);
      for (const side of ['start', 'end'] as const) {
        const lines = drawing.labels.filter(({ anchor }) => anchor === side).map(({ y }) => y);
        for (const [index, y] of lines.slice(1).entries())
          expect(y).toBeGreaterThanOrEqual((lines[index] ?? Infinity) + 34);
      }
    }),
    { numRuns: 60 },
  );
});

test('A chamber that is too large for dots is a bar whose half is marked', () => {
  const groups = [
    { name: 'A', seats: seatsDrawnMax },
    { name: 'B', seats: 1 },
  ];
  const drawing = drawChamber(groups, seatsDrawnMax + 1);
  expect(drawing).toMatchObject({ shape: 'bar', half: drawing.width / 2 });
});
