// The filter of the audit log: in the address of the page, and as a query for the service.
import { dayMsOf, momentsOf } from '../elections/draft/zoned-time.ts';
import { ownZone } from '../session/own-zone.ts';

export const filterNames = ['actor', 'act', 'objectKind', 'objectId', 'from', 'until'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

export function filterOf(search: URLSearchParams): Filter {
  const pairs = filterNames.map((name) => [name, search.get(name)?.trim() ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

/** For GET /v1/audit-log. Days are in the zone of the reader; the last day is included. */
export function queryOf({ from, until, ...rest }: Filter, limit: number): string {
  const query = new URLSearchParams({ ...rest, limit: String(limit) });
  const first = instantOf(from, 0);
  const after = instantOf(until, 1);
  if (first !== null) query.set('from', first);
  if (after !== null) query.set('until', after);
  return query.toString();
}

const dayLengthMs = 86_400_000;
function instantOf(day: string | undefined, daysLater: number): string | null {
  const ms = dayMsOf(day ?? '');
  if (ms === null) return null;
  const inUtc = new Date(ms + daysLater * dayLengthMs).toISOString();
  const [date = ''] = inUtc.split('T');
  // Where clocks skip midnight, the day begins an hour later. The first and the last day of all are those in UTC.
  const [start = inUtc] = ['00:00', '01:00'].flatMap((time) => momentsOf({ date, time }, ownZone));
  return start;
}
