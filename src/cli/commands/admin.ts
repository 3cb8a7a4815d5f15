// `popvote admin`: creates an administrator, for the first start and for when no one can log in, and suspends one. The
// one-time password is printed to standard output once. It is in no log, argument or file.
import { Command } from 'commander';
import { z } from 'zod';
import { issueAdministrator, stopAdministrator } from '../../services/access/operator-acts.ts';
import { localEnvironment } from '../../local/zone-environments.ts';
import { postgresUrl } from '../../platform/environment-fields.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { registration } from '../../protocol/control/access-api.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';

export const adminEnvironment = z.object({
  ACCESS_DATABASE_URL: postgresUrl.describe(
    'Address of the database access for the role popvote_access: postgres://popvote_access:…@host/access',
  ),
});

export function adminCommand(context: Context): Command {
  return new Command('admin')
    .description('make and suspend administrators of the control panel')
    .addCommand(createCommand(context))
    .addCommand(suspendCommand(context));
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
      const databaseUrl = databaseUrlOf(context, options);
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

function databaseUrlOf({ environment }: Context, { local }: { readonly local?: true }): string {
  const settings = local ? localEnvironment(environment, 'access') : environment;
  return readEnvironment(adminEnvironment, settings).ACCESS_DATABASE_URL;
}

function suspendCommand(context: Context): Command {
  return new Command('suspend')
    .description('suspend an administrator and end the sessions, for when one of two is not to be trusted')
    .requiredOption('--email <address>', 'with which they log in')
    .option('--local', 'on the platform that popvote start runs in this folder')
    .addHelpText(
      'after',
      `
Within five seconds they are signed out everywhere. Administrators can lift the suspension, two together where there
are two. Where a password or a second factor is lost, this is not needed: make another administrator (popvote admin
create), who confirms what the remaining one proposes. It is in the audit log.
Environment: ACCESS_DATABASE_URL (or …_FILE), or --local.
Example:
  $ popvote admin suspend --email ada@example.org --local`,
    )
    .action(async ({ email, ...options }: { email: string; local?: true }) => {
      const outcome = await stopAdministrator({ databaseUrl: databaseUrlOf(context, options), email });
      if (outcome === 'email-invalid') {
        throw new CommandFailed('--email is not an address, such as ada@example.org.', exitCodes.usage);
      }
      if (outcome === 'not-found') throw new CommandFailed(`No administrator has the address ${email}.`);
      if (outcome === 'last-administrator') {
        throw new CommandFailed(
          `${email} is the only administrator. Make another one first: popvote admin create. Nothing was changed.`,
        );
      }
      context.say(outcome === 'already' ? `${email} is suspended already.` : `Suspended: ${email}.`);
    });
}
