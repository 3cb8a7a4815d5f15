// A contest's count joined with the names on its ballot, and the sentences that say the result. Numbers come from the
// stored results alone: nothing is counted here.
import { percentText } from '../../../domain/counting/share.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import { markOf } from '../charts/option-mark.ts';
import { numberText, titleInEnglish } from '../words.ts';

type Contest = AdministeredElection['definition']['contests'][number];
export type Count = ResultsBody['contests'][number];
export type SeatCount = Extract<Count, { kind: 'seats' }>;
export type WinnerCount = Extract<Count, { kind: 'winner' }>;

export type ContestView = {
  readonly title: string;
  readonly maxChoices: number;
  /** By number on the ballot. */
  readonly optionIds: readonly string[];
  nameOf(optionId: string): string;
  namesOf(optionIds: readonly string[]): string;
  markOf(optionId: string): string;
};

export function contestView({ definition, participants }: AdministeredElection, contestId: string): ContestView {
  const contest = definition.contests.find(({ id }) => id === contestId);
  const options = [...(contest?.options ?? [])].sort((a, b) => a.number - b.number);
  const byId = new Map(options.map((option) => [option.id, option]));
  const names = new Map(participants.map(({ id, title }) => [id, titleInEnglish(title)]));
  const nameOf = (optionId: string): string => {
    const { title, participantId } = byId.get(optionId) ?? ({} as Partial<Contest['options'][number]>);
    return (title && titleInEnglish(title)) ?? names.get(participantId ?? '') ?? optionId;
  };
  return {
    title: contest ? titleInEnglish(contest.title) : contestId,
    maxChoices: contest?.maxChoices ?? 1,
    optionIds: options.map(({ id }) => id),
    nameOf,
    namesOf: (optionIds) => listText(optionIds.map(nameOf)),
    markOf: (optionId) => markOf(byId.get(optionId)?.number ?? 1),
  };
}

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const listText = (names: readonly string[]): string => list.format(names);

/** "1 seat", "2 seats". */
export const counted = (n: number, one: string, many = `${one}s`): string => `${numberText(n)} ${n === 1 ? one : many}`;

/** A share to be shown, such as "33.40 %"; rounded for itself. */
export const shareWords = (share: Fraction | null, decimals = 2): string =>
  share === null ? '–' : `${percentText(share, decimals)}\u00A0%`;

/** A threshold, such as "5 %" or "3.25 %". */
export const thresholdWords = (perMyriad: number): string =>
  `${perMyriad % 100 === 0 ? perMyriad / 100 : percentText({ numerator: perMyriad, denominator: 10_000 }, 2)}\u00A0%`;

/** votes ÷ divisor with so many decimals, grouped; `exact` where nothing was rounded away. */
export function quotientOf(votes: number, divisor: number, decimals = 2): { text: string; exact: boolean } {
  const units = BigInt(votes);
  const scale = 10n ** BigInt(decimals);
  const whole = BigInt(divisor);
  const scaled = (2n * units * scale + whole) / (2n * whole);
  const fraction = (scaled % scale).toString().padStart(decimals, '0');
  const text = `${(scaled / scale).toLocaleString('en-GB')}${decimals === 0 ? '' : `.${fraction}`}`;
  return { text, exact: (units * scale) % whole === 0n };
}

/** How the seats of a house ended, in a sentence. */
export function seatSentence(view: ContestView, { options, seats, votes, tie }: SeatCount): string {
  const most = Math.max(0, ...options.map((option) => option.seats));
  const open = tie !== null && tie.lot === null;
  if (most === 0) {
    if (votes === 0) return 'Nobody has a vote. All seats stay empty.';
    return open ? 'No seat is certain before the tie is decided.' : 'No list has enough votes. All seats stay empty.';
  }
  const first = options.filter((option) => option.seats === most).map(({ optionId }) => optionId);
  const majority = Math.floor(seats / 2) + 1;
  const of = `${numberText(most)} of ${numberText(seats)}`;
  const so = open ? ' so far' : '';
  if (first.length > 1) {
    return `${view.namesOf(first)} have the most seats${so}, ${of} each. A majority is ${numberText(majority)}.`;
  }
  const name = view.nameOf(first[0] ?? '');
  if (most < majority) return `${name} has the most seats${so}, ${of}. A majority is ${numberText(majority)}.`;
  const more = most === majority ? 'exactly a majority' : `${numberText(most - majority)} more than a majority`;
  return `${name} has ${of} seats${so}, ${more}.`;
}

/** Who has the most votes, in a sentence. */
export function winnerSentence(view: ContestView, { winner, options, lead, majority, tie }: WinnerCount): string {
  if (tie !== null) {
    const names = view.namesOf(tie.tied);
    if (winner === null) return `${names} have equally many votes. A lot decides.`;
    return `${names} had equally many votes. ${view.nameOf(winner)} won by lot.`;
  }
  const first = options.find(({ optionId }) => optionId === winner);
  if (!first) return 'Nobody has a vote.';
  const parts = [
    `${view.nameOf(first.optionId)} has the most votes: ${shareWords(first.share)} of the valid ballots.`,
    ...(options.length > 1 ? [`That is ${counted(lead, 'vote')} more than the next.`] : []),
    ...(majority ? [] : ['It is not more than half.']),
  ];
  return parts.join(' ');
}

export const sentenceOf = (view: ContestView, count: Count): string =>
  count.kind === 'seats' ? seatSentence(view, count) : winnerSentence(view, count);
