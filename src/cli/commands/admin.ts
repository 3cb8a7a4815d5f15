// `popvote admin`: creates an administrator, for the first start and for when no one can log in. The one-time password
// is printed to standard output once. It is in no log, argument or file.
import { Command } from 'commander';
import { z } from 'zod';
import { issueAdministrator } from '../../services/access/first-administrator.ts';
import { localEnvironment } from '../../local/zone-environments.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { registration } from '../../protocol/control/access-api.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';

const adminEnvironment = z.object({
  ACCESS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('Address of the database access for the role popvote_access: postgres://popvote_access:…@host/access'),
});

export function adminCommand(context: Context): Command {
  return new Command('admin')
    .description('make administrators of the control panel')
    .addCommand(createCommand(context));
}

type CreateOptions = { email: string; forename: string; surname: string; local?: true; json?: true };

function createCommand(context: Context): Command {
  return new Command('create')
    .description('make an administrator and print the one-time password')
    .requiredOption('--email <address>', 'with which they log in')
    .option('--forename <name>', 'shown beside what they do', 'First')
    .option('--surname <name>', 'shown beside what they do', 'Administrator')
    .option('--json', 'print JSON')
    .option('--local', 'on the platform that popvote start runs in this folder')
    .addHelpText(
      'after',
      `
The password opens one login, which has to set another: in the control panel, or by popvote login. The same address
again, before anybody logged in, voids the password and prints another; another address makes another administrator.
Environment: ACCESS_DATABASE_URL (or …_FILE), or --local.
Examples:
  $ popvote admin create --email ada@example.org --local
  $ ACCESS_DATABASE_URL_FILE=/run/secrets/access-database-url popvote admin create --email ada@example.org`,
    )
    .action(async (options: CreateOptions) => {
      const { email, forename, surname } = options;
      for (const [option, value] of Object.entries({ forename, surname })) {
        const { error } = registration.shape.forename.safeParse(value);
        if (error) throw new CommandFailed(`--${option}: ${error.issues[0]?.message ?? 'is no name'}`, exitCodes.usage);
      }
      const environment = options.local ? localEnvironment(context.environment, 'access') : context.environment;
      const { ACCESS_DATABASE_URL: databaseUrl } = readEnvironment(adminEnvironment, environment);
      const issued = await issueAdministrator({ databaseUrl, email, forename, surname, onlyFirst: false });
      if (issued.outcome === 'email-invalid') {
        throw new CommandFailed('--email is not an address, such as ada@example.org.', exitCodes.usage);
      }
      if (issued.outcome === 'created' || issued.outcome === 'renewed') {
        context.out(options.json ? JSON.stringify(issued) : issued.password);
        const summary =
          issued.outcome === 'created' ? 'Made an administrator' : 'Gave the administrator another password';
        context.say(`${summary}: ${issued.email}. The password is for one login, which has to set another.`);
        return;
      }
      throw new CommandFailed(
        `${email} belongs to a user who has logged in already. Another administrator gives a new password ` +
          '(popvote call issueOneTimePassword); if there is none who can enter, use another address.',
      );
    });
}
