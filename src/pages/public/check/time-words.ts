// A time in the words of a language: how long ago it was, and when.

/** Units that are used where at least one of them has passed, in seconds. */
const units = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** In the time zone of the reader, which is named. A clock that is behind does not make it a time to come. */
export function timeWords(atMs: number, nowMs: number, language: string): string {
  const seconds = Math.max(0, Math.floor((nowMs - atMs) / 1_000));
  const [unit, length] = units.find(([, least]) => seconds >= least) ?? (['second', 1] as const);
  const since = new Intl.RelativeTimeFormat(language).format(-Math.floor(seconds / length), unit);
  const at = new Intl.DateTimeFormat(language, {
    ...({ day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' } as const),
    timeZoneName: 'short',
  }).format(atMs);
  // Chinese puts the zone into brackets, which meet these.
  return `${since} (${at.replace(/[[\]]/g, '')})`;
}
