// Processor time of a whole platform, by process: what its supervisor, its idle services and its second Redis take belongs
// to the cost of a vote as much as what the busy ones take.
import { cpuSeconds, treeCpuSeconds } from './cpu.ts';

/** What is not named by `popvote start --json`: itself, and the spare process of `api`. */
const supervision = 'supervisor and spare';

/** Seconds by process. */
export type ProcessorSeconds = Readonly<Record<string, number>>;

/** `pids` by name, all of them below the supervisor. PostgreSQL counts with the processes of its connections. */
export function platformSeconds(supervisor: number, pids: Readonly<Record<string, number>>): ProcessorSeconds {
  const byName = Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [name, name === 'postgres' ? treeCpuSeconds(pid) : cpuSeconds(pid)]),
  );
  const sum = Object.values(byName).reduce((total, seconds) => total + seconds, 0);
  return { ...byName, [supervision]: Math.max(0, treeCpuSeconds(supervisor) - sum) };
}

/** Microseconds for each vote, by process, between two readings. */
export function microsecondsPerVote(
  before: ProcessorSeconds,
  after: ProcessorSeconds,
  votes: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) / votes) * 1e6]),
  );
}

export const sumOf = (values: Readonly<Record<string, number>>): number =>
  Object.values(values).reduce((total, value) => total + value, 0);
