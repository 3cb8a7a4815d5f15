// What the parts of a contest's result have in common: the count joined with the words of the ballot paper, and its ties.
import type { Contest, Option, Title } from '../../domain/election.ts';
import type { ResultsBody } from '../../protocol/public-results.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

type Count = ResultsBody['contests'][number];
export type WinnerCount = Extract<Count, { kind: 'winner' }>;
export type SeatCount = Extract<Count, { kind: 'seats' }>;

export type ContestView<Counted extends Count> = {
  readonly words: Words;
  /** Unique in the page. */
  readonly id: string;
  readonly contest: Contest;
  readonly count: Counted;
  titleOf(optionId: string): Title;
  nameOf(optionId: string): string;
  namesOf(optionIds: readonly string[]): string;
  /** The class that gives an option its colour, by its place on the ballot: eight colours, then the same as rings. */
  markOf(optionId: string): string;
};

const colours = 8;

export function contestView<Counted extends Count>(
  words: Words,
  id: string,
  contest: Contest,
  count: Counted,
): ContestView<Counted> {
  const options = new Map<string, Option>(contest.options.map((option) => [option.id, option]));
  const titleOf = (optionId: string): Title => options.get(optionId)?.title ?? { [words.tag]: optionId };
  return {
    words,
    id,
    contest,
    count,
    titleOf,
    nameOf: (optionId) => words.name(titleOf(optionId)),
    namesOf: (optionIds) => words.names(optionIds.map(titleOf)),
    markOf(optionId) {
      const place = (options.get(optionId)?.number ?? 1) - 1;
      return `c${(place % colours) + 1}${Math.floor(place / colours) % 2 === 1 ? ' ring' : ''}`;
    },
  };
}

/** A square in the option's colour, for eyes only: the name stands beside it. */
export const mark = (name: string): Html =>
  html`<svg class="mark" aria-hidden="true" viewBox="0 0 16 16">
    <rect class="${name}" x="2" y="2" width="12" height="12" />
  </svg>`;

/** A tie is said plainly: who, for what, and the lot with what was noted of it. */
export function tieNote({ words, count, namesOf }: ContestView<Count>): Html | null {
  const { tie, kind } = count;
  if (!tie) return null;
  const { tied, seatsLeft, lot } = tie;
  const names = namesOf(tied);
  const seats = kind === 'seats';
  const sentence = seats
    ? words.counted(lot ? 'tieDrawn' : 'tieOpen', seatsLeft, { names })
    : words.text(lot ? 'tieDrawnWinner' : 'tieOpenWinner', { names });
  return html`<div class="note${!lot && ' warn'}">
    <h3>${words.text('tie')}</h3>
    <p>${sentence}</p>
    ${
      lot &&
      html`<p>${words.text('drawn', { names: words.sequence(lot.order.map((one) => namesOf([one]))) })}</p>
        <p>${words.text('lotNote')}</p>
        <blockquote dir="auto">${lot.note}</blockquote>`
    }
  </div>`;
}

/** How many ballots answered this question. */
export function answered({ words, count }: ContestView<Count>): Html {
  const valid = words.text('validHere', { n: words.number(count.valid) });
  const abstained = words.text('abstained', { n: words.number(count.abstained) });
  return html`<p>${valid}${count.abstained > 0 && ` ${abstained}`}</p>`;
}
