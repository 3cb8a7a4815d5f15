// bench simple: what the guarantees cost. The whole platform beside the simplest thing that answers the same four requests
// (one Fastify process, a Map, one `insert`), by turns, with the same generator; compared by processor time for each vote.
// Run: npx tsx bench/simple.ts [--quick] [--json] [--node PATH]
import { randomInt } from 'node:crypto';
import { restingCounts } from './harness/ballot-counts.ts';
import { interleave, ratioOf, figureOf } from './harness/blocks.ts';
import { startWorker } from './harness/child.ts';
import type { Worker } from './harness/child.ts';
import { cpuSeconds, treeCpuSeconds } from './harness/cpu.ts';
import { originOf } from './harness/keep-alive-client.ts';
import { failuresIn } from './harness/load.ts';
import type { LoadResult } from './harness/load.ts';
import { startPlatform } from './harness/platform.ts';
import { platformSeconds, sumOf } from './harness/processor.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { startDatabases } from './harness/servers.ts';
import type { Target } from './harness/voter.ts';
import { benchWebhook, webhookEnvironment } from './harness/webhook.ts';

/** Voters at once in the closed loop. */
const votersAtOnce = 256;

/** One of the two that are compared. */
type Arm = {
  readonly target: Target;
  /** Seconds of processor time of the server and of everything that it needs. */
  seconds(): number;
  /** Ballots that it holds. */
  ballots(): Promise<number>;
};

async function startSimplest(bench: Bench, election: Target['election']): Promise<Arm> {
  const servers = await startDatabases(bench);
  const worker = startWorker(bench.cleanup, 'simplest');
  const api = originOf(
    `http://127.0.0.1:${await worker.ask<number>('listen', { databaseUrl: servers.url('postgres') })}`,
  );
  return {
    target: { api, sms: api, election, webhook: benchWebhook },
    seconds: () => cpuSeconds(worker.pid) + treeCpuSeconds(servers.postgres.pid),
    async ballots() {
      const [row] = await servers.query<{ count: string }>('postgres', 'select count(*) from ballot');
      return Number(row?.count);
    },
  };
}

async function startWhole(bench: Bench): Promise<Arm> {
  const platform = await startPlatform(bench, webhookEnvironment);
  const election = await platform.loadCountingElection();
  return {
    target: { api: platform.api, sms: platform.sms, election, webhook: benchWebhook },
    seconds: () => sumOf(platformSeconds(platform.supervisor, platform.pids)),
    ballots: async () => (await restingCounts(() => platform.counts(election.id))).participation,
  };
}

type Names = 'votes' | 'net' | 'gross';

await runBench('simple', 'the platform beside the simplest thing with the same requests', async (bench) => {
  const { quick, findings, say } = bench;
  const platform = await startWhole(bench);
  const simplest = await startSimplest(bench, platform.target.election);
  const seconds = quick ? 6 : 20;
  const recorded = { platform: 0, simplest: 0 };
  const figures: Record<'platform' | 'simplest', Record<Names, number>[]> = { platform: [], simplest: [] };
  const generators: Record<'platform' | 'simplest', Worker> = {
    platform: startWorker(bench.cleanup, 'voters'),
    simplest: startWorker(bench.cleanup, 'voters'),
  };
  const arms = { platform, simplest };
  const results: LoadResult[] = [];
  const block = (name: 'platform' | 'simplest') => async (): Promise<number> => {
    const generator = generators[name];
    const before = { own: arms[name].seconds(), generator: cpuSeconds(generator.pid) };
    const result = await generator.ask<LoadResult>('closed', { voters: votersAtOnce, seconds });
    const net = ((arms[name].seconds() - before.own) / result.recorded) * 1e6;
    const gross = net + ((cpuSeconds(generator.pid) - before.generator) / result.recorded) * 1e6;
    recorded[name] += result.recorded;
    results.push(result);
    figures[name].push({ votes: result.recorded / result.seconds, net, gross });
    return gross;
  };
  for (const name of ['platform', 'simplest'] as const) {
    await generators[name].ask('configure', { target: arms[name].target, firstVoter: randomInt(1_000_000) });
  }
  say(`blocks of ${seconds} s, ${votersAtOnce} voters at once`);
  const rounds = await interleave(
    [
      { name: 'platform', run: block('platform') },
      { name: 'simplest', run: block('simplest') },
    ],
    quick ? 2 : 5,
  );
  // The first block of each warmed up.
  const counted = (name: 'platform' | 'simplest', figure: Names) =>
    figures[name].slice(1).map((figuresOfBlock) => figuresOfBlock[figure]);
  const ratio = (figure: Names) => {
    const own = counted('platform', figure);
    const peer = counted('simplest', figure);
    return ratioOf(
      own.map((value, index) => ({ platform: value, simplest: peer[index]! })),
      'platform',
      'simplest',
    );
  };
  findings.target('processor per vote to the simplest thing', ratio('gross'), 'x', 'at most', 2.5);
  findings.figure('the same without the generator', ratio('net'), 'x');
  findings.figure('processor per vote, the platform, with the generator', figureOf(rounds, 'platform'), 'µs');
  findings.figure('processor per vote, the simplest thing, with the generator', figureOf(rounds, 'simplest'), 'µs');
  findings.figure('votes a second, the platform to the simplest thing', ratio('votes'), 'x');
  for (const name of ['platform', 'simplest'] as const) {
    const rows = await arms[name].ballots();
    findings.check(`${name}: every receipt is stored once`, rows === recorded[name], `${recorded[name]}, ${rows} rows`);
  }
  const { busy, others } = failuresIn(results);
  findings.figure('voters refused with 503', busy, '');
  findings.check('no voter failed otherwise', others.length === 0, others.join(', ') || 'none');
});
