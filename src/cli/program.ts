// The commands, and the exit code of each kind of failure: 0 ok, 1 failed, 2 usage, 78 configuration (EX_CONFIG,
// sysexits), and for calls of the control API 3 not found, 4 not allowed, 5 conflict, 6 busy or too late. Data goes to
// standard output, messages to standard error. No secret is accepted as an argument, because arguments are public.
import { Command } from 'commander';
import { programVersion } from '../platform/health/version.ts';
import { CommandFailed, exitCodes } from './context.ts';
import type { Context } from './context.ts';
import { exitCodeOf } from './failures.ts';
import { checkOptionWords } from './inputs/option-words.ts';

const examples = `
Examples:
  $ popvote start                                  the whole platform on this machine
  $ popvote serve ballots                          one service, configured by its environment
  $ popvote keys new --directory /etc/popvote/keys
  $ popvote admin create --email ada@example.org --local
  $ popvote election load council.json
  $ popvote doctor                                 what is wrong, and what to do about it
  $ popvote login --local --email ada@example.org  then everything that the control panel does, as commands:
  $ popvote call                                   all of them
  $ popvote call listElections phase=open

Secrets are given by files or NAME_FILE variables, never as arguments. Exit codes: 0 ok, 1 failed, 2 usage,
78 configuration; of popvote call also 3 not found, 4 not allowed, 5 conflict, 6 busy or no answer in time.`;

/** The commands. Each is loaded when it is used: a service's process does not need the imports of the others. */
const commands: Readonly<Record<string, () => Promise<(context: Context) => Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  recount: async () => (await import('./commands/recount.ts')).recountCommand,
  'postgres-sizes': async () => (await import('./commands/postgres-sizes.ts')).postgresSizesCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  admin: async () => (await import('./commands/admin.ts')).adminCommand,
  election: async () => (await import('./commands/election.ts')).electionCommand,
  login: async () => (await import('./commands/login.ts')).loginCommand,
  logout: async () => (await import('./commands/logout.ts')).logoutCommand,
  whoami: async () => (await import('./commands/whoami.ts')).whoamiCommand,
  call: async () => (await import('./commands/call.ts')).callCommand,
  log: async () => (await import('./commands/log.ts')).logCommand,
  witness: async () => (await import('./commands/witness.ts')).witnessCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** Runs one command and returns its exit code. A started service keeps running after it. */
export async function runCommand(words: readonly string[], context: Context): Promise<number> {
  const program = await buildProgram(words[0] ?? '', context);
  try {
    if (words.includes(''))
      throw new CommandFailed('A word is empty. Is a variable of the shell not set?', exitCodes.usage);
    await program.parseAsync(words, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    return exitCodeOf(error, context.say);
  }
}

export async function buildProgram(word: string, context: Context): Promise<Command> {
  const program = new Command('popvote')
    .description('Public votes from a phone in about a minute: anonymous, exact, checkable by outsiders.')
    .version(programVersion().version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => context.say(text.trimEnd()),
    })
    .exitOverride();
  // Help and unknown words need all of them.
  const names = Object.hasOwn(commands, word) ? [word] : Object.keys(commands);
  for (const name of names) {
    const command = await commands[name]?.();
    if (command) program.addCommand(withSettingsOf(program, command(context)));
  }
  return program;
}

// Unlike command(), addCommand does not pass on settings: help, output and exit must be the same for subcommands.
function withSettingsOf(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  // A command with its own --help answers it itself, because its text depends on its run.
  if (command.options.some(({ long }) => long === '--help')) command.helpOption(false);
  checkOptionWords(command);
  for (const child of command.commands) withSettingsOf(command, child);
  return command;
}
