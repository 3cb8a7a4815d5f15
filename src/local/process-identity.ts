// Identifies a process by more than its id. A process id is reused after its process has ended, and after a restart of
// the machine by any program, so no process may be awaited, rejected or ended by its id alone.
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 25;

export type ProcessRecord = { readonly name: string; readonly pid: number; readonly identity: string };

/** The start time of the process with this id, in the system's notation; null if no such process runs. */
export function processIdentity(pid: number): string | null {
  if (process.platform !== 'linux') {
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 && stdout.trim() !== '' ? stdout.trim() : null;
  }
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in brackets may hold anything. After it come the state and, 20th, the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ended = fields[0] === 'Z' || fields[0] === 'X';
    return ended || fields[19] === undefined ? null : `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

export const stillRuns = ({ pid, identity }: Omit<ProcessRecord, 'name'>): boolean => processIdentity(pid) === identity;

/**
 * Whether the process with this id runs PostgreSQL in this folder, which is its working folder. Where the system does not
 * say the folder, any PostgreSQL counts.
 */
export function runsPostgres(pid: number, directory: string): boolean {
  if (processIdentity(pid) === null) return false;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim().endsWith('postgres');
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(directory);
  } catch {
    return false; // it ended, or belongs to another account
  }
}

/** Waits, at most `msMax` milliseconds, until the process has ended. */
export async function untilEnded(record: ProcessRecord, msMax: number): Promise<boolean> {
  const deadline = performance.now() + msMax;
  while (stillRuns(record)) {
    if (performance.now() > deadline) return false;
    await pause(pollMs);
  }
  return true;
}
