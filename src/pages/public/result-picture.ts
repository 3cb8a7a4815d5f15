// What the picture of a result shows, as data in the page. The script draws it (share/draw-picture.ts).
import { barPercent } from '../../domain/results/rounding.ts';
import { seatFacts } from '../../domain/results/seat-facts.ts';
import { winnerFacts } from '../../domain/results/winner-facts.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { ResultsBody } from '../../protocol/public-results.ts';
import { contestView } from './contest-view.ts';
import { isWinnerMark } from './languages/result-sentence.ts';
import type { ResultOutcome } from './result-outcomes.ts';
import type { Words } from './words.ts';

/** Most questions and most options of one question that a picture has room for. It says how many are left out. */
const questionsMax = 5;
const rowsMax = 5;

type PictureRow = {
  readonly name: string;
  readonly value: string;
  /** The length of the bar. */
  readonly percent: number;
  readonly wins: boolean;
};
export type ResultPicture = {
  readonly kind: string;
  readonly title: string;
  readonly organiser: string;
  /** Of the organiser; empty where there is none. */
  readonly colour: string;
  /** A rehearsal says so; otherwise empty. */
  readonly band: string;
  readonly questions: readonly { readonly title: string; readonly sentence: string }[];
  /** Of the only question. With several there is no room. */
  readonly rows: readonly PictureRow[];
  /** How many questions or options are left out, in words, by their number. */
  readonly more: readonly string[];
  /** Questions or options that are not in the picture at all. */
  readonly omitted: number;
  readonly closed: string;
  readonly note: string;
};

export function resultPicture(
  words: Words,
  election: PublicElection,
  { closedAt, revision }: Pick<ResultsBody, 'closedAt' | 'revision'>,
  outcomes: readonly ResultOutcome[],
): ResultPicture {
  const [only] = outcomes;
  const rows = only && outcomes.length === 1 ? rowsOf(words, only) : [];
  const all = outcomes.length === 1 ? rows.length : outcomes.length;
  const closed = words.text('closed', { time: words.time(closedAt) });
  const version = revision > 1 ? words.text('pictureVersion', { n: words.number(revision) }) : '';
  return {
    kind: words.text('result'),
    title: words.name(election.title),
    organiser: election.organiser ? words.name(election.organiser) : '',
    colour: election.colour ?? '',
    band: election.rehearsal ? words.text('rehearsal') : '',
    questions: outcomes
      .slice(0, questionsMax)
      .map(({ contest, sentence }) => ({ title: words.name(contest.title), sentence })),
    rows: rows.slice(0, rowsMax),
    more: Array.from({ length: all }, (_, index) => words.text('pictureMore', { n: words.number(index + 1) })),
    omitted: Math.max(0, all - (outcomes.length === 1 ? rowsMax : questionsMax)),
    closed: [closed, version].filter((text) => text !== '').join(words.sentenceSpace),
    note: words.text('pictureNote'),
  };
}

/** The options of a question, the first ones first: votes and share, or seats. */
function rowsOf(words: Words, { id, contest, count }: ResultOutcome): readonly PictureRow[] {
  const { nameOf } = contestView(words, id, contest, count);
  if (count.kind === 'winner') {
    const { rows, marks } = winnerFacts(count, contest);
    return rows.map(({ optionId, votes, share, mark }) => ({
      name: mark === 'withdrawn' ? withdrawnName(words, nameOf(optionId)) : nameOf(optionId),
      value: share ? `${words.number(votes)} · ${words.resultShare(share, marks)}` : words.number(votes),
      percent: share ? barPercent(share) : 0,
      wins: isWinnerMark(mark),
    }));
  }
  const { eligible, withdrawn, excluded } = seatFacts(count);
  return [...eligible, ...withdrawn, ...excluded].map(({ optionId, seats, standing }) => ({
    name: standing === 'withdrawn' ? withdrawnName(words, nameOf(optionId)) : nameOf(optionId),
    value: words.counted('seatsOf', seats),
    percent: barPercent({ numerator: seats, denominator: Math.max(1, count.seats) }),
    wins: seats > 0,
  }));
}

const withdrawnName = (words: Words, name: string): string => `${name} – ${words.text('withdrawn')}`;
