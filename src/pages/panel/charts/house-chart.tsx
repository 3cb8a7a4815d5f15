// A house as a picture: every seat in its list's colour with an ink outline, lists from left to right in the order of the
// ballot, their names and seats outside. The sentence says the same, and the table below it says it all.
import { useId } from 'preact/hooks';
import { drawHouse, nameAbove } from '../../../domain/house-drawing.ts';
import type { BarDrawing, RingDrawing } from '../../../domain/house-drawing.ts';
import { numberText } from '../words.ts';
import './charts.css';

export type ChamberChartList = {
  readonly id: string;
  readonly name: string;
  readonly mark: string;
  readonly seats: number;
};

const at = (value: number): string => value.toFixed(1);

/** `shown`: the id of the list whose seats stand out, or null. */
export function HouseChart({
  lists,
  seats,
  sentence,
  nobody,
  shown,
}: {
  readonly lists: readonly ChamberChartList[];
  readonly seats: number;
  readonly sentence: string;
  /** What seats are that belong to no list. */
  readonly nobody: string;
  readonly shown: string | null;
}) {
  const id = useId();
  if (seats < 1) return null;
  const given = lists.reduce((sum, list) => sum + list.seats, 0);
  const drawing = drawHouse([...lists, { id: '', name: nobody, mark: 'empty', seats: seats - given }], seats);
  const away = (list: ChamberChartList): string => (shown === null || shown === list.id ? '' : ' away');
  return (
    <figure class="chart">
      <svg
        class={`house${shown === null ? '' : ' looking'}`}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role="img"
        aria-labelledby={id}
      >
        <title id={id}>{sentence}</title>
        {drawing.shape === 'ring' ? (
          <Ring drawing={drawing} seats={seats} away={away} />
        ) : (
          <Bar drawing={drawing} away={away} />
        )}
      </svg>
    </figure>
  );
}

function Ring({
  drawing: { parts, radius, labels, total, majority },
  seats,
  away,
}: {
  readonly drawing: RingDrawing<ChamberChartList>;
  readonly seats: number;
  readonly away: (list: ChamberChartList) => string;
}) {
  return (
    <>
      {parts.map(({ group, dots }) => (
        <g key={group.id} class={group.mark + away(group)} data-list={group.id}>
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
        Majority: {numberText(Math.floor(seats / 2) + 1)}
      </text>
    </>
  );
}

function Bar({
  drawing: { parts, half, height },
  away,
}: {
  readonly drawing: BarDrawing<ChamberChartList>;
  readonly away: (list: ChamberChartList) => string;
}) {
  return (
    <>
      {parts.map(({ group, x, width }) => (
        <rect key={group.id} class={group.mark + away(group)} x={at(x)} y={6} width={at(width)} height={height - 12} />
      ))}
      <line class="half" x1={half} x2={half} y1={0} y2={height} />
    </>
  );
}
