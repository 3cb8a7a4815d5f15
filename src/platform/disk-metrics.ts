// Metrics of the disks on which a process keeps files. Labels are names that the program gives.
import { statfs } from 'node:fs/promises';
import { createBoundedReading } from './health/bounded-reading.ts';
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

/** Shows of each folder which part of its disk is free. A folder that cannot be read has no value. */
export function watchDisks(registry: Metrics, folders: Readonly<Record<string, string>>): void {
  const readings = Object.entries(folders).map(
    // The disk of another machine may not answer.
    ([folder, path]) => [folder, createBoundedReading(() => statfs(path))] as const,
  );
  new Gauge({
    name: 'popvote_disk_free_part',
    help: 'Part of the disk of this folder that is free: 0 is full.',
    labelNames: ['folder'],
    registers: [registry],
    async collect() {
      this.reset();
      await Promise.all(
        readings.map(async ([folder, read]) => {
          const disk = await read();
          if (disk) this.set({ folder }, freePart(disk));
        }),
      );
    },
  });
}

/** As `df` has it: blocks that only root may use are neither used nor free. */
function freePart({ blocks, bfree, bavail }: Readonly<Record<'blocks' | 'bfree' | 'bavail', number>>): number {
  const usable = blocks - bfree + bavail;
  return usable === 0 ? 1 : bavail / usable;
}
