// The databases and the Redis of the local platform: embedded ones, kept running, unless the operator gave addresses.
import { mkdirSync } from 'node:fs';
import { edgeUsers } from '../protocol/redis-users.ts';
import { createDatabase, prepareDatabases } from '../store/administration.ts';
import { keepRunning } from './keep-running.ts';
import type { Instance, Kept } from './keep-running.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import type { OwnDatabases, ServiceDatabases, StartSettings } from './settings.ts';
import type { StateDirectory } from './state-directory.ts';
import type { LocalPorts, RedisUrls } from './zone-environments.ts';

/** A promise that was given is on the disk: a power cut takes no ballot. */
const durableSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
};

export type Parts = {
  readonly state: StateDirectory;
  readonly settings: StartSettings;
  readonly ports: LocalPorts;
  readonly say: (line: string) => void;
  /** What was started, in order: it is ended in the reverse. */
  readonly running: Kept<Instance>[];
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
    settings: durableSettings,
    onSpawn: (pid: number) => state.remember('postgres', pid),
  };
  const kept = await keepRunning('postgres', () => startPostgres(options), say);
  parts.running.push(kept);
  const server = kept.current();
  const owner = { intake: server.superuserUrl('intake'), box: server.superuserUrl('box') };
  for (const name of ['intake', 'box'] as const) await createDatabase(server.superuserUrl('postgres'), name);
  const services = await migrateOwn(owner, parts);
  const moved = server.directory === options.directory ? '' : `, data in ${server.directory}`;
  return { ...services, described: `embedded, 127.0.0.1:${ports.postgres}, databases intake and box${moved}` };
}

async function useOwn({ owner, services }: OwnDatabases, parts: Parts): Promise<ServiceDatabases> {
  if (services) {
    if (owner) await prepareDatabases(targetsOf(owner), {});
    else parts.say('Your databases are used as they are: MIGRATE_INTAKE_URL and MIGRATE_BOX_URL are not set.');
    return services;
  }
  if (owner) return migrateOwn(owner, parts);
  throw new Error('No database is given.');
}

const targetsOf = ({ intake, box }: { intake: string; box: string }) =>
  [
    { database: 'intake', ownerUrl: intake },
    { database: 'box', ownerUrl: box },
  ] as const;

// Migrates as the owner, and gives each service's role its password.
async function migrateOwn(owner: { intake: string; box: string }, { state, say }: Parts): Promise<ServiceDatabases> {
  const { popvote_ballots, popvote_mixer, popvote_elections } = state.secrets;
  const passwords = { popvote_ballots, popvote_mixer, popvote_elections };
  const { applied } = await prepareDatabases(targetsOf(owner), passwords);
  for (const [database, names] of Object.entries(applied)) {
    if (names.length > 0) say(`Database ${database}: applied ${names.length} migrations.`);
  }
  const as = (url: string, role: keyof typeof passwords): string => {
    const address = new URL(url);
    address.username = role;
    address.password = passwords[role];
    return address.href;
  };
  return {
    ballotsIntake: as(owner.intake, 'popvote_ballots'),
    mixerIntake: as(owner.intake, 'popvote_mixer'),
    mixerBox: as(owner.box, 'popvote_mixer'),
  };
}

function hostsOf({ owner, services }: OwnDatabases): string {
  const urls = owner ? Object.values(owner) : Object.values(services ?? {});
  return [...new Set(urls.map((url) => new URL(url).host))].join(' and ');
}

/** The edge Redis: addresses for its users. */
export async function provideRedis(parts: Parts): Promise<RedisUrls & { readonly described: string }> {
  const { state, ports, say } = parts;
  const { EDGE_REDIS_URL: own, PATH: searchPath } = parts.settings.values;
  if (own !== undefined) {
    const described = `your own, ${new URL(own).host} (one user for all services: no wall between them there)`;
    return { api: own, sms: own, elections: own, described };
  }
  const { admin, api, sms, elections } = state.secrets;
  const directory = state.file('redis');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const options = {
    directory,
    port: ports.redis,
    users: edgeUsers,
    passwords: { admin, api, sms, elections },
    logFile: state.file('logs', 'redis.log'),
    keepData: true,
    searchPath,
    say,
    onSpawn: (pid: number) => state.remember('redis', pid),
  };
  const kept = await keepRunning('redis', () => startRedis(options), say);
  parts.running.push(kept);
  const server = kept.current();
  const urls = { api: server.url('api'), sms: server.url('sms'), elections: server.url('elections') };
  return { ...urls, described: `${server.binary}, 127.0.0.1:${ports.redis}` };
}
