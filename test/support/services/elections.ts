// An `elections` of a test's own beside a real `access` and a real `ballots`: databases and keys of its own, the shared
// Redis, and people in each role.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { inject } from 'vitest';
import { buildBallotsPrivateApp } from '../../../src/services/ballots/app.ts';
import { createBallotsLogic } from '../../../src/services/ballots/logic.ts';
import { userRoles } from '../../../src/domain/user.ts';
import type { UserRole } from '../../../src/domain/user.ts';
import { buildElectionsApp, buildElectionsPrivateApp } from '../../../src/services/elections/app.ts';
import type { ElectionsDependencies } from '../../../src/services/elections/logic.ts';
import { createElectionsLogic } from '../../../src/services/elections/logic.ts';
import type { LogSettings } from '../../../src/services/elections/record/manifest.ts';
import type { ElectionsLogic } from '../../../src/services/elections/logic.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { AdministeredElection } from '../../../src/protocol/control/elections-api.ts';
import type { ElectionsKeys } from '../../../src/protocol/key-files.ts';
import type { PageFiles } from '../../../src/protocol/record/page-list.ts';
import type { Participant } from '../../../src/protocol/control/participants-api.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { startAccess } from './access.ts';
import type { Access, Person } from './access.ts';
import { createDatabases } from '../database.ts';
import type { TestDatabases } from '../database.ts';
import { createLogProbe } from '../log.ts';
import { startPlacing } from '../record/placing.ts';
import { logSettingsOf } from '../record/manifests.ts';
import { patientRedis } from './patient-redis.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type Answer = { readonly status: number; readonly body: unknown; readonly headers: Record<string, unknown> };
export type CallOptions = {
  readonly body?: object | string;
  readonly as?: UserRole | null;
  /** Instead of `as`: somebody else. */
  readonly by?: Person;
  readonly headers?: Readonly<Record<string, string>>;
};
export type ElectionsOptions = {
  /** Redis servers of the test's own, for the user `elections`. */
  readonly redisUrls?: { readonly control: string; readonly edge: string };
  /** Longest wait for both Redis, in milliseconds: less for addresses at which there is none. */
  readonly redisMsMax?: number;
  /** Whether phones are simulated is what `sms` reports. */
  readonly phonesAsReported?: boolean;
  /** Another process of the same `elections`: its databases, its `ballots`, its people. */
  readonly beside?: Elections;
  /** Other keys than those of the rest. */
  readonly keys?: Partial<ElectionsKeys>;
  /** Whether elections have a public log; true by default. */
  readonly withLog?: boolean;
  /** Witnesses of its elections; none by default. */
  readonly witnesses?: LogSettings['witnesses'];
  /** The folder of `herald`. */
  readonly logDirectory?: string;
  /** The files of the voters' page in the build of this process; without them none are listed. */
  readonly pageFiles?: PageFiles;
  /** Whether entries get their places, as by the service `log`. */
  readonly withPlacing?: boolean;
};
export type Elections = AsyncDisposable & {
  readonly access: Access;
  readonly people: Readonly<Record<UserRole, Person>>;
  readonly app: App;
  readonly privateApp: App;
  readonly logic: ElectionsLogic;
  readonly outside: ElectionsDependencies;
  readonly databases: TestDatabases;
  readonly pool: Pool;
  readonly metrics: Metrics;
  readonly log: () => string;
  readonly ballotsOrigin: string;
  /** Where `ballots` has the keys of elections. */
  readonly electionKeysDirectory: string;
  /** Calls as an administrator unless another role, or null for no user, is given. */
  call(method: Method, url: string, options?: CallOptions): Promise<Answer>;
  /** Stops `ballots`. The returned function starts it again. */
  stopBallots(): Promise<() => Promise<void>>;
};

export async function startElections(options: ElectionsOptions = {}): Promise<Elections> {
  const { redisUrls, beside, keys: others, phonesAsReported = false, withLog = true, withPlacing = true } = options;
  const { redisMsMax = 20_000 } = options;
  const access = beside?.access ?? (await startAccess());
  const keys = access.keys;
  const databases = beside?.databases ?? (await createDatabases(['elections', 'intake', 'box']));
  const { logger, text } = createLogProbe('elections');
  const metrics = createMetrics('elections');
  const pool = openPool(databases.url('elections', 'popvote_elections'), { name: 'test-elections', connectionsMax: 8 });
  const boxPool = openPool(databases.url('box', 'popvote_elections'), {
    name: 'test-elections-box',
    connectionsMax: 2,
    statementMsMax: 60_000,
  });
  const ballots = beside
    ? {
        origin: beside.ballotsOrigin,
        keysDirectory: beside.electionKeysDirectory,
        stop: beside.stopBallots,
        close: () => Promise.resolve(),
      }
    : await startBallots(access, databases);
  const accessOrigins = {
    api: await listening(access.app),
    private: await listening(access.privateApp),
  };
  const patience = redisUrls ? {} : patientRedis;
  const redisConnections = {
    controlRedis: connectRedis(redisUrls?.control ?? inject('controlRedisUrls')['elections'] ?? '', logger, patience),
    edgeRedis: connectRedis(redisUrls?.edge ?? inject('redisUrls')['elections'] ?? '', logger, patience),
  };
  await Promise.all(Object.values(redisConnections).map((redis) => redisReady(redis, redisMsMax)));
  const caller = { name: 'elections', jwk: keys.elections.caller } as const;
  const placing = beside || !withPlacing ? null : startPlacing(databases);
  const clients = {
    ballots: createPrivateClient({ origin: ballots.origin, service: 'ballots', caller, clock: Date.now }),
    access: createPrivateClient({ origin: accessOrigins.private, service: 'access', caller, clock: Date.now }),
  };
  const outside = {
    pool,
    boxPool,
    ...clients,
    ...redisConnections,
    accessOrigin: accessOrigins.api,
    clock: Date.now,
    logger,
    metrics,
    keys: { ...keys.elections, ...others },
    phoneRegion: 'HK',
    publicKeys: keys.public,
    logSettings: withLog
      ? { ...logSettingsOf(keys), ...(options.witnesses && { witnesses: options.witnesses }) }
      : null,
    logDirectory: options.logDirectory ?? null,
    pageFiles: options.pageFiles ?? null,
    // Most tests run no `sms`, and others run simulators beside them on the shared edge Redis.
    ...(!phonesAsReported && { isSimulating: () => Promise.resolve(false) }),
  };
  const logic = createElectionsLogic(outside);
  const parts = { ...outside, logic, version: { version: '0', node: '0' }, http: { shedAtLoopDelayMs: 0 } };
  const app = await buildElectionsApp(parts);
  const privateApp = await buildElectionsPrivateApp(parts);
  await app.ready();
  const people = beside?.people ?? (await everyRole(access));
  return {
    access,
    people,
    app,
    privateApp,
    logic,
    outside,
    databases,
    pool,
    metrics,
    log: text,
    ballotsOrigin: ballots.origin,
    electionKeysDirectory: ballots.keysDirectory,
    async call(method, url, { body, as = 'administrator', by, headers } = {}) {
      const person = by ?? (as === null ? null : people[as]);
      const authorization = person === null ? {} : { authorization: `Bearer ${person.tokens.accessToken}` };
      const json = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
      const request: InjectOptions = {
        method,
        url,
        headers: { ...authorization, ...json, ...headers },
        ...(body !== undefined && { payload: body }),
      };
      const answer = await app.inject(request);
      const isJson =
        String(answer.headers['content-type']).includes('json') &&
        !/ndjson/.test(String(answer.headers['content-type']));
      return {
        status: answer.statusCode,
        body: isJson ? (JSON.parse(answer.body) as unknown) : answer.body,
        headers: answer.headers,
      };
    },
    stopBallots: ballots.stop,
    async [Symbol.asyncDispose]() {
      await Promise.all([app.close(), privateApp.close()]);
      await Promise.all(Object.values(clients).map((client) => client.close()));
      for (const redis of Object.values(redisConnections)) redis.disconnect();
      await Promise.all([pool.end(), boxPool.end()]);
      if (beside) return;
      await placing?.[Symbol.asyncDispose]();
      await ballots.close();
      await databases[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
    },
  };
}

async function everyRole(access: Access): Promise<Record<UserRole, Person>> {
  const administrator = await access.administrator();
  const people: Partial<Record<UserRole, Person>> = { administrator };
  for (const role of userRoles) people[role] ??= await access.person(role, administrator);
  for (const role of ['administrator', 'official'] as const) await access.secondFactor(people[role]!);
  return people as Record<UserRole, Person>;
}

async function listening(app: App): Promise<string> {
  const address = app.server.address();
  if (address !== null && typeof address === 'object') return `http://127.0.0.1:${address.port}`;
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function startBallots({ keys }: Access, databases: TestDatabases) {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-elections-'));
  const url = databases.url('intake', 'popvote_ballots');
  const build = async () => {
    const [castPool, pool] = [1, 2].map((n) => openPool(url, { name: `test-ballots-${n}`, connectionsMax: 2 })) as [
      Pool,
      Pool,
    ];
    const dependencies = {
      castPool,
      pool,
      administrationPool: pool,
      keys: keys.ballots,
      publicKeys: keys.public,
      clock: Date.now,
      electionKeysDirectory: join(folder, 'elections'),
      peers: { origins: [], needed: 0 },
      logger: createLogProbe('ballots').logger,
      metrics: createMetrics('ballots'),
    };
    const app = await buildBallotsPrivateApp({
      ...dependencies,
      logic: createBallotsLogic(dependencies),
      version: { version: '0', node: '0' },
      http: { shedAtLoopDelayMs: 0 },
    });
    const close = async (): Promise<void> => {
      await app.close();
      await Promise.all([castPool.end(), pool.end()]);
    };
    return { app, close };
  };
  let running = await build();
  const origin = await running.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin,
    keysDirectory: join(folder, 'elections'),
    async stop() {
      await running.close();
      return async () => {
        running = await build();
        await running.app.listen({ host: '127.0.0.1', port: Number(new URL(origin).port) });
      };
    },
    async close() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const codeOf = ({ body }: Answer): string => (body as { code?: string } | null)?.code ?? 'none';
export const detailOf = ({ body }: Answer): string => (body as { detail?: string }).detail ?? '';
export const errorsOf = ({ body }: Answer): { path: string; detail: string }[] =>
  (body as { errors?: { path: string; detail: string }[] }).errors ?? [];
export const electionOf = ({ body }: Answer): AdministeredElection =>
  (body as { election: AdministeredElection }).election;
export const participantOf = ({ body }: Answer): Participant => (body as { participant: Participant }).participant;

const hourMs = 3_600_000;
/** A time so many hours from now. */
export const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString();

/** Of each election here that counts. */
export const organiser = { en: 'Town hall. Help: 2555 0123' } as const;

/** What an administrator writes for a motion, as a rehearsal that opens in an hour. */
export const motion = (changes: object = {}): object => ({
  title: { en: 'Library hours' },
  opensAt: inHours(1),
  closesAt: inHours(10),
  timeZone: 'Europe/Belgrade',
  rehearsal: true,
  identity: { scheme: 'hkid' },
  verification: { methods: ['text-in', 'code'] },
  contests: [
    {
      title: { en: 'Shall the library open on Sundays?' },
      method: 'plurality',
      options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }],
    },
  ],
  ...('rehearsal' in changes && changes.rehearsal === false && { organiser }),
  ...changes,
});
