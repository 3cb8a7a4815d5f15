// The disk of both databases and both Redis is full for some seconds while voters vote, several times.
// Needs root and a loop device. Run: npx tsx bench/drills/disk-full.ts [--quick]
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cutDiskHindrance, makeCutDisk } from '../harness/cut-disk.ts';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';

const diskBytes = 768 * 1_024 ** 2;
/** Times that the disk is full, how long, and the pause before each, in milliseconds. */
const timesFull = 5;
const timesQuick = 2;
const fullMs = 5_000;
const beforeMs = 4_000;
/** Voting after the last time, in milliseconds: PostgreSQL recovers first. */
const afterMs = 15_000;
const blockBytes = 65_536;

await runBench('disk-full', 'a full disk of both databases and both Redis, under load', async (bench) => {
  bench.findings.hindrance = cutDiskHindrance();
  if (bench.findings.hindrance !== null) return;
  const disk = makeCutDisk(bench.directory, diskBytes);
  bench.cleanup.add(() => disk.remove());
  const platform = await startPlatform({ ...bench, directory: disk.path });
  const file = join(disk.path, 'filler');
  const times = bench.quick ? timesQuick : timesFull;
  const seconds = (times * (beforeMs + fullMs) + afterMs) / 1_000;
  bench.say(`voting for ${seconds} s, with a disk that is full ${times} times`);
  const freeAgainMs: number[] = [];
  const votes = await voteWhile(platform, seconds, async () => {
    for (let time = 0; time < times; time += 1) {
      await pause(beforeMs);
      const keepsFull = setInterval(() => fill(file), 100);
      fill(file);
      await pause(fullMs);
      clearInterval(keepsFull);
      rmSync(file);
      freeAgainMs.push(performance.now());
    }
  });
  const lastFreeMs = freeAgainMs.at(-1) ?? 0;
  const after = votes.receivedAtMs.filter((ms) => ms > lastFreeMs).length;
  bench.findings.figure('times that the disk was full', times, '');
  bench.findings.check('voting goes on when there is room again', after > 0, `${after} receipts`);
  await countAfterwards(bench, platform, votes);
});

/** Takes all the room that there is. */
function fill(file: string): void {
  const handle = openSync(file, 'a');
  const blocks = [Buffer.alloc(blockBytes, 1), Buffer.alloc(1_024, 1)];
  try {
    for (const block of blocks) {
      try {
        for (;;) writeSync(handle, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(handle);
  }
}
