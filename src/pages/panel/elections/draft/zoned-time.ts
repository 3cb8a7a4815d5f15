// Local times in a zone, and the moments that they denote. When clocks go forward an hour does not exist, and when they
// go back an hour exists twice; the code guesses neither.
const dayMs = 86_400_000;

export type LocalTime = { readonly date: string; readonly time: string };

export function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Day and time on clocks in the zone at a moment; seconds only if there are any. */
export function localOf(instant: string, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const),
    ...({ second: '2-digit', hourCycle: 'h23', timeZone } as const),
  });
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const seconds = of('second') === '00' ? '' : `:${of('second')}`;
  return { date: `${of('year')}-${of('month')}-${of('day')}`, time: `${of('hour')}:${of('minute')}${seconds}` };
}

/**
 * The moments at which clocks in the zone show this time: one; none where clocks skip it; two where they go back over
 * it.
 */
export function momentsOf({ date, time }: LocalTime, timeZone: string): readonly string[] {
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc)) return [];
  // The offset at any of them occurs within a day of it too.
  const candidates = [asUtc - dayMs, asUtc + dayMs].map((near) => asUtc - offsetMs(near, timeZone));
  const clockTime = time.endsWith(':00') && time.length > 5 ? time.slice(0, 5) : time;
  return [...new Set(candidates)]
    .sort((a, b) => a - b)
    .map((ms) => new Date(ms).toISOString())
    .filter((instant) => {
      const local = localOf(instant, timeZone);
      return local.date === date && local.time === clockTime;
    });
}

function offsetMs(atMs: number, timeZone: string): number {
  const whole = Math.floor(atMs / 1_000) * 1_000;
  const { date, time } = localOf(new Date(whole).toISOString(), timeZone);
  return Date.parse(`${date}T${time}Z`) - whole;
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

const nightFromHour = 23;
const nightUntilHour = 6;
/** Night hours, in which few elections open or close: the same as in the service. */
export function isAtNight(time: string): boolean {
  const hour = Number(time.slice(0, 2));
  return hour >= nightFromHour || hour < nightUntilHour;
}

/** Every time zone of the browser. */
export const timeZones: readonly string[] = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
