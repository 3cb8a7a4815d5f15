// bench overload: what is served when more voters come than can be served. A closed loop finds the capacity; then voters
// come at one, two and three times of it, whether or not anybody is served. Then one zone after the other gets a quarter of
// its processor time, and voters come at three times of what the platform then takes.
// Run: npx tsx bench/overload.ts [--quick] [--size SECONDS] [--only load,ballots,postgres,api]
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { ArrivalsResult } from './harness/arrivals.ts';
import { startWorker } from './harness/child.ts';
import { Latencies } from './harness/latencies.ts';
import type { LoadResult } from './harness/load.ts';
import { startPlatform } from './harness/platform.ts';
import { restingCounts } from './harness/ballot-counts.ts';
import type { Platform } from './harness/platform.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { starve } from './harness/starve.ts';
import type { Target } from './harness/voter.ts';

/** Voters at once in the closed loop. */
const votersAtOnce = 256;
const multiples = [1, 2, 3] as const;
const starvedZones = ['ballots', 'postgres', 'api'] as const;
/** Seconds of each load, and how long voters who came before its end still wait for a certain answer. */
const secondsFull = 20;
const secondsQuick = 8;
const patienceSeconds = 6;
const warmUpSeconds = 6;
/** Numbers of voters that one load may use. */
const votersPerLoad = 200_000;

await runBench('overload', 'what is served at three times the capacity', async (bench) => {
  const { findings, say, only } = bench;
  const seconds = bench.size ?? (bench.quick ? secondsQuick : secondsFull);
  // The platform inherits it. Its processors are the same at every rate, so that only the rate differs.
  runOn(`0-${availableParallelism() - 2}`, process.pid);
  const platform = await startPlatform(bench);
  const load = await startGenerator(bench, platform);
  say('warming up');
  await load.capacity(warmUpSeconds);
  if (only?.includes('load') !== false) {
    say(`closed loop, ${votersAtOnce} voters at once`);
    const capacity = await load.capacity(seconds);
    findings.figure('capacity, closed loop', capacity, 'votes/s');
    const goodputs: number[] = [];
    for (const multiple of multiples) {
      say(`${multiple} times the capacity`);
      goodputs.push(await load.run(`${multiple}x`, capacity * multiple, seconds));
      findings.figure(`goodput at ${multiple}x to the closed loop`, goodputs.at(-1)! / capacity, 'x');
    }
    findings.target('goodput at 3x to 1x', goodputs.at(-1)! / goodputs[0]!, 'x', 'at least', 0.9);
  }
  for (const zone of starvedZones.filter((name) => only?.includes(name) !== false)) {
    say(`${zone} gets a quarter of its time`);
    const end = starve(platform.pids[zone]);
    bench.cleanup.add(end);
    const capacity = await load.capacity(seconds);
    findings.figure(`capacity while ${zone} is starved, closed loop`, capacity, 'votes/s');
    const goodput = await load.run(`3x, ${zone} starved`, capacity * 3, seconds);
    end();
    findings.target(
      `goodput at 3x while ${zone} is starved, to the closed loop`,
      goodput / capacity,
      'x',
      'at least',
      0.9,
    );
    await pause(1_000);
  }
});

type Generator = {
  /** Votes per second of a closed loop. */
  capacity(seconds: number): Promise<number>;
  /** Lets voters come, reports what became of them, and returns the receipts per second while they came. */
  run(name: string, rate: number, seconds: number): Promise<number>;
};

async function startGenerator({ cleanup, findings }: Bench, platform: Platform): Promise<Generator> {
  const { api, sms, election } = platform;
  const target: Target = { api, sms, election };
  const worker = startWorker(cleanup, 'voters', { detached: true });
  // The last processor is the generator's, at every rate.
  runOn(`${availableParallelism() - 1}`, worker.pid);
  let firstVoter = randomInt(1_000_000);
  await worker.ask('configure', { target, firstVoter });
  return {
    async capacity(seconds) {
      const { recorded, seconds: took } = await worker.ask<LoadResult>('closed', { voters: votersAtOnce, seconds });
      return recorded / took;
    },
    async run(name, rate, seconds) {
      firstVoter += votersPerLoad;
      const before = await restingCounts(platform.counts);
      const result = await worker.ask<ArrivalsResult>('arrive', { firstVoter, rate, seconds, patienceSeconds });
      const after = await restingCounts(platform.counts);
      const participation = after.participation - before.participation;
      report(findings, name, result, participation);
      findings.ballots = {
        acknowledged: (findings.ballots?.acknowledged ?? 0) + result.recorded,
        lost: (findings.ballots?.lost ?? 0) + Math.max(0, result.recorded - participation),
        doubled: (findings.ballots?.doubled ?? 0) + Math.max(0, participation - result.arrived),
        receiptsDifferent: null,
        gapSeconds: null,
      };
      findings.check(
        `${name}: participation = outbox + box`,
        after.participation === after.outbox + after.box,
        `${after.participation} = ${after.outbox} + ${after.box}`,
      );
      return result.goodput;
    },
  };
}

/** Lets all threads of a process run on these processors only (taskset(1)). */
function runOn(processors: string, pid: number): void {
  const { status, stderr, error } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processors, `${pid}`]);
  if (status !== 0) throw new Error(`taskset: ${error?.message ?? String(stderr)}`);
}

function report(findings: Bench['findings'], name: string, result: ArrivalsResult, participation: number): void {
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  const latencies = new Latencies();
  latencies.addAll(result.castMs);
  findings.figure(`${name}: voters who came`, result.arrived, '');
  findings.figure(`${name}: with a receipt`, result.recorded, '');
  for (const [why, count] of Object.entries(result.refused)) findings.figure(`${name}: refused at ${why}`, count, '');
  for (const [why, count] of Object.entries(result.again))
    findings.figure(`${name}: casts sent again after ${why}`, count, '');
  for (const [step, count] of Object.entries(result.underWay)) {
    findings.figure(`${name}: still at ${step}`, count, '');
  }
  findings.figure(`${name}: answers outcome-unknown`, result.again['503 outcome-unknown'] ?? 0, '');
  findings.figure(`${name}: without a certain answer`, result.unanswered, '');
  findings.figure(`${name}: recorded but unanswered`, participation - result.recorded, '');
  findings.figure(`${name}: dropped by the generator`, result.dropped, '');
  findings.latencies(`${name}: cast`, latencies.percentiles());
  findings.check(
    `${name}: no receipt without a record, and no cast rejected`,
    participation >= result.recorded && sum(result.rejected) === 0,
    `${result.recorded} receipts, ${participation} recorded, ${sum(result.rejected)} rejected`,
  );
}
