// `popvote whoami`: the user and the panel of the stored login, as the panel reports them now.
import { Command } from 'commander';
import { account } from '../../protocol/control/access-api.ts';
import { bodyAs } from '../control/answer-bodies.ts';
import { showRejection } from '../control/answers.ts';
import { panelClient } from '../control/panel-client.ts';
import { sessionFile } from '../control/session-file.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';

export function whoamiCommand(context: Context): Command {
  return new Command('whoami')
    .description('who is logged in by popvote login, where, and in which role')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ popvote whoami')
    .action(async (options: { json?: true }) => {
      const sessions = sessionFile(context.environment);
      const session = sessions.read();
      if (!session) {
        throw new CommandFailed('You are not logged in. Run: popvote login --email <address>', exitCodes.notAllowed);
      }
      const client = panelClient(session.origin);
      try {
        const path = '/api/access/v1/account';
        const answer = await client.sendAs(sessions, { method: 'GET', path, headers: {}, body: { kind: 'none' } });
        if (answer.statusCode !== 200) throw (await showRejection([], answer)).failure;
        const { user } = await bodyAs(session.origin, answer.body, account);
        const summary = { origin: session.origin, email: user.email, role: user.role, id: user.id };
        context.out(options.json ? JSON.stringify(summary) : `${user.email} ${user.role} ${session.origin}`);
      } finally {
        await client.close();
      }
    });
}
