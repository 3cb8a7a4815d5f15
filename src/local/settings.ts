// What `popvote start` reads of its environment. Variables of a service (API_…, SMS_…, BALLOTS_…, MIXER_…) are passed on
// to that service's process and to no other.
import { z } from 'zod';
import { ConfigurationError, port, readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address.' }).optional();
const host = z.string().min(1).default('127.0.0.1');

export const defaultDirectory = '.popvote';

const startEnvironment = z.object({
  POPVOTE_DIRECTORY: z.string().min(1).default(defaultDirectory).describe('Folder of data, keys and logs.'),
  API_HOST: host,
  API_PORT: port.default(8_080),
  API_PRIVATE_PORT: port.default(9_101),
  SMS_HOST: host,
  SMS_PORT: port.default(8_085),
  SMS_PRIVATE_PORT: port.default(9_102),
  BALLOTS_PORT: port.default(9_103),
  MIXER_PORT: port.default(9_104),
  POPVOTE_POSTGRES_PORT: port.default(9_132).describe('Port of the embedded PostgreSQL.'),
  POPVOTE_REDIS_PORT: port.default(9_179).describe('Port of the Redis that is started.'),
  MIGRATE_INTAKE_URL: postgresUrl.describe('Your own database intake, as its owner.'),
  MIGRATE_BOX_URL: postgresUrl.describe('Your own database box, as its owner.'),
  INTAKE_DATABASE_URL: postgresUrl.describe('Your own database intake, as popvote_ballots.'),
  MIXER_INTAKE_DATABASE_URL: postgresUrl.describe('Your own database intake, as popvote_mixer.'),
  MIXER_BOX_DATABASE_URL: postgresUrl.describe('Your own database box, as popvote_mixer.'),
  EDGE_REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'is not a redis:// address.' }).optional(),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
});

export type ServiceDatabases = {
  readonly ballotsIntake: string;
  readonly mixerIntake: string;
  readonly mixerBox: string;
};
export type OwnDatabases = {
  /** Addresses as the owner, where we are to migrate. */
  readonly owner: { readonly intake: string; readonly box: string } | undefined;
  /** Addresses as the services' roles, where they are given. */
  readonly services: ServiceDatabases | undefined;
};

export type StartSettings = {
  readonly values: z.infer<typeof startEnvironment>;
  readonly ownDatabases: OwnDatabases | undefined;
};

/** Reads the settings. Throws `ConfigurationError` with all that is wrong. */
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

/** Addresses that only make sense together. */
const addressGroups = [
  ['MIGRATE_INTAKE_URL', 'MIGRATE_BOX_URL'],
  ['INTAKE_DATABASE_URL', 'MIXER_INTAKE_DATABASE_URL', 'MIXER_BOX_DATABASE_URL'],
];

function incompleteGroups(environment: Environment): string[] {
  return addressGroups.flatMap((group) => {
    const missing = group.filter((name) => !environment[name] && !environment[`${name}_FILE`]);
    if (missing.length === 0 || missing.length === group.length) return [];
    return missing.map((name) => `${name}: not set, and your own databases need all of ${group.join(', ')}.`);
  });
}

function ownDatabases(values: z.infer<typeof startEnvironment>): OwnDatabases | undefined {
  const [intake, box] = [values.MIGRATE_INTAKE_URL, values.MIGRATE_BOX_URL];
  const [ballotsIntake, mixerIntake] = [values.INTAKE_DATABASE_URL, values.MIXER_INTAKE_DATABASE_URL];
  const mixerBox = values.MIXER_BOX_DATABASE_URL;
  const owner = intake !== undefined && box !== undefined ? { intake, box } : undefined;
  const complete = ballotsIntake !== undefined && mixerIntake !== undefined && mixerBox !== undefined;
  const services = complete ? { ballotsIntake, mixerIntake, mixerBox } : undefined;
  return owner || services ? { owner, services } : undefined;
}
