// `popvote log`: makes a lost folder of the public logs again from the box, and copies a folder to another machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { readEnvironment } from '../../platform/environment.ts';
import { namedLogs } from '../../services/herald/named-logs.ts';
import { logEnvironment } from '../../services/log/config.ts';
import { openPool } from '../../store/database.ts';
import { CommandFailed } from '../context.ts';
import type { Context } from '../context.ts';
import { rebuildLogs } from '../rebuild-logs.ts';
import { withTemporary } from '../temporary.ts';

/** Longest statement of a rebuild, in milliseconds: it reads a segment of entries. */
const statementMsMax = 60_000;
/** A volume of its own has this folder at its top. Only the system may read it. */
const volumeFolder = 'lost+found';

export function logCommand(context: Context): Command {
  return new Command('log')
    .description('make a lost folder of the public logs again, and copy one to another machine')
    .addCommand(rebuildCommand(context))
    .addCommand(pushCommand(context))
    .addHelpText(
      'after',
      `
Examples, in the environment of log:
  $ popvote log rebuild --directory public-logs.new --published published-logs
  $ popvote log push --from public-logs --to edge.example.org:/srv/public-logs/

The folder that rebuild makes takes the place of LOG_DIRECTORY while log is stopped.`,
    );
}

function rebuildCommand(context: Context): Command {
  return new Command('rebuild')
    .description('write the public logs from the box to a new folder; fails where a published checkpoint differs')
    .requiredOption('--directory <folder>', 'where to: a folder that does not exist or is empty')
    .requiredOption('--published <folder>', 'the folder of herald or a copy of it: its checkpoints must agree')
    .action(async ({ directory, published }: { directory: string; published: string }) => {
      if (existsSync(directory) && readdirSync(directory).some((name) => name !== volumeFolder))
        throw new CommandFailed(`${directory} is not empty. A log is never written over another one.`);
      if (!existsSync(published)) throw new CommandFailed(`${published} does not exist.`);
      const fields = logEnvironment.pick({ LOG_KEYS: true, LOG_BOX_DATABASE_URL: true });
      const settings = readEnvironment(fields, context.environment);
      const options = { name: 'popvote-log-rebuild', connectionsMax: 1, statementMsMax };
      const box = openPool(settings.LOG_BOX_DATABASE_URL, options);
      try {
        const faults: string[] = [];
        for (const rebuilt of await rebuildLogs({ box, keys: settings.LOG_KEYS, directory, published })) {
          context.out(`${rebuilt.origin} ${rebuilt.size} ${rebuilt.outcome}`);
          if (rebuilt.outcome === 'differs') faults.push(rebuilt.origin);
        }
        if (faults.length > 0)
          throw new CommandFailed(
            `${faults.length} logs are not those that were published. They have no checkpoint, so they cannot be used: ` +
              'the box is an older copy or was changed.',
          );
      } finally {
        await box.end();
      }
    });
}

function pushCommand(context: Context): Command {
  return new Command('push')
    .description('copy a folder of logs with rsync: first the files, then the checkpoints that need them')
    .requiredOption('--from <folder>', 'LOG_DIRECTORY, or HERALD_DIRECTORY')
    .requiredOption('--to <destination>', 'a destination of rsync, such as edge.example.org:/srv/public-logs/')
    .action(async ({ from, to }: { from: string; to: string }) => {
      if (!existsSync(from)) throw new CommandFailed(`${from} does not exist.`);
      const checkpoints = await mkdtemp(join(tmpdir(), 'popvote-checkpoints-'));
      await withTemporary(checkpoints, async () => {
        // The log may grow meanwhile: the checkpoints of now are those whose files are copied.
        await copyCheckpoints(from, checkpoints);
        // Each file is renamed into its place, so readers never see a part of one.
        const exclusions = ['--exclude=*.new', '--exclude=checkpoint', `--exclude=/${volumeFolder}`];
        await rsync(['-rt', ...exclusions, '--', `${from}/`, to]);
        await rsync(['-r', '--checksum', '--', `${checkpoints}/`, to]);
      });
      context.say(`Copied ${from} to ${to}.`);
    });
}

async function copyCheckpoints(logs: string, copies: string): Promise<void> {
  for (const { electionId, hash } of await namedLogs(logs)) {
    const checkpoint = join(electionId, hash, 'checkpoint');
    if (!existsSync(join(logs, checkpoint))) continue;
    await mkdir(dirname(join(copies, checkpoint)), { recursive: true });
    await copyFile(join(logs, checkpoint), join(copies, checkpoint));
  }
}

async function rsync(words: readonly string[]): Promise<void> {
  const child = spawn('rsync', words, { stdio: ['ignore', 'inherit', 'inherit'] });
  const outcome = await Promise.race([
    once(child, 'exit').then(([code]) => (code === 0 ? null : `rsync ended with ${String(code)}`)),
    once(child, 'error').then(() => 'rsync is not installed'),
  ]);
  if (outcome !== null)
    throw new CommandFailed(`${outcome}. Nothing was published that lacks its files: run this again.`);
}
