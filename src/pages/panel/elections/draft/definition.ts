// An election as administrators edit it, and small questions that every election page asks. The service's data is used
// unchanged; nothing is decided here.
import type { Title } from '../../../../domain/election.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import type { Participant } from '../../../../protocol/control/participants-api.ts';

export type Definition = AdministeredElection['definition'];
export type ContestDraft = Definition['contests'][number];
export type OptionDraft = ContestDraft['options'][number];

export const pathOf = (electionId: string): string => `/v1/elections/${encodeURIComponent(electionId)}`;
export const addressOf = (electionId: string): string => `/elections/${encodeURIComponent(electionId)}`;

/** The first language of the election: the first of its title. */
export const mainLanguage = ({ title }: Pick<Definition, 'title'>): string => Object.keys(title)[0] ?? 'en';

/** Every language with any text of the election, the main one first. */
export function languagesOf({ title, organiser = {}, contests }: Definition): readonly string[] {
  const titles = contests.flatMap((contest) => [contest.title, ...contest.options.map((option) => option.title ?? {})]);
  return [...new Set([title, organiser, ...titles].flatMap((each) => Object.keys(each)))];
}

export const isLanguageTag = (tag: string): boolean => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag);

/** A participant's name in a language, or in the first that it has. */
export function nameText(name: Participant['name'], language = 'en'): string {
  if (typeof name === 'string') return name;
  return name[language] ?? Object.values(name)[0] ?? '';
}

/** The text of an option, or the name of its participant. */
export function optionTitle(option: OptionDraft, participants: AdministeredElection['participants']): Title {
  return option.title ?? participants.find(({ id }) => id === option.participantId)?.title ?? {};
}

export const isBeforeOpening = ({ phase }: Pick<AdministeredElection, 'phase'>): boolean =>
  phase === 'draft' || phase === 'scheduled';
