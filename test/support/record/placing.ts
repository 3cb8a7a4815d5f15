// Gives places in the public log to waiting entries, as the service `log` does, while a test runs.
import { createLoop } from '../../../src/platform/loop.ts';
import { openPool } from '../../../src/store/database.ts';
import { listLogs, placeEntries } from '../../../src/store/record/logs.ts';
import type { TestDatabases } from '../database.ts';

const entriesMax = 100_000;
/** In which a count hardly waits, and the reading of all logs takes little of the processor. */
const turnMs = 50;

export type Placing = AsyncDisposable;

export function startPlacing(databases: Pick<TestDatabases, 'url'>): Placing {
  const pool = openPool(databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 1 });
  const loop = createLoop({
    turn: async () => {
      const waiting = (await listLogs(pool)).filter((log) => log.waiting);
      for (const { number } of waiting) await placeEntries(pool, number, entriesMax);
      return turnMs;
    },
    failureMs: turnMs,
    onError: (error) => process.stderr.write(`placing: ${String(error)}\n`),
  });
  loop.start();
  return {
    async [Symbol.asyncDispose]() {
      await loop.stop();
      await pool.end();
    },
  };
}
