// What an election begins with. The service keeps no half-written election, so whatever is not written yet is suggested,
// and carries a mark that no person writes: an id that says so, a thousandth of a second, one second too many. A step
// that is saved leaves no mark of its own; so the list of steps knows what nobody has looked at, on any device.
import { countingMethods, suggestedMethods } from '../../../../domain/counting/method-table.ts';
import type { ElectionRequest } from '../../../../protocol/control/elections-api.ts';
import type { SuggestionTexts } from '../../../public/languages/language-texts.ts';
import { localOf, momentsOf } from './zoned-time.ts';

export type ElectionType = 'parliamentary' | 'presidential' | 'questions';
export const electionTypes: readonly (readonly [ElectionType, string, string])[] = [
  ['parliamentary', 'Parliamentary', 'Parties share the seats of a chamber: 250 seats by D’Hondt, threshold 5 %.'],
  ['presidential', 'Presidential', 'One person is elected: whoever has the most votes.'],
  ['questions', 'Questions', 'Motions that voters answer, such as yes or no; they may abstain.'],
];

const suggestedPrefix = 'suggested-';
const markMs = 1;
const markSeconds = 901;
const dayMs = 86_400_000;
const suggestedInDays = 14;
const rehearsalInMs = 10 * 60_000;

/** Of an option: its text was suggested. Of a contest: its counting rule was. */
export const isSuggestedId = (id: string): boolean => id.startsWith(suggestedPrefix);
export const isSuggestedTime = (instant: string): boolean => Date.parse(instant) % 60_000 === markMs;
export const isSuggestedLife = (seconds: number): boolean => seconds === markSeconds;

/** An id that none has yet, such as "option-3". */
export function freshId(stem: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
export const freshSuggestedId = (taken: ReadonlySet<string>): string => freshId(suggestedPrefix.slice(0, -1), taken);

export type Beginning = {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly type: ElectionType;
  readonly rehearsal: boolean;
  readonly timeZone: string;
};

/** The request that makes a draft: what was written, and suggestions for the rest. */
export function suggestedElection(beginning: Beginning, texts: SuggestionTexts, nowMs: number): object {
  const { id, title, language, type, rehearsal, timeZone } = beginning;
  return {
    id,
    title: { [language]: title.trim() },
    timeZone,
    rehearsal,
    ...suggestedTimes(rehearsal, timeZone, nowMs),
    channels: type === 'questions' ? ['online'] : ['online', 'batches'],
    identity: { scheme: 'phone-only' },
    verification: { methods: ['text-in', 'code'], verifiedSecondsMax: markSeconds },
    // Otherwise nothing of a rehearsal with a few voters would move before its end.
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
  const common = { id: `${suggestedPrefix}1`, minChoices: 1, maxChoices: 1, abstain: type === 'questions' };
  const options = (names: readonly string[]) =>
    names.map((name, index) => ({ id: `${suggestedPrefix}${index + 1}`, title: { [language]: name } }));
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
  return { ...common, ...rule, title: { [language]: text.question }, options: options([text.yes, text.no]) };
}

/** A short name for addresses, made from a title; empty where the title has no letters that addresses take. */
export const shortNameOf = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
