// How many elections are open or upcoming, compared with the most that the platform serves. An announcement beyond the
// limit is refused, so operators learn of it before.
import { createBoundedReading } from '../../../platform/health/bounded-reading.ts';
import { Gauge } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { currentBytesMax, currentElectionsMax, fullWarningShare } from '../../../protocol/current-elections.ts';
import type { Pool } from '../../../store/database.ts';
import { countCurrentElections } from '../../../store/elections/lifecycle.ts';
import type { ElectionLoad } from '../../../store/elections/lifecycle.ts';

/** `full`: the next announcement is refused, or may be refused for its size. `nearly-full`: that is near. */
export type Capacity = { readonly state: CapacityState; readonly observed: string };
type CapacityState = 'free' | 'nearly-full' | 'full';

/** What to do about a platform that is full or nearly full. */
export const capacityNext =
  'Close or wait for elections that are open, close rehearsals, and announce others later. Ended elections do not count.';

export function capacityOf({ elections, bytes }: ElectionLoad): Capacity {
  const used = Math.max(elections / currentElectionsMax, bytes / currentBytesMax);
  return {
    state: used >= 1 ? 'full' : used >= fullWarningShare ? 'nearly-full' : 'free',
    observed:
      `Open and upcoming elections: ${elections} of at most ${currentElectionsMax}, with ${inMegabytes(bytes)} of at ` +
      `most ${inMegabytes(currentBytesMax)} of documents.`,
  };
}

/** A number of bytes for people, in megabytes of 1,048,576 bytes. */
export const inMegabytes = (bytes: number): string => `${Math.ceil(bytes / 1_048_576)} MB`;

/** Adds the current elections and their limits to the metrics. They are read from the database at each scrape. */
export function registerCapacityMetrics(metrics: Metrics, pool: Pool): void {
  // Both metrics of a scrape share one reading.
  const reading = createBoundedReading(() => countCurrentElections(pool));
  const add = (name: string, help: string, max: number, valueOf: (load: ElectionLoad) => number): void => {
    const registers = [metrics];
    new Gauge({ name: `${name}_max`, help: 'The limit. An announcement beyond it is refused.', registers }).set(max);
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const load = await reading();
        if (load) this.set(valueOf(load));
      },
    });
  };
  const name = 'popvote_elections_current';
  add(name, 'Elections that are open or upcoming.', currentElectionsMax, ({ elections }) => elections);
  add(`${name}_bytes`, 'Bytes of their documents.', currentBytesMax, ({ bytes }) => bytes);
}
