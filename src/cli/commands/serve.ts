// `popvote serve`: one service, or several that may share a process.
import { Command, Option } from 'commander';
import { reportStage, runServices, untilNeeded } from '../../platform/process.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { reporting } from '../reporting.ts';
import { checkEnvironments, chooseServices, launchable, loadService } from '../services.ts';

const examples = `
Examples:
  $ popvote serve api
  $ BALLOTS_KEYS_FILE=/run/secrets/ballots.json … popvote serve ballots

Each service reads its own variables only; all that is wrong with them is said at once, with exit code 78.
An edge service (api, sms) shares a process with no other: what faces the public has no door to a database.
access, elections and officials may share one: the user in CONTROL_REDIS_URL then needs the rules of all three.`;

export function serveCommand(context: Context): Command {
  return new Command('serve')
    .description('run services in this process until a signal')
    .argument('<service...>', launchable.join(', '))
    .addOption(new Option('--spare', 'load the code, and wait for a message of the launcher to begin').hideHelp())
    .addHelpText('after', examples)
    .action(async (words: string[], { spare }: { spare?: true }) => {
      reportStage('reading its settings');
      const choice = chooseServices(words);
      if (!choice.ok) throw new CommandFailed(choice.reason, exitCodes.usage);
      for (const warning of choice.warnings) context.say(`popvote: ${warning}`);
      await checkEnvironments(choice.services, context.environment);
      reportStage('loading its code');
      const starts = await Promise.all(choice.services.map(async (name) => reporting(name, await loadService(name))));
      if (spare) await untilNeeded();
      await runServices(starts, context.environment);
    });
}
