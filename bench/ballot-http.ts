// bench ballot-http: the private ballot server over the call that `api` makes, which has all ballots that wait, beside pgbench
// on the same PostgreSQL and beside itself with batching off. Afterwards every acknowledged ballot must be stored exactly once.
// Run: npx tsx bench/ballot-http.ts [--quick] [--json]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { publicationOf } from '../src/services/elections/publishing/publication.ts';
import { requireFreshBuild } from '../src/local/build-stamp.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createPrivateClient } from '../src/platform/private-calls/private-calls.ts';
import { signingKey } from '../src/platform/keys/signatures.ts';
import { figureOf, interleave, ratioOf } from './harness/blocks.ts';
import { startServices, startWorker } from './harness/child.ts';
import type { Child } from './harness/child.ts';
import { singleCast, singleInsert } from './harness/commit-peers.ts';
import { cpuSeconds, treeCpuSeconds } from './harness/cpu.ts';
import { addEpochKey, createBenchElection } from './harness/intake.ts';
import type { BenchElection } from './harness/intake.ts';
import { Latencies } from './harness/latencies.ts';
import { pgbenchClients } from './harness/pgbench.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { createDatabase, startDatabases } from './harness/servers.ts';
import type { BenchDatabases } from './harness/servers.ts';
import type { BallotBlock, BallotBlockResult } from './workers/ballot-generator.ts';
import type { UnbatchedOptions } from './workers/ballot-server.ts';

/** Voters who wait for their receipt at once. */
const voters = 256;
/** Ballots made beforehand for each second of a block: more than any server here answers. */
const ballotsPerSecond = 14_000;

type Server = { readonly database: string; readonly address: string; readonly child: Child };

/** The service as an operator runs it. */
async function startBatched(bench: Bench, servers: BenchDatabases, election: BenchElection): Promise<Server> {
  const database = 'batched';
  const child = await startServices(
    bench,
    ['ballots'],
    {
      BALLOTS_PORT: '0',
      BALLOTS_KEYS: JSON.stringify(election.keys.ballots),
      PUBLIC_KEYS: JSON.stringify(election.keys.public),
      INTAKE_DATABASE_URL: servers.url(database, 'popvote_ballots'),
      BALLOTS_ELECTION_KEYS_DIRECTORY: keysDirectory(bench, database),
      LOG_LEVEL: 'warn',
    },
    join(bench.directory, 'ballots.log'),
  );
  return { database, child, address: child.started[0]?.addresses['private'] ?? '' };
}

async function startUnbatched(bench: Bench, servers: BenchDatabases, election: BenchElection): Promise<Server> {
  const database = 'unbatched';
  const worker = startWorker(bench.cleanup, 'ballot-server');
  const options: UnbatchedOptions = {
    databaseUrl: servers.url(database, 'popvote_ballots'),
    keys: election.keys.ballots,
    publicKeys: election.keys.public,
    electionKeysDirectory: keysDirectory(bench, database),
    commitsAtOnce: pgbenchClients,
  };
  return { database, child: worker, address: await worker.ask<string>('listen', options) };
}

function keysDirectory(bench: Bench, name: string): string {
  const directory = join(bench.directory, `election-keys-${name}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** As `elections` does it: over the private call, so that the server makes the election's keys. */
async function createElection(server: Server, servers: BenchDatabases, election: BenchElection): Promise<void> {
  await addEpochKey(servers, server.database, election.keys);
  const client = createPrivateClient({
    origin: server.address,
    service: 'ballots',
    caller: { name: 'elections', jwk: election.keys.elections.caller },
    clock: systemClock,
  });
  try {
    const publication = publicationOf(election.definition, signingKey(election.keys.elections.publisher), 1);
    await client.call({
      method: 'POST',
      path: '/private/elections',
      body: { definition: election.definition, publication },
      answer: z.unknown(),
      msMax: 5_000,
    });
  } finally {
    await client.close();
  }
}

await runBench('ballot-http', 'the private ballot server over the call of api', async (bench) => {
  const { quick, findings, say } = bench;
  requireFreshBuild(process.cwd());
  const servers = await startDatabases(bench);
  for (const name of ['peer', 'batched', 'unbatched']) await createDatabase(servers, 'intake', name);
  const election = await createBenchElection(servers, 'peer');
  const batched = await startBatched(bench, servers, election);
  const unbatched = await startUnbatched(bench, servers, election);
  for (const server of [batched, unbatched]) await createElection(server, servers, election);
  const generator = startWorker(bench.cleanup, 'ballot-generator');
  const seconds = quick ? 2 : 8;
  const results: Record<string, BallotBlockResult[]> = { batched: [], unbatched: [] };
  const cpu = { server: 0, postgres: 0, generator: 0, ballots: 0 };
  const block = async (server: Server): Promise<number> => {
    const order: BallotBlock = {
      origin: server.address,
      electionId: election.definition.id,
      proofKeys: election.keys.sms,
      caller: election.keys.api.caller,
      voters,
      seconds,
      ballotsMax: seconds * ballotsPerSecond,
    };
    const read = () => [cpuSeconds(server.child.pid), treeCpuSeconds(servers.postgres.pid)] as const;
    const [own, postgres] = read();
    const result = await generator.ask<BallotBlockResult>('send', order);
    const [ownAfter, postgresAfter] = read();
    results[server.database]!.push(result);
    if (server === batched) {
      cpu.server += ownAfter - own;
      cpu.postgres += postgresAfter - postgres;
      cpu.generator += result.processorSeconds;
      cpu.ballots += result.recorded;
    }
    return result.perSecond;
  };
  const insert = singleInsert(bench, servers, 'peer', election);
  const cast = singleCast(bench, servers, 'peer', election);
  say(`blocks of ${seconds} s, ${voters} voters at once, pgbench with ${pgbenchClients} clients`);
  const rounds = await interleave(
    [
      { name: 'batched', run: () => block(batched) },
      { name: 'single insert', run: () => insert(seconds) },
      { name: 'unbatched', run: () => block(unbatched) },
      { name: 'single cast', run: () => cast(seconds) },
    ],
    quick ? 3 : 8,
  );
  const each = (processorSeconds: number): number => (processorSeconds / cpu.ballots) * 1e6;
  findings.target('processor per ballot, server', each(cpu.server), 'µs', 'at most', 240);
  findings.target('server to batching off', ratioOf(rounds, 'batched', 'unbatched'), 'x', 'at least', 3);
  findings.figure('server to single-row insert', ratioOf(rounds, 'batched', 'single insert'), 'x');
  findings.figure('server to single-ballot cast', ratioOf(rounds, 'batched', 'single cast'), 'x');
  findings.figure('server', figureOf(rounds, 'batched'), 'ballots/s');
  findings.figure('server, batching off', figureOf(rounds, 'unbatched'), 'ballots/s');
  findings.figure('pgbench, one participation', figureOf(rounds, 'single insert'), 'rows/s');
  findings.figure('pgbench, one cast', figureOf(rounds, 'single cast'), 'ballots/s');
  findings.figure('processor per ballot, PostgreSQL', each(cpu.postgres), 'µs');
  findings.figure('processor per ballot, the generator, which is the code of api', each(cpu.generator), 'µs');
  findings.figure('processor per ballot, all three', each(cpu.server + cpu.postgres + cpu.generator), 'µs');
  const latencies = new Latencies();
  for (const { ms } of results['batched']!) latencies.addAll(ms);
  findings.latencies(`receipt with ${voters} voters at once`, latencies.percentiles());
  for (const server of [batched, unbatched]) await checkServer(bench, servers, server, results[server.database]!);
});

async function checkServer(
  { findings }: Bench,
  servers: BenchDatabases,
  { database }: Server,
  results: readonly BallotBlockResult[],
): Promise<void> {
  const [row] = await servers.query<{ participation: string; outbox: string }>(
    database,
    'select (select count(*) from pv.participation) as participation, (select count(*) from pv.outbox) as outbox',
  );
  const sum = (read: (result: BallotBlockResult) => number): number =>
    results.reduce((total, result) => total + read(result), 0);
  const recorded = sum((r) => r.recorded);
  const participation = Number(row?.participation);
  const outbox = Number(row?.outbox);
  findings.check(
    `${database}: each receipt is stored once`,
    recorded === participation && outbox === participation,
    `${recorded} receipts, ${participation} participation, ${outbox} outbox`,
  );
  const again = sum((r) => r.sentAgain);
  const other = sum((r) => r.sentOther);
  findings.check(
    `${database}: again the same receipt, another one refused`,
    sum((r) => r.sameReceipt) === again && sum((r) => r.refusedOther) === other && again + other > 0,
    `${sum((r) => r.sameReceipt)} of ${again}, ${sum((r) => r.refusedOther)} of ${other}`,
  );
  // A rejection as busy is an honest answer under a load that is too great; any other failure is a fault.
  const refused = results.flatMap((result) => Object.entries(result.failures));
  const busy = refused.reduce((total, [why, count]) => total + (why === 'busy' ? count : 0), 0);
  if (busy > 0) findings.figure(`${database}: refused as busy`, busy, 'ballots');
  const failures = refused.filter(([why]) => why !== 'busy');
  findings.check(
    `${database}: no failures`,
    failures.length === 0,
    failures.map(([why, count]) => `${count} ${why}`).join(', ') || 'none',
  );
}
