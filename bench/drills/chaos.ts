// Processes killed outright at random while voters vote: the services, Redis and PostgreSQL, each started again by the
// supervisor. After all six voting must go on before the next kill. Run: npx tsx bench/drills/chaos.ts [--quick] [--size SECONDS]
import { setTimeout as pause } from 'node:timers/promises';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import { childNamed, parentOf } from '../harness/process-tree.ts';
import { runBench } from '../harness/run.ts';

/** Seconds of killing. */
const secondsFull = 120;
const secondsQuick = 30;
/** Between two kills, in milliseconds: a uniform draw. */
const killEveryMs = [500, 3_000] as const;
/** Longest time until voting goes on after all six, in milliseconds, and how often that is looked at. */
const recoveryMsMax = 60_000;
const recoveryPollMs = 100;

const victims = {
  api: 'serve api',
  sms: 'serve sms',
  ballots: 'serve ballots',
  mixer: 'serve mixer',
  postgres: 'postgres -D',
  redis: 'redis-server',
} as const;
type Victim = keyof typeof victims;

await runBench('chaos', 'kill -9 of every process at random, under load', async (bench) => {
  const platform = await startPlatform(bench);
  const supervisor = parentOf(platform.pids.api);
  const seconds = bench.size ?? (bench.quick ? secondsQuick : secondsFull);
  bench.say(`voting, and killing at random, for ${seconds} s`);
  const kills = new Map<Victim, number>();
  const recoveries: number[] = [];
  const votes = await voteWhile(platform, seconds, async (endsAt, acknowledged) => {
    while (performance.now() < endsAt - killEveryMs[1]) {
      // Each in turn from a random order, so that none is spared by chance.
      for (const name of shuffle(Object.keys(victims) as Victim[])) {
        await pause(killEveryMs[0] + Math.random() * (killEveryMs[1] - killEveryMs[0]));
        const pid = childNamed(supervisor, victims[name]);
        if (pid === null) continue; // it is being started again
        process.kill(pid, 'SIGKILL');
        kills.set(name, (kills.get(name) ?? 0) + 1);
      }
      recoveries.push(await recoveryMs(acknowledged, endsAt));
    }
  });
  const { findings } = bench;
  const slowest = Math.max(...recoveries);
  findings.figure('longest time until voting went on after all six', slowest / 1_000, 's');
  findings.check(
    'voting goes on after each round of kills',
    slowest < recoveryMsMax,
    `${recoveries.length} rounds, ${(slowest / 1_000).toFixed(1)} s at most`,
  );
  for (const [name, count] of kills) findings.figure(`kills of ${name}`, count, '');
  findings.figure('votes a second, while processes died', votes.receipts.length / seconds, 'votes/s');
  findings.check('processes were killed', kills.size === Object.keys(victims).length, `${kills.size} of 6 kinds`);
  await countAfterwards(bench, platform, votes);
});

/** Time until a voter gets a receipt again, or until the voting ends. */
async function recoveryMs(acknowledged: () => number, endsAt: number): Promise<number> {
  const before = acknowledged();
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  while (acknowledged() === before && elapsed() < recoveryMsMax && performance.now() < endsAt) {
    await pause(recoveryPollMs);
  }
  return elapsed();
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
  return items;
}
