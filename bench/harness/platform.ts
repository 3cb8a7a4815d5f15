// The whole platform as `popvote start` runs it, in a folder and on ports of the bench's own: the same processes, the same
// database settings and the same walls as an operator gets. Only the limit per address is lifted, because a generator is
// one address.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { readKeyFile } from '../../src/platform/keys/key-directory.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { electionDefinition } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import type { ControlOrigins } from '../../test/support/control.ts';
import { freePorts } from '../../test/support/processes/child-process.ts';
import { ending } from './child.ts';
import type { Child } from './child.ts';
import { originOf } from './keep-alive-client.ts';
import type { Origin } from './keep-alive-client.ts';
import { startByHand } from './by-hand.ts';
import type { ByHand } from './by-hand.ts';
import type { Bench } from './run.ts';

/** Longest wait for the platform to be ready, in milliseconds: the first start makes a database. */
const readyMsMax = 90_000;
/** Characters of a failed start's log that are shown. */
const logCharactersShown = 3_000;

export const zones = ['api', 'sms', 'ballots', 'mixer'] as const;
export type Zone = (typeof zones)[number];
export type PlatformProcess = Zone | 'postgres' | 'redis';

export type Platform = {
  readonly directory: string;
  readonly election: ElectionDefinition;
  /** The voter's API, the webhooks and simulator, and the private port of `ballots`. */
  readonly api: Origin;
  readonly sms: Origin;
  readonly ballots: Origin;
  /** The private port of `api`, with its metrics, and the control APIs. */
  readonly apiPrivate: Origin;
  readonly control: ControlOrigins;
  readonly pids: Readonly<Record<PlatformProcess, number>>;
  readonly controlRedisPort: number;
  keys<Name extends keyof KeyFiles>(name: Name): KeyFiles[Name];
  /** Address of the edge Redis for a user; `admin` may do all. */
  redisUrl(user: 'admin' | 'api' | 'sms' | 'elections'): string;
  databaseUrl(database: 'intake' | 'box' | 'access' | 'postgres'): string;
  /** The environment in which `popvote start` runs a zone. */
  environment(zone: Zone): Readonly<Record<string, string>>;
  counts(): Promise<Counts>;
};

export type Counts = { readonly participation: number; readonly outbox: number; readonly box: number };

const root = fileURLToPath(new URL('../..', import.meta.url));

type Ready = {
  readonly ports: Readonly<
    Record<'api' | 'apiPrivate' | 'sms' | 'ballots' | 'postgres' | 'redis' | 'controlRedis', number>
  >;
  readonly control: ControlOrigins;
  readonly rehearsal: unknown;
  readonly pids: Readonly<Record<PlatformProcess, number>>;
};

export async function startPlatform(
  bench: Bench,
  environment: Readonly<Record<string, string>> = {},
  /** Services that are run by hand, in a changed environment. They are not started again when they end. */
  byHand: ByHand = {},
): Promise<Platform> {
  const directory = join(bench.directory, 'platform');
  const logFile = join(bench.directory, 'platform.log');
  const log = openSync(logFile, 'a');
  bench.say('starting the platform');
  const child = spawn(
    process.execPath,
    [...bench.nodeOptions, builtCommand(root), 'start', '--json', ...withoutWords(byHand)],
    {
      stdio: ['ignore', 'pipe', log],
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_ENV: 'production',
        POPVOTE_DIRECTORY: directory,
        ...freePorts,
        LOG_LEVEL: 'warn',
        API_SESSIONS_PER_ADDRESS_BLOCK: '0',
        ...environment,
      },
    },
  );
  closeSync(log);
  const handle: Child = ending(child);
  bench.cleanup.add(handle.end);
  const pidsByHand = startByHand(bench, directory, byHand);
  const ready = await new Promise<Ready>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('the platform was not ready in time')), readyMsMax);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split('\n').find((candidate) => candidate.startsWith('{'));
      if (line === undefined || !text.includes('\n')) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      const tail = readFileSync(logFile, 'utf8').slice(-logCharactersShown);
      reject(new Error(`popvote start ended with ${String(code)}:\n${tail}`));
    });
  });
  const pids = { ...ready.pids, ...(await pidsByHand) };
  return describe(bench, directory, { ...ready, pids }, environment);
}

function withoutWords(byHand: ByHand): string[] {
  const names = Object.keys(byHand);
  return names.length === 0 ? [] : ['--without', names.join(',')];
}

async function describe(
  bench: Bench,
  directory: string,
  { ports, control, rehearsal, pids }: Ready,
  environment: Readonly<Record<string, string>>,
): Promise<Platform> {
  const secrets = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as Record<string, string>;
  const election = electionDefinition.parse(rehearsal);
  const secret = (name: string): string => encodeURIComponent(secrets[name] ?? '');
  const databaseUrl: Platform['databaseUrl'] = (database) => {
    const own = environment['MIGRATE_INTAKE_URL'];
    const url = new URL(own ?? `postgres://postgres:${secret('postgres')}@127.0.0.1:${ports.postgres}`);
    url.pathname = `/${database}`;
    return url.href;
  };
  const one = async (database: 'intake' | 'box' | 'postgres', text: string): Promise<Record<string, unknown>> => {
    const client = new pg.Client({ connectionString: databaseUrl(database) });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(text, text.includes('$1') ? [election.id] : []);
      return rows[0] ?? {};
    } finally {
      await client.end();
    }
  };
  const { version, fsync } = await one(
    'postgres',
    `select split_part(version(), ' ', 2) as version, current_setting('fsync') as fsync`,
  );
  bench.findings.postgres = `PostgreSQL ${String(version)}, fsync ${String(fsync)}`;
  return {
    directory,
    election,
    api: originOf(`http://127.0.0.1:${ports.api}`),
    sms: originOf(`http://127.0.0.1:${ports.sms}`),
    ballots: originOf(`http://127.0.0.1:${ports.ballots}`),
    apiPrivate: originOf(`http://127.0.0.1:${ports.apiPrivate}`),
    control,
    pids,
    controlRedisPort: ports.controlRedis,
    keys: (name) => readKeyFile(join(directory, 'keys'), name),
    redisUrl: (user) => `redis://${user}:${secret(user)}@127.0.0.1:${ports.redis}`,
    databaseUrl,
    environment: (zone) => parsedEnvironment(join(directory, 'environment', `${zone}.env`)),
    async counts() {
      const intake = await one(
        'intake',
        `select (select count(*) from pv.participation where election_id = $1) as participation,
           (select count(*) from pv.outbox where election_id = $1) as outbox`,
      );
      const box = await one('box', 'select count(*) as box from pv.ballot where election_id = $1');
      const participation = Number(intake['participation']);
      const outbox = Number(intake['outbox']);
      return { participation, outbox, box: Number(box['box']) };
    },
  };
}

function parsedEnvironment(file: string): Readonly<Record<string, string>> {
  const values = Object.entries(parseEnv(readFileSync(file, 'utf8')));
  return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
