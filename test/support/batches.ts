// Batches of paper ballots for tests: an `access` with people, a control Redis of the test's own (the queue has one name,
// so no two tests may share it), a box, and as many `officials` and workers as a test wants.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { redisServers } from '../../src/local/redis-settings.ts';
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import { startRedis } from '../../src/local/redis.ts';
import { buildOfficialsApp } from '../../src/services/officials/app.ts';
import { createOfficialsLogic } from '../../src/services/officials/logic.ts';
import type { OfficialsLogic } from '../../src/services/officials/logic.ts';
import type { App } from '../../src/platform/http/http.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import type { Metrics } from '../../src/platform/metrics.ts';
import { createLoop } from '../../src/platform/loop.ts';
import type { Loop } from '../../src/platform/loop.ts';
import { createPrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import { connectRedis, connectSubscriber, redisReady } from '../../src/platform/redis.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { signingKey, verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { Batch } from '../../src/protocol/control/officials-api.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { controlUsers } from '../../src/protocol/redis-users.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { buildWorkerPrivateApp } from '../../src/services/worker/app.ts';
import { createLedgerViews } from '../../src/services/worker/ledger-views.ts';
import { createWorkerLogic } from '../../src/services/worker/logic.ts';
import type { WorkerDependencies } from '../../src/services/worker/logic.ts';
import { registerAnnounced } from '../../src/services/worker/loops.ts';
import { createUploadReader, waitingConnection } from '../../src/services/worker/upload-queue.ts';
import { startAccess } from './services/access.ts';
import type { Access, Person } from './services/access.ts';
import { createDatabases } from './database.ts';
import type { TestDatabases } from './database.ts';
import { definition } from './elections.ts';
import { createLogProbe } from './log.ts';
import { freePort } from './processes/ports.ts';
import { until } from './until.ts';

export type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly text: string };
export type Officials = {
  readonly app: App;
  readonly logic: OfficialsLogic;
  readonly metrics: Metrics;
  readonly origin: string;
};
export type Worker = { readonly metrics: Metrics; readonly pool: Pool; stop(): Promise<void> };

export type Batches = AsyncDisposable & {
  readonly access: Access;
  readonly databases: TestDatabases;
  readonly people: Readonly<Record<'administrator' | 'official' | 'other' | 'auditor', Person>>;
  readonly redisUrl: (user: string) => string;
  /** As the user who may do all. */
  readonly redis: Redis;
  /** The first `officials`. */
  readonly officials: Officials;
  readonly spoolDirectory: string;
  readonly accessOrigins: { readonly control: string; readonly private: string };
  /** What all services of this test wrote. */
  log(): string;
  anotherOfficials(): Promise<Officials>;
  worker(options?: { readonly claimMs?: number; readonly wrap?: (pool: Pool) => Pool }): Promise<Worker>;
  /** Adds announced files to the ledger while no worker does. */
  readonly registrar: Loop;
  /** Ends the control Redis by a signal, and starts it again with its files. */
  restartRedis(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops all workers: for the end of a test that may have failed. */
  stopWorkers(): Promise<void>;
  /** Publishes an election that takes batches, and returns its id. */
  election(changes?: Partial<ElectionDefinition>, revision?: number): Promise<string>;
  upload(electionId: string, csv: string | Buffer, options?: UploadOptions): Promise<Answer>;
  get(path: string, options?: { readonly by?: Person; readonly at?: Officials }): Promise<Answer>;
  /** Waits until a batch is in a state, and returns it. */
  settled(id: string, state?: Batch['state']): Promise<Batch>;
  /** Ballots of an election by what they say. */
  box(electionId: string): Promise<Record<string, number>>;
};
export type UploadOptions = {
  readonly by?: Person;
  readonly at?: Officials;
  readonly headers?: Record<string, string>;
  /** Further parameters of the address, such as `&ballots=3`. */
  readonly query?: string;
};

const motion = definition().contests[0]!;
/** An election with the contests that are given, or with one motion of two options. */
export const batchElection = (changes: Partial<ElectionDefinition> = {}): ElectionDefinition =>
  definition({ id: `e-${randomUUID()}`, channels: ['online', 'batches'], contests: [motion], ...changes });

export const row = (number: number | string = 1, guid: string = randomUUID()): string => `${guid},${number}`;
export const rows = (count: number, number: number | string = 1): string[] =>
  Array.from({ length: count }, () => row(number));
export const csvOf = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
export const batchOf = ({ body }: Answer): Batch => body['batch'] as Batch;

/** `registers`: announced files reach the ledger without a worker, as behind one that is busy. */
export async function startBatches({ registers = true, ledgerMsMax = 5_000 } = {}): Promise<Batches> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-batches-'));
  const databases = await createDatabases(['box']);
  const names = ['admin', ...controlUsers.map(({ name }) => name)];
  const serverOptions = {
    directory,
    port: await freePort(),
    server: redisServers.control,
    logFile: join(directory, 'log'),
    passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  };
  let server = await startRedis(serverOptions);
  const { logger, text } = createLogProbe('batches');
  const ends: (() => Promise<unknown>)[] = [];
  const workers: (() => Promise<void>)[] = [];
  const connect = async (user: string, open: typeof connectSubscriber = connectRedis): Promise<Redis> => {
    const redis = open(server.url(user), logger);
    ends.push(async () => {
      redis.disconnect();
      await Promise.resolve();
    });
    await redisReady(redis, 10_000);
    return redis;
  };
  const access = await startAccess({ redisUrl: server.url('access') });
  const keys = access.keys;
  const accessOrigins = {
    control: await access.app.listen({ host: '127.0.0.1', port: 0 }),
    private: await access.privateApp.listen({ host: '127.0.0.1', port: 0 }),
  };
  const administrator = await access.administrator();
  const people = {
    administrator,
    official: await access.person('official', administrator),
    other: await access.person('official', administrator),
    auditor: await access.person('auditor', administrator),
  };
  const version = { version: '0', node: '0' };

  const anotherOfficials = async (): Promise<Officials> => {
    const metrics = createMetrics('officials');
    const redis = await connect('officials');
    const subscriber = await connect('officials', connectSubscriber);
    const caller = { name: 'officials', jwk: keys.officials.caller } as const;
    const privateClient = createPrivateClient({
      origin: accessOrigins.private,
      service: 'access',
      caller,
      clock: Date.now,
    });
    const logic = createOfficialsLogic({
      redis,
      subscriber,
      access: privateClient,
      accessOrigin: accessOrigins.control,
      keys: keys.officials,
      publicKeys: keys.public,
      spoolDirectory: directory,
      ledgerMsMax,
      clock: Date.now,
      logger,
      metrics,
    });
    const app = await buildOfficialsApp({ redis, logger, metrics, logic, version, http: { shedAtLoopDelayMs: 0 } });
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    // Before its connections: they were made first.
    ends.push(async () => {
      await app.close();
      await privateClient.close();
    });
    return { app, logic, metrics, origin };
  };

  const waitingAsWorker = () => connect('worker', (url, log) => connectRedis(url, log, waitingConnection));
  const worker: Batches['worker'] = async ({ claimMs = 1_000, wrap = (each: Pool) => each } = {}) => {
    const pool = openPool(databases.url('box', 'popvote_worker'), { name: 'test-worker', connectionsMax: 4 });
    const waiting = { check: await waitingAsWorker(), register: await waitingAsWorker() };
    const metrics = createMetrics('worker');
    const dependencies = {
      pool: wrap(pool),
      redis: await connect('worker'),
      waiting,
      publicKeys: keys.public,
      keys: keys.worker,
      claimMs,
      clock: Date.now,
      logger,
      metrics,
    };
    const app = await buildWorkerPrivateApp({ ...dependencies, logic: createWorkerLogic(dependencies), version });
    await app.ready();
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= app.close().then(() => pool.end()));
    workers.push(stop);
    return { metrics, pool, stop };
  };
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((stop) => stop()));
  };

  const redis = await connect('admin');
  const registrarPool = openPool(databases.url('box', 'popvote_worker'), { name: 'test-registrar', connectionsMax: 2 });
  const registrar = createRegistrar({
    redis: await connect('worker'),
    waiting: { check: await waitingAsWorker(), register: await waitingAsWorker() },
    pool: registrarPool,
    logger,
    publicKeys: keys.public,
  });
  if (registers) registrar.start();
  ends.push(async () => {
    await registrar.stop();
    await registrarPool.end();
  });
  const officials = await anotherOfficials();
  const send = async (app: App, request: InjectOptions): Promise<Answer> => {
    const { statusCode: status, body } = await app.inject(request);
    const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
    return { status, body: json, text: body };
  };
  const get: Batches['get'] = (url, { by = people.official, at = officials } = {}) =>
    send(at.app, { url, headers: { authorization: `Bearer ${by.tokens.accessToken}` } });
  return {
    access,
    databases,
    people,
    redis,
    officials,
    spoolDirectory: directory,
    accessOrigins,
    anotherOfficials,
    worker,
    redisUrl: (user) => server.url(user),
    log: text,
    get,
    registrar,
    async restartRedis(signal) {
      process.kill(server.pid, signal);
      await server.ended;
      server = await startRedis(serverOptions);
      await until(() => redis.status === 'ready', 'the connection to Redis');
    },
    stopWorkers,
    async election(changes = {}, revision = 1) {
      const election = batchElection(changes);
      const publication = publicationOf(election, signingKey(keys.elections.publisher), revision);
      await redis.hset(publicationsKey, election.id, JSON.stringify(publication));
      return election.id;
    },
    upload: (electionId, csv, { by = people.official, at = officials, headers = {}, query = '' } = {}) =>
      send(at.app, {
        method: 'POST',
        url: `/v1/batches?electionId=${electionId}${query}`,
        payload: csv,
        headers: { authorization: `Bearer ${by.tokens.accessToken}`, 'content-type': 'text/csv', ...headers },
      }),
    async settled(id, state = 'done') {
      let answer = await get(`/v1/batches/${id}`, { by: people.auditor });
      const reached = async (): Promise<boolean> => {
        answer = await get(`/v1/batches/${id}`, { by: people.auditor });
        return answer.status === 200 && batchOf(answer).state === state;
      };
      await until(reached, `batch ${state}`).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${answer.text}`);
      });
      return batchOf(answer);
    },
    async box(electionId) {
      const text = 'select ballot, count(*)::int as n from pv.ballot where election_id = $1 group by ballot';
      const ballotRows = await databases.query<{ ballot: string; n: number }>('box', text, [electionId]);
      return Object.fromEntries(ballotRows.map(({ ballot, n }) => [ballot, n]));
    },
    async [Symbol.asyncDispose]() {
      await stopWorkers();
      for (const end of ends.reverse()) await end();
      await access[Symbol.asyncDispose]();
      await server.stop();
      await databases[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The part of a worker that adds announced files to the ledger. It checks none. */
function createRegistrar(
  parts: Pick<WorkerDependencies, 'pool' | 'redis' | 'waiting' | 'logger' | 'publicKeys'>,
): Loop {
  const { pool, redis, logger, publicKeys } = parts;
  const queue = createUploadReader({ ...parts, consumer: 'registrar', claimMs: 1_000 });
  const views = createLedgerViews({ redis, pool, logger, name: 'registrar' });
  const keys = { batches: verificationKeys(publicKeys.batches), publishers: verificationKeys(publicKeys.publishers) };
  return createLoop({
    failureMs: 20,
    turn: async () => {
      await queue.prepare();
      const entries = await queue.announced();
      for (const entry of entries) await registerAnnounced({ pool, queue, views, keys, logger }, entry);
      await queue.acknowledge(entries);
      return 0;
    },
    // A test emptied Redis or changed an entry.
    onError: () => undefined,
  });
}

/** A pool whose deposits, after some, wait until they are let through. */
export function stuckPool(after = 0) {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let checks = 0;
  return {
    wrap: (pool: Pool): Pool =>
      onDeposit(pool, async () => {
        checks += 1;
        if (checks > after) await opened;
      }),
    stuck: () => checks > after,
    free: () => open(),
  };
}

/** Calls something before each deposit, on the connection that would make it. */
export function onDeposit(pool: Pool, before: () => Promise<void>): Pool {
  const wrapped = Object.create(pool) as Pool;
  wrapped.query = pool.query.bind(pool);
  wrapped.connect = (async () => {
    const client = await pool.connect();
    const query = client.query.bind(client) as (config: { text: string }) => Promise<unknown>;
    const release = client.release.bind(client);
    client.query = (async (config: { text: string }) => {
      if (config.text.includes('deposit_batch_rows')) await before();
      return query(config);
    }) as never;
    client.release = (fault?: boolean | Error) => {
      client.query = query as never;
      release(fault);
    };
    return client;
  }) as never;
  return wrapped;
}
