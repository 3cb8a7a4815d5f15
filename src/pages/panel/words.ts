// Numbers, times and titles as the panel shows them.
import type { Title } from '../../domain/election.ts';
import { displayZone } from '../../domain/time-zone.ts';
import { languages } from '../public/languages/languages.ts';
import { offsetNote } from './elections/draft/zoned-time.ts';
import { createNumberWords } from '../public/languages/number-words.ts';
import { titleText } from '../../domain/title-text.ts';

/** The numbers of a result and a turnout, as the public pages write them in English. */
export const resultNumbers = createNumberWords(languages.en.lang);
export const numberText = (value: number): string => resultNumbers.number(value);

/** A count with its noun in the right number, such as "1 row" or "2,400 rows". */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** What the number of repeated ballots means. */
export const repeatedBallots = (count: number): string =>
  `${countText(count, 'online ballot')} had a key that another ballot had before. Only an altered device does that. The ` +
  'first ballot under a key counts, and each later one is invalid.';

// Each also has its offset where clocks show it twice, such as "01:30 GMT-4".
/** A time such as "Sunday 28 June 2026, 21:00 (Europe/Belgrade)". In UTC where the browser does not know the zone. */
export const momentText = (at: string, zone: string): string => `${timeText(at, zone)} (${displayZone(zone)})`;

/** Without the zone, on a page that names it. */
export function timeText(at: string, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const),
    ...({ hour: '2-digit', minute: '2-digit', timeZone: displayZone(zone) } as const),
  });
  return format.format(new Date(at)).replace(' at ', ', ') + offsetNote(at, displayZone(zone));
}

/** A time in a list, such as "28 Jun 2026, 21:00". */
export const shortTimeText = (at: string, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: displayZone(zone) }).format(
    new Date(at),
  ) + offsetNote(at, displayZone(zone));

/** A time of the day such as "21:00:05". */
export function clockText(at: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: displayZone(timeZone) });
  return format.format(new Date(at)) + offsetNote(at, displayZone(timeZone));
}

/** The title in English, else in the first language that it has, as the public pages choose it. */
export const titleInEnglish = (title: Title): string => titleText(title, 'en').text;

const second = 1_000;
const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;
const units = [
  [2 * day, day, 'day'],
  [2 * hour, hour, 'hour'],
  [2 * minute, minute, 'minute'],
  [0, second, 'second'],
] as const;
/** A duration such as "5 minutes". */
export function durationText(ms: number): string {
  const [, size, name] = units.find(([from]) => Math.abs(ms) >= from) ?? units[3];
  const amount = Math.round(Math.abs(ms) / size);
  return `${numberText(amount)} ${name}${amount === 1 ? '' : 's'}`;
}
