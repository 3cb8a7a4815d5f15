// `popvote logout`: ends the stored login, in every service and on this machine.
import { Command } from 'commander';
import { panelClient } from '../control/panel-client.ts';
import { sessionFile } from '../control/session-file.ts';
import { CommandFailed } from '../context.ts';
import type { Context } from '../context.ts';

export function logoutCommand(context: Context): Command {
  return new Command('logout')
    .description('end the login of popvote login, in every service and on this machine')
    .addHelpText(
      'after',
      `
Example:
  $ popvote logout
To end every session of yours, in browsers too: popvote call endMySessions`,
    )
    .action(async () => {
      const file = sessionFile(context.environment);
      const session = file.read();
      if (!session) {
        context.say('You are not logged in.');
        return;
      }
      const client = panelClient(session.origin);
      try {
        const text = JSON.stringify({ refreshToken: session.pair.refreshToken });
        const wire = { path: '/api/access/v1/logout', headers: {}, body: { kind: 'json', text } } as const;
        const answer = await client.send({ ...wire, method: 'POST' });
        await answer.body.dump();
        if (answer.statusCode !== 204) throw new CommandFailed(`The panel answered ${answer.statusCode}: try again.`);
      } finally {
        await client.close();
      }
      // Not before: without the token the session could not be ended any more.
      file.remove();
      context.say(`Logged out at ${session.origin}.`);
    });
}
