// The whole platform as real processes, each with its own environment, over the run's real PostgreSQL and Redis: what
// the journeys are told on. Every line that a process writes is kept, so that a test can look for what must not be there.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { loadElection } from '../../src/elections/load-election.ts';
import { createPrivateClient } from '../../src/platform/private-calls.ts';
import { newKeyFiles } from '../../src/platform/new-keys.ts';
import type { KeyFiles } from '../../src/platform/new-keys.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import { signingKey, verificationKeys } from '../../src/platform/signatures.ts';
import { countsAnswer } from '../../src/protocol/ballot-service.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { createDatabases } from './database.ts';
import type { TestDatabases } from './database.ts';
import { createLogProbe } from './log.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { until } from './until.ts';

export const serviceNames = ['sms', 'ballots', 'mixer', 'api'] as const;
export type Service = (typeof serviceNames)[number];
type Started = { started: { name: string; addresses: Record<string, string> }[] };

export type Platform = AsyncDisposable & {
  /** Public addresses, without a slash at the end. */
  readonly origins: { readonly api: string; readonly sms: string };
  readonly keys: KeyFiles;
  readonly databases: TestDatabases;
  /** Between `api` and `ballots`, and between `ballots` and its database. */
  readonly hops: { readonly toBallots: Proxy; readonly toIntake: Proxy };
  load(definition: ElectionDefinition): Promise<void>;
  counts(electionId: string): Promise<{ participation: number; outbox: number; box: number }>;
  /** Ends a process and starts it anew on its port; `clockAheadMs` sets its clock ahead. */
  restart(service: Service, options?: { signal?: NodeJS.Signals; clockAheadMs?: number }): Promise<void>;
  /** A call in the name of `elections`. */
  administer(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown>;
  /** All that the processes wrote. */
  output(): string;
  readonly privateOrigins: Readonly<Record<Service, string>>;
};

type Running = { child: ChildProcess; addresses: Record<string, string> };

export async function startPlatform(): Promise<Platform> {
  const databases = await createDatabases();
  const keys = newKeyFiles();
  const directory = mkdtempSync(join(tmpdir(), 'popvote-journey-'));
  chmodSync(directory, 0o700);
  for (const [name, value] of Object.entries(keys)) {
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(value), { mode: 0o600 });
  }
  const output: string[] = [];
  const running = new Map<Service, Running>();
  const intakeUrl = new URL(databases.url('intake', 'popvote_ballots'));
  const toIntake = await startProxy({ host: intakeUrl.hostname, port: Number(intakeUrl.port) });
  intakeUrl.host = `127.0.0.1:${toIntake.port}`;
  const environments = environmentsOf(directory, databases, intakeUrl.href);

  const run = async (service: Service, more: Record<string, string> = {}): Promise<Running> => {
    const environment = { ...environments[service], ...more };
    const started = await startProcess(service, environment, (text) => output.push(text));
    running.set(service, started);
    return started;
  };
  const portOf = (address: string | undefined): string => new URL(address ?? '').port;

  const sms = await run('sms');
  const ballots = await run('ballots');
  const toBallots = await startProxy({ host: '127.0.0.1', port: Number(portOf(ballots.addresses['private'])) });
  Object.assign(environments.sms, {
    SMS_PORT: portOf(sms.addresses['public']),
    SMS_PRIVATE_PORT: portOf(sms.addresses['private']),
  });
  environments.ballots['BALLOTS_PORT'] = portOf(ballots.addresses['private']);
  environments.api['SMS_ORIGIN'] = sms.addresses['private'] ?? '';
  environments.api['BALLOTS_ORIGIN'] = `http://127.0.0.1:${toBallots.port}`;
  const [api, mixer] = await Promise.all([run('api'), run('mixer')]);
  environments.api['API_PORT'] = portOf(api.addresses['api']);

  const client = createPrivateClient({
    origin: ballots.addresses['private'] ?? '',
    service: 'ballots',
    caller: { name: 'elections', jwk: keys.elections.caller },
    clock: Date.now,
  });
  const redis = connectRedis(inject('redisUrls')['elections'] ?? '', createLogProbe('test').logger);
  await redisReady(redis, 5_000);
  const origins = { api: api.addresses['api'] ?? '', sms: sms.addresses['public'] ?? '' };
  const count = async (database: 'intake' | 'box', table: string, electionId: string): Promise<number> => {
    const text = `select count(*)::int as n from pv.${table} where election_id = $1`;
    return (await databases.query<{ n: number }>(database, text, [electionId]))[0]?.n ?? 0;
  };
  return {
    origins,
    keys,
    databases,
    hops: { toBallots, toIntake },
    async load(definition) {
      const publisher = signingKey(keys.elections.publisher);
      await loadElection(definition, {
        ...{ ballots: client, redis, publisher },
        publishers: verificationKeys(keys.public.publishers),
      });
      await until(async () => (await fetch(`${origins.api}/v1/elections/${definition.id}`)).status === 200);
    },
    async counts(electionId) {
      const [participation, outbox, box] = await Promise.all([
        count('intake', 'participation', electionId),
        count('intake', 'outbox', electionId),
        count('box', 'ballot', electionId),
      ]);
      return { participation, outbox, box };
    },
    async restart(service, { signal = 'SIGTERM', clockAheadMs = 0 } = {}) {
      const child = running.get(service)?.child;
      if (child?.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      await run(service, clockAheadMs === 0 ? {} : { NODE_OPTIONS: clockShift(clockAheadMs) });
    },
    administer: (method, path, body) =>
      client.call({ method, path, body, answer: countsAnswer.loose().partial(), msMax: 10_000 }),
    output: () => output.join(''),
    privateOrigins: {
      api: api.addresses['private'] ?? '',
      sms: sms.addresses['private'] ?? '',
      ballots: ballots.addresses['private'] ?? '',
      mixer: mixer.addresses['private'] ?? '',
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [...running.values()].map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.kill('SIGTERM');
          await once(child, 'exit');
        }),
      );
      redis.disconnect();
      await client.close();
      await Promise.all([toBallots.close(), toIntake.close()]);
      await databases[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function environmentsOf(
  directory: string,
  databases: TestDatabases,
  intakeUrl: string,
): Record<Service, Record<string, string>> {
  const file = (name: string): string => join(directory, `${name}.json`);
  const redis = inject('redisUrls');
  const common = { PUBLIC_KEYS_FILE: file('public'), LOG_LEVEL: 'debug' };
  return {
    api: {
      ...common,
      ...{ API_KEYS_FILE: file('api'), EDGE_REDIS_URL: redis['api'] ?? '' },
      ...{ API_PORT: '0', API_PRIVATE_PORT: '0' },
    },
    sms: {
      ...common,
      ...{ SMS_KEYS_FILE: file('sms'), EDGE_REDIS_URL: redis['sms'] ?? '', POPVOTE_MODE: 'rehearsal' },
      ...{ SMS_PORT: '0', SMS_PRIVATE_PORT: '0' },
      SMS_PROVIDERS: JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]),
    },
    ballots: {
      ...common,
      ...{ BALLOTS_KEYS_FILE: file('ballots'), BALLOTS_PORT: '0', INTAKE_DATABASE_URL: intakeUrl },
      BALLOTS_ELECTION_KEYS_DIRECTORY: join(directory, 'election-keys'),
    },
    mixer: {
      ...common,
      ...{ MIXER_KEYS_FILE: file('mixer'), MIXER_PORT: '0', MIXER_POLL_MS: '50' },
      MIXER_INTAKE_DATABASE_URL: databases.url('intake', 'popvote_mixer'),
      MIXER_BOX_DATABASE_URL: databases.url('box', 'popvote_mixer'),
      MIXER_EPOCH_KEYS_DIRECTORY: join(directory, 'epoch-keys'),
    },
  };
}

async function startProcess(
  service: Service,
  environment: Record<string, string>,
  write: (text: string) => void,
): Promise<Running> {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', service], {
    env: { PATH: process.env['PATH'] ?? '', POPVOTE_END_WITH_PARENT: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      written.push(chunk.toString());
      write(chunk.toString());
    });
  }
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${service} ended at its start:\n${written.join('')}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Started];
  ended.catch(() => undefined);
  return { child, addresses: message.started[0]?.addresses ?? {} };
}

// The process reads its clock through Date.now alone, so a journey can be told about tomorrow.
function clockShift(aheadMs: number): string {
  const code = `const now=Date.now.bind(Date);Date.now=()=>now()+${aheadMs}`;
  return `--import data:text/javascript,${encodeURIComponent(code)}`;
}
