// A contest's count joined with the names on its ballot, and the words for its numbers.
import type { Fraction } from '../../../domain/counting/share.ts';
import { optionMark } from '../../../domain/option-mark.ts';
import type { RankedContest } from '../../../domain/results/winner-facts.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { titleInSentence } from '../../../domain/text/title-in-sentence.ts';
import { languages } from '../../public/languages/languages.ts';
import { numberText, resultNumbers, titleInEnglish } from '../words.ts';

type Contest = AdministeredElection['definition']['contests'][number];

export type PanelContestView = {
  readonly title: string;
  readonly contest: RankedContest;
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
    const name = (title && titleInEnglish(title)) ?? names.get(participantId ?? '') ?? optionId;
    return titleInSentence(name, languages.en.dir);
  };
  return {
    title: contest ? titleInEnglish(contest.title) : contestId,
    contest: { maxChoices: contest?.maxChoices ?? 1, options },
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

/** A share as it is displayed, such as "33.40%", or a dash where there is none. */
export const shareWords = (share: Fraction | null, marks: readonly Fraction[]): string =>
  share === null ? '–' : resultNumbers.resultShare(share, marks);
