// Turnout over time: how many so far by channel as lines, and how many in each span as bars, with one table that says the
// same. Two channels, never a choice.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { offsetNote } from '../elections/draft/zoned-time.ts';
import { displayZone } from '../../../domain/time-zone.ts';
import { numberText } from '../words.ts';
import { ticksUpTo } from './turnout-intervals.ts';
import type { Interval } from './turnout-intervals.ts';

/** Sizes of a drawing and of its field, in its own units. */
const width = 600;
const height = 220;
const field = { left: 62, right: 590, top: 12, bottom: 184 };

type Parts = {
  readonly intervals: readonly Interval[];
  /** Whether paper ballots are a channel. */
  readonly paper: boolean;
  readonly timeZone: string;
};

export function TurnoutChart({ intervals, paper, timeZone }: Parts) {
  const last = intervals.at(-1);
  if (last === undefined) return null;
  const spanText = spanWords(last.untilMs - last.fromMs);
  const so = `Online ${numberText(last.onlineSoFar)}${paper ? `, on paper ${numberText(last.batchesSoFar)}` : ''}`;
  const most = Math.max(...intervals.map(({ online, batches }) => online + batches));
  return (
    <>
      <div class="charts">
        <figure class="chart">
          <figcaption>Ballots so far</figcaption>
          <Lines intervals={intervals} paper={paper} timeZone={timeZone} title={`Ballots so far: ${so}.`} />
          <Key paper={paper} />
        </figure>
        <figure class="chart">
          <figcaption>Ballots in each {spanText}</figcaption>
          <Bars
            {...{ intervals, paper, timeZone }}
            title={`Ballots in each ${spanText}: at most ${numberText(most)} in one.`}
          />
          <Key paper={paper} />
        </figure>
      </div>
      <details>
        <summary>The same as a table</summary>
        <TurnoutTable {...{ intervals, paper, timeZone }} />
      </details>
    </>
  );
}

function Key({ paper }: { readonly paper: boolean }) {
  const names = [['c1', 'Online'] as const, ...(paper ? [['c2', 'On paper'] as const] : [])];
  return (
    <p class="key">
      {names.map(([mark, name]) => (
        <span key={mark}>
          <svg class="mark" aria-hidden="true" viewBox="0 0 16 16">
            <rect class={mark} x="2" y="2" width="12" height="12" />
          </svg>
          {name}
        </span>
      ))}
    </p>
  );
}

type Drawn = Parts & { readonly title: string };
const yOf = (value: number, top: number): number =>
  field.bottom - (Math.min(value, top) / top) * (field.bottom - field.top);

function Lines({ intervals, paper, timeZone, title }: Drawn) {
  const most = Math.max(...intervals.map((each) => Math.max(each.onlineSoFar, paper ? each.batchesSoFar : 0)));
  const ticks = ticksUpTo(most);
  const top = ticks.at(-1) ?? 1;
  const step = (field.right - field.left) / intervals.length;
  const path = (value: (each: Interval) => number): string =>
    intervals
      .map((each, index) => `L${(field.left + (index + 1) * step).toFixed(1)} ${yOf(value(each), top).toFixed(1)}`)
      .join('')
      .replace(/^/, `M${field.left} ${yOf(value(before(intervals)), top).toFixed(1)}`);
  const paths = [
    ...(paper ? [['c2', path((each) => each.batchesSoFar)] as const] : []),
    ['c1', path((each) => each.onlineSoFar)] as const,
  ];
  return (
    <Field {...{ intervals, timeZone, ticks, title }}>
      {paths.map(([mark, line]) => (
        <g key={mark}>
          <path class="line under" d={line} />
          <path class={`line ${mark}`} d={line} />
        </g>
      ))}
    </Field>
  );
}

/** What there was before the first interval. */
function before(intervals: readonly Interval[]): Interval {
  const [first] = intervals;
  const { online, batches, onlineSoFar, batchesSoFar, ...times } = first as Interval;
  return { ...times, online: 0, batches: 0, onlineSoFar: onlineSoFar - online, batchesSoFar: batchesSoFar - batches };
}

function Bars({ intervals, paper, timeZone, title }: Drawn) {
  const most = Math.max(...intervals.map(({ online, batches }) => online + (paper ? batches : 0)));
  const ticks = ticksUpTo(most);
  const top = ticks.at(-1) ?? 1;
  const step = (field.right - field.left) / intervals.length;
  return (
    <Field {...{ intervals, timeZone, ticks, title }}>
      {intervals.map(({ fromMs, online, batches }, index) => {
        const x = field.left + index * step + step * 0.12;
        const rect = (mark: string, from: number, count: number) => {
          const y = yOf(from + count, top);
          return <rect class={mark} x={x} y={y} width={step * 0.76} height={yOf(from, top) - y} />;
        };
        return (
          <g key={fromMs}>
            {online > 0 && rect('c1', 0, online)}
            {paper && batches > 0 && rect('c2', online, batches)}
          </g>
        );
      })}
    </Field>
  );
}

function Field({
  intervals,
  timeZone,
  ticks,
  title,
  children,
}: Pick<Drawn, 'intervals' | 'timeZone' | 'title'> & {
  readonly ticks: readonly number[];
  readonly children: ComponentChildren;
}) {
  const id = useId();
  const top = ticks.at(-1) ?? 1;
  const first = intervals[0]?.fromMs ?? 0;
  const last = intervals.at(-1)?.untilMs ?? 0;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={id}>
      <title id={id}>{title}</title>
      {ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={field.left} x2={field.right} y1={yOf(tick, top)} y2={yOf(tick, top)} />
          <text class="tick-y" x={field.left - 8} y={yOf(tick, top) + 5}>
            {numberText(tick)}
          </text>
        </g>
      ))}
      {children}
      <line class="axis" x1={field.left} x2={field.right} y1={field.bottom} y2={field.bottom} />
      <text x={field.left} y={field.bottom + 24}>
        {timeText(first, last - first, timeZone)}
      </text>
      <text class="tick-end" x={field.right} y={field.bottom + 24}>
        {timeText(last, last - first, timeZone)}
      </text>
    </svg>
  );
}

const dayMs = 86_400_000;
/** A time of the day; with its date where the span is longer than a day. */
function timeText(ms: number, spanMs: number, timeZone: string): string {
  const date = spanMs > dayMs / 2 ? ({ day: 'numeric', month: 'short' } as const) : {};
  const clock = { hour: '2-digit', minute: '2-digit', timeZone: displayZone(timeZone) } as const;
  return new Intl.DateTimeFormat('en-GB', { ...date, ...clock }).format(ms) + offsetNote(ms, clock.timeZone);
}

function spanWords(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes === 1) return 'minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (minutes === 60) return 'hour';
  if (minutes < 1_440) return `${minutes / 60} hours`;
  return minutes === 1_440 ? 'day' : `${Math.round(minutes / 1_440)} days`;
}

function TurnoutTable({ intervals, paper, timeZone }: Parts) {
  const span = (intervals.at(-1)?.untilMs ?? 0) - (intervals[0]?.fromMs ?? 0);
  const columns: readonly (readonly [string, (each: Interval) => number])[] = [
    ['Online', ({ online }) => online],
    ['Online so far', ({ onlineSoFar }) => onlineSoFar],
    ...(paper
      ? ([
          ['On paper', ({ batches }: Interval) => batches],
          ['Paper so far', ({ batchesSoFar }: Interval) => batchesSoFar],
        ] as const)
      : []),
  ];
  return (
    <div class="times" role="region" aria-label="Ballots over time" tabIndex={0}>
      <table>
        <caption>Ballots over time ({timeZone})</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {columns.map(([head], place) => (
              <th key={place} scope="col" class="number">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {intervals.map((each) => (
            <tr key={each.fromMs}>
              <th scope="row">
                {timeText(each.fromMs, span, timeZone)}–{timeText(each.untilMs, span, timeZone)}
              </th>
              {columns.map(([, value], place) => (
                <td key={place} class="number">
                  {numberText(value(each))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A small line without words: the number beside it says how many. */
export function Spark({ intervals }: { readonly intervals: readonly Interval[] }) {
  const most = Math.max(1, ...intervals.map((each) => each.onlineSoFar + each.batchesSoFar));
  const points = [...(intervals[0] ? [before(intervals)] : []), ...intervals].map(
    (each, index) =>
      `${((100 * index) / Math.max(1, intervals.length)).toFixed(1)} ${(29 - (28 * (each.onlineSoFar + each.batchesSoFar)) / most).toFixed(1)}`,
  );
  return (
    <svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
      <path d={`M${points.join('L')}`} />
    </svg>
  );
}
