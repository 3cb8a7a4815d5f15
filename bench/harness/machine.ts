// What was measured on: a figure without its machine says nothing.
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './blocks.ts';
import { stealTicks } from './cpu.ts';

/** Writes that the cost of one fdatasync is taken from. */
const syncWrites = 100;
/** f_type of a file system in memory (statfs(2)): a sync there costs nothing and says nothing. */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

export type Machine = {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly postgres: string | null;
  readonly gitSha: string;
  readonly gitDirty: boolean;
  /** Median time of one 8 KiB write and fdatasync where the databases lie, in microseconds. */
  readonly fsyncMicroseconds: number;
  readonly loadAverageBefore: readonly number[];
  readonly loadAverageAfter: readonly number[];
  /** Percent of the run's time in which the hypervisor ran others. */
  readonly stealPercent: number;
};

export type MachineWatch = { finish(postgres: string | null): Machine };

export function watchMachine(directory: string): MachineWatch {
  const loadAverageBefore = loadavg();
  const stealBefore = stealTicks();
  const fsyncMicroseconds = fsyncCost(directory);
  return {
    finish(postgres) {
      const steal = stealTicks();
      return {
        cores: availableParallelism(),
        processor: cpus()[0]?.model ?? 'unknown',
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        kernel: release(),
        node: process.version,
        postgres,
        gitSha: git('rev-parse', '--short', 'HEAD'),
        gitDirty: git('status', '--porcelain', '--', ':/src', ':/bench') !== '',
        fsyncMicroseconds,
        loadAverageBefore: loadAverageBefore.map(hundredths),
        loadAverageAfter: loadavg().map(hundredths),
        stealPercent: hundredths((100 * (steal.steal - stealBefore.steal)) / Math.max(1, steal.all - stealBefore.all)),
      };
    },
  };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

function git(...words: string[]): string {
  const { status, stdout } = spawnSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

function fsyncCost(directory: string): number {
  const path = join(directory, 'fsync-probe');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(8_192, 1);
  const times: number[] = [];
  try {
    for (let write = 0; write < syncWrites; write += 1) {
      const start = performance.now();
      writeSync(file, page, 0, page.length, write * page.length);
      fdatasyncSync(file);
      times.push((performance.now() - start) * 1_000);
    }
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return Math.round(median(times));
}

/** A new folder on a real disk, open to the account that the database runs as. */
export async function newDirectory(): Promise<string> {
  const parent = [tmpdir(), '/var/tmp'].find((path) => !memoryFileSystems.has(statfsSync(path).type)) ?? tmpdir();
  const directory = await mkdtemp(join(parent, 'popvote-bench-'));
  chmodSync(directory, 0o755);
  return directory;
}
