// Votes a second and their cost on one version of the platform in one environment, for benches that compare two by turns.
import { randomInt } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spread } from './blocks.ts';
import { countBallots, postgresVersion, restingCounts } from './ballot-counts.ts';
import { startWorker } from './child.ts';
import { loadCountingElection } from './counting-election.ts';
import { cpuSeconds } from './cpu.ts';
import { originOf } from './keep-alive-client.ts';
import { launch } from './launch.ts';
import { Latencies } from './latencies.ts';
import { failuresIn } from './load.ts';
import type { LoadResult } from './load.ts';
import { microsecondsPerVote, platformSeconds, sumOf } from './processor.ts';
import type { Bench } from './run.ts';
import type { Target } from './voter.ts';
import { benchWebhook, webhookEnvironment } from './webhook.ts';

/** Voters at once in the closed loop. */
export const votersAtOnce = 256;

type Version = {
  readonly name: string;
  /** The file of the built popvote command. */
  readonly command: string;
  /** A version from before sessions named the tag of their cast. */
  readonly withoutCastTag?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
};
type Ready = {
  readonly ports: Readonly<Record<'api' | 'sms' | 'postgres', number>>;
  readonly pids: Readonly<Record<string, number>>;
  readonly rehearsal: object;
};
export type Block = {
  readonly votes: number;
  /** Processor time per vote, in microseconds: of the platform, and with the generator. */
  readonly net: number;
  readonly gross: number;
  /** `net` by process. */
  readonly micros: Readonly<Record<string, number>>;
  readonly castP99: number;
};

/** One block on a platform of its own. Afterwards every receipt must be stored once. */
export async function measureVersion(bench: Bench, version: Version): Promise<Block> {
  const { name, command, withoutCastTag = false } = version;
  const { quick, findings } = bench;
  const directory = join(bench.directory, 'platform');
  rmSync(directory, { recursive: true, force: true });
  const launched = launch<Ready>(bench, {
    command,
    directory,
    environment: { ...webhookEnvironment, ...version.environment },
  });
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
    const seconds = () => platformSeconds(launched.supervisor.pid, pids);
    const before = { platform: seconds(), generator: cpuSeconds(generator.pid) };
    const result = await generator.ask<LoadResult>('closed', { voters: votersAtOnce, seconds: quick ? 8 : 30 });
    const micros = microsecondsPerVote(before.platform, seconds(), result.recorded);
    const net = sumOf(micros);
    const gross = net + ((cpuSeconds(generator.pid) - before.generator) / result.recorded) * 1e6;
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
    return { votes: result.recorded / result.seconds, net, gross, micros, castP99: casts.percentiles().p99 };
  } finally {
    await generator.end();
    await launched.supervisor.end();
  }
}

/** The median of the blocks for each process, in microseconds per vote. */
export const mediansByProcess = (blocks: readonly Block[]): readonly (readonly [process: string, micros: number])[] =>
  Object.keys(blocks[0]?.micros ?? {}).map((process) => [
    process,
    spread(blocks.map(({ micros }) => micros[process] ?? 0)).median,
  ]);
