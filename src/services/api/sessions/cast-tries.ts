// Counts the answered casts of each session in this process, so that a token is no oracle about the ballot that was recorded
// with it. In memory only, and bounded: random ids of sessions and a number each.
import { Problem } from '../../../protocol/problem.ts';

/** Most answered casts of one session in a process. */
export const castsPerSessionMax = 20;
/** Sessions that are certainly counted. At most twice as many are in memory. */
const sessionsMax = 20_000;
/** Wait in seconds after the last. */
const waitSeconds = 60;

export type CastTries = {
  /** Counts a cast. Throws `too-many-requests` beyond the bound. */
  begin(sid: string): void;
  /** Uncounts one that was not answered: clients send it again. */
  giveBack(sid: string): void;
};

export function createCastTries(limit = sessionsMax): CastTries {
  let recent = new Map<string, number>();
  let older = new Map<string, number>();
  const add = (sid: string, change: number): void => {
    const count = (recent.get(sid) ?? older.get(sid) ?? 0) + change;
    if (count > castsPerSessionMax) throw new Problem('too-many-requests', { retryAfterSeconds: waitSeconds });
    // The older half is dropped at once, so that no timer is needed and no times are stored.
    if (!recent.has(sid) && recent.size >= limit) [recent, older] = [new Map<string, number>(), recent];
    recent.set(sid, Math.max(0, count));
  };
  return { begin: (sid) => add(sid, 1), giveBack: (sid) => add(sid, -1) };
}
