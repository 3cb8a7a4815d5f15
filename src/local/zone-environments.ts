// The environment of each zone: its own addresses, passwords and key file, and nothing of the others'. The wall between
// them is real on one machine too: the process that faces the public has no address of a database.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../platform/environment.ts';
import { keyFilePath, replaceFile } from '../platform/key-directory.ts';
import { defaultDirectory } from './settings.ts';
import type { ServiceDatabases, StartSettings } from './settings.ts';

export const zones = ['api', 'sms', 'ballots', 'mixer'] as const;
export type Zone = (typeof zones)[number];
/** `elections` is no process yet: its part is played by `popvote election`. */
export type ZoneEnvironments = Readonly<Record<Zone | 'elections', Readonly<Record<string, string>>>>;
export type LocalPort = 'api' | 'apiPrivate' | 'sms' | 'smsPrivate' | 'ballots' | 'mixer' | 'postgres' | 'redis';
export type LocalPorts = Readonly<Record<LocalPort, number>>;
export type RedisUrls = Readonly<Record<'api' | 'sms' | 'elections', string>>;

/** The number of the simulated provider: of a range that is kept for fiction. */
const simulatorNumber = '+85255550123';
const sharedVariables = ['LOG_LEVEL', 'PHONE_REGION', 'NODE_EXTRA_CA_CERTS', 'SystemRoot'];

export function zoneEnvironments(parts: {
  readonly environment: Environment;
  readonly settings: StartSettings;
  readonly directory: string;
  readonly ports: LocalPorts;
  readonly databases: ServiceDatabases;
  readonly redis: RedisUrls;
}): ZoneEnvironments {
  const { environment, directory, ports, databases, redis } = parts;
  const { values } = parts.settings;
  const keys = join(directory, 'keys');
  const publicKeys = { PUBLIC_KEYS_FILE: keyFilePath(keys, 'public') };
  const own = (prefix: string): Record<string, string> => passedOn(environment, prefix);
  const ballotsOrigin = { BALLOTS_ORIGIN: `http://127.0.0.1:${ports.ballots}` };
  const providers = JSON.stringify([{ kind: 'simulator', number: simulatorNumber }]);
  const given = environment['SMS_PROVIDERS'] ?? environment['SMS_PROVIDERS_FILE'];
  return {
    api: {
      ...own('API_'),
      ...publicKeys,
      ...ballotsOrigin,
      API_KEYS_FILE: keyFilePath(keys, 'api'),
      API_HOST: values.API_HOST,
      API_PORT: String(ports.api),
      API_PRIVATE_PORT: String(ports.apiPrivate),
      SMS_ORIGIN: `http://127.0.0.1:${ports.smsPrivate}`,
      EDGE_REDIS_URL: redis.api,
    },
    sms: {
      ...own('SMS_'),
      ...publicKeys,
      ...(given === undefined && { SMS_PROVIDERS: providers }),
      POPVOTE_MODE: 'rehearsal',
      SMS_KEYS_FILE: keyFilePath(keys, 'sms'),
      SMS_HOST: values.SMS_HOST,
      SMS_PORT: String(ports.sms),
      SMS_PRIVATE_PORT: String(ports.smsPrivate),
      EDGE_REDIS_URL: redis.sms,
    },
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
      MIXER_KEYS_FILE: keyFilePath(keys, 'mixer'),
      MIXER_PORT: String(ports.mixer),
      MIXER_EPOCH_KEYS_DIRECTORY: join(directory, 'epoch-keys'),
      MIXER_INTAKE_DATABASE_URL: databases.mixerIntake,
      MIXER_BOX_DATABASE_URL: databases.mixerBox,
    },
    elections: {
      ...ballotsOrigin,
      ELECTIONS_KEYS_FILE: keyFilePath(keys, 'elections'),
      EDGE_REDIS_URL: redis.elections,
    },
  };
}

// What the operator set for this service. Key files and the addresses of other services are ours to say.
function passedOn(environment: Environment, prefix: string): Record<string, string> {
  const names = Object.keys(environment).filter(
    (name) =>
      sharedVariables.includes(name) ||
      (name.startsWith(prefix) && !/_(KEYS|ORIGIN)(_FILE)?$/.test(name) && !/_DATABASE_URL(_FILE)?$/.test(name)),
  );
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

/** Keeps the environments, mode 0600, for commands with --local and for `node --env-file`. */
export function keepEnvironments(directory: string, environments: ZoneEnvironments): void {
  for (const [zone, environment] of Object.entries(environments)) {
    // Single quotes: values hold JSON, and none holds a line break or a single quote of ours.
    const lines = Object.entries(environment).map(([name, value]) => `${name}='${value}'\n`);
    replaceFile(join(directory, 'environment', `${zone}.env`), lines.join(''), 0o600);
  }
}

/** The environment of a zone of the platform that `popvote start` last ran in POPVOTE_DIRECTORY. */
export function localEnvironment(environment: Environment, zone: Zone | 'elections'): Environment {
  const directory = resolve(environment['POPVOTE_DIRECTORY'] ?? defaultDirectory);
  const file = join(directory, 'environment', `${zone}.env`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`--local: ${file} cannot be read. Run popvote start first, or set POPVOTE_DIRECTORY.`);
  }
  return parseEnv(text);
}
