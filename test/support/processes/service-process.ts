// One service as a real process over its own environment, and the environments that the journeys give to each.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Launchable } from '../../../src/cli/services.ts';
import { builtCommand } from '../../../src/local/build-stamp.ts';
import { untilStarted } from './child-process.ts';
import type { TestDatabases } from '../database.ts';
import { logHost } from '../record/manifests.ts';

export type Service =
  | ('sms' | 'ballots' | 'mixer' | 'api' | 'log' | 'herald')
  | ('access' | 'elections' | 'officials' | 'worker' | 'panel');
export type Environments = Record<Service, Record<string, string>>;
export type Running = { readonly child: ChildProcess; readonly addresses: Readonly<Record<string, string>> };

/** Starts a built service and returns when it serves. */
export async function startProcess(
  service: Launchable,
  environment: Readonly<Record<string, string>>,
  write: (text: string) => void,
): Promise<Running> {
  const child = spawn(process.execPath, [builtCommand(process.cwd()), 'serve', service], {
    env: { PATH: process.env['PATH'] ?? '', POPVOTE_END_WITH_PARENT: 'true', DRAIN_SECONDS: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output.push(chunk.toString());
      write(chunk.toString());
    });
  }
  const [started] = await untilStarted(child, () => output.join(''));
  return { child, addresses: started?.addresses ?? {} };
}

/** Of each service; ports are any free ones, and addresses of other services are added as these start. */
export function environmentsOf(parts: {
  readonly directory: string;
  readonly databases: Pick<TestDatabases, 'url'>;
  readonly intakeUrl: string;
  /** Whether the databases of the control zone are there. */
  readonly withControl: boolean;
  readonly controlRedisUrl: (user: string) => string;
  /** Of an edge Redis of the test's own, instead of the run's. */
  readonly edgeRedisUrl?: (user: string) => string;
}): Environments {
  const { directory, databases, intakeUrl, controlRedisUrl } = parts;
  const controlDatabase = (database: 'access' | 'elections', role: string): string =>
    parts.withControl ? databases.url(database, role) : '';
  const file = (name: string): string => join(directory, `${name}.json`);
  const redisUrl = parts.edgeRedisUrl ?? ((user: string) => inject('redisUrls')[user] ?? '');
  const logs = join(directory, 'public-logs');
  const published = join(directory, 'published-logs');
  const common = { PUBLIC_KEYS_FILE: file('public'), LOG_LEVEL: 'debug' };
  return {
    api: {
      ...common,
      API_KEYS_FILE: file('api'),
      EDGE_REDIS_URL: redisUrl('api'),
      API_PORT: '0',
      API_PRIVATE_PORT: '0',
      API_LOG_DIRECTORY: published,
    },
    sms: {
      ...common,
      SMS_KEYS_FILE: file('sms'),
      EDGE_REDIS_URL: redisUrl('sms'),
      POPVOTE_MODE: 'rehearsal',
      SMS_PORT: '0',
      SMS_PRIVATE_PORT: '0',
      SMS_PROVIDERS: JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]),
    },
    ballots: {
      ...common,
      BALLOTS_KEYS_FILE: file('ballots'),
      BALLOTS_PORT: '0',
      INTAKE_DATABASE_URL: intakeUrl,
      BALLOTS_ELECTION_KEYS_DIRECTORY: join(directory, 'election-keys'),
    },
    mixer: {
      ...common,
      MIXER_KEYS_FILE: file('mixer'),
      MIXER_PORT: '0',
      MIXER_POLL_MS: '200',
      MIXER_INTAKE_DATABASE_URL: databases.url('intake', 'popvote_mixer'),
      MIXER_BOX_DATABASE_URL: databases.url('box', 'popvote_mixer'),
      MIXER_EPOCH_KEYS_DIRECTORY: join(directory, 'epoch-keys'),
    },
    log: {
      ...common,
      LOG_KEYS_FILE: file('log'),
      LOG_PORT: '0',
      LOG_GROWTH_SECONDS: '0',
      LOG_POLL_MS: '250',
      LOG_BOX_DATABASE_URL: databases.url('box', 'popvote_log'),
      LOG_DIRECTORY: logs,
    },
    herald: {
      HERALD_PORT: '0',
      HERALD_POLL_MS: '250',
      HERALD_SOURCE_DIRECTORY: logs,
      HERALD_DIRECTORY: published,
      LOG_LEVEL: common.LOG_LEVEL,
    },
    access: {
      ...common,
      ACCESS_KEYS_FILE: file('access'),
      ACCESS_PORT: '0',
      ACCESS_PRIVATE_PORT: '0',
      ACCESS_DATABASE_URL: controlDatabase('access', 'popvote_access'),
      CONTROL_REDIS_URL: controlRedisUrl('access'),
    },
    elections: {
      ...common,
      ELECTIONS_KEYS_FILE: file('elections'),
      ELECTIONS_PORT: '0',
      ELECTIONS_PRIVATE_PORT: '0',
      ELECTIONS_DATABASE_URL: controlDatabase('elections', 'popvote_elections'),
      ELECTIONS_BOX_DATABASE_URL: databases.url('box', 'popvote_elections'),
      ELECTIONS_LOG_DIRECTORY: published,
      CONTROL_REDIS_URL: controlRedisUrl('elections'),
      EDGE_REDIS_URL: redisUrl('elections'),
      ELECTIONS_LOG_HOST: logHost,
    },
    officials: {
      ...common,
      OFFICIALS_KEYS_FILE: file('officials'),
      OFFICIALS_PORT: '0',
      OFFICIALS_PRIVATE_PORT: '0',
      OFFICIALS_SPOOL_DIRECTORY: directory,
      CONTROL_REDIS_URL: controlRedisUrl('officials'),
    },
    worker: {
      ...common,
      WORKER_KEYS_FILE: file('worker'),
      WORKER_PORT: '0',
      WORKER_CLAIM_MS: '1000',
      CONTROL_REDIS_URL: controlRedisUrl('worker'),
      WORKER_BOX_DATABASE_URL: databases.url('box', 'popvote_worker'),
    },
    panel: { PANEL_PORT: '0', PANEL_PRIVATE_PORT: '0', PANEL_COOKIES: 'plain', LOG_LEVEL: 'debug' },
  };
}
