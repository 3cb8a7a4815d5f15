// Metrics of the disks on which a process keeps files. Labels are names that the program gives.
import { statfs } from 'node:fs/promises';
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

/** Shows of each folder which part of its disk is free. A folder that cannot be read has no value. */
export function watchDisks(registry: Metrics, folders: Readonly<Record<string, string>>): void {
  new Gauge({
    name: 'popvote_disk_free_part',
    help: 'Part of the disk of this folder that is free: 0 is full.',
    labelNames: ['folder'],
    registers: [registry],
    async collect() {
      this.reset();
      await Promise.all(
        Object.entries(folders).map(async ([folder, path]) => {
          const disk = await statfs(path).catch(() => null);
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
