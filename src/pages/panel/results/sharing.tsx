// How the seats of a house were shared, so that anybody can follow it with a calculator: the rule, the last seat, each seat
// with the quotient that won it, and the table of quotients. Long ones are shown in parts.
import { DataTable } from '../parts/data-table.tsx';
import { Mark } from '../charts/share-bar.tsx';
import { numberText } from '../words.ts';
import { counted, quotientOf, thresholdWords } from './contest-view.ts';
import type { ContestView, SeatCount } from './contest-view.ts';
import { Pager, usePlace } from './pager.tsx';
import { divisorCount, divisorRows, sharingLists } from './quotient-grid.ts';
import type { Cell } from './quotient-grid.ts';

/** Seats, and divisors, in one part; lists beside each other. */
const stepsAtOnce = 25;
const divisorsAtOnce = 20;
const listsAtOnce = 6;

type Props = { readonly view: ContestView; readonly count: SeatCount; readonly place: number };

export function Sharing({ view, count, place }: Props) {
  const { method, threshold, steps, stepsOmitted } = count;
  if (sharingLists(count).length === 0) return null;
  const divisors = method === 'dhondt' ? '1, 2, 3 and so on' : '1, 3, 5 and so on';
  const needed = counted(threshold.votesNeeded, 'vote');
  return (
    <section>
      <h3>How the seats were shared</h3>
      <p>
        The votes of each list are divided by {divisors}. The greatest quotients win the seats.
        {threshold.perMyriad > 0 &&
          ` Only lists with at least ${needed} take part: that is ${thresholdWords(threshold.perMyriad)} of all votes.`}
      </p>
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
          <Steps view={view} count={count} place={place} />
        </details>
      )}
      <details>
        <summary>Table of quotients</summary>
        <p>
          A number in bold won the seat that is named below it. Quotients are rounded to be shown; seats are decided by
          the exact fractions.
        </p>
        <Quotients view={view} count={count} place={place} />
      </details>
    </section>
  );
}

/** Such as "80 ÷ 42 ≈ 1.90". */
function division(votes: number, divisor: number, decimals = 2): string {
  const { text, exact } = quotientOf(votes, divisor, decimals);
  return `${numberText(votes)} ÷ ${numberText(divisor)} ${exact ? '=' : '≈'} ${text}`;
}

function LastSeat({ view, count: { lastSeat } }: Pick<Props, 'view' | 'count'>) {
  const [winner] = lastSeat?.winners ?? [];
  if (!lastSeat || !winner) return null;
  const names = view.namesOf(lastSeat.winners.map(({ optionId }) => optionId));
  return (
    <ul>
      <li>
        {lastSeat.winners.length > 1
          ? `The last seats went to ${names}, with equal quotients: ${division(winner.votes, winner.divisor)}.`
          : `The last seat went to ${names}: ${division(winner.votes, winner.divisor)}.`}
      </li>
      {lastSeat.runnersUp.map(({ optionId, votes, divisor, votesShort }) => (
        <li key={optionId}>
          Next was {view.nameOf(optionId)}: {division(votes, divisor)}. {counted(votesShort, 'more vote', 'more votes')}{' '}
          would have won the seat.
        </li>
      ))}
    </ul>
  );
}

function Steps({ view, count: { steps }, place }: Props) {
  const [page, go] = usePlace(`seats-${place}`, Math.ceil(steps.length / stepsAtOnce));
  const shown = steps.slice((page - 1) * stepsAtOnce, page * stepsAtOnce);
  return (
    <>
      <DataTable
        caption={`${view.title}: each seat and its quotient`}
        hideCaption
        keyOf={({ seat }) => String(seat)}
        rows={shown}
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
            cell: ({ votes, divisor, equalToPrevious }) =>
              division(votes, divisor, 3) + (equalToPrevious ? ' (equal to the one before)' : ''),
          },
        ]}
      />
      <Pager what="Seats" page={page} size={stepsAtOnce} total={steps.length} onPage={go} />
    </>
  );
}

function Quotients({ view, count, place }: Props) {
  const lists = sharingLists(count);
  const divisors = divisorCount(count);
  const [rowPage, goRow] = usePlace(`divisors-${place}`, Math.ceil(divisors / divisorsAtOnce));
  const [listPage, goList] = usePlace(`lists-${place}`, Math.ceil(lists.length / listsAtOnce));
  const shown = lists.slice((listPage - 1) * listsAtOnce, listPage * listsAtOnce);
  const rows = divisorRows(count, shown, { from: (rowPage - 1) * divisorsAtOnce, rows: divisorsAtOnce });
  return (
    <>
      <Pager what="Lists" page={listPage} size={listsAtOnce} total={lists.length} onPage={goList} />
      <div class="quotients" role="region" aria-label={`${view.title}: quotients`} tabIndex={0}>
        <table>
          <caption class="unseen">Quotients of each list by divisor</caption>
          <thead>
            <tr>
              <th scope="col">Divided by</th>
              {shown.map(({ optionId }) => (
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
                <th scope="row">{numberText(divisor)}</th>
                {cells.map((cell) => (
                  <Quotient key={cell.optionId} cell={cell} divisor={divisor} />
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

function Quotient({ cell: { votes, state, seat }, divisor }: { readonly cell: Cell; readonly divisor: number }) {
  const { text } = quotientOf(votes, divisor);
  const word = {
    won: seat === null ? 'won a seat' : `seat ${numberText(seat)}`,
    tied: 'tied',
    next: 'next',
    lost: '',
  }[state];
  return (
    <td class={`number ${state}`}>
      {text}
      {word !== '' && <small>{word}</small>}
    </td>
  );
}
