// The whole platform as real processes, each with its own environment, over the run's real PostgreSQL and Redis: what
// base of the journeys. Every line that a process writes is kept, so that a test can search for forbidden values.
//
//   await using platform = await startPlatform();                    api, sms, ballots, mixer, log, herald: for voters
//   platform.load(definition)                                        publishes an election without the service elections
//   new Voter(platform.origins, electionId)                          test/support/voter/voter.ts
//
//   await using platform = await startPlatform({ control: true });   and access, elections, officials, worker, on a
//                                                                    control Redis of their own
//   const { administrator } = platform.control;                      a Person who is logged in (test/support/control.ts)
//   const auditor = await platform.control.person('auditor');        likewise official, administrator
//   await administrator.call('elections', 'POST', '/v1/elections', { body })    → { status, body, text, headers }
//   await official.call('officials', 'POST', `/v1/batches?electionId=${id}`, { raw: csv, headers: {…'text/csv'} })
//   platform.control.origins.elections, platform.control.redis.flushall(), platform.restart('worker', { signal: 'SIGKILL' })
//   platform.end('worker')                                           ends it; restart() starts it again
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { redisServers } from '../../../src/local/redis-settings.ts';
import type { UserRole } from '../../../src/domain/user.ts';
import { dependencyFailure } from '../../../src/platform/dependency-failures.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { countsAnswer } from '../../../src/protocol/ballot-service.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { endProcess } from './child-process.ts';
import { invited, newAdministrator } from '../control.ts';
import type { ControlOrigins, Person } from '../control.ts';
import { createDatabases } from '../database.ts';
import type { TestDatabases } from '../database.ts';
import { createLogProbe } from '../log.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { publishElection } from '../publisher.ts';
import { startTestRedis } from '../servers.ts';
import { clockOf } from './process-clock.ts';
import { environmentsOf, startProcess } from './service-process.ts';
import type { Environments, Running, Service } from './service-process.ts';
import { until } from '../until.ts';

export type Platform = AsyncDisposable & {
  /** Public addresses, without a slash at the end. */
  readonly origins: { readonly api: string; readonly sms: string };
  readonly keys: KeyFiles;
  /** The folder of the key files, which each process reads at its start. */
  readonly keysDirectory: string;
  readonly databases: TestDatabases;
  /** Between `api` and `ballots`, and between `ballots` and its database. */
  readonly hops: { readonly toBallots: Proxy; readonly toIntake: Proxy };
  /** Puts an election out to voters, without the service `elections`. */
  load(definition: ElectionDefinition): Promise<void>;
  counts(electionId: string): Promise<{ participation: number; outbox: number; box: number }>;
  end(service: Service, signal?: NodeJS.Signals): Promise<void>;
  /** Another process of a service, on ports of its own and with more variables. It ends with the platform. */
  another(service: Service, variables?: Readonly<Record<string, string>>): Promise<Running>;
  /** Restarts a process on its port. */
  restart(
    service: Service,
    options?: { signal?: NodeJS.Signals; variables?: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** Sets the clock of a service's machine ahead of the true one, in milliseconds, also while its process runs. */
  setClock(service: Service, aheadMs: number): void;
  /** A call of the private port of `ballots` in the name of `elections`. */
  administer(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown>;
  /** All that the processes wrote. */
  output(): string;
  /** Of the processes that run now. */
  readonly privateOrigins: Readonly<Partial<Record<Service, string>>>;
};

export type Control = {
  /** Addresses of the control APIs. */
  readonly origins: ControlOrigins;
  /** Address of the control panel. */
  readonly panel: string;
  readonly administrator: Person;
  /** Somebody new, whom the administrator invited in that role. */
  person(role: UserRole): Promise<Person>;
  /** The control Redis, as its own administrator. */
  readonly redis: Redis;
};

type Zone = {
  readonly environments: Environments;
  readonly running: Map<Service, Running>;
  run(service: Service, more?: Readonly<Record<string, string>>): Promise<Running>;
};

export function startPlatform(options: { readonly control: true }): Promise<Platform & { readonly control: Control }>;
export function startPlatform(): Promise<Platform>;
export async function startPlatform(options?: { readonly control: true }): Promise<Platform> {
  const cleanups: (() => unknown)[] = [];
  const clean = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return await bringUp(options?.control ?? false, (cleanup) => cleanups.push(cleanup), clean);
  } catch (error) {
    await clean();
    throw error;
  }
}

async function bringUp(
  withControl: boolean,
  atEnd: (cleanup: () => unknown) => void,
  clean: () => Promise<void>,
): Promise<Platform & { control?: Control }> {
  const databases = await createDatabases(withControl ? ['intake', 'box', 'access', 'elections'] : ['intake', 'box']);
  atEnd(() => databases[Symbol.asyncDispose]());
  const [directory, keys] = makeKeys();
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  const intakeUrl = new URL(databases.url('intake', 'popvote_ballots'));
  const toIntake = await startProxy({ host: intakeUrl.hostname, port: Number(intakeUrl.port) });
  atEnd(() => toIntake.close());
  intakeUrl.host = `127.0.0.1:${toIntake.port}`;
  const controlRedis = withControl ? await ownControlRedis(directory, atEnd) : null;
  const environments = environmentsOf({
    directory,
    databases,
    intakeUrl: intakeUrl.href,
    withControl,
    controlRedisUrl: (user) => controlRedis?.urls[user] ?? '',
  });
  // A folder of their own: every process learns of each change in it.
  const clocks = join(directory, 'clocks');
  mkdirSync(clocks);
  for (const [service, variables] of Object.entries(environments)) {
    variables['NODE_OPTIONS'] = clockOf(join(clocks, service));
  }
  const output: string[] = [];
  const zone = zoneOf(environments, (text) => output.push(text));
  atEnd(() => Promise.all([...zone.running.values()].map(({ child }) => endProcess(child))));

  const toBallots = await startVoterServices(zone, atEnd);
  const origins = { api: addressOf(zone, 'api', 'api'), sms: addressOf(zone, 'sms', 'public') };
  const control = controlRedis && (await startControl(zone, databases, controlRedis.redis));
  const ballots = createPrivateClient({
    origin: addressOf(zone, 'ballots', 'private'),
    service: 'ballots',
    caller: { name: 'elections', jwk: keys.elections.caller },
    clock: Date.now,
  });
  atEnd(() => ballots.close());
  const redis = await connected(inject('redisUrls')['elections'] ?? '', atEnd);
  return {
    origins,
    keys,
    keysDirectory: directory,
    databases,
    hops: { toBallots, toIntake },
    ...(control && { control }),
    async load(definition) {
      const parts = { ballots, redis, keys, boxUrl: databases.url('box', 'popvote_elections') };
      // Services and databases may be busy with other tests. The same again changes nothing.
      const isPublished = async (): Promise<boolean> => {
        try {
          await publishElection(definition, parts);
          return true;
        } catch (error) {
          if ((error instanceof Problem && error.code === 'busy') || dependencyFailure(error) !== null) return false;
          throw error;
        }
      };
      await until(isPublished, 'the election');
      await until(async () => (await fetch(`${origins.api}/v1/elections/${definition.id}`)).status === 200);
    },
    counts: (electionId) => countRows(databases, electionId),
    async end(service, signal) {
      const running = zone.running.get(service);
      if (running) await endProcess(running.child, signal);
    },
    async another(service, variables = {}) {
      const ports = Object.keys(environments[service]).filter((name) => name.endsWith('_PORT'));
      const own = Object.fromEntries(ports.map((name) => [name, '0']));
      const started = await startProcess(service, { ...environments[service], ...own, ...variables }, (text) =>
        output.push(text),
      );
      atEnd(() => endProcess(started.child));
      return started;
    },
    async restart(service, { signal = 'SIGTERM', variables = {} } = {}) {
      const running = zone.running.get(service);
      if (running) await endProcess(running.child, signal);
      await zone.run(service, variables);
    },
    setClock: (service, aheadMs) => writeFileSync(join(clocks, service), String(aheadMs)),
    administer: (method, path, body) =>
      ballots.call({ method, path, body, answer: countsAnswer.loose().partial(), msMax: 10_000 }),
    output: () => output.join(''),
    get privateOrigins() {
      return Object.fromEntries(
        [...zone.running].map(([service, { addresses }]) => [service, addresses['private'] ?? '']),
      );
    },
    [Symbol.asyncDispose]: clean,
  };
}

function makeKeys(): [string, KeyFiles] {
  const keys = newKeyFiles();
  const directory = mkdtempSync(join(tmpdir(), 'popvote-journey-'));
  chmodSync(directory, 0o700);
  for (const [name, value] of Object.entries(keys)) {
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(value), { mode: 0o600 });
  }
  return [directory, keys];
}

function zoneOf(environments: Environments, write: (text: string) => void): Zone {
  const running = new Map<Service, Running>();
  return {
    environments,
    running,
    async run(service, more = {}) {
      const started = await startProcess(service, { ...environments[service], ...more }, write);
      running.set(service, started);
      return started;
    },
  };
}

function addressOf({ running }: Zone, service: Service, name: string): string {
  const address = running.get(service)?.addresses[name];
  if (address === undefined) throw new Error(`${service} has no address ${name}`);
  return address;
}

/** Starts a service, and keeps those ports that others call, so that it comes back on them. */
async function runOnItsPorts(zone: Zone, service: Service, ports: Readonly<Record<string, string>>): Promise<void> {
  await zone.run(service);
  for (const [variable, name] of Object.entries(ports)) {
    zone.environments[service][variable] = new URL(addressOf(zone, service, name)).port;
  }
}

async function startVoterServices(zone: Zone, atEnd: (cleanup: () => unknown) => void): Promise<Proxy> {
  await Promise.all([
    runOnItsPorts(zone, 'sms', { SMS_PORT: 'public', SMS_PRIVATE_PORT: 'private' }),
    runOnItsPorts(zone, 'ballots', { BALLOTS_PORT: 'private' }),
    zone.run('mixer'),
    zone.run('log'),
    zone.run('herald'),
  ]);
  const toBallots = await startProxy({
    host: '127.0.0.1',
    port: Number(new URL(addressOf(zone, 'ballots', 'private')).port),
  });
  atEnd(() => toBallots.close());
  zone.environments.api['SMS_ORIGIN'] = addressOf(zone, 'sms', 'private');
  zone.environments.api['BALLOTS_ORIGIN'] = `http://127.0.0.1:${toBallots.port}`;
  await runOnItsPorts(zone, 'api', { API_PORT: 'api' });
  return toBallots;
}

async function startControl(zone: Zone, databases: TestDatabases, redis: Redis): Promise<Control> {
  await runOnItsPorts(zone, 'access', { ACCESS_PORT: 'access', ACCESS_PRIVATE_PORT: 'private' });
  const access = {
    ACCESS_ORIGIN: addressOf(zone, 'access', 'access'),
    ACCESS_PRIVATE_ORIGIN: addressOf(zone, 'access', 'private'),
  };
  Object.assign(zone.environments.elections, access, { BALLOTS_ORIGIN: addressOf(zone, 'ballots', 'private') });
  Object.assign(zone.environments.officials, access);
  await Promise.all([
    runOnItsPorts(zone, 'elections', { ELECTIONS_PORT: 'elections' }),
    runOnItsPorts(zone, 'officials', { OFFICIALS_PORT: 'officials' }),
    zone.run('worker'),
  ]);
  const origins = {
    access: access.ACCESS_ORIGIN,
    elections: addressOf(zone, 'elections', 'elections'),
    officials: addressOf(zone, 'officials', 'officials'),
  };
  for (const [service, origin] of Object.entries(origins)) {
    zone.environments.panel[`PANEL_${service.toUpperCase()}_ORIGIN`] = origin;
  }
  zone.environments.panel['PANEL_VOTERS_ORIGIN'] = addressOf(zone, 'api', 'api');
  await runOnItsPorts(zone, 'panel', { PANEL_PORT: 'panel' });
  const panel = addressOf(zone, 'panel', 'panel');
  // After a restart of access, passkeys work on this page.
  zone.environments.access['ACCESS_PANEL_ORIGIN'] = `http://localhost:${new URL(panel).port}`;
  const administrator = await newAdministrator(origins, databases.url('access', 'popvote_access'));
  return { origins, panel, administrator, redis, person: (role) => invited(origins, administrator, role) };
}

/** Batches lie in it and a test may empty it: the run's one is shared. */
async function ownControlRedis(directory: string, atEnd: (cleanup: () => unknown) => void) {
  const server = await startTestRedis(
    join(directory, 'control-redis'),
    redisServers.control,
    join(directory, 'redis.log'),
  );
  atEnd(() => server.redis.stop());
  return { urls: server.urls, redis: await connected(server.urls['admin'] ?? '', atEnd) };
}

async function connected(url: string, atEnd: (cleanup: () => unknown) => void): Promise<Redis> {
  const redis = connectRedis(url, createLogProbe('test').logger);
  atEnd(() => redis.disconnect());
  await redisReady(redis, 5_000);
  return redis;
}

async function countRows(databases: TestDatabases, electionId: string) {
  const count = async (database: 'intake' | 'box', table: string): Promise<number> => {
    const text = `select count(*)::int as n from pv.${table} where election_id = $1`;
    return (await databases.query<{ n: number }>(database, text, [electionId]))[0]?.n ?? 0;
  };
  const [participation, outbox, box] = await Promise.all([
    count('intake', 'participation'),
    count('intake', 'outbox'),
    count('box', 'ballot'),
  ]);
  return { participation, outbox, box };
}
