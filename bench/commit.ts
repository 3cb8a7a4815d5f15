// bench commit: how many unique ballots a second the engine commits durably (batcher, sealing, the store's cast, on a real
// PostgreSQL with fsync), beside pgbench sending single rows to the same server in the same run. Afterwards every
// acknowledged ballot must be stored exactly once. Run: npx tsx bench/commit.ts [--quick] [--json]
import { randomBytes } from 'node:crypto';
import { batcherBounds, createBatcher } from '../src/platform/batches/batcher.ts';
import type { Batcher } from '../src/platform/batches/batcher.ts';
import { sealBatch } from '../src/services/ballots/seal.ts';
import { entryBytes } from '../src/domain/record/entry.ts';
import { canonicalBallotText } from '../src/domain/ballot.ts';
import { Problem, problemCodesOf } from '../src/protocol/problem.ts';
import { castBallots } from '../src/store/casts.ts';
import type { CastOutcome } from '../src/store/casts.ts';
import { openPool } from '../src/store/database.ts';
import { ballot } from '../test/support/elections.ts';
import { figureOf, interleave, ratioOf } from './harness/blocks.ts';
import { singleCast, singleInsert, unnestCeiling } from './harness/commit-peers.ts';
import { treeCpuSeconds } from './harness/cpu.ts';
import { createBenchElection } from './harness/intake.ts';
import type { BenchElection } from './harness/intake.ts';
import { Latencies } from './harness/latencies.ts';
import { pgbenchClients } from './harness/pgbench.ts';
import { runBench } from './harness/run.ts';
import { createDatabase, startDatabases } from './harness/servers.ts';

/** Ballots under way at once: as many voters as wait for their answer in a rush. */
const atOnce = 4_000;
/** One ballot in this many is sent twice, by turns the same again and another one of the same voter. */
const duplicateEvery = 100;

type Item = {
  readonly voter: Buffer;
  readonly phone: Buffer;
  readonly attempt: Buffer;
  readonly tracker: Buffer;
  readonly entry: Uint8Array;
  readonly text: string;
};
/** Also `busy`: waited too long for its batch, and was certainly not recorded. */
type Outcome = CastOutcome;
type Tally = { readonly outcomes: Map<Outcome, number>; sentAgain: number; sentOther: number };

const text = canonicalBallotText(ballot());
const entry = Buffer.alloc(entryBytes);

function* newItems(): Generator<Item, never> {
  for (;;) {
    const bytes = randomBytes(128 * 512);
    for (let at = 0; at < bytes.length; at += 128) {
      const tag = (place: number): Buffer => bytes.subarray(at + place * 32, at + place * 32 + 32);
      yield { voter: tag(0), phone: tag(1), attempt: tag(2), tracker: tag(3), entry, text };
    }
  }
}

function engine(url: string, election: BenchElection): { batcher: Batcher<Item, CastOutcome>; end(): Promise<void> } {
  const pool = openPool(url, { connectionsMax: batcherBounds.batchesInFlightMax, name: 'bench-engine' });
  const to = election.epoch;
  const sealTo = { id: election.definition.id, sealedBytes: election.sealedBytes };
  const verifiedAtMs = Date.now() - 60_000;
  const batcher = createBatcher<Item, CastOutcome>({
    bytesOf: () => election.sealedBytes,
    commit: (electionId, items) => {
      const sealed = sealBatch(to, sealTo, items);
      const casts = items.map((item, index) => ({ ...item, sealed: sealed[index]!, verifiedAtMs }));
      return castBallots(
        pool,
        { electionId, definitionVersion: 1, marks: [], rejections: problemCodesOf('cast') },
        casts,
        (error) => process.stderr.write(`commit: ${String(error)}\n`),
      );
    },
  });
  return { batcher, end: () => pool.end() };
}

/** Submits for some seconds from `atOnce` senders and returns recorded ballots per second. */
async function submitFor(
  seconds: number,
  batcher: Batcher<Item, CastOutcome>,
  tally: Tally,
  latencies: Latencies,
): Promise<number> {
  const items = newItems();
  const start = performance.now();
  const endsAt = start + seconds * 1_000;
  let recorded = 0;
  let requests = 0;
  const submit = async (item: Item): Promise<Outcome> => {
    const sentAt = performance.now();
    const outcome = await batcher.submit('bench', item).catch(busyOf);
    latencies.add(performance.now() - sentAt);
    tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
    if (outcome === 'recorded') recorded += 1;
    return outcome;
  };
  const countPair = async (pair: readonly Promise<Outcome>[], kind: 'sentAgain' | 'sentOther'): Promise<void> => {
    const outcomes = await Promise.all(pair);
    if (!outcomes.includes('busy')) tally[kind] += 1;
  };
  const sender = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const item = items.next().value;
      requests += 1;
      if (requests % duplicateEvery !== 0) await submit(item);
      else if ((requests / duplicateEvery) % 2 === 0) {
        await countPair([submit(item), submit(item)], 'sentAgain');
      } else {
        const other = { ...item, attempt: randomBytes(32), tracker: randomBytes(32) };
        await countPair([submit(item), submit(other)], 'sentOther');
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return (recorded * 1_000) / (performance.now() - start);
}

function busyOf(error: unknown): 'busy' {
  if (error instanceof Problem && error.code === 'busy') return 'busy';
  throw error;
}

await runBench('commit', 'the ballot engine against single-row inserts of pgbench', async (bench) => {
  const { quick, findings, say } = bench;
  const servers = await startDatabases(bench);
  // Each arm has a database of its own, of the same schema, so that none is slowed by what another wrote.
  for (const name of ['engine', 'single', 'ceiling']) await createDatabase(servers, 'intake', name);
  const own = await createBenchElection(servers, 'engine');
  const single = await createBenchElection(servers, 'single');
  const ceiling = await createBenchElection(servers, 'ceiling');
  const { batcher, end } = engine(servers.url('engine', 'popvote_ballots'), own);
  bench.cleanup.add(end);
  const tally: Tally = { outcomes: new Map(), sentAgain: 0, sentOther: 0 };
  const latencies = new Latencies();
  const cpu = { node: 0, postgres: 0, ballots: 0 };
  const measuredEngine = async (seconds: number): Promise<number> => {
    const node = process.cpuUsage();
    const postgres = treeCpuSeconds(servers.postgres.pid);
    const start = performance.now();
    const perSecond = await submitFor(seconds, batcher, tally, latencies);
    const { user, system } = process.cpuUsage(node);
    cpu.node += (user + system) / 1e6;
    cpu.postgres += treeCpuSeconds(servers.postgres.pid) - postgres;
    cpu.ballots += (perSecond * (performance.now() - start)) / 1_000;
    return perSecond;
  };
  const seconds = quick ? 2 : 8;
  const insert = singleInsert(bench, servers, 'single', single);
  const cast = singleCast(bench, servers, 'single', single);
  const bulk = await unnestCeiling(bench, servers, 'ceiling', ceiling);
  say(`blocks of ${seconds} s, engine with ${atOnce} ballots at once, pgbench with ${pgbenchClients} clients`);
  const rounds = await interleave(
    [
      { name: 'engine', run: () => measuredEngine(seconds) },
      { name: 'single insert', run: () => insert(seconds) },
      { name: 'single cast', run: () => cast(seconds) },
      { name: 'ceiling', run: () => bulk(seconds / 2) },
    ],
    quick ? 4 : 8,
  );
  findings.target('engine to single-row insert', ratioOf(rounds, 'engine', 'single insert'), 'x', 'at least', 4);
  findings.figure('engine to single-ballot cast', ratioOf(rounds, 'engine', 'single cast'), 'x');
  findings.figure('engine to the unnest ceiling', ratioOf(rounds, 'engine', 'ceiling'), 'x');
  findings.figure('engine', figureOf(rounds, 'engine'), 'ballots/s');
  findings.figure('pgbench, one participation', figureOf(rounds, 'single insert'), 'rows/s');
  findings.figure('pgbench, one cast', figureOf(rounds, 'single cast'), 'ballots/s');
  findings.figure('one statement for 20,000', figureOf(rounds, 'ceiling'), 'ballots/s');
  const { p50, p99 } = latencies.percentiles();
  findings.figure(`answer, p50 with ${atOnce} at once`, p50, 'ms');
  findings.figure(`answer, p99 with ${atOnce} at once`, p99, 'ms');
  findings.figure('processor per ballot, this process', (cpu.node / cpu.ballots) * 1e6, 'µs');
  findings.figure('processor per ballot, PostgreSQL', (cpu.postgres / cpu.ballots) * 1e6, 'µs');

  await batcher.drained();
  const [row] = await servers.query<{ participation: string; outbox: string }>(
    'engine',
    'select (select count(*) from pv.participation) as participation, (select count(*) from pv.outbox) as outbox',
  );
  const counted = (outcome: Outcome): number => tally.outcomes.get(outcome) ?? 0;
  const participation = Number(row?.participation);
  const outbox = Number(row?.outbox);
  findings.check(
    'each acknowledged ballot is stored once',
    participation === counted('recorded') && outbox === participation,
    `${counted('recorded')} recorded, ${participation} participation, ${outbox} outbox`,
  );
  findings.check(
    'the same ballot again is a replay',
    counted('replay') === tally.sentAgain,
    `${counted('replay')} of ${tally.sentAgain}`,
  );
  findings.check(
    'another ballot of the voter is refused',
    counted('already-recorded') === tally.sentOther,
    `${counted('already-recorded')} of ${tally.sentOther}`,
  );
  const others = [...tally.outcomes.keys()].filter(
    (outcome) => !['recorded', 'replay', 'already-recorded', 'busy'].includes(outcome),
  );
  if (counted('busy') > 0) findings.figure('refused as busy', counted('busy'), 'ballots');
  findings.check('no other outcome', others.length === 0, others.join(', ') || 'none');
});
