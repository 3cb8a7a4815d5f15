// The result of a house: the sentence, the drawing, the table as its twin, and how the seats were shared in numbers that
// anyone can check with a calculator.
import type { ContestView, SeatCount } from './contest-view.ts';
import { answered, mark, tieNote } from './contest-view.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { seatChart } from './seat-chart.ts';
import { row, table } from './table-region.ts';

type View = ContestView<SeatCount>;
type Row = SeatCount['options'][number];

/** Up to so many seats the steps lie open; more are folded. */
const stepsOpenMax = 15;

export function seatSentence({ words, count, nameOf, namesOf }: View): string {
  const { options, seats } = count;
  const most = Math.max(0, ...options.map((option) => option.seats));
  if (most === 0) return count.votes === 0 ? words.text('noVotes') : count.tie ? '' : words.text('allEmpty');
  const first = options.filter((option) => option.seats === most).map(({ optionId }) => optionId);
  const majority = Math.floor(seats / 2) + 1;
  const values = {
    name: nameOf(first[0] ?? ''),
    names: namesOf(first),
    n: words.number(most),
    seats: words.number(seats),
    more: words.number(most - majority),
    majority: words.number(majority),
  };
  if (first.length > 1) return words.text('mostSeatsShared', values);
  if (most === majority) return words.text('majorityJust', values);
  return words.text(most > majority ? 'majoritySeats' : 'mostSeats', values);
}

export function seatResult(view: View): Html {
  const { words, id, contest, count, nameOf, markOf } = view;
  const { seats, threshold, method } = count;
  const house = words.counted('houseOf', seats, { method: words.text(method === 'dhondt' ? 'dhondt' : 'sainteLague') });
  const lists = [...contest.options]
    .sort((a, b) => a.number - b.number)
    .map((option) => {
      const own = count.options.find(({ optionId }) => optionId === option.id);
      return { name: nameOf(option.id), mark: markOf(option.id), seats: own?.seats ?? 0 };
    });
  const percent = words.perMyriad(threshold.perMyriad);
  return html`<p>${house}${threshold.perMyriad > 0 && ` ${words.text('thresholdOf', { percent })}`}</p>
    <figure>${seatChart(words, { id, seats, sentence: seatSentence(view) || house, lists })}</figure>
    ${tieNote(view)} ${seatTable(view)} ${answered(view)} ${sharing(view)}`;
}

function seatTable(view: View): Html {
  const { words, id, contest, count } = view;
  const { options, threshold } = count;
  const sorted = [...options].sort((a, b) => b.votes - a.votes || a.number - b.number);
  const rows = sorted.filter(({ standing }) => standing === 'eligible').map((option) => tableRow(view, option));
  const more = sorted.filter(({ standing }) => standing !== 'eligible').map((option) => tableRow(view, option));
  const missing = count.seats - options.reduce((sum, { seats }) => sum + seats, 0);
  if (missing > 0) {
    const head = html`${mark('empty')}${words.text(count.tie ? 'undecidedSeats' : 'emptySeats')}`;
    rows.push(row(head, ['', '', words.number(missing)]));
  }
  if (more.length > 0 && threshold.perMyriad > 0) {
    const line = words.text('thresholdLine', { n: words.number(threshold.votesNeeded) });
    more.unshift(
      html`<tr role="row" class="line">
        <th scope="rowgroup" role="rowheader" colspan="4">${line}</th>
      </tr>`,
    );
  }
  const columns = (['list', 'votes', 'share', 'seats'] as const).map((key) => words.text(key));
  return table({ id, label: words.title(contest.title), columns, rows, more });
}

function tableRow({ words, titleOf, markOf }: View, { optionId, votes, share, seats }: Row): Html {
  const head = html`${mark(markOf(optionId))}${words.title(titleOf(optionId))}`;
  return row(head, [words.number(votes), share && words.percent(share), words.number(seats)]);
}

/** How the seats were shared: the rule, the threshold, the last seat, votes short of one more, and every step. */
function sharing(view: View): Html | null {
  const { words, count } = view;
  const { threshold, method, options } = count;
  if (count.steps.length === 0) return null;
  const percent = words.perMyriad(threshold.perMyriad);
  const needed = words.number(threshold.votesNeeded);
  const short = options.filter(({ votesToNextSeat }) => votesToNextSeat !== null);
  return html`<h3>${words.text('how')}</h3>
    <p>${words.text(method === 'dhondt' ? 'howDhondt' : 'howSainteLague')}</p>
    ${threshold.perMyriad > 0 && html`<p>${words.text('howThreshold', { n: needed, percent })}</p>`} ${lastSeat(view)}
    ${short.length > 0 && moreForSeat(view, short)} ${steps(view)}`;
}

function lastSeat({ words, count, nameOf, namesOf }: View): Html | null {
  const { lastSeat: last } = count;
  const [winner, ...others] = last?.winners ?? [];
  if (!last || !winner) return null;
  const quotient = words.quotient(winner.votes, winner.divisor);
  const names = namesOf([winner, ...others].map(({ optionId }) => optionId));
  const values = { quotient, names, name: nameOf(winner.optionId) };
  const numbers = { votes: words.number(winner.votes), divisor: words.number(winner.divisor) };
  const next = last.runnersUp.map(({ optionId, votes, divisor, votesShort }) => {
    const name = nameOf(optionId);
    return html`<p>${words.counted('runnerUp', votesShort, { name, quotient: words.quotient(votes, divisor) })}</p>`;
  });
  return html`<p>${words.text(others.length > 0 ? 'lastSeatShared' : 'lastSeat', { ...values, ...numbers })}</p>
    ${next}`;
}

function moreForSeat({ words, id, titleOf }: View, options: readonly Row[]): Html {
  const sorted = [...options].sort((a, b) => (a.votesToNextSeat ?? 0) - (b.votesToNextSeat ?? 0));
  const rows = sorted.map(({ optionId, votesToNextSeat }) =>
    row(words.title(titleOf(optionId)), [words.number(votesToNextSeat ?? 0)]),
  );
  const columns = [words.text('list'), words.text('votes')];
  return table({ id: `${id}-short`, label: words.text('moreForSeat'), showLabel: true, columns, rows });
}

function steps({ words, id, count, titleOf, markOf }: View): Html {
  const heading = count.stepsOmitted > 0 ? words.counted('stepsLast', count.steps.length) : words.text('steps');
  const rows = count.steps.map(({ seat, optionId, votes, divisor, equalToPrevious }) => {
    const name = html`${mark(markOf(optionId))}${words.title(titleOf(optionId))}`;
    const division = `${words.number(votes)} ÷ ${words.number(divisor)} = ${words.quotient(votes, divisor)}`;
    return row(words.number(seat), [name, equalToPrevious ? `${division} (${words.text('equal')})` : division]);
  });
  const columns = (['seat', 'list', 'quotient'] as const).map((key) => words.text(key));
  const open = count.steps.length <= stepsOpenMax;
  return html`<details ${open && html`open`}>
    <summary>${heading}</summary>
    ${table({ id: `${id}-steps`, label: heading, className: 'steps', columns, rows })}
  </details>`;
}
