// What the fields for a day and a time contain, and the moment that it is.
import { electionYearMax, electionYearMin } from '../../../../domain/election.ts';
import { isTimeZone } from '../../../../domain/time-zone.ts';
import { dayMsOf, isTimeOfDay, localOf, momentsOf } from './zoned-time.ts';
import type { LocalTime } from './zoned-time.ts';

/** `second`: the later one of a time that occurs twice. */
export type TypedTime = LocalTime & { readonly second: boolean };

export function typedOf(instant: string, timeZone: string): TypedTime {
  const local = localOf(instant, timeZone);
  const [, later] = momentsOf(local, timeZone);
  // The fields have no parts of a second, and an end of "now" has.
  return { ...local, second: later !== undefined && Date.parse(instant) >= Date.parse(later) };
}

/** The moment in the fields, or the fault. Any text is allowed, since fields also report dates that are half typed. */
export function momentOf(typed: TypedTime, timeZone: string): { readonly at: string } | { readonly fault: string } {
  if (typed.date === '') return { fault: 'Enter a day.' };
  const dayMs = dayMsOf(typed.date);
  const year = dayMs === null ? NaN : new Date(dayMs).getUTCFullYear();
  if (!(year >= electionYearMin && year <= electionYearMax))
    return { fault: `Enter a day in the years ${electionYearMin} to ${electionYearMax}.` };
  if (!isTimeOfDay(typed.time)) return { fault: 'Enter a time.' };
  if (!isTimeZone(timeZone)) return { fault: `This browser does not know the time zone ${timeZone}. Update it.` };
  const moments = momentsOf(typed, timeZone);
  const at = moments[typed.second ? moments.length - 1 : 0];
  if (at !== undefined) return { at };
  return { fault: `Clocks in ${timeZone} go forward and skip ${typed.time} on that day. Enter another time.` };
}
