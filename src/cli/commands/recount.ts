// `popvote recount`: counts every vote in the databases intake and box, and compares that with the running counts. The owner of
// the databases runs it, at any time.
import { Command } from 'commander';
import { z } from 'zod';
import { ConfigurationError, readEnvironment } from '../../platform/environment.ts';
import { acceptRecount, countedDatabases, recountDatabase } from '../../store/recounts.ts';
import type { CountedDatabase, CountedRows } from '../../store/recounts.ts';
import { CommandFailed } from '../context.ts';
import type { Context } from '../context.ts';
import { migrateEnvironment } from './migrate.ts';

const { MIGRATE_INTAKE_URL, MIGRATE_BOX_URL } = migrateEnvironment.shape;
const recountEnvironment = z.object({ MIGRATE_INTAKE_URL, MIGRATE_BOX_URL });
const variables = { intake: 'MIGRATE_INTAKE_URL', box: 'MIGRATE_BOX_URL' } as const;

type Counted = CountedRows & { readonly database: CountedDatabase };

export function recountCommand(context: Context): Command {
  return new Command('recount')
    .description('count every stored vote, and compare that with the running counts')
    .option('--accept <election>', 'afterwards make the counts of this election those of its rows')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Environment: MIGRATE_INTAKE_URL, MIGRATE_BOX_URL (or …_FILE), addresses with the owner's user. It may run while votes are
cast. An election whose counts differ cannot be closed. Accept a difference only once you know its cause.

Exit code 1 if a count differs, also when it is accepted.`,
    )
    .action(async (options: { accept?: string; json?: true }) => {
      const settings = readEnvironment(recountEnvironment, context.environment);
      const counts: Counted[] = [];
      for (const database of countedDatabases) {
        const url = settings[variables[database]];
        if (url === undefined) continue;
        counts.push(...(await recountDatabase(database, url)).map((each) => ({ database, ...each })));
        if (options.accept !== undefined) await acceptRecount(url, options.accept);
      }
      if (settings.MIGRATE_INTAKE_URL === undefined && settings.MIGRATE_BOX_URL === undefined) {
        throw new ConfigurationError([`${Object.values(variables).join(', ')}: set one or both (or …_FILE).`]);
      }
      if (options.accept !== undefined && !counts.some(({ electionId }) => electionId === options.accept))
        throw new CommandFailed(`No count is of an election ${options.accept}. Nothing was changed.`);
      if (options.json) context.out(JSON.stringify({ counts }));
      else for (const each of counts) context.out(lineOf(each));
      const different = counts.filter(({ same }) => !same);
      if (different.length > 0) throw new CommandFailed(`${different.length} of ${counts.length} counts differ.`);
      context.say(`All ${counts.length} counts are right.`);
    });
}

function lineOf({ database, electionId, counted, amount, present, same }: Counted): string {
  const verdict = same ? 'the same' : amount === present ? 'as many, but others' : `${amount} were counted`;
  return `${database.padEnd(6)} ${electionId} ${counted.padEnd(13)} ${String(present).padStart(10)} ${verdict}`;
}
