// Every service in this process, composed by its own `start`, on a PostgreSQL and two Redis of the test's own that can be
// stopped by a signal. The routes of every application are noted as they are registered, and every pool as it is opened.
import { execFileSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { loadService } from '../../../src/cli/services.ts';
import { startPostgres } from '../../../src/local/postgres.ts';
import { doors } from '../../../src/local/settings.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { createDatabase, prepareDatabases } from '../../../src/store/administration.ts';
import type { Pool } from '../../../src/store/database.ts';
import { databases } from '../../../src/store/connecting/migration-files.ts';
import { freePort } from '../processes/ports.ts';
import { environmentsOf } from '../processes/service-process.ts';
import type { Service } from '../processes/service-process.ts';
import { startTestRedis } from '../servers.ts';

export type NotedRoute = {
  readonly method: string;
  readonly url: string;
  readonly config: object;
  readonly operationId: string | undefined;
};
/** A request that a route received, to be sent again. */
/** Longest wait for the end of one service, in milliseconds: a process is ended by force after 15 seconds. */
const closeMsMax = 30_000;

async function within(msMax: number, ended: Promise<void>, what: string): Promise<void> {
  const over = new AbortController();
  const late = pause(msMax, undefined, { signal: over.signal }).then(() => {
    const open = process.getActiveResourcesInfo().sort().join(' ');
    throw new Error(`${what} was not reached within ${msMax} ms; open: ${open}`);
  });
  late.catch(() => undefined);
  await Promise.race([ended, late]).finally(() => over.abort());
}

export type SeenRequest = { readonly url: string; readonly body: unknown };
export type NotedApp = {
  readonly app: FastifyInstance;
  readonly routes: NotedRoute[];
  /** The last request of each route with a body that is no stream, by method and pattern. */
  readonly requests: Map<string, SeenRequest>;
  service: Service;
};
export type WholePlatform = AsyncDisposable & {
  readonly apps: readonly NotedApp[];
  readonly keys: KeyFiles;
  /** Address of a service by the name that its `start` gives to it, such as `api` or `private`. */
  origin(service: Service, name: string): string;
  /** Address of a database as its role, or of the server as the superuser. */
  readonly accessDatabaseUrl: string;
  readonly superuserUrl: string;
  /** Address of the edge Redis as its administrator. */
  readonly edgeRedisUrl: string;
  /** Stops every process of PostgreSQL, or both Redis, by a signal. The returned function lets them continue. */
  stopPostgres(): () => void;
  stopRedis(): () => void;
};

export async function startWholePlatform(): Promise<WholePlatform> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-saturation-'));
  // The database's account must be able to enter: see startPostgres.
  chmodSync(directory, 0o755);
  const keys = newKeyFiles();
  for (const [name, value] of Object.entries(keys)) {
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(value), { mode: 0o600 });
  }
  const [postgres, edge, control] = await Promise.all([
    startPreparedPostgres(directory),
    startTestRedis(join(directory, 'redis'), redisServers.edge, join(directory, 'redis.log')),
    startTestRedis(join(directory, 'control-redis'), redisServers.control, join(directory, 'control-redis.log')),
  ]);
  const urlOf = (database: string, role: string): string => {
    const url = new URL(postgres.superuserUrl(database));
    url.username = role;
    url.password = role;
    return url.href;
  };
  const { apps, unwatch } = watchApps();
  const environments = environmentsOf({
    directory,
    databases: { url: (database, role = '') => urlOf(database, role) },
    intakeUrl: urlOf('intake', 'popvote_ballots'),
    withControl: true,
    controlRedisUrl: (user) => control.urls[user] ?? '',
    edgeRedisUrl: (user) => edge.urls[user] ?? '',
  });
  const services = createServices(environments, apps);
  await startInOrder(environments, services);
  unwatch();
  return {
    apps,
    keys,
    origin: services.origin,
    accessDatabaseUrl: urlOf('access', 'popvote_access'),
    superuserUrl: postgres.superuserUrl('postgres'),
    edgeRedisUrl: edge.urls['admin'] ?? '',
    stopPostgres: () => stopped([postgres.pid, ...childrenOf(postgres.pid)]),
    stopRedis: () => stopped([edge.redis.pid, control.redis.pid]),
    async [Symbol.asyncDispose]() {
      const faults = await services.close();
      await Promise.all([edge.redis.stop(), control.redis.stop(), postgres.stop()]);
      rmSync(postgres.directory, { recursive: true, force: true });
      rmSync(directory, { recursive: true, force: true });
      if (faults.length > 0) throw new AggregateError(faults, String(faults[0]));
    },
  };
}

async function startPreparedPostgres(directory: string) {
  const postgres = await startPostgres({
    directory: join(directory, 'postgres'),
    port: await freePort(),
    password: 'test',
    logFile: join(directory, 'postgres.log'),
  });
  for (const name of databases) await createDatabase(postgres.superuserUrl('postgres'), name);
  const targets = databases.map((database) => ({ database, ownerUrl: postgres.superuserUrl(database) }));
  await prepareDatabases(targets, Object.fromEntries(Object.values(doors).map(({ role }) => [role, role])));
  return postgres;
}

// Fastify publishes each new application here.
function watchApps(): { readonly apps: NotedApp[]; readonly unwatch: () => void } {
  const apps: NotedApp[] = [];
  const onApp = (message: unknown): void => {
    const { fastify: app } = message as { fastify: FastifyInstance };
    const routes: NotedRoute[] = [];
    app.addHook('onRoute', (route) => void routes.push(...notedOf(route)));
    const requests = new Map<string, SeenRequest>();
    app.addHook('preHandler', (request, _reply, done) => {
      requests.set(`${request.method} ${request.routeOptions.url}`, { url: request.url, body: request.body });
      done();
    });
    apps.push({ app, routes, requests, service: 'api' });
  };
  subscribe('fastify.initialization', onApp);
  return { apps, unwatch: () => void unsubscribe('fastify.initialization', onApp) };
}

function notedOf({ method, url, config, schema }: RouteOptions & { url: string }): NotedRoute[] {
  const { operationId } = (schema ?? {}) as { operationId?: string };
  return [method].flat().map((each) => ({ method: each, url, config: config ?? {}, operationId }));
}

type Services = {
  start(service: Service): Promise<void>;
  origin(service: Service, name: string): string;
  /** Returns what did not close. The others are closed all the same. */
  close(): Promise<readonly unknown[]>;
};

function createServices(environments: ReturnType<typeof environmentsOf>, apps: readonly NotedApp[]): Services {
  const addresses = new Map<Service, Readonly<Record<string, string>>>();
  const closes: (() => Promise<void>)[] = [];
  return {
    async start(service) {
      const before = apps.length;
      const running = await (await loadService(service))({ ...environments[service], LOG_LEVEL: 'silent' });
      for (const noted of apps.slice(before)) noted.service = service;
      addresses.set(service, running.addresses);
      closes.push(() => within(closeMsMax, running.close(), `the end of ${service}`));
    },
    origin: (service, name) => addresses.get(service)?.[name] ?? '',
    async close() {
      const faults: unknown[] = [];
      for (const close of closes.splice(0).reverse()) await close().catch((error: unknown) => faults.push(error));
      return faults;
    },
  };
}

async function startInOrder(environments: ReturnType<typeof environmentsOf>, services: Services): Promise<void> {
  const { start, origin } = services;
  for (const service of ['sms', 'ballots', 'mixer', 'log', 'herald', 'access'] as const) await start(service);
  const access = { ACCESS_ORIGIN: origin('access', 'access'), ACCESS_PRIVATE_ORIGIN: origin('access', 'private') };
  Object.assign(environments.elections, access, { BALLOTS_ORIGIN: origin('ballots', 'private') });
  Object.assign(environments.officials, access);
  Object.assign(environments.api, {
    SMS_ORIGIN: origin('sms', 'private'),
    BALLOTS_ORIGIN: origin('ballots', 'private'),
  });
  for (const service of ['elections', 'officials', 'worker', 'api'] as const) await start(service);
  for (const service of ['access', 'elections', 'officials'] as const) {
    environments.panel[`PANEL_${service.toUpperCase()}_ORIGIN`] = origin(service, service);
  }
  await start('panel');
}

function stopped(pids: readonly number[]): () => void {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) signal(pid, 'SIGCONT');
  };
}

// A backend may have ended in the meantime.
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(pid: number): number[] {
  const text = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = text.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child ?? 0);
}

/** Takes every connection of these pools. The returned function gives them back. */
export async function holdPools(pools: readonly Pool[]): Promise<() => void> {
  const connections = pools.flatMap((pool) => Array.from({ length: pool.options.max }, () => pool.connect()));
  const outcomes = await Promise.allSettled(connections);
  const clients = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return () => {
    for (const client of clients) client.release();
  };
}
