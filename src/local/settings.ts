// The environment of `popvote start`. Variables of a service (API_…, BALLOTS_…, OFFICIALS_…) are passed on to that
// service's process only.
import { z } from 'zod';
import { ConfigurationError, readEnvironment } from '../platform/environment.ts';
import {
  directory,
  host as listenAddress,
  port,
  postgresUrl as database,
  redisUrl as redis,
  wholeNumber,
} from '../platform/environment-fields.ts';
import type { Environment } from '../platform/environment.ts';
import { drainSecondsMax } from '../platform/service-environment.ts';

const postgresUrl = database.optional();
const redisUrl = redis.optional();
const host = listenAddress.default('127.0.0.1');

export const defaultDirectory = '.popvote';

export const startEnvironment = z.object({
  POPVOTE_DIRECTORY: directory.default(defaultDirectory).describe('Folder of data, keys and logs.'),
  POPVOTE_ADMIN_EMAIL: z
    .email({ error: 'is not an e-mail address.' })
    .default('administrator@popvote.example')
    .describe('E-mail address with which the first administrator logs in.'),
  POPVOTE_NODE: z
    .enum(['best', 'own'])
    .default('best')
    .describe('best runs the services with Node 24 or newer where it is found, own with the Node of the command.'),
  DRAIN_SECONDS: wholeNumber(0, drainSecondsMax)
    .default(0)
    .describe('Time for which each service announces its end before its ports close, in seconds (0 to 300).'),
  API_HOST: host,
  API_PORT: port.default(8_080),
  API_PRIVATE_PORT: port.default(9_101),
  SMS_HOST: host,
  SMS_PORT: port.default(8_085),
  SMS_PRIVATE_PORT: port.default(9_102),
  BALLOTS_PORT: port.default(9_103),
  MIXER_PORT: port.default(9_104),
  ACCESS_HOST: host,
  ACCESS_PORT: port.default(9_105),
  ACCESS_PRIVATE_PORT: port.default(9_106),
  ELECTIONS_HOST: host,
  ELECTIONS_PORT: port.default(9_107),
  ELECTIONS_PRIVATE_PORT: port.default(9_108),
  OFFICIALS_HOST: host,
  OFFICIALS_PORT: port.default(9_109),
  OFFICIALS_PRIVATE_PORT: port.default(9_110),
  WORKER_PORT: port.default(9_111),
  PANEL_HOST: host,
  PANEL_PORT: port.default(8_090),
  PANEL_PRIVATE_PORT: port.default(9_112),
  LOG_PORT: port.default(9_113),
  HERALD_PORT: port.default(9_114),
  POPVOTE_POSTGRES_PORT: port.default(9_132).describe('Port of the embedded PostgreSQL.'),
  POPVOTE_REDIS_PORT: port.default(9_179).describe('Port of the edge Redis that is started.'),
  POPVOTE_CONTROL_REDIS_PORT: port.default(9_180).describe('Port of the control Redis that is started.'),
  MIGRATE_INTAKE_URL: postgresUrl.describe('Your own database intake, as its owner.'),
  MIGRATE_BOX_URL: postgresUrl.describe('Your own database box, as its owner.'),
  MIGRATE_ACCESS_URL: postgresUrl.describe('Your own database access, as its owner.'),
  MIGRATE_ELECTIONS_URL: postgresUrl.describe('Your own database elections, as its owner.'),
  INTAKE_DATABASE_URL: postgresUrl.describe('Your own database intake, as popvote_ballots.'),
  MIXER_INTAKE_DATABASE_URL: postgresUrl.describe('Your own database intake, as popvote_mixer.'),
  MIXER_BOX_DATABASE_URL: postgresUrl.describe('Your own database box, as popvote_mixer.'),
  ACCESS_DATABASE_URL: postgresUrl.describe('Your own database access, as popvote_access.'),
  ELECTIONS_DATABASE_URL: postgresUrl.describe('Your own database elections, as popvote_elections.'),
  ELECTIONS_BOX_DATABASE_URL: postgresUrl.describe('Your own database box, as popvote_elections.'),
  WORKER_BOX_DATABASE_URL: postgresUrl.describe('Your own database box, as popvote_worker.'),
  LOG_BOX_DATABASE_URL: postgresUrl.describe('Your own database box, as popvote_log.'),
  EDGE_REDIS_URL: redisUrl.describe('Your own edge Redis.'),
  CONTROL_REDIS_URL: redisUrl.describe('Your own control Redis: another server than the edge Redis.'),
  PATH: z
    .string()
    .default('/usr/local/bin:/usr/bin:/bin')
    .describe('Folders in which redis-server or valkey-server is searched.'),
});
type Values = z.infer<typeof startEnvironment>;

/** The databases with the variables of their owners' addresses. They must be set together. */
export const ownerVariables = {
  intake: 'MIGRATE_INTAKE_URL',
  box: 'MIGRATE_BOX_URL',
  access: 'MIGRATE_ACCESS_URL',
  elections: 'MIGRATE_ELECTIONS_URL',
} as const satisfies Record<string, keyof Values>;
export type OwnerUrls = Readonly<Record<keyof typeof ownerVariables, string>>;

/** The logins of the services: variable, database and role. They must be set together. */
export const doors = {
  ballotsIntake: { variable: 'INTAKE_DATABASE_URL', database: 'intake', role: 'popvote_ballots' },
  mixerIntake: { variable: 'MIXER_INTAKE_DATABASE_URL', database: 'intake', role: 'popvote_mixer' },
  mixerBox: { variable: 'MIXER_BOX_DATABASE_URL', database: 'box', role: 'popvote_mixer' },
  access: { variable: 'ACCESS_DATABASE_URL', database: 'access', role: 'popvote_access' },
  elections: { variable: 'ELECTIONS_DATABASE_URL', database: 'elections', role: 'popvote_elections' },
  electionsBox: { variable: 'ELECTIONS_BOX_DATABASE_URL', database: 'box', role: 'popvote_elections' },
  workerBox: { variable: 'WORKER_BOX_DATABASE_URL', database: 'box', role: 'popvote_worker' },
  logBox: { variable: 'LOG_BOX_DATABASE_URL', database: 'box', role: 'popvote_log' },
} as const satisfies Record<string, { variable: keyof Values; database: keyof OwnerUrls; role: string }>;
export type ServiceDatabases = Readonly<Record<keyof typeof doors, string>>;

export type OwnDatabases = {
  /** Addresses as the owner, for migration. */
  readonly owner: OwnerUrls | undefined;
  /** Addresses as the services' roles, if they are set. */
  readonly services: ServiceDatabases | undefined;
};

export type StartSettings = {
  readonly values: Values;
  readonly ownDatabases: OwnDatabases | undefined;
};

/** Reads the settings. Throws `ConfigurationError` with all faults. */
export function readStartSettings(environment: Environment): StartSettings {
  const problems = incompleteGroups(environment);
  try {
    const values = readEnvironment(startEnvironment, environment);
    if (problems.length === 0) return { values, ownDatabases: ownDatabases(values) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.unshift(...error.problems);
  }
  throw new ConfigurationError(problems);
}

function incompleteGroups(environment: Environment): string[] {
  const groups = [Object.values(ownerVariables), Object.values(doors).map(({ variable }) => variable)];
  return groups.flatMap((group) => {
    const missing = group.filter((name) => !environment[name] && !environment[`${name}_FILE`]);
    if (missing.length === 0 || missing.length === group.length) return [];
    return [`${missing.join(', ')}: not set, and your own databases need all of ${group.join(', ')}.`];
  });
}

function ownDatabases(values: Values): OwnDatabases | undefined {
  const owner = complete<keyof OwnerUrls>(ownerVariables, values);
  const variables = Object.fromEntries(Object.entries(doors).map(([name, { variable }]) => [name, variable]));
  const services = complete<keyof ServiceDatabases>(variables as Record<keyof ServiceDatabases, keyof Values>, values);
  return owner || services ? { owner, services } : undefined;
}

function complete<Name extends string>(
  variables: Readonly<Record<Name, keyof Values>>,
  values: Values,
): Readonly<Record<Name, string>> | undefined {
  const entries = Object.entries<keyof Values>(variables).map(([name, variable]) => [name, values[variable]] as const);
  return entries.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(entries) as Record<Name, string>)
    : undefined;
}
