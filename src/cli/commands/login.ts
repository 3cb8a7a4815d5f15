// `popvote login`: logs in like the first page of the control panel. The password and the code are typed on the
// terminal, or scripts read them from files. The tokens are stored in a file of the user and never printed.
import { Command } from 'commander';
import { tokenPair } from '../../protocol/control/access-api.ts';
import type { TokenPair } from '../../protocol/control/access-api.ts';
import { bodyAs } from '../control/answer-bodies.ts';
import { showRejection } from '../control/answers.ts';
import { panelClient } from '../control/panel-client.ts';
import type { PanelAnswer, PanelClient } from '../control/panel-client.ts';
import { localOption, originOption, panelOrigin } from '../control/panel-origin.ts';
import type { OriginOptions } from '../control/panel-origin.ts';
import { hiddenInput, secretOf } from '../control/secret-input.ts';
import type { HiddenInput } from '../control/secret-input.ts';
import { sessionFile } from '../control/session-file.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';

type Options = OriginOptions & {
  readonly email: string;
  readonly passwordFile?: string;
  readonly newPasswordFile?: string;
  readonly codeFile?: string;
};

export function loginCommand(context: Context): Command {
  return new Command('login')
    .description('log in to the control panel; what it does is then done by popvote call')
    .requiredOption('--email <address>', 'with which the account was made')
    .option(...originOption)
    .option(...localOption)
    .option('--password-file <file>', 'the password, in the first line; - reads standard input')
    .option('--new-password-file <file>', 'the password that replaces a one-time password')
    .option('--code-file <file>', 'the code of the authenticator, where the account has one')
    .addHelpText(
      'after',
      `
What is needed is asked for on the terminal, and what is typed there is not shown. Without a terminal the first line of
standard input is the password. The login is kept in POPVOTE_SESSION_FILE, or popvote/session.json of XDG_STATE_HOME
(~/.local/state), mode 0600, until popvote logout, at most 30 days.
Examples:
  $ popvote login --origin https://control.example.org --email ada@example.org
  $ popvote login --local --email ada@example.org --password-file /run/secrets/ada`,
    )
    .action(async (options: Options) => {
      const origin = panelOrigin(context.environment, options);
      if (origin === null) {
        throw new CommandFailed('Say where the control panel is: --origin <address>, or --local.', exitCodes.usage);
      }
      const client = panelClient(origin);
      const typed = hiddenInput(context);
      try {
        const pair = await logIn(client, options.email, secretsOf(context, options, typed));
        const file = sessionFile(context.environment);
        file.replace({ origin, email: options.email, pair });
        context.say(`Logged in at ${origin} as ${options.email}, ${pair.user.role}. Kept in ${file.path}.`);
      } finally {
        typed.close();
        await client.close();
      }
    });
}

type Secrets = Readonly<Record<'password' | 'code' | 'newPassword', () => Promise<string>>>;

function secretsOf(context: Context, options: Options, typed: HiddenInput): Secrets {
  const { email, passwordFile, newPasswordFile, codeFile } = options;
  if ([passwordFile, newPasswordFile, codeFile].filter((file) => file === '-').length > 1) {
    throw new CommandFailed('Standard input can be only one of the three files.', exitCodes.usage);
  }
  const fileOr = (option: string, file: string | undefined, ask: () => Promise<string>): (() => Promise<string>) =>
    file === undefined ? ask : () => secretOf(context, option, file);
  return {
    password: fileOr('--password-file', passwordFile, () =>
      context.stdin.isTTY ? typed.ask(`Password of ${email}:`) : secretOf(context, '--password-file', '-'),
    ),
    code: fileOr('--code-file', codeFile, () => typed.ask('Code of the authenticator, or a recovery code:')),
    newPassword: fileOr('--new-password-file', newPasswordFile, async () => {
      context.say('This is a one-time password: choose the one that replaces it, of 12 characters or more.');
      const first = await typed.ask('New password:');
      if (first === (await typed.ask('The same again:'))) return first;
      throw new CommandFailed('The two are not the same. Nothing was changed: log in again.');
    }),
  };
}

/** Sends the password, and each further factor that is requested, once. */
async function logIn(client: PanelClient, email: string, secrets: Secrets): Promise<TokenPair> {
  const credentials: Record<string, string> = { email, password: await secrets.password() };
  for (;;) {
    const answer = await send(client, credentials);
    if (answer.statusCode === 200) return bodyAs(client.origin, answer.body, tokenPair);
    const { code, failure } = await showRejection([], answer);
    if (code === 'second-factor-required' && credentials['code'] === undefined)
      credentials['code'] = await secrets.code();
    else if (code === 'password-change-required' && credentials['newPassword'] === undefined)
      credentials['newPassword'] = await secrets.newPassword();
    else throw failure;
  }
}

function send(client: PanelClient, credentials: Readonly<Record<string, string>>): Promise<PanelAnswer> {
  const body = { kind: 'json', text: JSON.stringify(credentials) } as const;
  return client.send({ method: 'POST', path: '/api/access/v1/login', headers: {}, body });
}
