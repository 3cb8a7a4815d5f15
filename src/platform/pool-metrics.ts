// Metrics of the connections of a process to databases. Labels are names that the program gives.
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

/** A pool of connections, by its counts. */
type CountedPool = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

/** Shows of each pool its used and idle connections, and what waits for one. */
export function watchPools(registry: Metrics, pools: Readonly<Record<string, CountedPool>>): void {
  new Gauge({
    name: 'popvote_pool_connections',
    help: 'Connections to a database by pool and state: used, idle; and statements waiting for one.',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools)) {
        this.set({ pool, state: 'used' }, totalCount - idleCount);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
}
