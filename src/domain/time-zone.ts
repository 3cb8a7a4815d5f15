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
