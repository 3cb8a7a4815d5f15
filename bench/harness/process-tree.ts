// Processes as /proc shows them: parents, children, and families that are stopped together.
import { readFileSync, readdirSync } from 'node:fs';

const processIds = (): number[] =>
  readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? [Number(entry)] : []));

/** Sends a signal to a process and its children, such as PostgreSQL with its connections. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  for (const member of [pid, ...processIds().filter((id) => isChild(id, pid))]) {
    try {
      process.kill(member, signal);
    } catch {
      // It ended while it was looked at.
    }
  }
}

function isChild(pid: number, parent: number): boolean {
  try {
    return parentOf(pid) === parent;
  } catch {
    return false;
  }
}

export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** The child of a process whose command line has these words; null if there is none. */
export function childNamed(parent: number, words: string): number | null {
  for (const pid of processIds()) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(words) && parentOf(pid) === parent) return pid;
    } catch {
      // It ended while it was looked at.
    }
  }
  return null;
}
