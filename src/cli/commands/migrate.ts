// `popvote migrate`: applies the databases' migrations and lets the services' roles log in. The owner of the databases
// runs it, never a service. It changes nothing where nothing is missing, and two concurrent runs wait for each other.
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { postgresUrl } from '../../platform/environment-fields.ts';
import { ConfigurationError, json, readEnvironment } from '../../platform/environment.ts';
import { prepareDatabases, reachDatabase, renewOwnerPassword, serviceRoles } from '../../store/administration.ts';
import type { Target } from '../../store/administration.ts';
import { databases } from '../../store/connecting/migration-files.ts';
import type { Context } from '../context.ts';

// Characters that a SCRAM verifier takes without preparation (RFC 4013): printable ASCII.
const password = z.string().regex(/^[!-~]{12,128}$/, 'a password has 12 to 128 printable ASCII characters.');
type PasswordFields = Record<(typeof serviceRoles)[number], z.ZodExactOptional<typeof password>>;
const rolePasswords = z.strictObject({
  ...(Object.fromEntries(serviceRoles.map((role) => [role, z.exactOptional(password)])) as PasswordFields),
  // By which a server may still know its owner: see `popvote keys rotate owner-passwords`.
  formerOwners: z.partialRecord(z.enum(databases), z.string()).optional(),
});

const ownerUrl = (database: string) => postgresUrl.optional().describe(`Address of database ${database} as its owner.`);
export const migrateEnvironment = z.object({
  MIGRATE_INTAKE_URL: ownerUrl('intake'),
  MIGRATE_BOX_URL: ownerUrl('box'),
  MIGRATE_ACCESS_URL: ownerUrl('access'),
  MIGRATE_ELECTIONS_URL: ownerUrl('elections'),
  MIGRATE_ROLE_PASSWORDS: json(rolePasswords)
    .optional()
    .describe('JSON of passwords by role; give MIGRATE_ROLE_PASSWORDS_FILE.'),
});

export function migrateCommand(context: Context): Command {
  return new Command('migrate')
    .description('apply the migrations of the databases; safe to repeat, and twice at once')
    .option('--passwords <file>', `JSON of passwords by role (${serviceRoles.join(', ')}): lets them log in`)
    .option('--wait <seconds>', 'how long to wait for databases that do not answer yet', waitSeconds, 0)
    .option('--json', 'print what was applied as JSON')
    .addHelpText(
      'after',
      `
Environment: MIGRATE_INTAKE_URL, MIGRATE_BOX_URL, MIGRATE_ACCESS_URL, MIGRATE_ELECTIONS_URL (or …_FILE), addresses with
the owner's user. The databases whose address is given are migrated.
Examples:
  $ MIGRATE_INTAKE_URL_FILE=intake-url MIGRATE_BOX_URL_FILE=box-url popvote migrate --passwords roles.json`,
    )
    .action(async (options: { passwords?: string; wait: number; json?: true }) => {
      const settings = readEnvironment(migrateEnvironment, {
        ...context.environment,
        ...(options.passwords !== undefined && { MIGRATE_ROLE_PASSWORDS_FILE: options.passwords }),
      });
      const owners = targets(settings);
      const { formerOwners = {}, ...passwords } = settings.MIGRATE_ROLE_PASSWORDS ?? {};
      for (const target of owners) await reach(context, target, options.wait * 1_000, formerOwners[target.database]);
      const { applied, roles } = await prepareDatabases(owners, passwords);
      if (options.json) context.out(JSON.stringify({ applied, roles }));
      for (const [database, names] of Object.entries(applied)) {
        if (!options.json) for (const name of names) context.out(`${database} ${name}`);
        context.say(`${database}: ${names.length === 0 ? 'up to date' : `applied ${names.length}`}.`);
      }
      if (roles.length > 0) context.say(`May log in with their new passwords: ${roles.join(', ')}.`);
    });
}

/** Reaches a database. A server that knows its owner by the former password gets the new one. */
async function reach(context: Context, { database, ownerUrl }: Target, msMax: number, former?: string): Promise<void> {
  const attempt = (): Promise<void> =>
    reachDatabase(ownerUrl, msMax, () => context.say(`${database}: waiting for the server.`));
  await attempt().catch(async (error: unknown) => {
    if (former === undefined || (error as { code?: string }).code !== wrongPassword) throw error;
    await renewOwnerPassword(ownerUrl, former);
    context.say(`${database}: its owner has the new password.`);
    await attempt();
  });
}

/** The state that PostgreSQL answers. */
const wrongPassword = '28P01';

/** Longest wait for the databases, in seconds. */
const waitSecondsMax = 3_600;
function waitSeconds(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= waitSecondsMax) return Number(text);
  throw new InvalidArgumentError(`Give whole seconds, at most ${waitSecondsMax}.`);
}

const variables = {
  intake: 'MIGRATE_INTAKE_URL',
  box: 'MIGRATE_BOX_URL',
  access: 'MIGRATE_ACCESS_URL',
  elections: 'MIGRATE_ELECTIONS_URL',
} as const;

function targets(settings: z.infer<typeof migrateEnvironment>): readonly Target[] {
  const targets = databases.flatMap((database) => {
    const url = settings[variables[database]];
    return url === undefined ? [] : [{ database, ownerUrl: url }];
  });
  if (targets.length > 0) return targets;
  throw new ConfigurationError([`${Object.values(variables).join(', ')}: set one or more (or …_FILE).`]);
}
