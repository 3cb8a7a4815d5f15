// A contest's count joined with the names on its ballot, and the words for its numbers.
import { percentText } from '../../../domain/counting/share.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import { optionMark } from '../../../domain/option-mark.ts';
import { quotientDecimals, resultPercentDecimals, roundQuotient } from '../../../domain/results/rounding.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { numberText, titleInEnglish } from '../words.ts';

type Contest = AdministeredElection['definition']['contests'][number];

export type PanelContestView = {
  readonly title: string;
  readonly maxChoices: number;
  /** By number on the ballot. */
  readonly optionIds: readonly string[];
  nameOf(optionId: string): string;
  namesOf(optionIds: readonly string[]): string;
  markOf(optionId: string): string;
};

type Ballot = {
  readonly participants: AdministeredElection['participants'];
  readonly definition: {
    readonly contests: readonly (Pick<Contest, 'id' | 'title' | 'maxChoices'> & {
      readonly options: readonly Contest['options'][number][];
    })[];
  };
};

export function panelContestView({ definition, participants }: Ballot, contestId: string): PanelContestView {
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
    markOf: (optionId) => optionMark(byId.get(optionId)?.number ?? 1),
  };
}

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const listText = (names: readonly string[]): string => list.format(names);

/** "1 seat", "2 seats". */
export const counted = (n: number, one: string, many = `${one}s`): string => `${numberText(n)} ${n === 1 ? one : many}`;

/** A share as it is displayed, such as "33.40%". */
export const shareWords = (share: Fraction | null): string =>
  share === null ? '–' : `${percentText(share, resultPercentDecimals)}%`;

/** A threshold, such as "5%" or "3.25%". */
export const thresholdWords = (perMyriad: number): string => `${perMyriad / 100}%`;

const grouped = new Intl.NumberFormat('en-GB', { minimumFractionDigits: quotientDecimals });

/** A quotient as it is displayed, such as "1.90". */
export const quotientWords = (votes: number, divisor: number): string =>
  // Intl formats a decimal text exactly; its types do not include texts yet.
  grouped.format(roundQuotient(votes, divisor).text as unknown as number);

/** Such as "80 ÷ 42 ≈ 1.90". */
export const divisionWords = (votes: number, divisor: number): string =>
  `${numberText(votes)} ÷ ${numberText(divisor)} ${roundQuotient(votes, divisor).exact ? '=' : '≈'} ` +
  quotientWords(votes, divisor);
