// Local times in a zone, and the moments that they denote. When clocks go forward an hour does not exist, and when they
// go back an hour exists twice; the code guesses neither.
import { isTimeZone } from '../../../../domain/time-zone.ts';

const dayMs = 86_400_000;

export type LocalTime = { readonly date: string; readonly time: string };

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
/** A time of the day, with seconds only if there are any. */
export const isTimeOfDay = (time: string): boolean => timePattern.test(time);
const timePattern = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** The start of a day in UTC, in milliseconds; null where the text is not a day of the years 0001 to 9999. */
export function dayMsOf(date: string): number | null {
  const ms = dayPattern.test(date) ? Date.parse(`${date}T00:00Z`) : NaN;
  // A day that its month does not have would be taken for one of the next month.
  return !Number.isNaN(ms) && ms >= firstDayMs && new Date(ms).toISOString().startsWith(date) ? ms : null;
}
const firstDayMs = Date.parse('0001-01-01T00:00Z');

/** Day and time on clocks in the zone at a moment; seconds only if there are any. Empty for an unknown zone. */
export function localOf(instant: string, timeZone: string): LocalTime {
  const ms = Date.parse(instant);
  const offset = Number.isNaN(ms) ? null : offsetMs(ms, timeZone);
  if (offset === null) return { date: '', time: '' };
  const local = new Date(ms + offset);
  if (Number.isNaN(local.getTime())) return { date: '', time: '' };
  const [date = '', clock = ''] = local.toISOString().split('T');
  const time = clock.slice(0, 8);
  return { date, time: time.endsWith(':00') ? time.slice(0, 5) : time };
}

/**
 * The moments at which clocks in the zone show this time: one; none where clocks skip it; two where they go back over
 * it. Any text is allowed: none where it is no time in the years 0001 to 9999, or where the zone is unknown.
 */
export function momentsOf({ date, time }: LocalTime, timeZone: string): readonly string[] {
  const day = dayMsOf(date);
  if (day === null || !isTimeOfDay(time)) return [];
  const asUtc = day + Date.parse(`1970-01-01T${time}Z`);
  // The offset at any of them occurs within a day of it too.
  const offsets = [asUtc - dayMs, asUtc + dayMs].map((near) => offsetMs(near, timeZone));
  const candidates = offsets.flatMap((offset) => (offset === null ? [] : [asUtc - offset]));
  return [...new Set(candidates)]
    .sort((a, b) => a - b)
    .filter((ms) => offsetMs(ms, timeZone) === asUtc - ms)
    .map((ms) => new Date(ms).toISOString())
    .filter((instant) => dayPattern.test(instant.slice(0, 10)));
}

/** How far clocks in the zone are ahead of UTC at a moment; null for an unknown zone. */
function offsetMs(atMs: number, timeZone: string): number | null {
  const format = clockOf(timeZone);
  if (format === null) return null;
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  // Years are counted 2 BC, 1 BC, AD 1.
  const year = parts.get('era')?.startsWith('B') ? 1 - of('year') : of('year');
  const dayStart = new Date(0).setUTCFullYear(year, of('month') - 1, of('day'));
  const clock = ((of('hour') * 60 + of('minute')) * 60 + of('second')) * 1_000;
  return dayStart + clock - Math.floor(atMs / 1_000) * 1_000;
}

/** Of the zones that were read. Lists of times read the same ones again. */
const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(timeZone: string): Intl.DateTimeFormat | null {
  const before = clocks.get(timeZone);
  if (before !== undefined || !isTimeZone(timeZone)) return before ?? null;
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...({ era: 'narrow', year: 'numeric', month: 'numeric', day: 'numeric' } as const),
    ...({ hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23', timeZone } as const),
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** The offset of a time that clocks in the zone show twice, because they go back over it, such as " GMT-4". Else nothing. */
export function offsetNote(at: string | number, timeZone: string): string {
  const moment = new Date(at);
  if (momentsOf(localOf(moment.toISOString(), timeZone), timeZone).length < 2) return '';
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' });
  return ` ${format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? ''}`;
}

/** Such as "1 day, 13 hours and 30 minutes". */
export function lengthText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const amounts = [
    [Math.floor(minutes / 1_440), 'day'],
    [Math.floor((minutes % 1_440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const texts = amounts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  if (texts.length === 0) return 'less than a minute';
  return texts.length === 1 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`;
}

/** Every time zone of the browser. */
export const timeZones: readonly string[] = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
