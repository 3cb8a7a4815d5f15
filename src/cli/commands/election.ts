// `popvote election`: what an operator does with an election until administration exists. It acts as the service
// `elections`: with that service's key file, and nothing more than that service may do.
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { withBallots, withPublishing } from '../../elections/connection.ts';
import { readDefinitionFile } from '../../elections/definition-file.ts';
import { loadElection, publishAgain } from '../../elections/load-election.ts';
import { faultyRowsNamedMax, importRoll } from '../../elections/roll.ts';
import { hashKey } from '../../platform/keyed-hash.ts';
import { closeAnswer, countsAnswer } from '../../protocol/ballot-service.ts';
import { electionId } from '../../protocol/public-values.ts';
import type { ElectionDefinition } from '../../protocol/public-document.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { localEnvironment } from '../../local/zone-environments.ts';
import type { Environment } from '../../platform/environment.ts';

/** Longest wait for `ballots` to close an election (it waits for casts in flight) and to count, in milliseconds. */
const closeMsMax = 60_000;

const localOption = ['--local', 'on the platform that popvote start runs in this folder'] as const;
type Local = { local?: true };

export function electionCommand(context: Context): Command {
  return new Command('election')
    .description('load, close and count elections; import rolls')
    .addCommand(loadCommand(context))
    .addCommand(closeCommand(context))
    .addCommand(countsCommand(context))
    .addCommand(rollCommand(context))
    .addHelpText(
      'after',
      `
Environment: ELECTIONS_KEYS_FILE, BALLOTS_ORIGIN and, to publish, EDGE_REDIS_URL; or --local.
Examples:
  $ popvote election load council.json --local
  $ popvote election roll council members.csv
  $ popvote election counts council --json`,
    );
}

function loadCommand(context: Context): Command {
  return new Command('load')
    .description('create the intake of an election and publish it; the same file again changes nothing')
    .argument('<file>', 'the election as JSON')
    .option('--publish-only', 'only put out again what is recorded of it, should Redis have lost it')
    .option(...localOption)
    .action(async (file: string, options: Local & { publishOnly?: true }) => {
      const definition = readOrFail(file);
      await withPublishing(environmentOf(context, options), async (parts) => {
        if (options.publishOnly) {
          const revision = await publishAgain(definition.id, parts);
          if (revision === null)
            throw new CommandFailed(`${definition.id} was never loaded: leave out --publish-only.`);
          context.say(`Published ${definition.id} again, revision ${revision}.`);
        } else {
          const { revision, wasThere } = await loadElection(definition, parts);
          context.say(`${wasThere ? 'Present' : 'Created'} and published: ${definition.id}, revision ${revision}.`);
          if (definition.rehearsal)
            context.say(`A rehearsal: it mixes from K = ${definition.minBatch}, and nothing counts.`);
        }
        context.out(definition.id);
      });
    });
}

function readOrFail(file: string): ElectionDefinition {
  const read = readDefinitionFile(file);
  if (read.ok) return read.definition;
  const list = read.faults.map((fault, index) => ` ${index + 1}. ${fault}`).join('\n');
  throw new CommandFailed(`${file} is not an election:\n${list}`);
}

function closeCommand(context: Context): Command {
  return new Command('close')
    .description('close the intake for good, after its time and grace; the count it prints is final')
    .argument('<id>', 'the election', checkedId)
    .option('--json', 'print JSON')
    .option(...localOption)
    .action(async (id: string, options: Local & { json?: true }) => {
      const answer = await withBallots(environmentOf(context, options), ({ ballots }) =>
        ballots.call({
          method: 'POST',
          path: `/private/elections/${id}/close`,
          body: {},
          answer: closeAnswer,
          msMax: closeMsMax,
        }),
      );
      context.out(options.json ? JSON.stringify(answer) : String(answer.participation));
      context.say(`${id} is closed. Ballots cast: ${answer.participation}.`);
    });
}

function countsCommand(context: Context): Command {
  return new Command('counts')
    .description('how many took part and how many sealed ballots wait for the mixer; never what they say')
    .argument('<id>', 'the election', checkedId)
    .option('--json', 'print JSON')
    .option(...localOption)
    .action(async (id: string, options: Local & { json?: true }) => {
      const counts = await withBallots(environmentOf(context, options), ({ ballots }) =>
        ballots.call({
          method: 'GET',
          path: `/private/elections/${id}/counts`,
          answer: countsAnswer,
          msMax: closeMsMax,
        }),
      );
      if (options.json) context.out(JSON.stringify(counts));
      else for (const [name, value] of Object.entries(counts)) context.out(`${name} ${value}`);
    });
}

function rollCommand(context: Context): Command {
  return new Command('roll')
    .description('add the numbers of a file to the roll of an election; may be run again')
    .argument('<id>', 'the election; its identity scheme is roll', checkedId)
    .argument('<csv>', 'one number in each line; a first line "number" is a heading')
    .option('--json', 'print JSON')
    .option(...localOption)
    .action(async (id: string, csv: string, options: Local & { json?: true }) => {
      await access(csv).catch(() => {
        throw new CommandFailed(`${csv} cannot be read.`);
      });
      const report = await withBallots(environmentOf(context, options), ({ ballots, keys }) =>
        importRoll(createReadStream(csv, { encoding: 'utf8' }), {
          electionId: id,
          identityKey: hashKey(keys.identity),
          ballots,
        }),
      );
      if (options.json) context.out(JSON.stringify(report));
      else context.out(`added ${report.added}\nalready-there ${report.alreadyThere}\nmalformed ${report.malformed}`);
      if (report.malformed === 0) return;
      const more = report.malformed > faultyRowsNamedMax ? ', …' : '';
      throw new CommandFailed(
        `Rows that are not a number of 1 to 64 letters and digits: ${report.malformedRows.join(', ')}${more}. ` +
          'The others are on the roll; mend these and run the same again.',
      );
    });
}

// The id becomes a part of a path.
function checkedId(id: string): string {
  if (electionId.safeParse(id).success) return id;
  throw new CommandFailed('An election id has 1 to 64 letters, digits, - and _.', exitCodes.usage);
}

const environmentOf = (context: Context, { local }: Local): Environment =>
  local ? localEnvironment(context.environment, 'elections') : context.environment;
