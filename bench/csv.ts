// bench csv: how many rows of paper ballots a second go from an upload through the durable queue into the box (the built
// `access`, `officials` and `worker`, a Redis that syncs each write, a PostgreSQL with fsync), beside `\copy` into a
// staging table and one merge of it, on the same server in the same run. One row in a hundred is a duplicate and one has a
// number that is on no ballot. Afterwards every ballot must be stored once, and every other row must be reported with
// its reason. Run: npx tsx bench/csv.ts [--quick] [--json] [--size 1000000]
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Readable } from 'node:stream';
import { publicationOf } from '../src/services/elections/publishing/publication.ts';
import { signingKey } from '../src/platform/keys/signatures.ts';
import type { Batch } from '../src/protocol/control/officials-api.ts';
import { publicationsKey } from '../src/protocol/public-document.ts';
import { definition } from '../test/support/elections.ts';
import { figureOf, interleave, ratioOf, spread } from './harness/blocks.ts';
import { startControl } from './harness/control.ts';
import type { BenchControl } from './harness/control.ts';
import { cpuSeconds, residentBytes, treeCpuSeconds } from './harness/cpu.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { createDatabase, startDatabases } from './harness/servers.ts';
import type { BenchDatabases } from './harness/servers.ts';

const rowsDefault = 1_000_000;
const rowsQuick = 100_000;
/** One row in so many repeats an earlier ballot id, and one has a number that is on no ballot. */
const faultEvery = 100;
/** Interval at which progress and memory are read, in milliseconds. */
const lookMs = 200;

const options = 5;
const election = (id: string) =>
  definition({
    id,
    channels: ['batches'],
    contests: [
      {
        id: 'parliament',
        title: { en: 'Parliament' },
        method: 'dhondt',
        seats: 250,
        thresholdPercent: 5,
        minChoices: 1,
        maxChoices: 1,
        abstain: false,
        options: Array.from({ length: options }, (_, index) => ({
          id: `party-${index + 1}`,
          number: index + 1,
          title: { en: `Party ${index + 1}` },
          kind: 'party',
        })),
      },
    ],
  });

type File = { readonly path: string; readonly electionId: string; readonly rows: number };
/** The expected counts of rows. Each fault occurs once in every hundred rows. */
const expectedOf = ({ rows }: File) => {
  const faults = Math.floor(rows / faultEvery);
  return { counted: rows - 2 * faults, duplicates: faults, invalid: 2 * faults };
};

async function writeFile(bench: Bench, rows: number): Promise<File> {
  const electionId = `bench-${randomUUID()}`;
  const path = join(bench.directory, `${electionId}.csv`);
  const stream = createWriteStream(path);
  let earlier = randomUUID();
  let text = '';
  for (let row = 1; row <= rows; row += 1) {
    const place = row % faultEvery;
    const guid = place === 0 ? earlier : randomUUID();
    if (place === 1) earlier = guid;
    text += `${guid},${place === 50 ? 99 : 1 + (row % options)}\n`;
    if (text.length < 1_048_576 && row < rows) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end();
  await once(stream, 'finish');
  return { path, electionId, rows };
}

type Peaks = { officials: number; worker: number };

/** Uploads a file and waits until the last row is reported. Returns rows a second, from the first byte sent. */
async function upload(
  control: BenchControl,
  file: File,
  measured: { acceptedMs: number[]; peaks: Peaks },
): Promise<number> {
  const publication = publicationOf(election(file.electionId), signingKey(control.keys.elections.publisher), 1);
  await control.redis.hset(publicationsKey, file.electionId, JSON.stringify(publication));
  const headers = { authorization: `Bearer ${control.official.token}` };
  const url = `${control.origins.officials}/v1/batches`;
  const watching = new AbortController();
  const watched = (async () => {
    while (!watching.signal.aborted) {
      measured.peaks.officials = Math.max(measured.peaks.officials, residentBytes(control.pids.officials));
      measured.peaks.worker = Math.max(measured.peaks.worker, residentBytes(control.pids.worker));
      await pause(lookMs);
    }
  })();
  const start = performance.now();
  const answer = await fetch(`${url}?electionId=${file.electionId}`, {
    method: 'POST',
    duplex: 'half',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(file.path, { highWaterMark: 262_144 })),
  });
  if (answer.status !== 202) throw new Error(`not taken: ${await answer.text()}`);
  measured.acceptedMs.push(performance.now() - start);
  const { id } = ((await answer.json()) as { batch: Batch }).batch;
  for (;;) {
    const response = await fetch(`${url}/${id}`, { headers });
    const { batch } = (await response.json()) as { batch: Batch };
    if (batch.state === 'done') break;
    if (batch.state === 'incomplete') throw new Error(`rows were lost: ${batch.advice ?? ''}`);
    await pause(lookMs);
  }
  const seconds = (performance.now() - start) / 1_000;
  watching.abort();
  await watched;
  return file.rows / seconds;
}

/** The same file by the means of PostgreSQL alone: the ballots end in the same table, with the same keys and texts. */
async function copyAndMerge(servers: BenchDatabases, file: File): Promise<number> {
  const id = file.electionId;
  const ballots = Array.from({ length: options }, (_, index) => {
    const text = `{"contests":[{"choices":["party-${index + 1}"],"contestId":"parliament"}]}`;
    return `(${index + 1}, '${text}')`;
  });
  const commands = [
    'create temporary table staged (guid uuid, number integer)',
    `\\copy staged from '${file.path}' with (format csv)`,
    `insert into pv.ballot (tracker, election_id, channel, ballot)
     select sha256(convert_to('popvote/batch-ballot/v1|${id}|' || s.guid, 'UTF8')), '${id}', 'batch', b.ballot
     from staged s join (values ${ballots.join(', ')}) as b(number, ballot) using (number) on conflict do nothing`,
  ];
  const start = performance.now();
  const words = commands.flatMap((command) => ['-c', command]);
  await promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...words, servers.url('copied')]);
  return (file.rows * 1_000) / (performance.now() - start);
}

async function checkOutcome(bench: Bench, servers: BenchDatabases, control: BenchControl, file: File): Promise<void> {
  const { findings } = bench;
  const expected = expectedOf(file);
  const [ledgerRow] = await servers.query<{
    ballots: number;
    kinds: string;
    invalid: number;
    duplicates: number;
    row: number;
  }>(
    'box',
    `select (select count(*)::int from pv.ballot where election_id = $1) as ballots,
       (select string_agg(format('%s %s', b.ballot, b.n), ' ' order by b.ballot) from (
          select ballot, count(*) as n from pv.ballot where election_id = $1 group by ballot) b) as kinds,
       count(*)::int as invalid, (count(*) filter (where reason = 'Duplicate ballot.'))::int as duplicates
     from pv.batch_invalid join pv.batch using (batch_no) join pv.batch_election using (election_no) where election_id = $1`,
    [file.electionId],
  );
  const [copied] = await servers.query<{ kinds: string }>(
    'copied',
    `select string_agg(format('%s %s', b.ballot, b.n), ' ' order by b.ballot) as kinds
     from (select ballot, count(*) as n from pv.ballot where election_id = $1 group by ballot) b`,
    [file.electionId],
  );
  findings.check(
    'every ballot is stored once',
    ledgerRow?.ballots === expected.counted,
    `${ledgerRow?.ballots ?? 0} of ${expected.counted}`,
  );
  findings.check('ballots as \\copy and merge has them', ledgerRow?.kinds === copied?.kinds, 'counts by what they say');
  findings.check(
    'every other row is kept with its reason',
    ledgerRow?.invalid === expected.invalid && ledgerRow.duplicates === expected.duplicates,
    `${ledgerRow?.invalid ?? 0} of ${expected.invalid}, ${ledgerRow?.duplicates ?? 0} duplicates`,
  );
  const listing = await fetch(`${control.origins.officials}/v1/batches?electionId=${file.electionId}`, {
    headers: { authorization: `Bearer ${control.official.token}` },
  });
  const { batches } = (await listing.json()) as { batches: Batch[] };
  const progress = batches[0]?.rows;
  findings.check(
    'the counts that officials see add up',
    progress?.counted === expected.counted && progress.invalid === expected.invalid && progress.checked === file.rows,
    JSON.stringify(progress ?? {}),
  );
}

await runBench('csv', 'a file of paper ballots into the box, against \\copy and merge', async (bench) => {
  const { quick, findings, say } = bench;
  const rows = bench.size ?? (quick ? rowsQuick : rowsDefault);
  const servers = await startDatabases(bench);
  // Each arm has a box of its own, of the same schema, so that both grow alike.
  for (const [kind, name] of [
    ['box', 'box'],
    ['box', 'copied'],
    ['access', 'access'],
  ] as const) {
    await createDatabase(servers, kind, name);
  }
  const control = await startControl(bench, servers);
  const measured = { acceptedMs: [] as number[], peaks: { officials: 0, worker: 0 } };
  const idle = { officials: residentBytes(control.pids.officials), worker: residentBytes(control.pids.worker) };
  say(`${rows} rows a file, of which 2 % do not count`);
  let file = await writeFile(bench, rows);
  const files: File[] = [];
  const turns = { taken: 0 };
  // Both arms of a round take the same file.
  const next = async (): Promise<File> => {
    if (turns.taken % 2 === 0) {
      file = await writeFile(bench, rows);
      files.push(file);
    }
    turns.taken += 1;
    return file;
  };
  const cpu = { popvote: 0, copy: 0, runs: 0 };
  // Of the client's side only \copy is left out, which reads the file in a process of its own.
  const postgresSeconds = (): number => treeCpuSeconds(servers.postgres.pid);
  const ownSeconds = (): number =>
    postgresSeconds() + Object.values(control.pids).reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const costing = async (arm: 'popvote' | 'copy', seconds: () => number, run: () => Promise<number>) => {
    const before = seconds();
    const perSecond = await run();
    cpu[arm] += seconds() - before;
    cpu.runs += 0.5;
    return perSecond;
  };
  const rounds = await interleave(
    [
      {
        name: 'popvote',
        run: () => costing('popvote', ownSeconds, async () => upload(control, await next(), measured)),
      },
      { name: 'copy', run: () => costing('copy', postgresSeconds, async () => copyAndMerge(servers, await next())) },
    ],
    quick ? 2 : 4,
    { warmUp: !quick },
  );
  findings.target('upload to box, to \\copy and merge', ratioOf(rounds, 'popvote', 'copy'), 'x', 'at least', 0.6);
  findings.figure('upload to box', figureOf(rounds, 'popvote'), 'rows/s');
  findings.figure('\\copy and merge', figureOf(rounds, 'copy'), 'rows/s');
  findings.figure('until 202: every row safe in the queue', spread(measured.acceptedMs), 'ms');
  findings.figure(
    'until the last row is reported',
    spread(rounds.map(({ popvote }) => (rows / popvote) * 1_000)),
    'ms',
  );
  findings.figure(
    'processor per row, all of PopVote, Redis and PostgreSQL',
    (cpu.popvote / cpu.runs / rows) * 1e6,
    'µs',
  );
  findings.figure('processor per row, PostgreSQL for \\copy and merge', (cpu.copy / cpu.runs / rows) * 1e6, 'µs');
  findings.target('memory of officials, most', measured.peaks.officials / 1_048_576, 'MiB', 'at most', 256);
  findings.target('memory of worker, most', measured.peaks.worker / 1_048_576, 'MiB', 'at most', 256);
  findings.figure('memory of officials before the first file', idle.officials / 1_048_576, 'MiB');
  findings.figure('memory of worker before the first file', idle.worker / 1_048_576, 'MiB');
  for (const each of files.slice(-1)) await checkOutcome(bench, servers, control, each);
});
