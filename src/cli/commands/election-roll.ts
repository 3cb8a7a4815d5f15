// `popvote election roll…`: changes the roll of an election by a file, lists it, and takes a person off it.
import { stat } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { csvRow } from '../../domain/csv-text.ts';
import { rollFileBytesMax } from '../../domain/roll/roll-file.ts';
import type { RollQuery, RollReport } from '../../protocol/control/roll-api.ts';
import { Problem } from '../../protocol/problem.ts';
import { CommandFailed } from '../context.ts';
import type { Context } from '../context.ts';
import { sendableFile, unreadable } from '../inputs/file-inputs.ts';
import { calling, checkedId, jsonOption, localPlatformOption } from './election-calls.ts';
import type { Options } from './election-calls.ts';

type RollOptions = Options &
  Pick<RollQuery, 'column' | 'label' | 'second'> & { dryRun?: true; replace?: true; remove?: true; heading?: number };

export function rollCommand(context: Context): Command {
  return new Command('roll')
    .description('add the people of a file to the roll of an election; may be run again')
    .argument('<id>', 'the election; its identity scheme is roll', checkedId)
    .argument('<csv>', 'one person in each row; the number is in a column with a known heading, or in --column')
    .option('--column <name>', 'the column of the numbers: its heading, or its position from 1')
    .option('--heading <row>', 'the row that names the columns, from 1; 0 where none does', rowNumber)
    .option('--label <name>', 'a column to keep beside each number, such as the name')
    .option('--second <name>', 'the column of the PINs or birth dates, where the election has a second element')
    .option('--dry-run', 'say what the file would change, and change nothing')
    .addOption(new Option('--replace', 'the file is the whole roll: others leave it').conflicts('remove'))
    .option('--remove', 'people of the file leave the roll')
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (id: string, csv: string, options: RollOptions) => {
      const { size } = await stat(csv).catch((error: unknown) => {
        throw unreadable(csv, error);
      });
      if (size > rollFileBytesMax) throw new CommandFailed(`${csv} is larger than ${rollFileBytesMax} bytes.`);
      const report = await calling(context, options, (elections) =>
        elections.importRoll(id, queryOf(options), sendableFile(csv, rollFileBytesMax)).catch((error: unknown) => {
          throw withShapes(error);
        }),
      );
      if (options.json) context.out(JSON.stringify(report));
      else for (const line of countLines(report)) context.out(line);
      for (const line of noteLines(report)) context.say(line);
      if (report.malformed + report.collision > 0) throw new CommandFailed(skippedText(report));
    });
}

const queryOf = ({ column, heading, label, second, dryRun, replace, remove }: RollOptions): RollQuery => ({
  column,
  heading,
  label,
  second,
  dryRun: dryRun === true,
  mode: replace ? 'replace' : remove ? 'remove' : 'add',
});

function rowNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the number of a row.');
}

// The service describes the first rows by their shape.
function withShapes(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'roll-columns') return error;
  const shapes = (error.extras.errors ?? []).map(({ path, detail }) => `  ${path.replace('/', ' ')}: ${detail}`);
  const advice = 'Say it with --column and --heading, or --second.';
  return new CommandFailed([`${error.extras.detail ?? ''} ${advice}`, ...shapes].join('\n'));
}

function countLines(report: RollReport): string[] {
  const { rows, title, heading, blank, added, changed, alreadyThere, removed, notOnRoll } = report;
  const { duplicate, collision, malformed } = report;
  return [
    `rows ${rows}`,
    `title ${title}`,
    `heading ${heading}`,
    `blank ${blank}`,
    `added ${added}`,
    `changed ${changed}`,
    `already-there ${alreadyThere}`,
    `removed ${removed}`,
    `not-on-roll ${notOnRoll}`,
    `duplicate ${duplicate}`,
    `collision ${collision}`,
    `malformed ${malformed}`,
  ];
}

function noteLines({ dryRun, settled, warnings }: RollReport): string[] {
  return [
    ...(dryRun ? ['A check: nothing was changed.'] : []),
    ...(settled ? [] : ['The ballot server has not confirmed the change yet. It is sent by itself.']),
    ...warnings.map(({ kind, count, rows }) => `Warning: ${kind}, ${count} rows, such as ${rows.join(', ')}.`),
  ];
}

// Rows are named by their number, never by their contents.
function skippedText({ dryRun, malformed, collision, malformedRows, repeatedRows }: RollReport): string {
  const rows = [
    ...malformedRows.map(({ row, reason }) => `  row ${row}: ${reason}`),
    ...repeatedRows
      .filter(({ kind }) => kind === 'collision')
      .map(
        ({ row, firstRow }) =>
          `  row ${row}: the number of ${firstRow ? `row ${firstRow}` : 'someone on the roll'}, written otherwise`,
      ),
  ];
  const total = malformed + collision;
  const more = total > rows.length ? [`  and ${total - rows.length} more`] : [];
  const verb = dryRun ? 'would not be' : 'were not';
  const head = `${total} rows ${verb} imported; correct them and run the same command again:`;
  return [head, ...rows, ...more].join('\n');
}

export function rollListCommand(context: Context): Command {
  return new Command('roll-list')
    .description('the people on the roll of an election as CSV, with their state; recorded in the audit log')
    .argument('<id>', 'the election', checkedId)
    .option('--search <text>', 'a number, or a part of a number or of a label')
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (id: string, options: Options & { search?: string }) => {
      if (!options.json) context.out('number,second,label,state');
      await calling(context, options, async (elections) => {
        for await (const person of elections.listRoll(id, options.search)) {
          if (context.isOutputClosed()) break;
          const { number, second = '', label, state } = person;
          context.out(options.json ? JSON.stringify(person) : csvRow([number, second, label, state]).trimEnd());
        }
      });
    });
}

export function rollRemoveCommand(context: Context): Command {
  return new Command('roll-remove')
    .description('take one person off the roll of an election, until it opens')
    .argument('<id>', 'the election', checkedId)
    .argument('<number>', 'as on the roll')
    .requiredOption('--reason <text>', 'recorded in the audit log')
    .option(...localPlatformOption)
    .action(async (id: string, number: string, options: Options & { reason: string }) => {
      const { reason } = options;
      const { settled } = await calling(context, options, (elections) =>
        elections.removeFromRoll(id, { number, reason }),
      );
      context.say(settled ? 'Removed.' : 'Recorded. The ballot server has not confirmed it yet.');
    });
}
