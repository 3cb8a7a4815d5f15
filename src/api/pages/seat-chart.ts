// A house as a picture: a dot for each seat, or a bar where there are too many. Colour is never alone: every mark has an
// outline, lists stand in ballot order from the left, their seats are written outside, and the table below says it all.
import { hemicycle, seatsDrawnMax } from './hemicycle.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

export type ChartList = { readonly name: string; readonly mark: string; readonly seats: number };
export type House = {
  readonly id: string;
  readonly seats: number;
  /** The sentence that says the same. */
  readonly sentence: string;
  /** In the order of the ballot. */
  readonly lists: readonly ChartList[];
};

/** Size of the drawing and of its ring, in its own units. */
const [width, height, ring, base] = [580, 264, 168, 226];
const center = width / 2;
/** Lists with a smaller share of the seats are named in the table alone. */
const labelShareMin = 0.04;
/** Longest name beside the ring, in characters. */
const nameCharactersMax = 16;
/** Room of a label, from line to line. */
const labelHeight = 34;

export function seatChart(words: Words, house: House): Html | null {
  if (house.seats < 1) return null;
  const given = house.lists.reduce((sum, { seats }) => sum + seats, 0);
  const empty = { name: words.text('emptySeats'), mark: 'empty', seats: house.seats - given };
  const groups = [...house.lists, ...(empty.seats > 0 ? [empty] : [])].filter(({ seats }) => seats > 0);
  const large = house.seats > seatsDrawnMax;
  const titleId = `${house.id}-chart`;
  return html`<svg class="house" viewBox="0 0 ${width} ${large ? 60 : height}" role="img" aria-labelledby="${titleId}">
    <title id="${titleId}">${house.sentence}</title>
    ${large ? bar(groups, house.seats) : ringOf(words, groups, house.seats)}
  </svg>`;
}

const at = (value: number): string => value.toFixed(1);

function ringOf(words: Words, groups: readonly ChartList[], seats: number): Html {
  const { dots, radius } = hemicycle(seats);
  const size = at(radius * ring);
  let from = 0;
  const labels: Label[] = [];
  const parts = groups.map((group) => {
    const own = dots.slice(from, from + group.seats);
    const angle = Math.PI * (1 - (from + group.seats / 2) / seats);
    from += group.seats;
    if (group.seats / seats >= labelShareMin) labels.push(labelAt(group, angle, radius * ring));
    const circles = own.map(
      ({ x, y }) => html`<circle cx="${at(center + x * ring)}" cy="${at(base - y * ring)}" r="${size}" />`,
    );
    return html`<g class="${group.mark}">${circles}</g>`;
  });
  const majority = words.text('majority', { n: words.number(Math.floor(seats / 2) + 1) });
  return html`${parts}
    ${spread(labels).map(
      ({ group, x, y, anchor }) =>
        html`<text class="name ${anchor}" x="${at(x)}" y="${at(y - 17)}">${shortName(group.name)}</text>
          <text class="seats ${anchor}" x="${at(x)}" y="${at(y)}">${words.number(group.seats)}</text>`,
    )}
    <text class="total" x="${center}" y="${base - 20}">${words.number(seats)}</text>
    <text class="majority" x="${center}" y="${base + 4}">${majority}</text>`;
}

type Anchor = 'start' | 'middle' | 'end';
type Label = { readonly group: ChartList; readonly x: number; readonly y: number; readonly anchor: Anchor };

function labelAt(group: ChartList, angle: number, dot: number): Label {
  const side = Math.cos(angle);
  const anchor = side < -0.35 ? 'end' : side > 0.35 ? 'start' : 'middle';
  return { group, anchor, x: center + side * (ring + dot + 10), y: base - Math.sin(angle) * (ring + dot + 6) };
}

/** Moves labels of one side apart, downwards from the top, so that none stands on another. */
function spread(labels: readonly Label[]): readonly Label[] {
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
  return characters.length > nameCharactersMax
    ? `${characters
        .slice(0, nameCharactersMax - 1)
        .join('')
        .trim()}…`
    : name;
}

function bar(groups: readonly ChartList[], seats: number): Html {
  let from = 0;
  const parts = groups.map((group) => {
    const x = (from / seats) * width;
    from += group.seats;
    return html`<rect
      class="${group.mark}"
      x="${at(x)}"
      y="6"
      width="${at((group.seats / seats) * width)}"
      height="48"
    />`;
  });
  return html`${parts}<line class="half" x1="${center}" x2="${center}" y1="0" y2="60" />`;
}
