// The databases and the two Redis instances of the local platform: embedded ones, kept running, unless the operator set
// addresses.
import { mkdirSync } from 'node:fs';
import { createDatabase, prepareDatabases } from '../store/administration.ts';
import { hostListOf, withLogin } from '../domain/text/host-list.ts';
import { databases as databaseNames } from '../store/connecting/migration-files.ts';
import { keepRunning } from './keep-running.ts';
import type { Instance, KeptInstance } from './keep-running.ts';
import { machineMemoryBytes, postgresSizes } from './machine/postgres-sizes.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { redisServers } from './redis-settings.ts';
import type { RedisServer } from './redis-settings.ts';
import { doors } from './settings.ts';
import type { OwnDatabases, OwnerUrls, ServiceDatabases, StartSettings } from './settings.ts';
import { controlSecretName } from './state-directory.ts';
import type { LocalSecrets, StateDirectory } from './state-directory.ts';
import type { ControlRedisUrls, EdgeRedisUrls, LocalPorts } from './zone-environments.ts';

export type Parts = {
  readonly state: StateDirectory;
  readonly settings: StartSettings;
  readonly ports: LocalPorts;
  readonly say: (line: string) => void;
  /** The running servers in the order of their start; they are ended in reverse order. */
  readonly running: KeptInstance<Instance>[];
};

/** The databases, migrated. `described` is for the operator and holds no password. */
export async function provideDatabases(parts: Parts): Promise<ServiceDatabases & { readonly described: string }> {
  const own = parts.settings.ownDatabases;
  if (own) return { ...(await useOwn(own, parts)), described: `your own, ${hostsOf(own)}` };
  const { state, ports, say } = parts;
  const options = {
    directory: state.file('postgres'),
    port: ports.postgres,
    password: state.secrets.postgres,
    logFile: state.file('logs', 'postgres.log'),
    settings: postgresSizes(machineMemoryBytes()),
    onSpawn: (pid: number) => state.remember('postgres', pid),
    say,
  };
  const database = await keepRunning('postgres', () => startPostgres(options), say);
  parts.running.push(database);
  const server = database.current();
  for (const name of databaseNames) await createDatabase(server.superuserUrl('postgres'), name);
  const owner = Object.fromEntries(databaseNames.map((name) => [name, server.superuserUrl(name)])) as OwnerUrls;
  const services = await migrateOwn(owner, parts);
  const moved = server.directory === options.directory ? '' : `, data in ${server.directory}`;
  return { ...services, described: `embedded, 127.0.0.1:${ports.postgres}, ${databaseNames.join(', ')}${moved}` };
}

async function useOwn({ owner, services }: OwnDatabases, parts: Parts): Promise<ServiceDatabases> {
  if (services) {
    if (owner) await prepareDatabases(targetsOf(owner), {});
    else
      parts.say(
        'Your databases are used without migration: MIGRATE_INTAKE_URL and the other MIGRATE_ variables are not set.',
      );
    return services;
  }
  if (owner) return migrateOwn(owner, parts);
  throw new Error('No database is configured.');
}

const targetsOf = (owner: OwnerUrls) => databaseNames.map((database) => ({ database, ownerUrl: owner[database] }));

// Migrates as the owner, and sets the password of each service's role.
async function migrateOwn(owner: OwnerUrls, { state, say }: Parts): Promise<ServiceDatabases> {
  const passwords = Object.fromEntries(Object.values(doors).map(({ role }) => [role, state.secrets[role]]));
  const { applied } = await prepareDatabases(targetsOf(owner), passwords);
  for (const [database, names] of Object.entries(applied)) {
    if (names.length > 0) say(`Database ${database}: applied ${names.length} migrations.`);
  }
  const urls = Object.entries(doors).map(([name, { database, role }]) => [
    name,
    withLogin(owner[database], role, state.secrets[role]),
  ]);
  return Object.fromEntries(urls) as ServiceDatabases;
}

function hostsOf({ owner, services }: OwnDatabases): string {
  const urls = owner ? Object.values(owner) : Object.values(services ?? {});
  return [...new Set(urls.map(hostListOf))].join(' and ');
}

type Described<Urls> = { readonly urls: Urls; readonly described: string };

/** The edge Redis: addresses for its users. */
export function provideEdgeRedis(parts: Parts): Promise<Described<EdgeRedisUrls>> {
  return provideRedis(parts, {
    name: 'redis',
    server: redisServers.edge,
    own: parts.settings.values.EDGE_REDIS_URL,
    port: parts.ports.redis,
    secretOf: (user) => user as keyof LocalSecrets,
  });
}

/** The control Redis, which the public's services cannot reach: addresses for its users. */
export function provideControlRedis(parts: Parts): Promise<Described<ControlRedisUrls>> {
  return provideRedis(parts, {
    name: 'control-redis',
    server: redisServers.control,
    own: parts.settings.values.CONTROL_REDIS_URL,
    port: parts.ports.controlRedis,
    secretOf: controlSecretName,
  });
}

async function provideRedis<Urls>(
  parts: Parts,
  kind: {
    readonly name: string;
    readonly server: RedisServer;
    /** The operator's own address instead. */
    readonly own: string | undefined;
    readonly port: number;
    readonly secretOf: (user: string) => keyof LocalSecrets;
  },
): Promise<Described<Urls>> {
  const { state, say } = parts;
  const { name, server, own, port, secretOf } = kind;
  const { users } = server;
  const urlsBy = (urlOf: (user: string) => string): Urls =>
    Object.fromEntries(users.map((user) => [user.name, urlOf(user.name)])) as Urls;
  if (own !== undefined) {
    const described = `your own, ${hostListOf(own)} (one user for all services: not separated there)`;
    return { urls: urlsBy(() => own), described };
  }
  const directory = state.file(name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const passwords = ['admin', ...users.map((user) => user.name)].map((user) => [user, state.secrets[secretOf(user)]]);
  const options = {
    directory,
    port,
    server,
    say,
    passwords: Object.fromEntries(passwords) as Record<string, string>,
    logFile: state.file('logs', `${name}.log`),
    searchPath: parts.settings.values.PATH,
    onSpawn: (pid: number) => state.remember(name, pid),
  };
  const instance = await keepRunning(name, () => startRedis(options), say);
  parts.running.push(instance);
  const { url, binary } = instance.current();
  return { urls: urlsBy(url), described: `${binary}, 127.0.0.1:${port}` };
}
