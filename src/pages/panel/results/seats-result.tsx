// The result of a house: its picture, the table that says the same and makes a list's seats stand out, and how the seats
// were shared.
import { useState } from 'preact/hooks';
import { HouseChart } from '../charts/house-chart.tsx';
import { Mark, ShareBar } from '../charts/share-bar.tsx';
import { numberText } from '../words.ts';
import { counted, seatSentence, shareWords, thresholdWords } from './contest-view.ts';
import type { ContestView, SeatCount } from './contest-view.ts';
import { Sharing } from './sharing.tsx';
import { sharingLists } from './quotient-grid.ts';

/** Lists that the table shows at first; the rest come with a press, and all of them on paper. */
const listsFirst = 20;

type Option = SeatCount['options'][number];

export function SeatsResult({
  view,
  count,
  place,
}: {
  readonly view: ContestView;
  readonly count: SeatCount;
  /** Of the contest, from 1: it names things of this contest in the address. */
  readonly place: number;
}) {
  const [pressed, setPressed] = useState<string | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const { seats, threshold, method } = count;
  const lists = view.optionIds.map((id) => ({
    id,
    name: view.nameOf(id),
    mark: view.markOf(id),
    seats: count.options.find(({ optionId }) => optionId === id)?.seats ?? 0,
  }));
  return (
    <>
      <p>
        {counted(seats, 'seat')}, shared by {method === 'sainteLague' ? 'Sainte-Laguë' : 'D’Hondt'}.
        {threshold.perMyriad > 0 && ` Threshold: ${thresholdWords(threshold.perMyriad)} of the votes.`}
      </p>
      <HouseChart
        {...{ lists, seats }}
        sentence={seatSentence(view, count)}
        nobody={count.tie === null ? 'Empty' : 'Not decided'}
        shown={pointed ?? pressed}
      />
      <SeatTable {...{ view, count, pressed, onPress: setPressed, onPoint: setPointed }} />
      <Sharing view={view} count={count} place={place} />
    </>
  );
}

type TableProps = {
  readonly view: ContestView;
  readonly count: SeatCount;
  readonly pressed: string | null;
  readonly onPress: (id: string | null) => void;
  readonly onPoint: (id: string | null) => void;
};

function SeatTable(props: TableProps) {
  const { view, count } = props;
  const [all, setAll] = useState(false);
  const eligible = sharingLists(count);
  const others = count.options
    .filter(({ standing }) => standing !== 'eligible')
    .sort((a, b) => b.votes - a.votes || a.number - b.number);
  const total = count.options.length;
  const given = count.options.reduce((sum, { seats }) => sum + seats, 0);
  const first = eligible.slice(0, listsFirst);
  const hidden = (index: number): string => (all || index < listsFirst ? '' : 'folded');
  return (
    <>
      <div class="table" role="region" aria-label={`${view.title}: lists`} tabIndex={0}>
        <table class="lists">
          <caption>Lists, votes and seats</caption>
          <thead>
            <tr>
              <th scope="col">List</th>
              {['Votes', 'Share', 'Seats', 'Votes short of one more seat'].map((head) => (
                <th key={head} scope="col" class="number">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {eligible.map((option, index) => (
              <ListRow key={option.optionId} {...props} option={option} folded={hidden(index)} />
            ))}
            {given < count.seats && (
              <tr>
                <th scope="row">
                  <Mark mark="empty" /> {count.tie === null ? 'Empty: nobody can take them' : 'Not decided: tied'}
                </th>
                {['Votes', 'Share'].map((head) => (
                  <td key={head} class="number wide" />
                ))}
                <td class="number" data-head="Seats">
                  {numberText(count.seats - given)}
                </td>
                <td class="number wide" />
              </tr>
            )}
          </tbody>
          {others.length > 0 && (
            <OtherLists {...props} others={others} hidden={(index) => hidden(index + first.length)} />
          )}
        </table>
      </div>
      {total > listsFirst && (
        <p class="no-print">
          <button type="button" class="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `Show the first ${listsFirst} lists` : `Show all ${numberText(total)} lists`}
          </button>
        </p>
      )}
    </>
  );
}

function OtherLists({
  others,
  hidden,
  ...props
}: TableProps & { readonly others: readonly Option[]; readonly hidden: (index: number) => string }) {
  const { perMyriad, votesNeeded } = props.count.threshold;
  return (
    <tbody class="below">
      {perMyriad > 0 && props.count.votes > 0 && (
        <tr class="threshold">
          <th scope="rowgroup" colSpan={5}>
            Threshold: {thresholdWords(perMyriad)} is {counted(votesNeeded, 'vote')}. Lists below this line get no seat.
          </th>
        </tr>
      )}
      {others.map((option, index) => (
        <ListRow key={option.optionId} {...props} option={option} folded={hidden(index)} />
      ))}
    </tbody>
  );
}

function ListRow({
  view,
  count,
  pressed,
  onPress,
  onPoint,
  option: { optionId, votes, share, seats, standing, votesToNextSeat },
  folded,
}: TableProps & { readonly option: Option; readonly folded: string }) {
  const name = (
    <>
      <Mark mark={view.markOf(optionId)} />
      <span>{view.nameOf(optionId)}</span>
    </>
  );
  const why = standing === 'no-votes' ? 'no votes' : `below ${thresholdWords(count.threshold.perMyriad)}`;
  return (
    <tr class={folded} onMouseEnter={() => onPoint(seats > 0 ? optionId : null)} onMouseLeave={() => onPoint(null)}>
      <th scope="row">
        {seats > 0 ? (
          <button
            type="button"
            class="list-name"
            aria-pressed={pressed === optionId}
            title="Make its seats stand out"
            onClick={() => onPress(pressed === optionId ? null : optionId)}
            onFocus={() => onPoint(optionId)}
            onBlur={() => onPoint(null)}
          >
            {name}
          </button>
        ) : (
          <span class="list-name">{name}</span>
        )}
      </th>
      <td class="number" data-head="Votes">
        {numberText(votes)}
      </td>
      <td class="number" data-head="Share">
        {shareWords(share)}
        {share !== null && <ShareBar share={share} mark={view.markOf(optionId)} />}
      </td>
      <td class="number" data-head="Seats">
        {numberText(seats)}
        {standing !== 'eligible' && <span class="why"> ({why})</span>}
      </td>
      <td class="number" data-head="Votes short of one more seat">
        {votesToNextSeat === null ? '–' : numberText(votesToNextSeat)}
      </td>
    </tr>
  );
}
