// bench roll: a roll of a million people, as a CSV over HTTP into the built `elections` and on to the built `ballots`, on a
// PostgreSQL with every guarantee on. Beside it, in the same run, the database alone: as many random tags in one
// statement. Then the same file again, which adds no one. Run: npx tsx bench/roll.ts [--quick] [--json] [--size rows]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SignJWT } from 'jose';
import { newKeyFiles } from '../src/platform/keys/new-keys.ts';
import { createPrivateClient } from '../src/platform/private-calls/private-calls.ts';
import { signingKey } from '../src/platform/keys/signatures.ts';
import { loadAnswer } from '../src/protocol/control/election-lifecycle-api.ts';
import { rollReport } from '../src/protocol/control/roll-api.ts';
import type { RollReport } from '../src/protocol/control/roll-api.ts';
import { definition } from '../test/support/elections.ts';
import { startServices } from './harness/child.ts';
import type { StartedService } from '../test/support/processes/child-process.ts';
import type { Child } from './harness/child.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { createDatabase, startDatabases } from './harness/servers.ts';
import type { BenchDatabases } from './harness/servers.ts';

/** People of a roll, and of a quick one. */
const people = 1_000_000;
const peopleQuick = 50_000;
/** Memory that one process may take while a file of any size passes through it, in MiB. */
const peakMebibytesMax = 320;

const election = definition({ id: 'roll-bench', identity: { scheme: 'roll' } });

await runBench('roll', 'a roll by HTTP beside the database alone', async (bench) => {
  const { findings } = bench;
  const rows = bench.size ?? (bench.quick ? peopleQuick : people);
  const servers = await startDatabases(bench);
  for (const name of ['intake', 'box', 'elections'] as const) await createDatabase(servers, name, name);
  const { ballots, elections, upload } = await startPlatform(bench, servers);

  bench.say(`${rows} people`);
  const first = await upload(rows);
  bench.say('the same file again');
  const again = await upload(rows);
  bench.say('the database alone');
  const alone = await databaseAlone(servers, rows);

  findings.figure('first import', first.seconds, 's');
  findings.figure('rows per second', rows / first.seconds, 'rows/s');
  findings.figure('the same file again', again.seconds, 's');
  findings.figure('the database alone', alone, 's');
  findings.figure('against the database alone', first.seconds / alone, 'x');
  for (const [name, child] of [
    ['elections', elections],
    ['ballots', ballots],
  ] as const) {
    const peak = peakMebibytes(child);
    findings.figure(`peak memory of ${name}`, peak, 'MiB');
    findings.check(
      `memory of ${name} is bounded`,
      peak <= peakMebibytesMax,
      `${peak.toFixed(0)} of ${peakMebibytesMax} MiB`,
    );
  }
  const [{ count } = { count: 0 }] = await servers.query<{ count: number }>(
    'intake',
    `select count(*)::integer as count from pv.roll where election_id = '${election.id}'`,
  );
  findings.check('everybody is on the roll', count === rows && first.report.added === rows, `${count} of ${rows}`);
  findings.check('the same file adds no one', again.report.alreadyThere === rows, `${again.report.added} added`);
});

type Uploaded = { readonly seconds: number; readonly report: RollReport };

async function startPlatform(bench: Bench, servers: BenchDatabases) {
  const keys = newKeyFiles();
  const common = { PUBLIC_KEYS: JSON.stringify(keys.public), LOG_LEVEL: 'warn' };
  const logFile = (name: string): string => join(bench.directory, `${name}.log`);
  const ballots = await startServices(
    bench,
    ['ballots'],
    {
      ...common,
      BALLOTS_PORT: '0',
      BALLOTS_KEYS: JSON.stringify(keys.ballots),
      INTAKE_DATABASE_URL: servers.url('intake', 'popvote_ballots'),
      BALLOTS_ELECTION_KEYS_DIRECTORY: join(bench.directory, 'election-keys'),
    },
    logFile('ballots'),
  );
  const elections = await startServices(
    bench,
    ['elections'],
    {
      ...common,
      ELECTIONS_PORT: '0',
      ELECTIONS_PRIVATE_PORT: '0',
      ELECTIONS_KEYS: JSON.stringify(keys.elections),
      ELECTIONS_DATABASE_URL: servers.url('elections', 'popvote_elections'),
      ELECTIONS_BOX_DATABASE_URL: servers.url('box', 'popvote_elections'),
      BALLOTS_ORIGIN: addressOf(ballots),
      // A roll needs no Redis, and goes on without.
      CONTROL_REDIS_URL: 'redis://127.0.0.1:1',
      EDGE_REDIS_URL: 'redis://127.0.0.1:1',
    },
    logFile('elections'),
  );
  const origin = addressOf(elections);
  const caller = { name: 'elections', jwk: keys.elections.caller } as const;
  const client = createPrivateClient({ origin, service: 'elections', caller, clock: Date.now });
  bench.cleanup.add(() => client.close());
  await client.call({
    method: 'PUT',
    path: `/private/elections/${election.id}`,
    body: { definition: election },
    answer: loadAnswer,
    msMax: 30_000,
  });
  const upload = async (rows: number): Promise<Uploaded> => {
    const started = performance.now();
    const response = await fetch(`${origin}/private/elections/${election.id}/roll`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenOf(caller.jwk)}`, 'content-type': 'text/csv' },
      body: Readable.toWeb(Readable.from(fileOf(rows))),
      duplex: 'half',
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the roll was refused: ${text}`);
    return { seconds: (performance.now() - started) / 1_000, report: rollReport.parse(JSON.parse(text)) };
  };
  return { ballots, elections, upload };
}

function addressOf({ started }: { readonly started: readonly StartedService[] }): string {
  const address = started[0]?.addresses['private'];
  if (address === undefined) throw new Error('a service did not say where it listens');
  return address;
}

function tokenOf(jwk: Parameters<typeof signingKey>[0]): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid })
    .setIssuer('elections')
    .setAudience('elections')
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(signingKey(jwk).key);
}

/** A file as an office exports it, in pieces as a network brings them. */
function* fileOf(rows: number): Generator<Buffer> {
  let piece = 'number;name\r\n';
  for (let row = 1; row <= rows; row += 1) {
    piece += `${String(100_000_000 + row * 7)};"Person ${row}"\r\n`;
    if (piece.length >= 65_536 || row === rows) {
      yield Buffer.from(piece);
      piece = '';
    }
  }
}

async function databaseAlone(servers: BenchDatabases, rows: number): Promise<number> {
  const started = performance.now();
  await servers.query(
    'intake',
    `insert into pv.roll (election_id, voter_tag)
     select 'alone', sha256(int8send(n)) from generate_series(1, ${rows}) n on conflict do nothing`,
  );
  return (performance.now() - started) / 1_000;
}

/** The most that a process has ever held. */
function peakMebibytes(child: Child): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1_024;
}
