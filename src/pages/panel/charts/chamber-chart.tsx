// A chamber as a picture: every seat in its list's colour with an outline, lists from left to right in the order of the
// ballot, their names and seats outside. The sentence is its text alternative; the table below has all numbers.
import { useId } from 'preact/hooks';
import { drawChamber, nameAbove } from '../../../domain/chamber-drawing.ts';
import type { BarDrawing, RingDrawing } from '../../../domain/chamber-drawing.ts';
import { majorityOf } from '../../../domain/results/seat-facts.ts';
import { numberText } from '../words.ts';

export type ChamberChartList = {
  readonly id: string;
  readonly name: string;
  readonly mark: string;
  readonly seats: number;
};

const at = (value: number): string => value.toFixed(1);

export function ChamberChart({
  lists,
  seats,
  sentence,
  unassigned,
  highlight,
}: {
  readonly lists: readonly ChamberChartList[];
  readonly seats: number;
  readonly sentence: string;
  /** The name of the seats that belong to no list. */
  readonly unassigned: string;
  /** The id of the list whose seats are highlighted, or null. */
  readonly highlight: string | null;
}) {
  const id = useId();
  if (seats < 1) return null;
  const assigned = lists.reduce((sum, list) => sum + list.seats, 0);
  const drawing = drawChamber([...lists, { id: '', name: unassigned, mark: 'empty', seats: seats - assigned }], seats);
  const dimmed = (list: ChamberChartList): string => (highlight === null || highlight === list.id ? '' : ' dimmed');
  return (
    <figure class="chart">
      <svg
        class={`chamber${highlight === null ? '' : ' highlighting'}`}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role="img"
        aria-labelledby={id}
      >
        <title id={id}>{sentence}</title>
        {drawing.shape === 'ring' ? (
          <Ring drawing={drawing} seats={seats} dimmed={dimmed} />
        ) : (
          <Bar drawing={drawing} dimmed={dimmed} />
        )}
      </svg>
    </figure>
  );
}

function Ring({
  drawing: { parts, radius, labels, total, majority },
  seats,
  dimmed,
}: {
  readonly drawing: RingDrawing<ChamberChartList>;
  readonly seats: number;
  readonly dimmed: (list: ChamberChartList) => string;
}) {
  return (
    <>
      {parts.map(({ group, dots }) => (
        <g key={group.id} class={group.mark + dimmed(group)} data-list={group.id}>
          {dots.map(({ x, y }, index) => (
            <circle key={index} cx={at(x)} cy={at(y)} r={at(radius)} />
          ))}
        </g>
      ))}
      {labels.map(({ group, name, x, y, anchor }) => (
        <g key={group.id}>
          <text class={`name ${anchor}`} x={at(x)} y={at(y - nameAbove)}>
            {name}
          </text>
          <text class={`seats ${anchor}`} x={at(x)} y={at(y)}>
            {numberText(group.seats)}
          </text>
        </g>
      ))}
      <text class="total" {...total}>
        {numberText(seats)}
      </text>
      <text class="majority" {...majority}>
        Majority: {numberText(majorityOf(seats))}
      </text>
    </>
  );
}

function Bar({
  drawing: { parts, half, height },
  dimmed,
}: {
  readonly drawing: BarDrawing<ChamberChartList>;
  readonly dimmed: (list: ChamberChartList) => string;
}) {
  return (
    <>
      {parts.map(({ group, x, width }) => (
        <rect
          key={group.id}
          class={group.mark + dimmed(group)}
          x={at(x)}
          y={6}
          width={at(width)}
          height={height - 12}
        />
      ))}
      <line class="half" x1={half} x2={half} y1={0} y2={height} />
    </>
  );
}
