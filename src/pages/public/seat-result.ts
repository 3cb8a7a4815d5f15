// The result of a contest that shares seats: the drawing, the table with the same numbers, and the
// distribution of the seats in steps that anyone can check with a calculator.
import type { SeatCount, SeatedOption } from '../../domain/counting/seat-count.ts';
import { isEqualQuotient, quotientFacts } from '../../domain/results/quotient-facts.ts';
import { baseShare, seatFacts } from '../../domain/results/seat-facts.ts';
import type { SeatFacts } from '../../domain/results/seat-facts.ts';
import type { ContestView } from './contest-view.ts';
import { answered, mark, tieNote } from './contest-view.ts';
import { seatLawLines } from './law-lines.ts';
import { sentenceOfResult } from './languages/result-sentence.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { seatChart } from './seat-chart.ts';
import { row, table } from './table-region.ts';

type View = ContestView<SeatCount>;

/** Number of seats up to which the steps are open; more are folded. */
const stepsOpenMax = 15;

export function seatResult(view: View): Html {
  const { words, count } = view;
  const facts = seatFacts(count);
  const { seats, threshold } = facts;
  const chamber = words.counted('chamberOf', seats, { method: words.text(facts.methodText) });
  return html`<p>${chamber}${threshold && ` ${thresholdText(view, threshold)}`}</p>
    ${seatFigure(view, facts)} ${tieNote(view, facts)} ${seatTable(view, facts)} ${answered(view)}
    ${sharing(view, facts)}`;
}

/** The drawing and the table alone. */
export function seatNumbers(view: View): Html {
  const facts = seatFacts(view.count);
  return html`${seatFigure(view, facts)} ${seatTable(view, facts)}`;
}

function seatFigure(view: View, facts: SeatFacts): Html {
  const { words, id, contest, count, nameOf, markOf } = view;
  const lists = [...contest.options]
    .sort((a, b) => a.number - b.number)
    .map((option) => {
      const own = count.options.find(({ optionId }) => optionId === option.id);
      return { name: nameOf(option.id), mark: markOf(option.id), seats: own?.seats ?? 0 };
    });
  const chart = {
    id,
    seats: facts.seats,
    sentence: sentenceOfResult(words, view, count),
    unassigned: unassignedText(view, facts),
    lists,
  };
  return html`<figure>${seatChart(words, chart)}</figure>`;
}

function thresholdText({ words }: View, { share, of, moreThan }: NonNullable<SeatFacts['threshold']>): string {
  const values = { percent: words.exactShare(share), base: words.base(of) };
  return words.text(moreThan === true ? 'thresholdMore' : 'thresholdOf', values);
}

/** The name of the seats that belong to no list. */
const unassignedText = ({ words }: View, { unassigned }: SeatFacts): string =>
  words.text(unassigned?.why === 'tied' ? 'undecidedSeats' : 'emptySeats');

function seatTable(view: View, facts: SeatFacts): Html {
  const { eligible, withdrawn, excluded, unassigned, threshold, thresholdDivides } = facts;
  const { words, id, contest } = view;
  // Shares of votes cannot be compared with a threshold of another base, so these shares are shown too.
  const base = threshold && (threshold.of !== 'votes' || facts.hasGroup) ? threshold : null;
  const columns = (['list', 'votes', 'share', 'seats'] as const).map((key) => words.text(key));
  if (base) columns.splice(3, 0, words.text('shareOf', { base: words.base(base.of) }));
  // The line of the threshold is above those that it excludes, and a withdrawn list is not one of them.
  const rows = [...eligible, ...withdrawn].map((option) => tableRow(view, facts, option, base));
  const more = excluded.map((option) => tableRow(view, facts, option, base));
  if (unassigned) {
    const head = html`${mark('empty')}${unassignedText(view, facts)}`;
    const blank = columns.slice(2).map(() => '');
    rows.push(row(head, [...blank, words.number(unassigned.seats)]));
  }
  if (threshold && thresholdDivides) {
    const line = words.text('thresholdLine', { n: words.number(threshold.votesNeeded) });
    more.unshift(
      html`<tr role="row" class="line">
        <th scope="rowgroup" role="rowheader" colspan="${columns.length}">${line}</th>
      </tr>`,
    );
  }
  return table({ id, label: words.title(contest.title), columns, rows, more });
}

function tableRow(
  { words, titleOf, markOf }: View,
  { marks }: SeatFacts,
  option: SeatedOption,
  base: SeatFacts['threshold'],
): Html {
  const { optionId, votes, share, seats, standing } = option;
  const note = standing === 'withdrawn' && ` – ${words.text('withdrawn')}`;
  const head = html`${mark(markOf(optionId))}${words.title(titleOf(optionId))}${note}`;
  const shareText = (value: SeatedOption['share']): string | null => value && words.resultShare(value, marks);
  const shares = base ? [shareText(share), shareText(baseShare(base, option))] : [shareText(share)];
  return row(head, [words.number(votes), ...shares, words.number(seats)]);
}

/** The distribution of the seats: the rule, the law, the last seat, votes short of one more, and every step. */
function sharing(view: View, facts: SeatFacts): Html | null {
  const { words, count } = view;
  const { divisors, closest } = facts;
  const law = seatLawLines(view, facts).map((line) => html`<p>${line}</p>`);
  if (count.steps.length === 0) return law.length === 0 ? null : html`${law}`;
  const [first, second, third] = divisors;
  const rule = words.text('howDivisors', {
    first: words.exactNumber(first),
    second: words.exactNumber(second),
    third: words.exactNumber(third),
  });
  return html`<h3>${words.text('how')}</h3>
    <p>${rule}</p>
    ${law} ${lastSeat(view)} ${closest.length > 0 && moreForSeat(view, closest)} ${steps(view)}`;
}

function lastSeat({ words, count, nameOf, namesOf }: View): Html | null {
  const { lastSeat: last } = count;
  const [winner] = last?.winners ?? [];
  if (!last || !winner) return null;
  const values = {
    names: namesOf(last.winners.map(({ optionId }) => optionId)),
    name: nameOf(winner.optionId),
    division: words.division(quotientFacts(count, winner)),
  };
  const next = last.runnersUp.map((rival) => {
    const values = { name: nameOf(rival.optionId), division: words.division(quotientFacts(count, rival)) };
    // With an equal quotient no vote was missing: a rule or a lot decided.
    if (isEqualQuotient(count, rival, winner)) return html`<p>${words.text('runnerUpEqual', values)}</p>`;
    return html`<p>${words.counted('runnerUp', rival.votesShort, values)}</p>`;
  });
  return html`<p>${words.text(last.winners.length > 1 ? 'lastSeatShared' : 'lastSeat', values)}</p>
    ${next}`;
}

function moreForSeat({ words, id, titleOf }: View, closest: SeatFacts['closest']): Html {
  const rows = closest.map(({ optionId, votesShort }) =>
    row(words.title(titleOf(optionId)), [words.number(votesShort)]),
  );
  const columns = [words.text('list'), words.text('votes')];
  return table({ id: `${id}-short`, label: words.text('moreForSeat'), showLabel: true, columns, rows });
}

function steps({ words, id, count, titleOf, markOf }: View): Html {
  const heading = count.stepsOmitted > 0 ? words.counted('stepsLast', count.steps.length) : words.text('steps');
  const rows = count.steps.map((step) => {
    const { seat, optionId, equalToPrevious } = step;
    const name = html`${mark(markOf(optionId))}${words.title(titleOf(optionId))}`;
    const division = words.division(quotientFacts(count, step));
    return row(words.number(seat), [name, equalToPrevious ? `${division} (${words.text('equal')})` : division]);
  });
  const columns = (['seat', 'list', 'quotient'] as const).map((key) => words.text(key));
  const open = count.steps.length <= stepsOpenMax;
  return html`<details ${open && html`open`}>
    <summary>${heading}</summary>
    ${table({ id: `${id}-steps`, label: heading, className: 'steps', columns, rows })}
  </details>`;
}
