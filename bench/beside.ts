// bench beside: complete votes through the public API of this version and of an older one, which is built beside it. Both
// run by turns, each started again for its block, driven by the same generator; the older one needs fewer members in a
// request. Run: npx tsx bench/beside.ts [--quick] [--json] [--node PATH] [--commit f47e454]
import { randomInt } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { builtCommand } from '../src/local/build-stamp.ts';
import { countBallots, postgresVersion, restingCounts } from './harness/ballot-counts.ts';
import { figureOf, interleave, ratioOf, spread } from './harness/blocks.ts';
import { startWorker } from './harness/child.ts';
import { loadCountingElection, minBatch } from './harness/counting-election.ts';
import { cpuSeconds } from './harness/cpu.ts';
import { originOf } from './harness/keep-alive-client.ts';
import { launch } from './harness/launch.ts';
import { Latencies } from './harness/latencies.ts';
import { failuresIn } from './harness/load.ts';
import type { LoadResult } from './harness/load.ts';
import { buildOtherVersion } from './harness/other-version.ts';
import { platformSeconds, sumOf } from './harness/processor.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import type { Target } from './harness/voter.ts';
import { benchWebhook, webhookEnvironment } from './harness/webhook.ts';

/** Voters at once in the closed loop. */
const votersAtOnce = 256;
/** The version that design and README compare with: the last one before the work on speed. */
const defaultCommit = 'f47e454';

type Version = { readonly name: 'this' | 'older'; readonly command: string; readonly withoutCastTag: boolean };
type Ready = {
  readonly ports: Readonly<Record<'api' | 'sms' | 'postgres', number>>;
  readonly pids: Readonly<Record<string, number>>;
  readonly rehearsal: object;
};
type Block = { readonly votes: number; readonly net: number; readonly gross: number; readonly castP99: number };

await runBench('beside', 'votes a second of this version and of an older one', async (bench) => {
  const { quick, findings, say } = bench;
  const commit = bench.commit ?? defaultCommit;
  const versions: readonly Version[] = [
    { name: 'this', command: builtCommand(process.cwd()), withoutCastTag: false },
    { name: 'older', command: await buildOtherVersion(bench, commit), withoutCastTag: true },
  ];
  const blocks: Record<Version['name'], Block[]> = { this: [], older: [] };
  say(`by turns with ${commit}`);
  const rounds = await interleave(
    versions.map((version) => ({
      name: version.name,
      run: async () => {
        const block = await measure(bench, version);
        blocks[version.name].push(block);
        return block.votes;
      },
    })),
    quick ? 2 : 4,
    // Each block starts and warms up its own platform.
    { warmUp: false },
  );
  findings.note(`The older version is ${commit}. Both run an election that counts, K = ${minBatch}.`);
  findings.target('votes a second, to the older version', ratioOf(rounds, 'this', 'older'), 'x', 'at least', 2.5);
  findings.figure('this version', figureOf(rounds, 'this'), 'votes/s');
  findings.figure('the older version', figureOf(rounds, 'older'), 'votes/s');
  const figureIn = (name: Version['name'], figure: keyof Block) => spread(blocks[name].map((block) => block[figure]));
  for (const name of ['this', 'older'] as const) {
    findings.figure(`processor per vote, ${name}, with the generator`, figureIn(name, 'gross'), 'µs');
    findings.figure(`processor per vote, ${name}, without it`, figureIn(name, 'net'), 'µs');
    findings.figure(`p99 of a cast with ${votersAtOnce} at once, ${name}`, figureIn(name, 'castP99'), 'ms');
  }
});

/** One block on a platform of its own. Afterwards every receipt must be stored once. */
async function measure(bench: Bench, { name, command, withoutCastTag }: Version): Promise<Block> {
  const { quick, findings } = bench;
  const directory = join(bench.directory, 'platform');
  rmSync(directory, { recursive: true, force: true });
  const launched = launch<Ready>(bench, { command, directory, environment: webhookEnvironment });
  const { ports, pids, rehearsal } = await launched.ready;
  const generator = startWorker(bench.cleanup, 'voters');
  try {
    const election = await loadCountingElection({ command, directory, apiPort: ports.api, rehearsal });
    const origin = (port: number) => originOf(`http://127.0.0.1:${port}`);
    const target: Target = {
      api: origin(ports.api),
      sms: origin(ports.sms),
      election,
      webhook: benchWebhook,
      withoutCastTag,
    };
    await generator.ask('configure', { target, firstVoter: randomInt(1_000_000) });
    const warmUp = await generator.ask<LoadResult>('closed', { voters: votersAtOnce, seconds: quick ? 8 : 20 });
    const seconds = () => sumOf(platformSeconds(launched.supervisor.pid, pids));
    const before = { platform: seconds(), generator: cpuSeconds(generator.pid) };
    const result = await generator.ask<LoadResult>('closed', { voters: votersAtOnce, seconds: quick ? 8 : 30 });
    const perVote = (processorSeconds: number): number => (processorSeconds / result.recorded) * 1e6;
    const net = perVote(seconds() - before.platform);
    const gross = net + perVote(cpuSeconds(generator.pid) - before.generator);
    const { postgres } = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as { postgres: string };
    const url = (database: string): string =>
      `postgres://postgres:${encodeURIComponent(postgres)}@127.0.0.1:${ports.postgres}/${database}`;
    findings.postgres = await postgresVersion(url('postgres'));
    const { participation, outbox, box } = await restingCounts(() => countBallots(url, election.id));
    const recorded = warmUp.recorded + result.recorded;
    findings.check(
      `${name}: every receipt is stored once`,
      participation === recorded && outbox + box === recorded,
      `${recorded} receipts, ${participation} = ${outbox} + ${box}`,
    );
    const { busy, others } = failuresIn([warmUp, result]);
    if (busy > 0) findings.figure(`${name}: voters refused with 503`, busy, '');
    findings.check(`${name}: no voter failed otherwise`, others.length === 0, others.join(', ') || 'none');
    const casts = new Latencies();
    casts.addAll(result.ms.cast);
    return { votes: result.recorded / result.seconds, net, gross, castP99: casts.percentiles().p99 };
  } finally {
    await generator.end();
    await launched.supervisor.end();
  }
}
