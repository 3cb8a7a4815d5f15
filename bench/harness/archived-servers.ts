// The four databases on servers of their own, each with a place for its backups and the configuration of deploy/backup, behind an
// address that stays when a server is restored to another place.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, createWriteStream, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { databases } from '../../src/store/connecting/migration-files.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import { startProxy } from '../../test/support/processes/proxy.ts';
import type { Proxy } from '../../test/support/processes/proxy.ts';
import { signalFamily } from './process-tree.ts';
import type { Bench } from './run.ts';

const password = 'bench';
const backupFiles = join(import.meta.dirname, '..', '..', 'deploy', 'backup');
const template = readFileSync(join(backupFiles, 'pgbackrest.conf'), 'utf8');

export type ArchivedServers = {
  /** The variables with which `popvote start` uses these databases. */
  readonly environment: Readonly<Record<string, string>>;
  /** A line of bash that runs `"$@"` beside a server, as its account and in its environment. */
  beside(database: DatabaseName): string;
  start(database: DatabaseName): Promise<void>;
  stop(database: DatabaseName): Promise<void>;
  /** Starts what receives the log of a database, as deploy/backup/compose.yml has it. */
  startReceiver(database: DatabaseName): void;
  stopReceiver(database: DatabaseName): Promise<void>;
  /** Kills all servers at once and removes all their data. They are started again in other places. */
  destroyAll(): Promise<void>;
  /** The folder of the repository of a database. */
  repository(database: DatabaseName): string;
};

/** Why there can be no backups here; null if they can be tried. */
export function backupHindrance(): string | null {
  for (const name of ['pgbackrest', 'psql', 'pg_receivewal', 'curl']) {
    if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0) return `${name} is not installed`;
  }
  const version = /(\d+)\.(\d+)/.exec(spawnSync('pgbackrest', ['version'], { encoding: 'utf8' }).stdout);
  const major = Number(version?.[1]);
  const minor = Number(version?.[2]);
  return major > 2 || (major === 2 && minor >= 55) ? null : 'its pgBackRest does not know PostgreSQL 18 (2.55 does)';
}

/** Where a server runs now. Another one after its disk was destroyed. */
type Place = { readonly folder: string; readonly port: number };

class ArchivedServer {
  readonly #bench: Bench;
  readonly #name: DatabaseName;
  #place: Place;
  #server: LocalPostgres | null = null;
  #proxy: Proxy | null = null;
  #account = { uid: 0, gid: 0 };
  #receiver: { readonly child: ChildProcess; readonly ended: Promise<unknown> } | null = null;

  constructor(bench: Bench, name: DatabaseName, port: number) {
    this.#bench = bench;
    this.#name = name;
    this.#place = { folder: join(bench.directory, `${name}-1`), port };
  }

  get url(): string {
    return `postgres://postgres:${password}@127.0.0.1:${this.#proxy?.port ?? 0}/${this.#name}`;
  }

  get repository(): string {
    return join(this.#bench.directory, 'backups', this.#name);
  }

  /** Of what is received. It is on the disk of the repository, and survives that of the database. */
  get #received(): string {
    return join(this.#bench.directory, 'received', this.#name);
  }

  get #variables(): Record<string, string> {
    return {
      POPVOTE_RECEIVED: this.#received,
      PGBACKREST_CONFIG_PATH: this.#configuration,
      PGDATA: join(this.#place.folder, 'data'),
      PGHOST: this.#place.folder,
      PGPORT: String(this.#place.port),
      PGPASSFILE: join(this.#configuration, 'pgpass'),
      // The server finds the same pgBackRest as this process.
      PATH: process.env['PATH'] ?? '',
    };
  }

  get #configuration(): string {
    return join(this.#bench.directory, 'etc', this.#name);
  }

  /** The first start, which makes the database and the address. */
  async make(): Promise<void> {
    mkdirSync(this.repository, { recursive: true });
    mkdirSync(this.#received, { recursive: true });
    mkdirSync(join(this.#configuration, 'conf.d'), { recursive: true });
    makeFolder(this.#place.folder);
    this.#configure();
    const passphrase = `[global]\nrepo1-cipher-pass=${randomBytes(48).toString('base64')}\n`;
    writeFileSync(join(this.#configuration, 'conf.d', 'passphrase.conf'), passphrase);
    await this.start();
    const client = new pg.Client({ connectionString: this.#server?.superuserUrl('postgres') });
    await client.connect();
    await client.query(`create database ${this.#name}`);
    await client.end();
    const { uid, gid } = statSync(join(this.#place.folder, 'data'));
    this.#account = { uid, gid };
    this.#own();
  }

  /** The configuration of deploy/backup with the folders of this place. */
  #configure(): void {
    const at = (text: string, name: string, value: string): string =>
      text.replaceAll(new RegExp(`^${name}=.*$`, 'gm'), `${name}=${value}`);
    const { folder, port } = this.#place;
    let text = at(template, 'repo1-path', this.repository);
    text = at(text, 'lock-path', join(this.#bench.directory, 'locks', this.#name));
    text = at(text, 'pg1-path', `${join(folder, 'data')}\npg1-socket-path=${folder}\npg1-port=${port}`);
    writeFileSync(join(this.#configuration, 'pgbackrest.conf'), text);
    writeFileSync(join(this.#configuration, 'pgpass'), `*:*:*:postgres:${password}\n`);
    mkdirSync(join(this.#bench.directory, 'locks', this.#name), { recursive: true });
  }

  /** The account of the server owns what its backups use. */
  #own(): void {
    const { uid, gid } = this.#account;
    const locks = join(this.#bench.directory, 'locks', this.#name);
    const own = [this.repository, this.#received, this.#configuration, locks];
    for (const path of own) spawnSync('chown', ['-R', `${uid}:${gid}`, path]);
    chmodSync(join(this.#configuration, 'pgpass'), 0o600);
  }

  beside(): string {
    const { uid, gid } = this.#account;
    const variables = Object.entries(this.#variables).map(([name, value]) => `${name}='${value}'`);
    const account = process.getuid?.() === 0 ? `setpriv --reuid ${uid} --regid ${gid} --clear-groups` : '';
    return `(cd / && exec ${account} env ${variables.join(' ')} "$@")`;
  }

  async start(): Promise<void> {
    const { folder, port } = this.#place;
    this.#server = await startPostgres({
      directory: join(folder, 'data'),
      port,
      password,
      logFile: join(this.#bench.directory, `${this.#name}.log`),
      // A server with small buffers: four of them are on this machine.
      settings: { unix_socket_directories: folder, shared_buffers: '64MB' },
      environment: this.#variables,
    });
    this.#proxy ??= await startProxy({ host: '127.0.0.1', port });
    this.#proxy.pointTo({ host: '127.0.0.1', port });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }

  startReceiver(): void {
    const words = ['-c', `set -- bash '${join(backupFiles, 'receive.sh')}'; ${this.beside()}`];
    const child = spawn('bash', words, {
      env: { ...this.#variables, PGUSER: 'postgres' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.pipe(createWriteStream(join(this.#bench.directory, `${this.#name}-receiver.log`), { flags: 'a' }));
    this.#receiver = { child, ended: once(child, 'close') };
  }

  async stopReceiver(): Promise<void> {
    const receiver = this.#receiver;
    this.#receiver = null;
    if (receiver?.child.exitCode === null && receiver.child.pid) signalFamily(receiver.child.pid, 'SIGTERM');
    await receiver?.ended;
  }

  async close(): Promise<void> {
    await this.stopReceiver();
    await this.stop();
    await this.#proxy?.close();
  }

  kill(): void {
    if (this.#server) signalFamily(this.#server.pid, 'SIGKILL');
  }

  /** Removes the data of a killed server. From now on it is elsewhere. */
  async destroy(): Promise<void> {
    await this.#server?.ended;
    this.#server = null;
    rmSync(this.#place.folder, { recursive: true });
    this.#place = { folder: join(this.#bench.directory, `${this.#name}-2`), port: await freePort() };
    makeFolder(this.#place.folder);
    this.#configure();
    this.#own();
  }
}

export async function startArchivedServers(bench: Bench): Promise<ArchivedServers> {
  // The account of the servers enters it.
  chmodSync(bench.directory, 0o755);
  const servers = new Map<DatabaseName, ArchivedServer>();
  for (const name of databases) {
    const server = new ArchivedServer(bench, name, await freePort());
    bench.cleanup.add(() => server.close());
    await server.make();
    servers.set(name, server);
  }
  const of = (name: DatabaseName): ArchivedServer => {
    const server = servers.get(name);
    if (!server) throw new Error(`There is no database ${name}.`);
    return server;
  };
  return {
    environment: Object.fromEntries(databases.map((name) => [`MIGRATE_${name.toUpperCase()}_URL`, of(name).url])),
    beside: (name) => of(name).beside(),
    start: (name) => of(name).start(),
    stop: (name) => of(name).stop(),
    startReceiver: (name) => of(name).startReceiver(),
    stopReceiver: (name) => of(name).stopReceiver(),
    async destroyAll() {
      for (const server of servers.values()) server.kill();
      for (const server of servers.values()) await server.destroy();
    },
    repository: (name) => of(name).repository,
  };
}

/** A folder in which the account of a server may make its data and its socket. */
function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o1777);
}
