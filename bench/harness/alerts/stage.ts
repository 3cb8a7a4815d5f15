// What the faults of the drill `alerts` work on: a platform with an archiving PostgreSQL, a standby, a second mixer and voters.
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../../src/local/postgres.ts';
import type { LocalPostgres } from '../../../src/local/postgres.ts';
import { databases } from '../../../src/store/connecting/migration-files.ts';
import { newAdministrator } from '../../../test/support/control.ts';
import type { Person } from '../../../test/support/control.ts';
import { freePort } from '../../../test/support/processes/ports.ts';
import { startServices } from '../child.ts';
import type { Child } from '../child.ts';
import { startPlatform } from '../platform.ts';
import type { Platform } from '../platform.ts';
import type { Bench } from '../run.ts';
import { portOutsideOfDraws } from '../steady-port.ts';
import { createVoters } from './voters.ts';
import type { Voters } from './voters.ts';

type Variables = Readonly<Record<string, string>>;
type Row = Record<string, unknown>;

/** Longest wait for the environments that the start writes, in milliseconds. */
const writtenMsMax = 60_000;
/** Longest wait until the first mixer has the lock of the second one, in milliseconds. */
const activeMsMax = 30_000;
const password = 'bench';

export type Stage = {
  readonly bench: Bench;
  readonly platform: Platform;
  readonly postgres: LocalPostgres;
  readonly voters: Voters;
  readonly administrator: Person;
  /** Starts a PostgreSQL beside the primary. */
  startServer(name: string, settings: Variables): Promise<LocalPostgres>;
  /** Statements as the superuser of a database. */
  query(database: string, text: string, values?: unknown[]): Promise<Row[]>;
  /** The environment in which the platform runs a service. */
  environment(service: string): Variables;
  /** Starts one more process of a service. */
  spare(service: string, changes: Variables): Promise<Child>;
  /** Both mixers run. The first one is active. */
  readonly secondMixer: { readonly address: string; kill(): Promise<void>; start(): Promise<void> };
};

/** The folder of the archive, in that of the server, in which its commands run. */
export const archiveFolder = 'archived';
const archiving = { archive_mode: 'on', archive_command: `cp %p ${archiveFolder}/%f`, wal_keep_size: '1GB' };

export async function startStage(bench: Bench): Promise<Stage> {
  const startServer = serverStarter(bench);
  const postgres = await startServer('primary', archiving);
  mkdirSync(join(postgres.directory, archiveFolder));
  chmodSync(join(postgres.directory, archiveFolder), 0o777);
  const query = async (database: string, text: string, values?: unknown[]): Promise<Row[]> =>
    asSuperuser(postgres.superuserUrl(database), text, values);
  for (const name of databases) await query('postgres', `create database ${name}`);
  const directory = join(bench.directory, 'platform');
  const environment = (service: string): Variables => readEnvironmentOf(directory, service);
  const mixerPort = await portOutsideOfDraws();
  const spare: Stage['spare'] = (service, changes) =>
    startServices(
      bench,
      [service],
      { ...environment(service), ...changes },
      join(bench.directory, `spare-${service}.log`),
    );
  let mixer: Child | undefined;
  const startMixer = async (): Promise<void> => {
    mixer = await spare('mixer', {
      MIXER_PORT: String(mixerPort),
      MIXER_PEERS: `http://127.0.0.1:${environment('mixer')['MIXER_PORT']}`,
      MIXER_EPOCH_KEYS_DIRECTORY: join(bench.directory, 'epoch-keys-two'),
    });
  };
  const variables = {
    ...Object.fromEntries(databases.map((name) => [`MIGRATE_${name.toUpperCase()}_URL`, postgres.superuserUrl(name)])),
    MIXER_PEERS: `http://127.0.0.1:${mixerPort}`,
    MIXER_KEY_COPIES: '1',
  };
  const [platform] = await Promise.all([
    startPlatform(bench, variables),
    untilWritten(directory, 'mixer').then(startMixer),
  ]);
  const secondMixer = {
    address: `127.0.0.1:${mixerPort}`,
    start: startMixer,
    async kill() {
      mixer?.process.kill('SIGKILL');
      await mixer?.end();
    },
  };
  // Whichever started first is active.
  await secondMixer.kill();
  await untilActive(`http://127.0.0.1:${environment('mixer')['MIXER_PORT']}/metrics`);
  await secondMixer.start();
  const administrator = await newAdministrator(platform.control, platform.databaseUrl('access'));
  const voters = createVoters(bench, platform);
  return { bench, platform, postgres, voters, administrator, startServer, query, environment, spare, secondMixer };
}

function serverStarter(bench: Bench): Stage['startServer'] {
  return async (name, settings) => {
    const server = await startPostgres({
      directory: join(bench.directory, name),
      port: await freePort(),
      password,
      logFile: join(bench.directory, `${name}.log`),
      settings,
    });
    bench.cleanup.add(() => server.stop());
    return server;
  };
}

async function asSuperuser(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const environmentFile = (directory: string, service: string): string =>
  join(directory, 'environment', `${service}.env`);

const readEnvironmentOf = (directory: string, service: string): Variables =>
  parseEnv(readFileSync(environmentFile(directory, service), 'utf8')) as Variables;

async function untilWritten(directory: string, service: string): Promise<void> {
  const deadline = performance.now() + writtenMsMax;
  while (!existsSync(environmentFile(directory, service))) {
    if (performance.now() > deadline) throw new Error(`The environment of ${service} was not written in time.`);
    await pause(50);
  }
}

async function untilActive(metrics: string): Promise<void> {
  const deadline = performance.now() + activeMsMax;
  while (!/^popvote_mixer_active\b.* 1$/m.test(await (await fetch(metrics)).text())) {
    if (performance.now() > deadline) throw new Error('The mixer was not active in time.');
    await pause(100);
  }
}
