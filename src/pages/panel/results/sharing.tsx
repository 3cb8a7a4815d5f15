// How the seats were shared, so that anyone can check it with a calculator: the rule, the last seat, each seat with the
// quotient that won it, and the table of quotients. Long tables have pages.
import type { SeatCount } from '../../../domain/counting/seat-count.ts';
import { divisorCount, divisorRows } from '../../../domain/results/quotient-grid.ts';
import type { QuotientCell } from '../../../domain/results/quotient-grid.ts';
import { isEqualQuotient, lawfulDivisor, quotientFacts } from '../../../domain/results/quotient-facts.ts';
import type { SeatFacts } from '../../../domain/results/seat-facts.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Mark } from '../charts/share-bar.tsx';
import { numberText, resultNumbers } from '../words.ts';
import { counted } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';
import { seatLawWords } from './law-lines.ts';
import { Pager, usePlace } from './pager.tsx';

/** Seats, and divisors, of one page; lists beside each other. */
const stepsAtOnce = 25;
const divisorsAtOnce = 20;
const listsAtOnce = 6;

type Props = {
  readonly view: PanelContestView;
  readonly count: SeatCount;
  readonly facts: SeatFacts;
  readonly place: number;
};

export function Sharing({ view, count, facts, place }: Props) {
  const { steps, stepsOmitted } = count;
  const { divisors, eligible } = facts;
  if (eligible.length === 0) return null;
  return (
    <section>
      <h3>How the seats were shared</h3>
      <p>
        The votes of each list are divided by {divisors.map(resultNumbers.exactNumber).join(', ')} and so on. The
        greatest quotients win the seats.
      </p>
      {seatLawWords(view, facts).map((line) => (
        <p key={line}>{line}</p>
      ))}
      <LastSeat view={view} count={count} />
      {steps.length > 0 && (
        <details>
          <summary>Seat by seat: which quotient won it</summary>
          {stepsOmitted > 0 && (
            <p>
              The last {counted(steps.length, 'seat')} of {numberText(count.seats)}; the first{' '}
              {numberText(stepsOmitted)} were won with greater quotients.
            </p>
          )}
          <Steps view={view} count={count} facts={facts} place={place} />
        </details>
      )}
      <details>
        <summary>Table of quotients</summary>
        <p>
          A number in bold won the seat that is named below it. The quotients are rounded here; the exact fractions
          decide the seats.
        </p>
        <Quotients view={view} count={count} facts={facts} place={place} />
      </details>
    </section>
  );
}

function LastSeat({ view, count }: Pick<Props, 'view' | 'count'>) {
  const { lastSeat } = count;
  const [winner] = lastSeat?.winners ?? [];
  if (!lastSeat || !winner) return null;
  const names = view.namesOf(lastSeat.winners.map(({ optionId }) => optionId));
  return (
    <ul>
      <li>
        {lastSeat.winners.length > 1
          ? `The last seats went to ${names}, with equal quotients: ${resultNumbers.division(quotientFacts(count, winner))}.`
          : `The last seat went to ${names}: ${resultNumbers.division(quotientFacts(count, winner))}.`}
      </li>
      {lastSeat.runnersUp.map((rival) => (
        <li key={rival.optionId}>
          Next was {view.nameOf(rival.optionId)}: {resultNumbers.division(quotientFacts(count, rival))}.{' '}
          {isEqualQuotient(count, rival, winner)
            ? 'The quotients are equal. A rule or a drawing of lots decided.'
            : `${counted(rival.votesShort, 'more vote', 'more votes')} would have won the seat.`}
        </li>
      ))}
    </ul>
  );
}

function Steps({ view, count, place }: Props) {
  const { steps } = count;
  const [page, go] = usePlace(`seats-${place}`, Math.ceil(steps.length / stepsAtOnce));
  const rows = steps.slice((page - 1) * stepsAtOnce, page * stepsAtOnce);
  return (
    <>
      <DataTable
        caption={`${view.title}: each seat and its quotient`}
        hideCaption
        keyOf={({ seat }) => String(seat)}
        rows={rows}
        columns={[
          { head: 'Seat', cell: ({ seat }) => numberText(seat) },
          {
            head: 'List',
            cell: ({ optionId }) => (
              <span class="list-name">
                <Mark mark={view.markOf(optionId)} />
                <span>{view.nameOf(optionId)}</span>
              </span>
            ),
          },
          {
            head: 'Quotient',
            number: true,
            cell: (step) =>
              resultNumbers.division(quotientFacts(count, step)) +
              (step.equalToPrevious ? ' (equal to the one before)' : ''),
          },
        ]}
      />
      <Pager what="Seats" page={page} size={stepsAtOnce} total={steps.length} onPage={go} />
    </>
  );
}

function Quotients({ view, count, facts: { eligible: lists }, place }: Props) {
  const divisors = divisorCount(count);
  const [rowPage, goRow] = usePlace(`divisors-${place}`, Math.ceil(divisors / divisorsAtOnce));
  const [listPage, goList] = usePlace(`lists-${place}`, Math.ceil(lists.length / listsAtOnce));
  const page = lists.slice((listPage - 1) * listsAtOnce, listPage * listsAtOnce);
  const rows = divisorRows(count, page, { from: (rowPage - 1) * divisorsAtOnce, rows: divisorsAtOnce });
  return (
    <>
      <Pager what="Lists" page={listPage} size={listsAtOnce} total={lists.length} onPage={goList} />
      <div class="quotients" role="region" aria-label={`${view.title}: quotients`} tabIndex={0}>
        <table>
          <caption class="unseen">Quotients of each list by divisor</caption>
          <thead>
            <tr>
              <th scope="col">Divided by</th>
              {page.map(({ optionId }) => (
                <th key={optionId} scope="col" class="number">
                  <Mark mark={view.markOf(optionId)} />
                  {view.nameOf(optionId)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ divisor, cells }) => (
              <tr key={divisor}>
                <th scope="row">{resultNumbers.exactNumber(lawfulDivisor(count, divisor))}</th>
                {cells.map((cell) => (
                  <Quotient key={cell.optionId} count={count} cell={cell} divisor={divisor} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager what="Divisors" page={rowPage} size={divisorsAtOnce} total={divisors} onPage={goRow} />
    </>
  );
}

function Quotient({
  count,
  cell: { optionId, votes, state, seat },
  divisor,
}: {
  readonly count: SeatCount;
  readonly cell: QuotientCell;
  readonly divisor: number;
}) {
  const word = {
    won: seat === null ? 'won a seat' : `seat ${numberText(seat)}`,
    tied: 'tied',
    next: 'next',
    lost: '',
  }[state];
  return (
    <td class={`number ${state}`}>
      {resultNumbers.quotient(quotientFacts(count, { optionId, votes, divisor }))}
      {word !== '' && <small>{word}</small>}
    </td>
  );
}
