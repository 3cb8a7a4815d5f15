// `popvote migrate`: applies the databases' migrations and lets the services' roles log in. Run by whoever owns the
// databases, never by a service. It changes nothing where nothing is missing, and two at once wait for one another.
import { Command } from 'commander';
import { z } from 'zod';
import { ConfigurationError, json, readEnvironment } from '../../platform/environment.ts';
import { prepareDatabases, serviceRoles } from '../../store/administration.ts';
import type { Target } from '../../store/administration.ts';
import type { Context } from '../context.ts';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address.' });
// What a SCRAM verifier needs no preparation for (RFC 4013): printable ASCII.
const password = z.string().regex(/^[!-~]{12,128}$/, 'a password has 12 to 128 printable ASCII characters.');
const rolePasswords = z.partialRecord(z.enum(serviceRoles), password);

const migrateEnvironment = z.object({
  MIGRATE_INTAKE_URL: postgresUrl.optional().describe('Address of database intake as its owner.'),
  MIGRATE_BOX_URL: postgresUrl.optional().describe('Address of database box as its owner.'),
  MIGRATE_ROLE_PASSWORDS: json(rolePasswords)
    .optional()
    .describe('JSON of passwords by role; give MIGRATE_ROLE_PASSWORDS_FILE.'),
});

export function migrateCommand(context: Context): Command {
  return new Command('migrate')
    .description('apply the migrations of databases intake and box; safe to repeat, and twice at once')
    .option('--passwords <file>', `JSON of passwords by role (${serviceRoles.join(', ')}): lets them log in`)
    .option('--json', 'print what was applied as JSON')
    .addHelpText(
      'after',
      `
Environment: MIGRATE_INTAKE_URL, MIGRATE_BOX_URL (or …_FILE), addresses with the owner's user; one of them suffices.
Examples:
  $ MIGRATE_INTAKE_URL_FILE=intake-url MIGRATE_BOX_URL_FILE=box-url popvote migrate --passwords roles.json`,
    )
    .action(async (options: { passwords?: string; json?: true }) => {
      const settings = readEnvironment(migrateEnvironment, {
        ...context.environment,
        ...(options.passwords !== undefined && { MIGRATE_ROLE_PASSWORDS_FILE: options.passwords }),
      });
      const { applied, roles } = await prepareDatabases(targets(settings), settings.MIGRATE_ROLE_PASSWORDS ?? {});
      if (options.json) context.out(JSON.stringify({ applied, roles }));
      for (const [database, names] of Object.entries(applied)) {
        if (!options.json) for (const name of names) context.out(`${database} ${name}`);
        context.say(`${database}: ${names.length === 0 ? 'up to date' : `applied ${names.length}`}.`);
      }
      if (roles.length > 0) context.say(`May log in with their new passwords: ${roles.join(', ')}.`);
    });
}

function targets(settings: z.infer<typeof migrateEnvironment>): readonly Target[] {
  const { MIGRATE_INTAKE_URL: intake, MIGRATE_BOX_URL: box } = settings;
  const urls: Target[] = [];
  if (intake !== undefined) urls.push({ database: 'intake', ownerUrl: intake });
  if (box !== undefined) urls.push({ database: 'box', ownerUrl: box });
  if (urls.length > 0) return urls;
  throw new ConfigurationError(['MIGRATE_INTAKE_URL, MIGRATE_BOX_URL: set one or both (or …_FILE).']);
}
