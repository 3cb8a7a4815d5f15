// Connections cut and processes stopped while voters vote, on the platform as `popvote start` runs it: connections of
// every service to PostgreSQL and to both Redis are cut at random, also between a commit and its answer, and PostgreSQL,
// the edge Redis and `ballots` are stopped by a signal for some seconds and go on. Run: npx tsx bench/drills/cuts.ts [--quick]
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { signalFamily } from '../harness/process-tree.ts';
import { runBench } from '../harness/run.ts';

/** Seconds of voting. */
const secondsFull = 120;
const secondsQuick = 30;
/** Between two cuts, in milliseconds: a uniform draw. */
const cutEveryMs = [500, 3_000] as const;
/** How long a stopped process stays stopped, in milliseconds. */
const stoppedMs = 4_000;
const stopped = ['postgres', 'redis', 'ballots'] as const;

await runBench('cuts', 'connections cut and processes stopped, under load', async (bench) => {
  const platform = await startPlatform(bench);
  const seconds = bench.quick ? secondsQuick : secondsFull;
  const cuts = openCuts(platform);
  bench.cleanup.add(cuts.close);
  const stops = new Map<string, number>();
  bench.say(`voting, cutting and stopping, for ${seconds} s`);
  const votes = await voteWhile(platform, seconds, async (endsAt) => {
    const cutting = async (): Promise<void> => {
      while (performance.now() < endsAt - cutEveryMs[1]) {
        await pause(cutEveryMs[0] + Math.random() * (cutEveryMs[1] - cutEveryMs[0]));
        await cuts.cut();
      }
    };
    const stopping = async (): Promise<void> => {
      for (let at = 0; performance.now() < endsAt - 2 * stoppedMs; at += 1) {
        const name = stopped[at % stopped.length]!;
        await stopFor(platform.pids[name], stoppedMs);
        stops.set(name, (stops.get(name) ?? 0) + 1);
        await pause(stoppedMs);
      }
    };
    await Promise.all([cutting(), stopping()]);
  });
  const { findings } = bench;
  findings.figure('connections to PostgreSQL cut', cuts.count.postgres, '');
  findings.figure('connections to the edge Redis cut', cuts.count.redis, '');
  for (const [name, count] of stops) findings.figure(`stops of ${name}, ${stoppedMs / 1_000} s each`, count, '');
  findings.figure('votes a second', votes.receipts.length / seconds, 'votes/s');
  const both = cuts.count.postgres > 0 && cuts.count.redis > 0;
  findings.check('connections were cut and processes stopped', both && stops.size > 0, `${stops.size} kinds of stops`);
  await countAfterwards(bench, platform, votes);
});

type Cuts = {
  readonly count: { postgres: number; redis: number };
  /** Cuts a random half of all connections to PostgreSQL, or all to the edge Redis. */
  cut(): Promise<void>;
  close(): void;
};

function openCuts(platform: Platform): Cuts {
  // Both clients lose their own connection only when the server is stopped, and then the cut is left out.
  const database = new pg.Pool({ connectionString: platform.databaseUrl('postgres'), max: 1, query_timeout: 1_000 });
  database.on('error', () => undefined);
  const redis = new Redis(platform.redisUrl('admin'), { commandTimeout: 1_000, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  const count = { postgres: 0, redis: 0 };
  const cutPostgres = async (): Promise<number> => {
    const { rows } = await database.query<{ count: number }>(
      `select count(pg_terminate_backend(pid))::integer as count from pg_stat_activity
       where usename like 'popvote%' and random() < 0.5`,
    );
    return rows[0]?.count ?? 0;
  };
  return {
    count,
    async cut() {
      const name = Math.random() < 0.7 ? 'postgres' : 'redis';
      const cut = name === 'postgres' ? cutPostgres() : redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      count[name] += Number(await cut.catch(() => 0));
    },
    close() {
      redis.disconnect();
      void database.end();
    },
  };
}

/** Stops a process with its children, and lets them go on. */
async function stopFor(pid: number, ms: number): Promise<void> {
  signalFamily(pid, 'SIGSTOP');
  try {
    await pause(ms);
  } finally {
    signalFamily(pid, 'SIGCONT');
  }
}
