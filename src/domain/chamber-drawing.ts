// The geometry of a chamber's drawing: a dot for each seat in half a ring, or a bar if there are too many, and the
// names outside. The public results and the control panel draw it. It decides no seat.
import { hemicycle, seatsDrawnMax } from './hemicycle.ts';

export type ChamberGroup = { readonly name: string; readonly seats: number };
export type Anchor = 'start' | 'middle' | 'end';
export type ChamberLabel<Group> = {
  readonly group: Group;
  readonly name: string;
  readonly x: number;
  /** Of the number of seats; the name is `nameAbove` higher. */
  readonly y: number;
  readonly anchor: Anchor;
};
type Point = { readonly x: number; readonly y: number };
export type RingDrawing<Group> = {
  readonly shape: 'ring';
  readonly width: number;
  readonly height: number;
  /** Of each dot. */
  readonly radius: number;
  readonly parts: readonly { readonly group: Group; readonly dots: readonly Point[] }[];
  readonly labels: readonly ChamberLabel<Group>[];
  /** The position of the total number of seats, and below it of the majority. */
  readonly total: Point;
  readonly majority: Point;
};
export type BarDrawing<Group> = {
  readonly shape: 'bar';
  readonly width: number;
  readonly height: number;
  readonly parts: readonly { readonly group: Group; readonly x: number; readonly width: number }[];
  readonly half: number;
};

/** The distance of the name above the number. */
export const nameAbove = 17;

/** Size of the drawing and of its ring, in its own units. */
const width = 580;
const ringHeight = 264;
const barHeight = 60;
const ring = 168;
const base = 226;
const center = width / 2;
/** Lists with a smaller share of the seats are named in the table only. */
const labelShareMin = 0.04;
/** Longest name beside the ring, in characters. */
const nameCharactersMax = 16;
/** Height of a label, from line to line. */
const labelHeight = 34;

/** Draws the groups from left to right in their order. Together they have all `seats`, the unassigned ones included. */
export function drawChamber<Group extends ChamberGroup>(
  groups: readonly Group[],
  seats: number,
): RingDrawing<Group> | BarDrawing<Group> {
  const seated = groups.filter((group) => group.seats > 0);
  return seats > seatsDrawnMax ? barOf(seated, seats) : ringOf(seated, seats);
}

function ringOf<Group extends ChamberGroup>(groups: readonly Group[], seats: number): RingDrawing<Group> {
  const { dots, radius } = hemicycle(seats);
  let from = 0;
  const labels: ChamberLabel<Group>[] = [];
  const parts = groups.map((group) => {
    const own = dots.slice(from, from + group.seats);
    const angle = Math.PI * (1 - (from + group.seats / 2) / seats);
    from += group.seats;
    if (group.seats / seats >= labelShareMin) labels.push(labelAt(group, angle, radius * ring));
    return { group, dots: own.map(({ x, y }) => ({ x: center + x * ring, y: base - y * ring })) };
  });
  return {
    shape: 'ring',
    width,
    height: ringHeight,
    radius: radius * ring,
    parts,
    labels: spread(labels),
    total: { x: center, y: base - 20 },
    majority: { x: center, y: base + 4 },
  };
}

function labelAt<Group extends ChamberGroup>(group: Group, angle: number, dot: number): ChamberLabel<Group> {
  const side = Math.cos(angle);
  const anchor = side < -0.35 ? 'end' : side > 0.35 ? 'start' : 'middle';
  return {
    group,
    name: shortName(group.name),
    anchor,
    x: center + side * (ring + dot + 10),
    y: base - Math.sin(angle) * (ring + dot + 6),
  };
}

/** Moves labels of one side apart, downwards from the top, so that none overlaps another. */
function spread<Group>(labels: readonly ChamberLabel<Group>[]): readonly ChamberLabel<Group>[] {
  const lowest = new Map<Anchor, number>();
  return [...labels]
    .sort((a, b) => a.y - b.y)
    .map((label) => {
      const y = Math.max(label.y, (lowest.get(label.anchor) ?? -Infinity) + labelHeight);
      if (label.anchor !== 'middle') lowest.set(label.anchor, y);
      return { ...label, y: label.anchor === 'middle' ? label.y : y };
    });
}

function shortName(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= nameCharactersMax) return name;
  const beginning = characters.slice(0, nameCharactersMax - 1);
  return `${beginning.join('').trim()}…`;
}

function barOf<Group extends ChamberGroup>(groups: readonly Group[], seats: number): BarDrawing<Group> {
  let from = 0;
  const parts = groups.map((group) => {
    const x = (from / seats) * width;
    from += group.seats;
    return { group, x, width: (group.seats / seats) * width };
  });
  return { shape: 'bar', width, height: barHeight, parts, half: center };
}
