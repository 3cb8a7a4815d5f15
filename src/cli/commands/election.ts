// `popvote election`: an operator's actions on elections. Each is a call of the private port of the service
// `elections`, signed with that service's key file, and is audited as an action of the operator.
import { Command } from 'commander';
import { graceOf } from '../../domain/election.ts';
import { readDefinitionFile } from '../../local/definition-file.ts';
import { newRehearsal } from '../../local/rehearsal.ts';
import type { ElectionDefinition } from '../../protocol/public-document.ts';
import { CommandFailed } from '../context.ts';
import type { Context } from '../context.ts';
import { calling, checkedId, jsonOption, localPlatformOption } from './election-calls.ts';
import type { Options } from './election-calls.ts';
import { rollCommand, rollListCommand, rollRemoveCommand } from './election-roll.ts';

export function electionCommand(context: Context): Command {
  return new Command('election')
    .description('load, list, show, close, count and recount elections; change rolls')
    .addCommand(exampleCommand(context))
    .addCommand(loadCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(countsCommand(context))
    .addCommand(rollCommand(context))
    .addCommand(rollListCommand(context))
    .addCommand(rollRemoveCommand(context))
    .addCommand(closeCommand(context))
    .addCommand(recountCommand(context))
    .addHelpText(
      'after',
      `
Environment: ELECTIONS_KEYS_FILE, and ELECTIONS_ORIGIN (http://127.0.0.1:9108); or --local.
Examples:
  $ popvote election example > council.json
  $ popvote election load council.json --local
  $ popvote election roll council members.csv --dry-run
  $ popvote election roll council members.csv
  $ popvote election counts council --json`,
    );
}

function exampleCommand(context: Context): Command {
  return new Command('example')
    .description('print an election for a rehearsal that is open from now on: change it, and load it')
    .action(() => context.out(JSON.stringify(newRehearsal(true, Date.now()), null, 2)));
}

function loadCommand(context: Context): Command {
  return new Command('load')
    .description('create and announce an election; the same file again changes nothing')
    .argument('<file>', 'the election as JSON')
    .option(...localPlatformOption)
    .action(async (file: string, options: Options) => {
      const definition = readOrFail(file);
      const { created } = await calling(context, options, (elections) => elections.load(definition));
      context.out(definition.id);
      context.say(`${created ? 'Created and announced' : 'Present'}: ${definition.id}.`);
      if (definition.rehearsal)
        context.say(`A rehearsal: it mixes from K = ${definition.minBatch}, and nothing counts.`);
    });
}

/** Most faults of a file that are printed. */
const faultsMax = 50;

function readOrFail(file: string): ElectionDefinition {
  const read = readDefinitionFile(file);
  if (read.ok) return read.definition;
  const list = read.faults.slice(0, faultsMax).map((fault, index) => ` ${index + 1}. ${fault}`);
  const more = read.faults.length > faultsMax ? [` and ${read.faults.length - faultsMax} more`] : [];
  throw new CommandFailed([`${file} is not an election:`, ...list, ...more].join('\n'));
}

function listCommand(context: Context): Command {
  return new Command('list')
    .description('all elections with their state, newest first')
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (options: Options) => {
      await calling(context, options, async (elections) => {
        const all = [];
        for await (const election of elections.list()) {
          if (context.isOutputClosed()) break;
          if (options.json) all.push(election);
          else context.out([election.id, election.state, election.phase, election.closesAt].join('  '));
        }
        if (options.json) context.out(JSON.stringify({ elections: all }));
      });
    });
}

function showCommand(context: Context): Command {
  return new Command('show')
    .description('one election: its state, its times, and the code to announce where it has a public log')
    .argument('<id>', 'the election', checkedId)
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (id: string, options: Options) => {
      const election = await calling(context, options, (elections) => elections.find(id));
      const { state, phase, version, definition, manifestHash } = election;
      const { opensAt, closesAt, timeZone } = definition;
      const facts = { id, state, phase, version, opensAt, closesAt, timeZone, manifestHash };
      if (options.json) context.out(JSON.stringify(facts));
      else for (const [name, value] of Object.entries(facts)) context.out(`${name} ${value ?? 'none'}`);
      if (manifestHash !== null)
        context.say('Announce manifestHash in print or elsewhere: voters compare it with the code on their page.');
    });
}

function closeCommand(context: Context): Command {
  return new Command('close')
    .description('close an election early; this cannot be undone, and at its end it closes by itself')
    .argument('<id>', 'the election', checkedId)
    .requiredOption('--reason <text>', 'recorded in the audit log')
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (id: string, options: Options & { reason: string }) => {
      const [election, counts] = await calling(context, options, async (elections) => {
        const closed = await elections.close(id, options.reason);
        return [closed, await elections.counts(id)] as const;
      });
      const { state, phase, definition } = election;
      const { participation } = counts;
      context.out(options.json ? JSON.stringify({ state, phase, participation }) : String(participation));
      const grace = graceOf(definition);
      const final = state === 'announced' && grace > 0 ? `final after the grace of ${grace} seconds` : 'final';
      context.say(`${id}: voting has ended. Ballots cast online: ${participation}, ${final}.`);
    });
}

function countsCommand(context: Context): Command {
  return new Command('counts')
    .description('how many took part and how many sealed ballots wait for the mixer; never what they say')
    .argument('<id>', 'the election', checkedId)
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (id: string, options: Options) => {
      const counts = await calling(context, options, (elections) => elections.counts(id));
      if (options.json) context.out(JSON.stringify(counts));
      else
        for (const [name, value] of Object.entries(counts))
          context.out(`${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    });
}

function recountCommand(context: Context): Command {
  return new Command('recount')
    .description('count the ballots of a counted election again and compare, byte for byte; changes nothing')
    .argument('<id>', 'the election', checkedId)
    .option(...jsonOption)
    .option(...localPlatformOption)
    .action(async (id: string, options: Options) => {
      const answer = await calling(context, options, (elections) => elections.recount(id));
      const { published, same, sha256, storedSha256, ballots, revision } = answer;
      if (options.json) context.out(JSON.stringify(answer));
      else context.out(`recounted ${sha256}\nstored ${storedSha256}`);
      if (!options.json && published) context.out(`published ${published.sha256}`);
      const faults = [
        ...(same ? [] : ['the recount gives other results than those that are stored']),
        ...(published?.same === false ? ['the recount gives other results than those that were published'] : []),
        ...(published?.signed === false ? ['what was published is not signed by a known publisher'] : []),
      ];
      if (faults.length > 0) throw new CommandFailed(`${id}: ${faults.join('; ')}.`);
      context.say(`${ballots} ballots of ${id} were counted again: revision ${revision} is the same to the byte.`);
    });
}
