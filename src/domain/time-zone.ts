// IANA time zones. A service and a browser may know different ones, because new zones appear every few years.

export function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The zone in which times can be shown here: the one with this name, or UTC if this browser does not know it. */
export const displayZone = (name: string): string => (isTimeZone(name) ? name : 'UTC');

/** The day in a zone at a moment: 2027-06-20. In UTC where the zone is unknown here. */
export function dayIn(timeZone: string, atMs: number): string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: displayZone(timeZone),
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return `${parts.get('year') ?? ''}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}`;
}

const nightFromHour = 23;
const nightUntilHour = 6;
/** Whether a time of the day, such as 23:30, is at night. Few elections open or close then. */
export function isAtNight(time: string): boolean {
  const hour = Number(time.slice(0, 2));
  return hour >= nightFromHour || hour < nightUntilHour;
}
