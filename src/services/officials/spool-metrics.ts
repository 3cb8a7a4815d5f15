// Metrics of the files that are read at this moment. Their names are removed when they are opened, so no folder shows them.
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { OpenSpools } from './spool.ts';

/** Returns the set of open spools of a process, which it shows. */
export function watchSpools(registry: Metrics): OpenSpools {
  const opened: OpenSpools = new Set();
  new Gauge({
    name: 'popvote_officials_spool_bytes',
    help: 'Bytes of the temporary files of all uploads that are read now.',
    registers: [registry],
    collect() {
      this.set([...opened].reduce((sum, { bytes }) => sum + bytes, 0));
    },
  });
  new Gauge({
    name: 'popvote_officials_spool_age_seconds',
    help: 'Seconds since the oldest of these files was opened; 0 if there is none.',
    registers: [registry],
    collect() {
      const nowMs = performance.now();
      const oldestMs = Math.min(nowMs, ...[...opened].map(({ openedMs }) => openedMs));
      this.set((nowMs - oldestMs) / 1_000);
    },
  });
  return opened;
}
