// The suggestions in a new election, with their marks (domain/suggested-values.ts): so the list of steps knows on any device
// which steps still need a review. The fields of what only the organiser can know are empty until then: a suggestion is
// no answer.
import { suggestedSeconds, suggestedStem, suggestedTimes } from '../../../../domain/suggested-values.ts';
import type { ElectionRequest } from '../../../../protocol/control/elections-api.ts';
import type { SuggestionTexts } from '../../../public/languages/language-texts.ts';
import { suggestedContest, suggestsPaper } from './templates.ts';
import type { ElectionType } from './templates.ts';
import { localOf, momentsOf } from './zoned-time.ts';

/** After the end, within which the result is expected. */
export const suggestedResultHours = 24;

const dayMs = 86_400_000;
const suggestedInDays = 14;
const rehearsalInMs = 10 * 60_000;

/** An unused ID, such as "option-3". */
export function freshId(stem: string, usedIds: ReadonlySet<string>): string {
  let number = 1;
  while (usedIds.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
export const freshSuggestedId = (usedIds: ReadonlySet<string>): string => freshId(suggestedStem, usedIds);

export type Beginning = {
  readonly id: string;
  readonly title: string;
  /** Empty where there is none. */
  readonly organiser: string;
  readonly language: string;
  readonly type: ElectionType;
  readonly rehearsal: boolean;
  readonly timeZone: string;
};

/** The request that creates a draft: the input, and suggestions for the rest. */
export function suggestedElection(beginning: Beginning, texts: SuggestionTexts, nowMs: number): object {
  const { id, title, organiser, language, type, rehearsal, timeZone } = beginning;
  return {
    id,
    title: { [language]: title.trim() },
    ...(organiser.trim() !== '' && { organiser: { [language]: organiser.trim() } }),
    timeZone,
    rehearsal,
    ...timesOf(rehearsal, timeZone, nowMs),
    resultHours: suggestedResultHours,
    channels: suggestsPaper(type) ? ['online', 'batches'] : ['online'],
    ...(suggestsPaper(type) && !rehearsal && { paper: { confirmation: true } }),
    identity: { scheme: 'phone-only' },
    // A rehearsal may have few texts to spend.
    verification: {
      methods: rehearsal ? ['text-in', 'code'] : ['text-in-confirmed'],
      verifiedSecondsMax: suggestedSeconds,
    },
    // Otherwise no ballot in a rehearsal with few voters would move before its end.
    ...(rehearsal && { minBatch: 1 }),
    contests: [suggestedContest(type, language, texts)],
  } satisfies Partial<ElectionRequest>;
}

function timesOf(rehearsal: boolean, timeZone: string, nowMs: number) {
  if (rehearsal) return suggestedTimes(nowMs + rehearsalInMs, nowMs + rehearsalInMs + dayMs);
  const { date } = localOf(new Date(nowMs + suggestedInDays * dayMs).toISOString(), timeZone);
  const at = (time: string): number => {
    const [moment] = momentsOf({ date, time }, timeZone);
    return Date.parse(moment ?? `${date}T${time}Z`);
  };
  return suggestedTimes(at('08:00'), at('20:00'));
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
