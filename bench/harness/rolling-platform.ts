// The platform process by process, on servers of its own, as an operator with several machines runs it: `api`, `sms` and
// `ballots` twice behind HAProxy, the other services once. It begins with one version, and each process can be replaced by one
// of another version.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { doors } from '../../src/local/settings.ts';
import { redisServers } from '../../src/local/redis-settings.ts';
import { startRedis } from '../../src/local/redis.ts';
import type { LocalPorts } from '../../src/local/zone-environments.ts';
import { readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import { databases } from '../../src/store/connecting/migration-files.ts';
import type { ControlOrigins } from '../../test/support/control.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import { portOutsideOfDraws } from './steady-port.ts';
import { countBallots } from './ballot-counts.ts';
import type { BuiltVersion, EnvironmentParts } from './built-version.ts';
import { startServices } from './child.ts';
import type { Child } from './child.ts';
import type { Countable } from './drill.ts';
import { startServiceProxy } from './haproxy.ts';
import { originOf } from './keep-alive-client.ts';
import type { Bench } from './run.ts';
import { letRolesLogIn, startDatabases } from './servers.ts';
import type { BenchDatabases } from './servers.ts';
import type { BallotPaper, Target } from './voter.ts';

/** The order of docs/operations.md: a service comes after those that it calls. */
export const replacementOrder = [
  'access',
  'sms',
  'ballots',
  'mixer',
  'worker',
  'log',
  'herald',
  'api',
  'elections',
  'officials',
  'panel',
] as const;
type ZoneName = (typeof replacementOrder)[number];
/** Services that voters wait for: two processes each, with the variables of the ports that differ between them. */
const pairs = {
  api: ['API_PORT', 'API_PRIVATE_PORT'],
  sms: ['SMS_PORT', 'SMS_PRIVATE_PORT'],
  ballots: ['BALLOTS_PORT'],
} as const satisfies Partial<Record<ZoneName, readonly string[]>>;
type PairName = keyof typeof pairs;
/** Drain of one of a pair, in seconds: several checks of HAProxy. */
const drainSeconds = 4;
/** Longest wait until a process is ready, and until an election is public, in milliseconds. */
const readyMsMax = 60_000;
const publicMsMax = 30_000;
/** Pause before the next process is replaced: HAProxy sees the one that came. */
const nextMs = 1_000;
const openHours = 12;
const folders = ['election-keys', 'epoch-keys', 'spool', 'public-logs', 'published-logs'];
const redisNames = ['edge', 'control'] as const;

type Variables = Readonly<Record<string, string>>;
type RunningRedis = Readonly<Record<(typeof redisNames)[number], Awaited<ReturnType<typeof startRedis>>>>;
/** The place of one process. */
type Slot = { readonly zone: ZoneName; readonly name: string; readonly variables: Variables };
type Parts = {
  readonly bench: Bench;
  readonly directory: string;
  readonly servers: BenchDatabases;
  readonly redis: RunningRedis;
  readonly ports: LocalPorts;
  readonly slots: readonly Slot[];
};

const passwordOf = (user: string): string => `${user}-password`;

export class RollingPlatform {
  /** Processes that were not ready in time, and that did not end by themselves with code 0. */
  readonly late: string[] = [];
  readonly unclean: string[] = [];
  readonly #parts: Parts;
  readonly #running = new Map<string, Child>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get control(): ControlOrigins {
    const { access, elections, officials } = this.#parts.ports;
    const at = (port: number): string => `http://127.0.0.1:${port}`;
    return { access: at(access), elections: at(elections), officials: at(officials) };
  }

  /** Address of `access` for the operator's own commands. */
  get accessDatabaseUrl(): string {
    return this.#parts.servers.url('access', doors.access.role);
  }

  /** The steps of an operator before processes of a version start: new keys, users of Redis, then the migrations. */
  async prepare(version: BuiltVersion): Promise<void> {
    const { servers, directory, redis } = this.#parts;
    await version.run(['keys', 'new', '--if-missing', '--directory', join(directory, 'keys')], {});
    for (const name of redisNames) await addRights(redis[name].url('admin'), version.redisUsers[name]);
    const owners = databases.map((name) => [`MIGRATE_${name.toUpperCase()}_URL`, servers.url(name)]);
    await version.run(['migrate'], Object.fromEntries(owners) as Variables);
    await letRolesLogIn(servers);
  }

  /** `api` may wait for an election. */
  async startAll(version: BuiltVersion): Promise<void> {
    const slots = this.#slotsOf(version);
    for (const slot of slots) await this.#start(slot, version);
    for (const slot of slots.filter(({ zone }) => zone !== 'api')) await this.#untilReady(slot, version);
    await pause(nextMs);
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.#end(name)));
  }

  /** Ends each process and starts one of the version in its place, one at a time. */
  async replaceAll(version: BuiltVersion): Promise<void> {
    for (const slot of this.#slotsOf(version)) {
      this.#parts.bench.say(`replacing ${slot.name}`);
      await this.#end(slot.name);
      await this.#start(slot, version);
      await this.#untilReady(slot, version);
      await pause(nextMs);
    }
  }

  /** Loads a rehearsal by the command of a version, and resolves once it is public. */
  async loadElection(version: BuiltVersion, id: string): Promise<BallotPaper> {
    const { directory, ports, slots } = this.#parts;
    const opensMs = Math.floor(Date.now() / 1_000) * 1_000;
    const [opensAt, closesAt] = [opensMs, opensMs + openHours * 3_600_000].map((ms) => new Date(ms).toISOString());
    const file = join(directory, `${id}.json`);
    writeFileSync(file, JSON.stringify({ ...version.rehearsal, id, opensAt, closesAt }));
    await version.run(['election', 'load', file], this.#environmentsOf(version)['operator'] ?? {});
    const deadline = performance.now() + publicMsMax;
    const ask = (port: number | string) => fetch(`http://127.0.0.1:${port}/v1/elections/${id}`).catch(() => null);
    // Each process of `api` learns of it by itself.
    const own = slots.flatMap(({ variables }) => variables['API_PORT'] ?? []);
    for (;;) {
      const answers = await Promise.all([ports.api, ...own].map(ask));
      if (answers.every((answer) => answer?.status === 200))
        return ((await answers[0]!.json()) as { election: BallotPaper }).election;
      if (performance.now() > deadline) throw new Error(`The election ${id} was not public in time.`);
      await pause(100);
    }
  }

  /** For the voters of a version. */
  target(version: BuiltVersion, election: BallotPaper): Target {
    const { ports } = this.#parts;
    const [api, sms] = [ports.api, ports.sms].map((port) => originOf(`http://127.0.0.1:${port}`));
    return { api: api!, sms: sms!, election, withoutCastTag: version.withoutCastTag };
  }

  countable(election: BallotPaper): Countable {
    const { ports, servers, directory } = this.#parts;
    return {
      api: originOf(`http://127.0.0.1:${ports.api}`),
      election,
      databaseUrl: (database) => servers.url(database),
      keys: (name) => readKeyFile(join(directory, 'keys'), name),
      counts: (electionId = election.id) => countBallots((database) => servers.url(database), electionId),
    };
  }

  #slotsOf(version: BuiltVersion): readonly Slot[] {
    return this.#parts.slots.filter(({ zone }) => version.zones.includes(zone));
  }

  #environmentsOf(version: BuiltVersion): Readonly<Record<string, Variables>> {
    const { directory, ports, servers, redis } = this.#parts;
    const urlsOf = (server: keyof RunningRedis) =>
      Object.fromEntries(version.redisUsers[server].map(({ name }) => [name, redis[server].url(name)]));
    return version.environments({
      environment: {
        LOG_LEVEL: 'warn',
        API_SESSIONS_PER_ADDRESS_BLOCK: '0',
        // Receipts of a public log also where a version makes none by itself.
        ELECTIONS_LOG_HOST: `127.0.0.1:${ports.api}`,
      },
      directory,
      ports,
      databases: Object.fromEntries(
        Object.entries(doors).map(([name, { database, role }]) => [name, servers.url(database, role)]),
      ) as EnvironmentParts['databases'],
      redis: urlsOf('edge') as EnvironmentParts['redis'],
      controlRedis: urlsOf('control') as EnvironmentParts['controlRedis'],
    });
  }

  #environmentOf({ zone, variables }: Slot, version: BuiltVersion): Variables {
    const drain = zone in pairs ? { DRAIN_SECONDS: String(drainSeconds) } : {};
    return { ...this.#environmentsOf(version)[zone], ...variables, ...drain };
  }

  async #start(slot: Slot, version: BuiltVersion): Promise<void> {
    const { bench, directory } = this.#parts;
    const log = join(directory, `${slot.name}.log`);
    const environment = this.#environmentOf(slot, version);
    const owner = { cleanup: bench.cleanup, nodeOptions: bench.nodeOptions, command: version.command };
    this.#running.set(slot.name, await startServices(owner, [slot.zone], environment, log));
  }

  async #untilReady(slot: Slot, version: BuiltVersion): Promise<void> {
    const environment = this.#environmentOf(slot, version);
    const zone = slot.zone.toUpperCase();
    const port = environment[`${zone}_PRIVATE_PORT`] ?? environment[`${zone}_PORT`];
    const deadline = performance.now() + readyMsMax;
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      if (answer?.status === 200) return;
      if (performance.now() > deadline) {
        this.late.push(`${slot.name}: ${(await answer?.text()) ?? 'no answer'}`);
        return;
      }
      await pause(100);
    }
  }

  async #end(name: string): Promise<void> {
    const child = this.#running.get(name);
    if (child === undefined) return;
    this.#running.delete(name);
    await child.end();
    const { exitCode, signalCode } = child.process;
    if (exitCode !== 0) this.unclean.push(`${name}: ${signalCode ?? String(exitCode)}`);
  }
}

/** The servers, prepared for a version, with the places of all processes and no process yet. */
export async function startRollingPlatform(bench: Bench, version: BuiltVersion): Promise<RollingPlatform> {
  const directory = join(bench.directory, 'platform');
  for (const path of [directory, ...folders.map((name) => join(directory, name))]) mkdirSync(path, { mode: 0o700 });
  const servers = await startDatabases(bench);
  for (const name of databases) await servers.query('postgres', `create database ${name}`);
  const redis = { edge: await ownRedis(bench, version, 'edge'), control: await ownRedis(bench, version, 'control') };
  const { ports, slots } = await places(bench);
  const platform = new RollingPlatform({ bench, directory, servers, redis, ports, slots });
  await platform.prepare(version);
  return platform;
}

/** A Redis as this version sets it up, with the users of another one. */
async function ownRedis(bench: Bench, version: BuiltVersion, name: keyof RunningRedis) {
  const users = version.redisUsers[name];
  const redis = await startRedis({
    directory: join(bench.directory, `redis-${name}`),
    port: await freePort(),
    server: { users, settings: redisServers[name].settings },
    logFile: join(bench.directory, `redis-${name}.log`),
    searchPath: process.env['PATH'] ?? '',
    passwords: Object.fromEntries(['admin', ...users.map((user) => user.name)].map((user) => [user, passwordOf(user)])),
    say: bench.say,
  });
  bench.cleanup.add(() => redis.stop());
  return redis;
}

/** Gives users the rights of a version beside those that they have, so that both versions can work. */
async function addRights(url: string, users: BuiltVersion['redisUsers']['edge']): Promise<void> {
  const admin = connectRedis(url, createLogger('bench', 'silent'));
  try {
    await redisReady(admin, 5_000);
    for (const { name, rules } of users)
      await admin.call('ACL', 'SETUSER', name, 'on', `>${passwordOf(name)}`, ...rules);
  } finally {
    admin.disconnect();
  }
}

/** Free ports of all processes. A service with two has HAProxy at the port where the others call it. */
async function places(bench: Bench): Promise<{ readonly ports: LocalPorts; readonly slots: readonly Slot[] }> {
  const ports: Record<string, number> = {};
  const slots: Slot[] = [];
  for (const zone of replacementOrder) {
    if (!(zone in pairs)) {
      for (const name of [zone, `${zone}Private`]) ports[name] = await portOutsideOfDraws();
      slots.push({ zone, name: zone, variables: {} });
      continue;
    }
    const pair = await placesOfPair(zone as PairName);
    slots.push(...pair);
    for (const variable of pairs[zone as PairName]) {
      const name = variable.includes('PRIVATE') ? `${zone}Private` : zone;
      const own = pair.map(({ variables }) => Number(variables[variable]));
      ports[name] = await startServiceProxy(bench, name, own, { drain: true });
    }
  }
  // The servers have ports of their own, which no environment takes from here.
  for (const name of ['postgres', 'redis', 'controlRedis']) ports[name] = 0;
  return { ports: ports as LocalPorts, slots };
}

async function placesOfPair(zone: PairName): Promise<readonly Slot[]> {
  const slots: Slot[] = [];
  for (const number of [1, 2]) {
    const variables: Record<string, string> = {};
    for (const variable of pairs[zone]) variables[variable] = String(await portOutsideOfDraws());
    slots.push({ zone, name: `${zone}-${number}`, variables });
  }
  return slots;
}

/** A bench within a bench: a folder of its own, and its own end. */
export function partOf(bench: Bench, name: string): { readonly bench: Bench; end(): Promise<void> } {
  const directory = join(bench.directory, name);
  mkdirSync(directory);
  // The account of the databases must be able to enter.
  chmodSync(directory, 0o755);
  const works: (() => Promise<void> | void)[] = [];
  const end = async (): Promise<void> => {
    for (let work = works.pop(); work; work = works.pop()) await work();
  };
  bench.cleanup.add(end);
  const cleanup = { ...bench.cleanup, add: (work: () => Promise<void> | void): void => void works.push(work) };
  return { bench: { ...bench, directory, cleanup }, end };
}
