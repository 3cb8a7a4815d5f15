// The files of a Redis that keeps its data: what a power cut leaves of them is repaired on a copy, and the original is
// kept. Also the files that a server in memory must not have.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Longest time for examining the files once, in milliseconds. */
const examineMsMax = 300_000;
/** Damaged originals that are kept. The oldest are removed. */
const damagedMax = 3;

const folder = 'appendonlydir';

/** Removes what an earlier version stored. Returns whether there was anything. */
export function removeFiles(directory: string): boolean {
  const stored = readdirSync(directory).filter((name) => name.startsWith(folder) || name === 'dump.rdb');
  for (const name of stored) rmSync(join(directory, name), { recursive: true, force: true });
  return stored.length > 0;
}

/** Completes a repair that was interrupted between its last two steps. */
export function completeRepair(directory: string): void {
  const repaired = join(directory, `${folder}.repaired`);
  if (!existsSync(repaired)) return;
  if (existsSync(join(directory, folder))) rmSync(repaired, { recursive: true });
  else renameSync(repaired, join(directory, folder));
}

export type Repair = {
  /** What was done, for the operator. */
  readonly done: string;
  /** Where the original is. */
  readonly original: string;
};

/** Repairs damaged files on a copy. Files that cannot be repaired are moved. Null if they are whole. */
export function repairFiles(directory: string, binary: string): Repair | null {
  const files = join(directory, folder);
  if (!existsSync(files)) return null;
  const copy = `${files}.copy`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(files, copy, { recursive: true });
  if (examine(binary, copy, []).whole) {
    rmSync(copy, { recursive: true });
    return null;
  }
  const { whole, text } = examine(binary, copy, ['--fix']);
  if (!whole) {
    rmSync(copy, { recursive: true });
    return { done: 'They cannot be read, and it starts empty.', original: moveOriginal(directory) };
  }
  renameSync(copy, `${files}.repaired`);
  const original = moveOriginal(directory);
  completeRepair(directory);
  const bytes = /, with (\d+) bytes?,/.exec(text)?.[1] ?? 'some';
  return { done: `${bytes} bytes were cut from the end of a copy.`, original };
}

/** Moves the files to another folder, and returns its path. */
function moveOriginal(directory: string): string {
  const original = join(directory, `${folder}.damaged-${new Date().toISOString().replaceAll(/[^0-9]/g, '')}`);
  renameSync(join(directory, folder), original);
  removeOldest(directory);
  return original;
}

function removeOldest(directory: string): void {
  const damaged = readdirSync(directory).filter((name) => name.startsWith(`${folder}.damaged-`));
  for (const name of damaged.sort().slice(0, -damagedMax)) rmSync(join(directory, name), { recursive: true });
}

// The server's program examines its files if it is called by this name.
function examine(binary: string, files: string, options: readonly string[]): { whole: boolean; text: string } {
  const argv0 = basename(binary).replace('-server', '-check-aof');
  const words = [...options, join(files, 'appendonly.aof.manifest')];
  const { status, stdout } = spawnSync(binary, words, { argv0, input: 'y\n', encoding: 'utf8', timeout: examineMsMax });
  if (status === null || !/^(Start checking|Cannot open)/.test(stdout)) {
    throw new Error(`${binary} cannot examine its files. Run redis-check-aof on a copy of ${files}.`);
  }
  // An empty or overwritten manifest is taken for a file of an older kind.
  return { whole: status === 0 && stdout.startsWith('Start checking Multi Part AOF'), text: stdout };
}
