// bench growth: what a vote costs while more and more votes are stored. The whole platform as `popvote start` runs it is filled
// to 10,000, a million and ten million votes through the functions of the schema, in the roles of `ballots` and `mixer`. At each
// size people vote in blocks, and the statements that run all the time are timed. Afterwards every count must be that of the
// rows. Run: npx tsx bench/growth.ts [--quick] [--json]
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { canonicalBallotText } from '../src/domain/ballot.ts';
import { electionLogOf } from '../src/domain/record/election-log.ts';
import { encodeEntry } from '../src/domain/record/entry.ts';
import { sha256 } from '../src/platform/content-hash.ts';
import { canonicalText, signingKey } from '../src/platform/keys/signatures.ts';
import type { ManifestDocument } from '../src/protocol/record/manifest.ts';
import { entryOfCast } from '../src/services/ballots/entries.ts';
import type { SignedLog } from '../src/services/ballots/entries.ts';
import { sealBatch, sealedBytesOf } from '../src/services/ballots/seal.ts';
import { castBallots } from '../src/store/casts.ts';
import type { CastIn } from '../src/store/casts.ts';
import { openPool } from '../src/store/database.ts';
import type { Pool } from '../src/store/database.ts';
import { activeMixerKeys } from '../src/store/mixer-keys.ts';
import { recountDatabase } from '../src/store/recounts.ts';
import { drawBallot } from '../test/support/voter/voter-requests.ts';
import { median, spread } from './harness/blocks.ts';
import { startWorker } from './harness/child.ts';
import type { LoadResult } from './harness/load.ts';
import { startPlatform } from './harness/platform.ts';
import type { Platform } from './harness/platform.ts';
import { microsecondsPerVote, platformSeconds, sumOf } from './harness/processor.ts';
import type { Findings } from './harness/report.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import type { Target } from './harness/voter.ts';

/** Votes that are stored before the blocks in which people vote. */
const sizes = [10_000, 1_000_000, 10_000_000];
const quickSizes = [10_000, 200_000];
/** Voters at once in a block. */
const votersAtOnce = 256;
/**
 * Votes that are added after a checkpoint, before the blocks, as a part of those that are stored: right after it most pages that
 * change are written whole, and later few. One block is measured before they are added.
 */
const laterPart = 1 / 3;
/** Ballots of one statement while the databases are filled, and such statements at once. */
const fillBatch = 2_000;
const fillsAtOnce = 2;
/** Sealed ballots that may wait for the mixer while the databases are filled. */
const waitingMax = 40_000;
/** How often each statement is timed. */
const timings = 15;

/** Statements that run all the time while people vote, by what runs them. */
const statements = {
  'mixable (each step of the mixer)': ['mixer', `select * from pv.mixable('{}')`],
  'reconcile, intake (mixer, 15 s)': ['mixer', 'select * from pv.count_elections()'],
  'reconcile, box (mixer, 15 s)': ['box', 'select * from pv.count_ballots()'],
  'turnout and live page (1 s)': ['ballots', 'select * from pv.count_intake($1)'],
  'mark (60 s)': ['ballots', 'select * from pv.take_mark($1)'],
} as const;

type Pools = Readonly<Record<'ballots' | 'mixer' | 'box', Pool>>;
/** Processor time and bytes of the write-ahead log, per vote. */
type Block = {
  readonly micros: Readonly<Record<string, number>>;
  readonly walBytes: number;
  readonly perSecond: number;
};

await runBench('growth', 'what a vote costs while more and more are stored', async (bench) => {
  const { quick, findings, say, cleanup } = bench;
  const platform = await startPlatform(bench);
  const pools = openPools(bench, platform);
  const { api, sms, election } = platform;
  const target: Target = { api, sms, election };
  const generator = startWorker(cleanup, 'voters');
  await generator.ask('configure', { target, firstVoter: randomInt(1_000_000) });
  const before = (await platform.counts()).participation;
  const vote = (seconds: number): Promise<LoadResult> =>
    generator.ask<LoadResult>('closed', { voters: votersAtOnce, seconds });
  say('warming up');
  let recorded = (await vote(quick ? 6 : 20)).recorded;
  let filled = 0;
  const first: Partial<Record<string, number>> = {};
  for (const size of quick ? quickSizes : sizes) {
    say(`filling to ${size.toLocaleString('en')} votes`);
    const fillTo = async (votes: number): Promise<void> => {
      filled += await fill(platform, pools, votes - before - recorded - filled);
    };
    await fillTo(Math.round(size * (1 - laterPart)));
    await settled(pools, election.id);
    await asSuperuser(platform, 'intake', 'checkpoint');
    const block = async (): Promise<Block> => {
      const { result, block: cost } = await measured(platform, pools, () => vote(quick ? 5 : 15));
      recorded += result.recorded;
      return cost;
    };
    const early = await block();
    await fillTo(size);
    await settled(pools, election.id);
    const blocks: Block[] = [];
    while (blocks.length < (quick ? 3 : 5)) blocks.push(await block());
    findings.figure(`write-ahead log per vote ${at(size)}, right after a checkpoint`, early.walBytes / 1_000, 'kB');
    findings.figure(`processor per vote ${at(size)}, right after a checkpoint`, early.micros['total'] ?? 0, 'µs');
    report(findings, size, blocks, first);
    await timeStatements(findings, size, pools, election.id);
  }
  await settled(pools, election.id);
  await checkCounts(findings, platform, before + recorded + filled);
});

function at(size: number): string {
  return `at ${size.toLocaleString('en')}`;
}

function openPools(bench: Bench, platform: Platform): Pools {
  const open = (zone: 'ballots' | 'mixer', variable: string): Pool => {
    const pool = openPool(platform.environment(zone)[variable] ?? '', {
      name: 'bench-growth',
      connectionsMax: fillsAtOnce,
      statementMsMax: 120_000,
    });
    bench.cleanup.add(() => pool.end());
    return pool;
  };
  return {
    ballots: open('ballots', 'INTAKE_DATABASE_URL'),
    mixer: open('mixer', 'MIXER_INTAKE_DATABASE_URL'),
    box: open('mixer', 'MIXER_BOX_DATABASE_URL'),
  };
}

/** Casts so many ballots, sealed as `ballots` seals them, which the mixer of the platform moves. Returns how many. */
async function fill(platform: Platform, pools: Pools, votes: number): Promise<number> {
  const { id, contests } = platform.election;
  const [key] = (await activeMixerKeys(pools.ballots)).keys;
  if (!key) throw new Error('the mixer has no key');
  const log = await signedLogOf(platform);
  const sealTo = { id, sealedBytes: sealedBytesOf(contests, true) };
  const into: CastIn = { electionId: id, definitionVersion: 1, marks: [], rejections: [] };
  const texts = Array.from({ length: 100 }, () => canonicalBallotText(drawBallot(contests)));
  let remaining = Math.max(0, votes);
  const fillOne = async (): Promise<void> => {
    while (remaining > 0) {
      const count = Math.min(remaining, fillBatch);
      remaining -= count;
      const ballots = Array.from({ length: count }, (_, index) => {
        const cast = { tracker: randomBytes(32), text: texts[index % texts.length] ?? '' };
        const ballotKey = randomBytes(32).toString('base64url');
        return { ...cast, entry: encodeEntry(entryOfCast(log, { ...cast, ballotKey })) };
      });
      const verifiedAtMs = Date.now() - 1_000;
      const casts = sealBatch(key, sealTo, ballots).map((sealed) => ({
        voter: randomBytes(32),
        phone: randomBytes(32),
        attempt: randomBytes(32),
        sealed,
        verifiedAtMs,
      }));
      const outcomes = await castBallots(pools.ballots, into, casts, (error) => process.stderr.write(String(error)));
      if (!outcomes.every((outcome) => outcome === 'recorded')) throw new Error('a ballot was not recorded');
      while ((await waiting(pools, id)) > waitingMax) await pause(50);
    }
  };
  await Promise.all(Array.from({ length: fillsAtOnce }, fillOne));
  return Math.max(0, votes);
}

/** The public log of the election, with the key that signs its entries. */
async function signedLogOf({ api, election, keys }: Platform): Promise<SignedLog> {
  const answer = await fetch(`http://${api.host}:${api.port}/v1/elections/${election.id}/manifest`);
  const { manifest } = (await answer.json()) as ManifestDocument;
  return {
    log: electionLogOf(sha256, manifest, canonicalText(manifest)),
    signer: signingKey(keys('ballots').receipts),
  };
}

async function waiting({ ballots }: Pools, electionId: string): Promise<number> {
  const { rows } = await ballots.query<{ outbox: number }>('select outbox from pv.count_intake($1)', [electionId]);
  return rows[0]?.outbox ?? 0;
}

/** Waits until the mixer has moved everything. */
async function settled(pools: Pools, electionId: string): Promise<void> {
  while ((await waiting(pools, electionId)) > 0) await pause(200);
}

async function asSuperuser(
  platform: Platform,
  database: 'intake' | 'box',
  text: string,
): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: platform.databaseUrl(database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function measured(
  platform: Platform,
  pools: Pools,
  vote: () => Promise<LoadResult>,
): Promise<{ result: LoadResult; block: Block }> {
  const place = async (): Promise<number> =>
    Number((await asSuperuser(platform, 'intake', `select pg_current_wal_lsn() - '0/0' as place`))['place']);
  const before = platformSeconds(platform.supervisor, platform.pids);
  const wal = await place();
  const result = await vote();
  // With what the mixer does for these votes.
  await settled(pools, platform.election.id);
  const after = platformSeconds(platform.supervisor, platform.pids);
  const micros = microsecondsPerVote(before, after, result.recorded);
  const block = {
    micros: { total: sumOf(micros), ...micros },
    walBytes: ((await place()) - wal) / result.recorded,
    perSecond: result.recorded / result.seconds,
  };
  return { result, block };
}

function report(
  findings: Findings,
  size: number,
  blocks: readonly Block[],
  first: Partial<Record<string, number>>,
): void {
  const place = at(size);
  for (const name of Object.keys(blocks[0]?.micros ?? {})) {
    const values = spread(blocks.map(({ micros }) => micros[name] ?? Number.NaN));
    findings.figure(`processor per vote ${place}: ${name}`, values, 'µs');
    const least = (first[name] ??= values.median);
    if (size === sizes[0]) continue;
    const growth = values.median / least;
    if (name === 'total')
      findings.target(`growth of the processor time of a vote ${place}`, growth, 'x', 'at most', 1.1);
    else findings.figure(`growth ${place}: ${name}`, growth, 'x');
  }
  findings.figure(`votes ${place}`, spread(blocks.map(({ perSecond }) => perSecond)), 'votes/s');
  const wal = spread(blocks.map(({ walBytes }) => walBytes / 1_000));
  findings.target(`write-ahead log per vote ${place}, between two checkpoints`, wal, 'kB', 'at most', 6);
}

async function timeStatements(findings: Findings, size: number, pools: Pools, electionId: string): Promise<void> {
  for (const [name, [role, text]] of Object.entries(statements)) {
    const times: number[] = [];
    for (let count = 0; count < timings; count += 1) {
      const start = performance.now();
      await pools[role].query(text, text.includes('$1') ? [electionId] : []);
      times.push(performance.now() - start);
    }
    findings.target(`${name} ${at(size)}`, median(times), 'ms', 'at most', 10);
  }
}

async function checkCounts(findings: Findings, platform: Platform, expected: number): Promise<void> {
  const { participation, outbox, box } = await platform.counts();
  findings.check('every vote is stored', participation === expected, `${expected} recorded, ${participation} rows`);
  findings.check('participation equals outbox and box', participation === outbox + box, `${outbox} + ${box}`);
  for (const database of ['intake', 'box'] as const) {
    const start = performance.now();
    const counts = await recountDatabase(database, platform.databaseUrl(database));
    findings.figure(`recount of ${database}, all ${expected.toLocaleString('en')}`, performance.now() - start, 'ms');
    const same = counts.every((count) => count.same);
    findings.check(`the counts of ${database} are those of the rows`, same, `${counts.length} counts`);
  }
}
