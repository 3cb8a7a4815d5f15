// A contest's count joined with the names on its ballot, and the words for its numbers.
import { fractionText } from '../../../domain/counting/share.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import { optionMark } from '../../../domain/option-mark.ts';
import type { QuotientFacts } from '../../../domain/results/quotient-facts.ts';
import { quotientDecimals, resultPercentDecimals, roundPercent } from '../../../domain/results/rounding.ts';
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

/** A share as it is displayed, such as "33.40%". It never crosses one of the marks by rounding. */
export const shareWords = (share: Fraction | null, marks: readonly Fraction[]): string =>
  share === null ? '–' : `${roundPercent(share, resultPercentDecimals, marks)}%`;

const grouped = new Intl.NumberFormat('en-GB', { minimumFractionDigits: quotientDecimals });
const unrounded = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 20 });
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 20 });

// Intl formats a decimal text exactly; its types do not include texts yet. 1/150 has no end as a decimal.
const exact = (format: Intl.NumberFormat, text: string): string =>
  text.includes('/') ? text : format.format(text as unknown as number);

/** A share of the law without rounding, such as "5%" or "1/150". */
export const exactShareWords = (share: Fraction): string => exact(percent, fractionText(share));

/** A factor or a divisor without rounding, such as "1.35". */
export const exactNumberWords = (value: Fraction): string => exact(unrounded, fractionText(value));

/** A quotient as it is displayed, such as "1.90". */
export const quotientWords = ({ text }: QuotientFacts): string => exact(grouped, text);

/** Such as "80 ÷ 42 ≈ 1.90". */
export function divisionWords(quotient: QuotientFacts): string {
  const { votes, factor, divisor, exact: isExact } = quotient;
  const times = factor === null ? '' : ` × ${exactNumberWords(factor)}`;
  const division = `${numberText(votes)}${times} ÷ ${exactNumberWords(divisor)}`;
  return `${division} ${isExact ? '=' : '≈'} ${quotientWords(quotient)}`;
}
