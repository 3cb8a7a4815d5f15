// A chamber as a drawing: a dot for each seat, or a bar if there are too many. Colour never carries information alone:
// every mark has an outline, lists are in ballot order from the left with their seats written outside, and the table
// below has all numbers.
import { drawChamber, nameAbove } from '../../domain/chamber-drawing.ts';
import type { BarDrawing, RingDrawing } from '../../domain/chamber-drawing.ts';
import { majorityOf } from '../../domain/results/seat-facts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

export type SeatChartList = { readonly name: string; readonly mark: string; readonly seats: number };
export type ChamberPicture = {
  readonly id: string;
  readonly seats: number;
  /** The sentence with the same content. */
  readonly sentence: string;
  /** The name of the seats that belong to no list. */
  readonly unassigned: string;
  /** In the order of the ballot. */
  readonly lists: readonly SeatChartList[];
};

export function seatChart(words: Words, chamber: ChamberPicture): Html | null {
  if (chamber.seats < 1) return null;
  const assigned = chamber.lists.reduce((sum, { seats }) => sum + seats, 0);
  const empty = { name: chamber.unassigned, mark: 'empty', seats: chamber.seats - assigned };
  const drawing = drawChamber([...chamber.lists, empty], chamber.seats);
  const titleId = `${chamber.id}-chart`;
  const shape = drawing.shape === 'ring' ? ring(words, drawing, chamber.seats) : bar(drawing);
  return html`<svg
    class="chamber"
    viewBox="0 0 ${drawing.width} ${drawing.height}"
    role="img"
    aria-labelledby="${titleId}"
  >
    <title id="${titleId}">${chamber.sentence}</title>
    ${shape}
  </svg>`;
}

const at = (value: number): string => value.toFixed(1);

function ring(
  words: Words,
  { parts, radius, labels, total, majority }: RingDrawing<SeatChartList>,
  seats: number,
): Html {
  const size = at(radius);
  const groups = parts.map(({ group, dots }) => {
    const circles = dots.map(({ x, y }) => html`<circle cx="${at(x)}" cy="${at(y)}" r="${size}" />`);
    return html`<g class="${group.mark}">${circles}</g>`;
  });
  const names = labels.map(
    ({ group, name, x, y, anchor }) =>
      html`<text class="name ${anchor}" x="${at(x)}" y="${at(y - nameAbove)}">${name}</text>
        <text class="seats ${anchor}" x="${at(x)}" y="${at(y)}">${words.number(group.seats)}</text>`,
  );
  const half = words.text('majority', { n: words.number(majorityOf(seats)) });
  return html`${groups} ${names}
    <text class="total" x="${total.x}" y="${total.y}">${words.number(seats)}</text>
    <text class="majority" x="${majority.x}" y="${majority.y}">${half}</text>`;
}

function bar({ parts, half, height }: BarDrawing<SeatChartList>): Html {
  const bars = parts.map(
    ({ group, x, width }) =>
      html`<rect class="${group.mark}" x="${at(x)}" y="6" width="${at(width)}" height="${height - 12}" />`,
  );
  return html`${bars}<line class="half" x1="${half}" x2="${half}" y1="0" y2="${height}" />`;
}
