// The seats of a chamber as dots in half a ring: exactly as many as there are seats, without overlap, ordered from left to
// right so that the seats of a list are neighbours. Pure geometry, without lists.

/** Most seats that are drawn one by one; a larger chamber is drawn as a bar. */
export const seatsDrawnMax = 751;

export type Dot = { readonly x: number; readonly y: number };
export type Hemicycle = {
  /** From left to right; x from -1 to 1, y from 0 to 1, upwards. */
  readonly dots: readonly Dot[];
  /** Of each dot, in the same unit. */
  readonly radius: number;
};

/** Inner radius of the ring whose outer radius is 1. */
const inner = 0.42;
/** The part of the distance between two dots' centres that the dots fill. */
const filled = 0.84;

export function hemicycle(seats: number): Hemicycle {
  if (seats < 1) return { dots: [], radius: 0 };
  const radii = rowsFor(seats);
  const perRow = shareOut(seats, radii);
  const placed = radii.flatMap((row, index) => {
    const count = perRow[index] ?? 0;
    return Array.from({ length: count }, (_, place) => ({
      angle: count === 1 ? Math.PI / 2 : Math.PI - (place * Math.PI) / (count - 1),
      row,
    }));
  });
  // Equal angles are at the two ends of the rows: the outer dot first on the left, last on the right.
  placed.sort((a, b) => b.angle - a.angle || (a.angle > Math.PI / 2 ? b.row - a.row : a.row - b.row));
  const alongRows = radii.map((row, index) => {
    const count = perRow[index] ?? 0;
    return count < 2 ? Infinity : 2 * row * Math.sin(Math.PI / (count - 1) / 2);
  });
  const between = radii.length < 2 ? 1 - inner : (1 - inner) / (radii.length - 1);
  const radius = (Math.min(between, 0.3, ...alongRows) / 2) * filled;
  return { dots: placed.map(({ angle, row }) => ({ x: row * Math.cos(angle), y: row * Math.sin(angle) })), radius };
}

/** The radii of the fewest rows that hold this many seats a row's distance apart. */
function rowsFor(seats: number): readonly number[] {
  for (let rows = 1; ; rows += 1) {
    const step = rows === 1 ? 1 - inner : (1 - inner) / (rows - 1);
    const radii = Array.from({ length: rows }, (_, index) => (rows === 1 ? 1 : inner + index * step));
    const capacity = radii.reduce((sum, row) => sum + Math.floor((Math.PI * row) / step) + 1, 0);
    if (capacity >= seats) return radii;
  }
}

/** Seats for each row in proportion to its length, by the largest remainders, so that the sum is exact. */
function shareOut(seats: number, radii: readonly number[]): readonly number[] {
  const length = radii.reduce((sum, row) => sum + row, 0);
  const exact = radii.map((row) => (seats * row) / length);
  const counts = exact.map(Math.floor);
  const byRemainder = exact.map((value, index) => ({ index, rest: value % 1 })).sort((a, b) => b.rest - a.rest);
  let remaining = seats - counts.reduce((sum, count) => sum + count, 0);
  for (const { index } of byRemainder) {
    if (remaining === 0) break;
    counts[index] = (counts[index] ?? 0) + 1;
    remaining -= 1;
  }
  return counts;
}
