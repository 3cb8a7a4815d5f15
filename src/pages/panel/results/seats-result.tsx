// The result of a contest that shares seats: the drawing, the table with the same numbers, which highlights the seats of a
// list in the drawing, and how the seats were shared.
import { useState } from 'preact/hooks';
import { countingMethods } from '../../../domain/counting/method-table.ts';
import type { SeatCount, SeatedOption } from '../../../domain/counting/seat-count.ts';
import { baseShare, seatFacts } from '../../../domain/results/seat-facts.ts';
import type { SeatFacts } from '../../../domain/results/seat-facts.ts';
import { ChamberChart } from '../charts/chamber-chart.tsx';
import { Mark, ShareBar } from '../charts/share-bar.tsx';
import { numberText } from '../words.ts';
import { counted, shareWords } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';
import { baseWords, partWords } from './law-lines.ts';
import { resultSentence } from './result-sentence.ts';
import { Sharing } from './sharing.tsx';

/** Lists that the table shows at first. A button shows the rest; on paper all are printed. */
const listsFirst = 20;

export function SeatsResult({
  view,
  count,
  place,
}: {
  readonly view: PanelContestView;
  readonly count: SeatCount;
  /** Of the contest, from 1: it names things of this contest in the address. */
  readonly place: number;
}) {
  const [pressed, setPressed] = useState<string | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const facts = seatFacts(count);
  const { seats, threshold, method, unassigned } = facts;
  const lists = view.optionIds.map((id) => ({
    id,
    name: view.nameOf(id),
    mark: view.markOf(id),
    seats: count.options.find(({ optionId }) => optionId === id)?.seats ?? 0,
  }));
  return (
    <>
      <p>
        {counted(seats, 'seat')}, shared by {countingMethods[method].name}.
        {threshold && ` Threshold: ${partWords(threshold)}.`}
      </p>
      <ChamberChart
        {...{ lists, seats }}
        sentence={resultSentence(view, count)}
        unassigned={unassigned?.why === 'tied' ? 'Not decided' : 'Empty'}
        highlight={pointed ?? pressed}
      />
      <SeatTable {...{ view, facts, pressed, onPress: setPressed, onPoint: setPointed }} />
      <Sharing view={view} count={count} facts={facts} place={place} />
    </>
  );
}

/** The threshold where its shares are not those of the votes here, so that they have a column of their own. */
const comparedBase = ({ threshold, hasGroup }: SeatFacts): SeatFacts['threshold'] =>
  threshold !== null && (threshold.of !== 'votes' || hasGroup) ? threshold : null;
const baseHead = ({ of }: NonNullable<SeatFacts['threshold']>): string => `Share of ${baseWords[of]}`;

function headsOf(facts: SeatFacts): readonly string[] {
  const base = comparedBase(facts);
  return ['Votes', 'Share', ...(base ? [baseHead(base)] : []), 'Seats', 'Votes short of one more seat'];
}

const whyNot = { 'no-votes': 'no votes', 'below-threshold': 'below the threshold', withdrawn: 'withdrawn' } as const;

type TableProps = {
  readonly view: PanelContestView;
  readonly facts: SeatFacts;
  readonly pressed: string | null;
  readonly onPress: (id: string | null) => void;
  readonly onPoint: (id: string | null) => void;
};

const unassignedWords: Readonly<Record<NonNullable<SeatFacts['unassigned']>['why'], string>> = {
  tied: 'Not decided: tied',
  'no-quorum': 'Empty: the quorum is not met',
  'none-eligible': 'Empty: no list can take them',
  'lists-full': 'Empty: no list can take them',
};

function SeatTable(props: TableProps) {
  const { view, facts } = props;
  const [all, setAll] = useState(false);
  const { eligible, withdrawn, excluded, unassigned } = facts;
  const above = [...eligible, ...withdrawn];
  const total = above.length + excluded.length;
  const foldClass = (index: number): string => (all || index < listsFirst ? '' : 'folded');
  return (
    <>
      <div class="table" role="region" aria-label={`${view.title}: lists`} tabIndex={0}>
        <table class="lists">
          <caption>Lists, votes and seats</caption>
          <thead>
            <tr>
              <th scope="col">List</th>
              {headsOf(facts).map((head) => (
                <th key={head} scope="col" class="number">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {above.map((option, index) => (
              <ListRow key={option.optionId} {...props} option={option} folded={foldClass(index)} />
            ))}
            {unassigned && (
              <tr>
                <th scope="row">
                  <Mark mark="empty" /> {unassignedWords[unassigned.why]}
                </th>
                {headsOf(facts)
                  .slice(0, -2)
                  .map((head) => (
                    <td key={head} class="number wide" />
                  ))}
                <td class="number" data-head="Seats">
                  {numberText(unassigned.seats)}
                </td>
                <td class="number wide" />
              </tr>
            )}
          </tbody>
          {excluded.length > 0 && <OtherLists {...props} foldClass={(index) => foldClass(index + above.length)} />}
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

function OtherLists({ foldClass, ...props }: TableProps & { readonly foldClass: (index: number) => string }) {
  const { excluded, threshold, thresholdDivides } = props.facts;
  return (
    <tbody class="below">
      {threshold && thresholdDivides && (
        <tr class="threshold">
          <th scope="rowgroup" colSpan={headsOf(props.facts).length + 1}>
            Threshold: {partWords(threshold)} is {counted(threshold.votesNeeded, 'vote')}. Lists below this line get no
            seat.
          </th>
        </tr>
      )}
      {excluded.map((option, index) => (
        <ListRow key={option.optionId} {...props} option={option} folded={foldClass(index)} />
      ))}
    </tbody>
  );
}

function ListRow({
  view,
  facts,
  pressed,
  onPress,
  onPoint,
  option,
  folded,
}: TableProps & { readonly option: SeatedOption; readonly folded: string }) {
  const { optionId, votes, share, seats, standing, votesToNextSeat } = option;
  const base = comparedBase(facts);
  const name = (
    <>
      <Mark mark={view.markOf(optionId)} />
      <span>{view.nameOf(optionId)}</span>
    </>
  );
  const why = whyNot[standing === 'eligible' ? 'no-votes' : standing];
  return (
    <tr class={folded} onMouseEnter={() => onPoint(seats > 0 ? optionId : null)} onMouseLeave={() => onPoint(null)}>
      <th scope="row">
        {seats > 0 ? (
          <button
            type="button"
            class="list-name"
            aria-pressed={pressed === optionId}
            title="Highlight its seats"
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
        {shareWords(share, facts.marks)}
        {share !== null && <ShareBar share={share} mark={view.markOf(optionId)} />}
      </td>
      {base && (
        <td class="number" data-head={baseHead(base)}>
          {shareWords(baseShare(base, option), facts.marks)}
        </td>
      )}
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
