// Common parts of a contest's result: the count joined with the titles of the ballot paper, and the note on a tie.
import type { ContestCount } from '../../domain/counting/counting-methods.ts';
import type { Contest, Option, Title } from '../../domain/election.ts';
import { optionMark } from '../../domain/option-mark.ts';
import type { TieFacts } from '../../domain/results/tie-facts.ts';
import type { TieDecision } from '../../domain/counting/tie.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { decisionLines } from './law-lines.ts';
import type { Words } from './words.ts';

export type ContestView<Counted extends ContestCount> = {
  readonly words: Words;
  /** Unique in the page. */
  readonly id: string;
  readonly contest: Contest;
  readonly count: Counted;
  titleOf(optionId: string): Title;
  nameOf(optionId: string): string;
  namesOf(optionIds: readonly string[]): string;
  /** The class for the colour of an option. */
  markOf(optionId: string): string;
};

export function contestView<Counted extends ContestCount>(
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
    markOf: (optionId) => optionMark(options.get(optionId)?.number ?? 1),
  };
}

/** A square in the option's colour, decorative: the name is beside it. */
export const mark = (name: string): Html =>
  html`<svg class="mark" aria-hidden="true" viewBox="0 0 16 16">
    <rect class="${name}" x="2" y="2" width="12" height="12" />
  </svg>`;

type Ties = { readonly decisions: readonly TieDecision[]; readonly tie: TieFacts | null };

/** The note on a tie: what the rules decided, the options still tied, the places, and how lots decided it. */
export function tieNote(view: ContestView<ContestCount>, { decisions, tie }: Ties): Html | null {
  const { words, count, namesOf } = view;
  const ruled = decisionLines(view, decisions).map((line) => html`<p>${line}</p>`);
  if (!tie) {
    return ruled.length === 0
      ? null
      : html`<div class="note">
          <h3>${words.text('tie')}</h3>
          ${ruled}
        </div>`;
  }
  const { tied, places, decision } = tie;
  const names = namesOf(tied);
  const sentence =
    count.kind === 'seats' || (count.seats ?? 1) > 1
      ? words.counted(decision ? 'tieDrawn' : 'tieOpen', places, { names })
      : words.text(decision ? 'tieDrawnWinner' : 'tieOpenWinner', { names });
  return html`<div class="note${!decision && ' warn'}">
    <h3>${words.text('tie')}</h3>
    ${ruled}
    <p>${sentence}</p>
    ${
      decision &&
      html`<p>${words.text('drawn', { names: words.sequence(decision.lot.order.map((one) => namesOf([one]))) })}</p>
        <p>${words.text('lotWon', { names: namesOf(decision.winners) })}</p>
        <p>${words.text('lotNote')}</p>
        <blockquote dir="auto">${decision.lot.note}</blockquote>`
    }
  </div>`;
}

/** The number of ballots that answered this question. */
export function answered({ words, count }: ContestView<ContestCount>): Html {
  const valid = words.text('validHere', { n: words.number(count.valid) });
  const abstained = words.text('abstained', { n: words.number(count.abstained) });
  return html`<p>${valid}${count.abstained > 0 && ` ${abstained}`}</p>`;
}
