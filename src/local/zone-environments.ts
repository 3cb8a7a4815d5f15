// The environment of each zone: its own addresses, passwords and key file, and nothing of the others'. Zones are
// separated on one machine too: the process that faces the public has no address of a database.
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { readTextFile } from '../platform/files.ts';
import { keyFilePath, replaceFile } from '../platform/keys/key-directory.ts';
import { defaultDirectory } from './settings.ts';
import type { ServiceDatabases, StartSettings } from './settings.ts';

export const zones = [
  'api',
  'sms',
  'ballots',
  'mixer',
  'access',
  'elections',
  'officials',
  'worker',
  'panel',
  'log',
  'herald',
] as const;
export type Zone = (typeof zones)[number];
/** `operator`: the environment of a command that calls `elections` in the name of the operator. */
export type ZoneEnvironments = Readonly<Record<Zone | 'operator', Readonly<Record<string, string>>>>;
export type LocalPort =
  | ('api' | 'apiPrivate' | 'sms' | 'smsPrivate' | 'ballots' | 'mixer' | 'access' | 'accessPrivate')
  | (
      | 'elections'
      | 'electionsPrivate'
      | 'officials'
      | 'officialsPrivate'
      | 'worker'
      | 'panel'
      | 'panelPrivate'
      | 'log'
      | 'herald'
    )
  | ('postgres' | 'redis' | 'controlRedis');
export type LocalPorts = Readonly<Record<LocalPort, number>>;
export type EdgeRedisUrls = Readonly<Record<'api' | 'sms' | 'elections', string>>;
export type ControlRedisUrls = Readonly<Record<'access' | 'elections' | 'officials' | 'worker', string>>;

/** Folders of `log` and of `herald`. Each is written by one service and read by another. */
export const publicLogsFolder = 'public-logs';
export const publishedLogsFolder = 'published-logs';

/** The number of the simulated provider, from a range that is reserved for fiction. */
const simulatorNumber = '+85255550123';
const sharedVariables = ['LOG_LEVEL', 'PHONE_REGION', 'NODE_EXTRA_CA_CERTS', 'SystemRoot'];

export function zoneEnvironments(parts: Parts): ZoneEnvironments {
  const drain = { DRAIN_SECONDS: String(parts.settings.values.DRAIN_SECONDS) };
  const environments = environmentsOf(parts);
  const draining = zones.map((zone) => [zone, { ...environments[zone], ...drain }]);
  return { ...environments, ...(Object.fromEntries(draining) as Pick<ZoneEnvironments, Zone>) };
}

function environmentsOf(parts: {
  readonly environment: Environment;
  readonly settings: StartSettings;
  readonly directory: string;
  readonly ports: LocalPorts;
  readonly databases: ServiceDatabases;
  readonly redis: EdgeRedisUrls;
  readonly controlRedis: ControlRedisUrls;
}): ZoneEnvironments {
  const { environment, directory, ports, redis } = parts;
  const { values } = parts.settings;
  const keys = join(directory, 'keys');
  const publicKeys = { PUBLIC_KEYS_FILE: keyFilePath(keys, 'public') };
  const own = (prefix: string): Record<string, string> => passedOn(environment, prefix);
  const providers = JSON.stringify([{ kind: 'simulator', number: simulatorNumber }]);
  const configured = environment['SMS_PROVIDERS'] ?? environment['SMS_PROVIDERS_FILE'];
  return {
    api: {
      ...own('API_'),
      ...publicKeys,
      BALLOTS_ORIGIN: `http://127.0.0.1:${ports.ballots}`,
      API_KEYS_FILE: keyFilePath(keys, 'api'),
      API_HOST: values.API_HOST,
      API_PORT: String(ports.api),
      API_PRIVATE_PORT: String(ports.apiPrivate),
      SMS_ORIGIN: `http://127.0.0.1:${ports.smsPrivate}`,
      EDGE_REDIS_URL: redis.api,
      API_LOG_DIRECTORY: join(directory, publishedLogsFolder),
    },
    sms: {
      ...own('SMS_'),
      ...publicKeys,
      ...(configured === undefined && { SMS_PROVIDERS: providers }),
      POPVOTE_MODE: 'rehearsal',
      SMS_KEYS_FILE: keyFilePath(keys, 'sms'),
      SMS_HOST: values.SMS_HOST,
      SMS_PORT: String(ports.sms),
      SMS_PRIVATE_PORT: String(ports.smsPrivate),
      EDGE_REDIS_URL: redis.sms,
    },
    ...dataEnvironments(parts, own, keys),
    ...controlEnvironments(parts, own, keys),
  };
}

type Own = (prefix: string) => Readonly<Record<string, string>>;
type Parts = Parameters<typeof environmentsOf>[0];

function dataEnvironments(
  { directory, ports, databases, controlRedis }: Parts,
  own: Own,
  keys: string,
): Pick<ZoneEnvironments, 'ballots' | 'mixer' | 'worker' | 'log' | 'herald'> {
  const publicKeys = { PUBLIC_KEYS_FILE: keyFilePath(keys, 'public') };
  return {
    ballots: {
      ...own('BALLOTS_'),
      ...publicKeys,
      BALLOTS_KEYS_FILE: keyFilePath(keys, 'ballots'),
      BALLOTS_PORT: String(ports.ballots),
      BALLOTS_ELECTION_KEYS_DIRECTORY: join(directory, 'election-keys'),
      INTAKE_DATABASE_URL: databases.ballotsIntake,
    },
    mixer: {
      ...own('MIXER_'),
      ...publicKeys,
      MIXER_KEYS_FILE: keyFilePath(keys, 'mixer'),
      MIXER_PORT: String(ports.mixer),
      MIXER_EPOCH_KEYS_DIRECTORY: join(directory, 'epoch-keys'),
      MIXER_INTAKE_DATABASE_URL: databases.mixerIntake,
      MIXER_BOX_DATABASE_URL: databases.mixerBox,
    },
    worker: {
      ...own('WORKER_'),
      ...publicKeys,
      WORKER_KEYS_FILE: keyFilePath(keys, 'worker'),
      WORKER_PORT: String(ports.worker),
      CONTROL_REDIS_URL: controlRedis.worker,
      WORKER_BOX_DATABASE_URL: databases.workerBox,
    },
    log: {
      // People who try the platform do not wait a minute.
      LOG_GROWTH_SECONDS: '5',
      ...own('LOG_'),
      ...publicKeys,
      LOG_KEYS_FILE: keyFilePath(keys, 'log'),
      LOG_PORT: String(ports.log),
      LOG_DIRECTORY: join(directory, publicLogsFolder),
      LOG_BOX_DATABASE_URL: databases.logBox,
    },
    herald: {
      ...own('HERALD_'),
      HERALD_PORT: String(ports.herald),
      HERALD_SOURCE_DIRECTORY: join(directory, publicLogsFolder),
      HERALD_DIRECTORY: join(directory, publishedLogsFolder),
    },
  };
}

function controlEnvironments(
  { environment, settings: { values }, directory, ports, databases, redis, controlRedis }: Parts,
  own: Own,
  keys: string,
): Pick<ZoneEnvironments, 'access' | 'elections' | 'officials' | 'panel' | 'operator'> {
  const publicKeys = { PUBLIC_KEYS_FILE: keyFilePath(keys, 'public') };
  const accessOrigins = {
    ACCESS_ORIGIN: originOf(values.ACCESS_HOST, ports.access),
    ACCESS_PRIVATE_ORIGIN: `http://127.0.0.1:${ports.accessPrivate}`,
  };
  return {
    access: {
      // The panel forwards, with the client's address.
      ACCESS_TRUSTED_PROXIES: '127.0.0.1',
      // Browsers allow no passkeys at an IP address.
      ACCESS_PANEL_ORIGIN: environment['ACCESS_PANEL_ORIGIN'] ?? `http://localhost:${ports.panel}`,
      ...own('ACCESS_'),
      ...publicKeys,
      ACCESS_KEYS_FILE: keyFilePath(keys, 'access'),
      ACCESS_HOST: values.ACCESS_HOST,
      ACCESS_PORT: String(ports.access),
      ACCESS_PRIVATE_PORT: String(ports.accessPrivate),
      ACCESS_DATABASE_URL: databases.access,
      CONTROL_REDIS_URL: controlRedis.access,
    },
    elections: {
      // Where `api` of this machine serves the public logs. Set to nothing, new elections have no log.
      ELECTIONS_LOG_HOST: environment['ELECTIONS_LOG_HOST'] ?? new URL(originOf(values.API_HOST, ports.api)).host,
      ELECTIONS_TRUSTED_PROXIES: '127.0.0.1',
      ...own('ELECTIONS_'),
      ...publicKeys,
      ...accessOrigins,
      BALLOTS_ORIGIN: `http://127.0.0.1:${ports.ballots}`,
      ELECTIONS_KEYS_FILE: keyFilePath(keys, 'elections'),
      ELECTIONS_HOST: values.ELECTIONS_HOST,
      ELECTIONS_PORT: String(ports.elections),
      ELECTIONS_PRIVATE_PORT: String(ports.electionsPrivate),
      ELECTIONS_DATABASE_URL: databases.elections,
      ELECTIONS_BOX_DATABASE_URL: databases.electionsBox,
      ELECTIONS_LOG_DIRECTORY: join(directory, publishedLogsFolder),
      EDGE_REDIS_URL: redis.elections,
      CONTROL_REDIS_URL: controlRedis.elections,
    },
    officials: {
      OFFICIALS_SPOOL_DIRECTORY: join(directory, 'spool'),
      OFFICIALS_TRUSTED_PROXIES: '127.0.0.1',
      ...own('OFFICIALS_'),
      ...publicKeys,
      ...accessOrigins,
      OFFICIALS_KEYS_FILE: keyFilePath(keys, 'officials'),
      OFFICIALS_HOST: values.OFFICIALS_HOST,
      OFFICIALS_PORT: String(ports.officials),
      OFFICIALS_PRIVATE_PORT: String(ports.officialsPrivate),
      CONTROL_REDIS_URL: controlRedis.officials,
    },
    panel: {
      // No TLS here.
      PANEL_COOKIES: 'plain',
      PANEL_VOTERS_ORIGIN: originOf(values.API_HOST, ports.api),
      ...own('PANEL_'),
      PANEL_HOST: values.PANEL_HOST,
      PANEL_PORT: String(ports.panel),
      PANEL_PRIVATE_PORT: String(ports.panelPrivate),
      PANEL_ACCESS_ORIGIN: accessOrigins.ACCESS_ORIGIN,
      PANEL_ELECTIONS_ORIGIN: originOf(values.ELECTIONS_HOST, ports.elections),
      PANEL_OFFICIALS_ORIGIN: originOf(values.OFFICIALS_HOST, ports.officials),
    },
    operator: {
      ELECTIONS_KEYS_FILE: keyFilePath(keys, 'elections'),
      ELECTIONS_ORIGIN: `http://127.0.0.1:${ports.electionsPrivate}`,
    },
  };
}

/** The origin by which this machine reaches a port that listens on an address. */
export function originOf(host: string, port: number): string {
  if (['0.0.0.0', '::', 'localhost'].includes(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The origins of the platform's pages for browsers. */
export type PageOrigins = Readonly<Record<'api' | 'sms' | 'panel', string>>;

/** From the environments of the services that serve them. */
export function pageOrigins(environments: Readonly<Record<keyof PageOrigins, Environment>>): PageOrigins {
  const { api, sms, panel } = environments;
  return {
    api: originOf(api['API_HOST'] ?? '', Number(api['API_PORT'])),
    sms: originOf(sms['SMS_HOST'] ?? '', Number(sms['SMS_PORT'])),
    panel: originOf(panel['PANEL_HOST'] ?? '', Number(panel['PANEL_PORT'])),
  };
}

// The operator's variables for this service. Key files and addresses of other services are set by the platform.
function passedOn(environment: Environment, prefix: string): Record<string, string> {
  const names = Object.keys(environment).filter(
    (name) =>
      sharedVariables.includes(name) ||
      (name.startsWith(prefix) && !/_(KEYS|ORIGIN)(_FILE)?$/.test(name) && !/_DATABASE_URL(_FILE)?$/.test(name)),
  );
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

/** Writes the environments, mode 0600, for commands with --local and for `node --env-file`. */
export function keepEnvironments(directory: string, environments: ZoneEnvironments): void {
  for (const [zone, environment] of Object.entries(environments)) {
    // Single quotes: values hold JSON, and none holds a line break or a single quote of ours.
    const lines = Object.entries(environment).map(([name, value]) => `${name}='${value}'\n`);
    replaceFile(join(directory, 'environment', `${zone}.env`), lines.join(''), 0o600);
  }
}

const folderOfStart = z.object({ POPVOTE_DIRECTORY: z.string().default(defaultDirectory) });

/** The folder of the local platform. */
export const localDirectory = (environment: Environment): string =>
  resolve(readEnvironment(folderOfStart, environment).POPVOTE_DIRECTORY);

/** The environment of a zone of the platform that `popvote start` last ran in POPVOTE_DIRECTORY. */
export function localEnvironment(environment: Environment, zone: keyof ZoneEnvironments): Environment {
  const file = join(localDirectory(environment), 'environment', `${zone}.env`);
  let text: string;
  try {
    text = readTextFile(file);
  } catch {
    throw new Error(`--local: ${file} cannot be read. Run popvote start first, or set POPVOTE_DIRECTORY.`);
  }
  return parseEnv(text);
}
