// Metrics of the connections of a process to databases. Labels are names that the program gives.
import { Gauge, Histogram } from './metrics.ts';
import type { Metrics } from './metrics.ts';

type ConnectCallback = (error: unknown, ...connection: readonly unknown[]) => void;

/** A pool of connections: its counts, and how one is asked for. */
type CountedPool = {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  connect: unknown;
};

const outcomes = ['given', 'failed'] as const;
type Outcome = (typeof outcomes)[number];

/** Shows of each pool its used and idle connections, what waits for one, and how long the waits are. */
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
  const seconds = new Histogram({
    name: 'popvote_pool_wait_seconds',
    help: 'Seconds until a statement has a connection to a database, by pool and outcome: given, failed.',
    labelNames: ['pool', 'outcome'],
    buckets: [0.001, 0.01, 0.05, 0.25, 1, 2],
    registers: [registry],
  });
  for (const [pool, watched] of Object.entries(pools)) {
    for (const outcome of outcomes) seconds.zero({ pool, outcome });
    onConnection(watched, (startedMs, outcome) =>
      seconds.observe({ pool, outcome }, (performance.now() - startedMs) / 1_000),
    );
  }
}

/** Calls `done` with the end of each wait for a connection. A pool asks itself too, with a callback, for one statement. */
function onConnection(pool: CountedPool, done: (startedMs: number, outcome: Outcome) => void): void {
  const connect = (pool.connect as (callback?: ConnectCallback) => Promise<unknown>).bind(pool);
  pool.connect = (callback?: ConnectCallback): unknown => {
    const startedMs = performance.now();
    if (callback) {
      return connect((error, ...connection) => {
        done(startedMs, error ? 'failed' : 'given');
        callback(error, ...connection);
      });
    }
    const connection = connect();
    connection.then(
      () => done(startedMs, 'given'),
      () => done(startedMs, 'failed'),
    );
    return connection;
  };
}
