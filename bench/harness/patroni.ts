// A cluster of PostgreSQL as deploy/postgres ships it: three Patroni nodes, three etcd, and HAProxy, on this machine. The
// files are those that ship; only what differs between machines is set here: names, addresses, folders and passwords.
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { freePort } from '../../test/support/processes/ports.ts';
import { databaseAccount, ownedFolder, spawnServer } from './account.ts';
import { haproxy, startHaproxy } from './haproxy.ts';
import { signalFamily } from './process-tree.ts';
import type { Bench } from './run.ts';

const shipped = fileURLToPath(new URL('../../deploy/postgres', import.meta.url));
const password = 'bench';
const numbers = [1, 2, 3] as const;
/** Longest wait for a primary with its two standbys, in milliseconds: a node may be copied from the primary. */
const wholeMsMax = 120_000;
/** How often the nodes are asked, in milliseconds. */
const askMs = 100;

export type DatabaseNode = {
  readonly name: string;
  readonly port: number;
  /** Starts Patroni, as a service manager does after a failure. */
  start(): void;
  /** Kills Patroni and PostgreSQL, both at once. */
  kill(): void;
  /** Kills Patroni alone. PostgreSQL lives on, and takes writes until its standbys leave it. */
  killPatroni(): void;
};
type Member = DatabaseNode & { readonly restPort: number };

export type DatabaseCluster = {
  readonly nodes: readonly DatabaseNode[];
  /** The port of HAProxy, which leads to the primary. */
  readonly proxyPort: number;
  /** Kills the etcd with the number of a node. */
  killEtcd(node: DatabaseNode): void;
  startEtcd(node: DatabaseNode): void;
  /** Waits until there is a primary with two standbys, one of them synchronous. */
  whole(): Promise<Roles>;
  /** Waits until one of these nodes takes writes, and returns it. */
  writer(nodes: readonly DatabaseNode[]): Promise<DatabaseNode>;
  /** Waits until a commit at the node reaches a standby. */
  hasStandby(node: DatabaseNode): Promise<void>;
};
export type Roles = Readonly<Record<'primary' | 'synchronous' | 'other', DatabaseNode>>;

/** Why there can be no such cluster here; null if it can be tried. */
export function patroniHindrance(): string | null {
  for (const name of ['patroni', 'etcd']) {
    if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0) return `${name} is not installed`;
  }
  if (haproxy === undefined) return 'haproxy is not installed';
  return binaries() === null ? 'there is no PostgreSQL of the distribution, with pg_basebackup and pg_rewind' : null;
}

/** Of the newest version: that of npm has neither pg_basebackup nor pg_rewind. */
function binaries(): string | null {
  const parent = '/usr/lib/postgresql';
  const versions = existsSync(parent) ? readdirSync(parent).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(parent, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'pg_rewind'))) ?? null;
}

export async function startCluster(bench: Bench): Promise<DatabaseCluster> {
  const directory = ownedFolder(join(bench.directory, 'cluster'));
  const etcd = await startEtcds(bench, directory);
  const nodes = await Promise.all(numbers.map((n) => newNode(bench, directory, n, etcd.hosts)));
  const [first, ...others] = nodes;
  bench.cleanup.add(() => nodes.forEach((node) => node.kill()));
  first?.start();
  if (first) await until(() => takesWrites(first.port), 'the first primary');
  for (const node of others) node.start();
  const proxyPort = await freePort();
  startHaproxy(bench, 'postgres', join(shipped, 'haproxy.cfg'), {
    POSTGRES_BIND: `127.0.0.1:${proxyPort}`,
    ...Object.fromEntries(
      nodes.flatMap(({ port, restPort }, index) => [
        [`POSTGRES_DB${index + 1}`, `127.0.0.1:${port}`],
        [`POSTGRES_DB${index + 1}_PATRONI`, String(restPort)],
      ]),
    ),
  });
  return {
    nodes,
    proxyPort,
    killEtcd: (node) => etcd.kill(nodes.findIndex(({ name }) => name === node.name)),
    startEtcd: (node) => etcd.start(nodes.findIndex(({ name }) => name === node.name)),
    whole: () => untilWhole(nodes),
    async writer(among) {
      let writer: DatabaseNode | undefined;
      const find = async (node: DatabaseNode): Promise<void> => {
        if (await takesWrites(node.port)) writer ??= node;
      };
      await until(async () => {
        await Promise.all(among.map(find));
        return writer !== undefined;
      }, 'a node that takes writes');
      return writer!;
    },
    hasStandby: ({ port }) => until(async () => (await standbysOf(port)).some(isSynchronous), 'a synchronous standby'),
  };
}

async function startEtcds(bench: Bench, directory: string) {
  const ports = await Promise.all(numbers.map(async (n) => ({ n, client: await freePort(), peer: await freePort() })));
  const members = ports.map(({ n, peer }) => `etcd${n}=http://127.0.0.1:${peer}`).join(',');
  const settings = parseEnv(readFileSync(join(shipped, 'etcd.env'), 'utf8')) as Record<string, string>;
  const start = ({ n, client, peer }: (typeof ports)[number]) =>
    spawnServer(bench, ['etcd'], {
      directory,
      logFile: join(bench.directory, `etcd${n}.log`),
      account: databaseAccount(),
      environment: {
        ...settings,
        ETCD_NAME: `etcd${n}`,
        ETCD_DATA_DIR: join(directory, `etcd${n}`),
        ETCD_LISTEN_CLIENT_URLS: `http://127.0.0.1:${client}`,
        ETCD_ADVERTISE_CLIENT_URLS: `http://127.0.0.1:${client}`,
        ETCD_LISTEN_PEER_URLS: `http://127.0.0.1:${peer}`,
        ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://127.0.0.1:${peer}`,
        ETCD_INITIAL_CLUSTER: members,
      },
    });
  const running = ports.map(start);
  return {
    hosts: ports.map(({ client }) => `127.0.0.1:${client}`).join(','),
    kill: (index: number): void => void running[index]?.kill('SIGKILL'),
    start(index: number): void {
      const port = ports[index];
      if (port) running[index] = start(port);
    },
  };
}

async function newNode(bench: Bench, directory: string, n: number, etcdHosts: string): Promise<Member> {
  const port = await freePort();
  const restPort = await freePort();
  const data = join(directory, `db${n}`);
  // Where the account of the servers can read it.
  const file = join(directory, 'patroni.yml');
  copyFileSync(join(shipped, 'patroni.yml'), file);
  const settings = parseEnv(readFileSync(join(shipped, 'node.env'), 'utf8')) as Record<string, string>;
  const environment = {
    ...settings,
    PATRONI_NAME: `db${n}`,
    PATRONI_ETCD3_HOSTS: etcdHosts,
    PATRONI_RESTAPI_LISTEN: `127.0.0.1:${restPort}`,
    PATRONI_RESTAPI_CONNECT_ADDRESS: `127.0.0.1:${restPort}`,
    PATRONI_POSTGRESQL_LISTEN: `127.0.0.1:${port}`,
    PATRONI_POSTGRESQL_CONNECT_ADDRESS: `127.0.0.1:${port}`,
    PATRONI_POSTGRESQL_DATA_DIR: data,
    PATRONI_POSTGRESQL_BIN_DIR: binaries() ?? '',
    PATRONI_POSTGRESQL_PGPASS: join(directory, `pgpass${n}`),
    PATRONI_SUPERUSER_PASSWORD: password,
    PATRONI_REPLICATION_PASSWORD: password,
    PATRONI_REWIND_PASSWORD: password,
  };
  const logFile = join(bench.directory, `db${n}.log`);
  let patroni: ReturnType<typeof spawnServer> | undefined;
  return {
    name: `db${n}`,
    port,
    restPort,
    start() {
      patroni = spawnServer(bench, ['patroni', file], { environment, directory, logFile, account: databaseAccount() });
    },
    killPatroni: () => void patroni?.kill('SIGKILL'),
    kill() {
      patroni?.kill('SIGKILL');
      const pid = postmasterOf(data);
      if (pid !== null) signalFamily(pid, 'SIGKILL');
    },
  };
}

/** The process of the PostgreSQL that runs in a folder; null if none does. */
function postmasterOf(data: string): number | null {
  const file = join(data, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : NaN;
  if (!Number.isSafeInteger(pid) || !existsSync(`/proc/${pid}`)) return null;
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data) ? pid : null;
}

export const superuserUrl = (port: number, database: string): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;

/** The rows of a statement; null where there is no answer. */
async function ask(port: number, text: string): Promise<Record<string, unknown>[] | null> {
  const client = new pg.Client({
    connectionString: superuserUrl(port, 'postgres'),
    connectionTimeoutMillis: 1_000,
    query_timeout: 1_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text)).rows;
  } catch {
    return null;
  } finally {
    void client.end().catch(() => undefined);
  }
}

const takesWrites = async (port: number): Promise<boolean> =>
  (await ask(port, 'select not pg_is_in_recovery() as writes'))?.[0]?.['writes'] === true;

type Standby = { readonly application_name: string; readonly sync_state: string };
const isSynchronous = ({ sync_state }: Standby): boolean => sync_state === 'sync' || sync_state === 'quorum';
const standbysOf = async (port: number): Promise<readonly Standby[]> =>
  ((await ask(port, "select application_name, sync_state from pg_stat_replication where state = 'streaming'")) ??
    []) as Standby[];

async function untilWhole(nodes: readonly DatabaseNode[]): Promise<Roles> {
  let roles: Roles | undefined;
  await until(async () => {
    for (const primary of nodes) {
      if (!(await takesWrites(primary.port))) continue;
      const standbys = await standbysOf(primary.port);
      const synchronous = nodes.find(({ name }) =>
        standbys.some((one) => one.application_name === name && one.sync_state === 'sync'),
      );
      const other = nodes.find((node) => node !== primary && node !== synchronous);
      if (standbys.length === 2 && synchronous && other) roles = { primary, synchronous, other };
    }
    return roles !== undefined;
  }, 'a primary with two standbys');
  return roles!;
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + wholeMsMax;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`There was no ${what} in time.`);
    await pause(askMs);
  }
}

/** Makes the databases of the platform. */
export async function createDatabases({ proxyPort }: DatabaseCluster, names: readonly string[]): Promise<void> {
  await until(() => takesWrites(proxyPort), 'a primary behind HAProxy');
  for (const name of names) await ask(proxyPort, `create database ${name}`);
}
