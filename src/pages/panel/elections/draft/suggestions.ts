// The suggestions in a new election. The service stores only complete elections, so empty parts are filled with
// suggestions, each with a mark that no person writes: a special ID, a thousandth of a second, one second too many.
// Saving a step removes its marks, so the list of steps knows on any device which steps still need a review. The fields of
// what only the organiser can know are empty until then: a suggestion is no answer.
import { countingMethods, suggestedMethods } from '../../../../domain/counting/method-table.ts';
import type { ElectionRequest } from '../../../../protocol/control/elections-api.ts';
import type { SuggestionTexts } from '../../../public/languages/language-texts.ts';
import { localOf, momentsOf } from './zoned-time.ts';

export type ElectionType = 'parliamentary' | 'presidential' | 'questions';
export const electionTypes: readonly (readonly [ElectionType, string, string])[] = [
  ['parliamentary', 'Parliamentary', 'Parties share seats by D’Hondt. You enter the seats and the threshold.'],
  ['presidential', 'Presidential', 'One person is elected, with the most votes.'],
  ['questions', 'Questions', 'Voters answer questions with options such as yes or no. They may abstain.'],
];

const suggestedPrefix = 'suggested-';
/** Of texts and numbers that fields do not show. */
const blankPrefix = 'suggested-blank-';
const markMs = 1;
const markSeconds = 901;
const dayMs = 86_400_000;
const suggestedInDays = 14;
const rehearsalInMs = 10 * 60_000;

/** For an option: its text was suggested. For a contest: its counting rule was. */
export const isSuggestedId = (id: string): boolean => id.startsWith(suggestedPrefix);
/** For an option: its text is empty in the form. For a contest: the numbers of its counting rule are. */
export const isBlankId = (id: string): boolean => id.startsWith(blankPrefix);
export const isSuggestedTime = (instant: string): boolean => Date.parse(instant) % 60_000 === markMs;
export const isSuggestedLife = (seconds: number): boolean => seconds === markSeconds;

/** An unused ID, such as "option-3". */
export function freshId(stem: string, usedIds: ReadonlySet<string>): string {
  let number = 1;
  while (usedIds.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
export const freshSuggestedId = (usedIds: ReadonlySet<string>): string =>
  freshId(suggestedPrefix.slice(0, -1), usedIds);

export type Beginning = {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly type: ElectionType;
  readonly rehearsal: boolean;
  readonly timeZone: string;
};

/** The request that creates a draft: the input, and suggestions for the rest. */
export function suggestedElection(beginning: Beginning, texts: SuggestionTexts, nowMs: number): object {
  const { id, title, language, type, rehearsal, timeZone } = beginning;
  return {
    id,
    title: { [language]: title.trim() },
    timeZone,
    rehearsal,
    ...suggestedTimes(rehearsal, timeZone, nowMs),
    channels: type === 'questions' ? ['online'] : ['online', 'batches'],
    ...(type !== 'questions' && !rehearsal && { paper: { confirmation: true } }),
    identity: { scheme: 'phone-only' },
    // A rehearsal may have few texts to spend.
    verification: { methods: rehearsal ? ['text-in', 'code'] : ['text-in-confirmed'], verifiedSecondsMax: markSeconds },
    // Otherwise no ballot in a rehearsal with few voters would move before its end.
    ...(rehearsal && { minBatch: 1 }),
    contests: [suggestedContest(type, language, texts)],
  } satisfies Partial<ElectionRequest>;
}

function suggestedTimes(rehearsal: boolean, timeZone: string, nowMs: number) {
  const marked = (ms: number): string => new Date(Math.floor(ms / 60_000) * 60_000 + markMs).toISOString();
  if (rehearsal) {
    return { opensAt: marked(nowMs + rehearsalInMs), closesAt: marked(nowMs + rehearsalInMs + dayMs) };
  }
  const { date } = localOf(new Date(nowMs + suggestedInDays * dayMs).toISOString(), timeZone);
  const at = (time: string): string => {
    const [moment] = momentsOf({ date, time }, timeZone);
    return marked(moment === undefined ? Date.parse(`${date}T${time}Z`) : Date.parse(moment));
  };
  return { opensAt: at('08:00'), closesAt: at('20:00') };
}

function suggestedContest(type: ElectionType, language: string, text: SuggestionTexts) {
  const common = { id: `${blankPrefix}1`, minChoices: 1, maxChoices: 1, abstain: type === 'questions' };
  const options = (names: readonly string[], prefix = blankPrefix) =>
    names.map((name, index) => ({ id: `${prefix}${index + 1}`, title: { [language]: name } }));
  if (type === 'parliamentary') {
    const method = suggestedMethods.seats;
    const rule = { method, ...countingMethods[method].suggested };
    return {
      ...common,
      ...rule,
      title: { [language]: text.members },
      options: options([`${text.party} 1`, `${text.party} 2`]),
    };
  }
  const rule = { method: suggestedMethods.winner };
  if (type === 'presidential') {
    return {
      ...common,
      ...rule,
      title: { [language]: text.office },
      options: options([`${text.person} 1`, `${text.person} 2`]),
    };
  }
  return {
    ...common,
    ...rule,
    title: { [language]: text.question },
    options: options([text.yes, text.no], suggestedPrefix),
  };
}

/** A short name for addresses, made from a title; empty where the title has no suitable letters. */
export const shortNameOf = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
