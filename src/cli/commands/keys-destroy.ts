// `popvote keys destroy`: the keys of one election, or a key of a ring that elections name. There is no way back.
import { Command } from 'commander';
import { localEnvironment } from '../../local/zone-environments.ts';
import { readEnvironment } from '../../platform/environment.ts';
import type { Environment } from '../../platform/environment.ts';
import { commandEnvironment } from '../command-environment.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { destroyElectionKeys } from '../destroy-keys.ts';
import { keysDirectory } from './keys-folder.ts';
import { destroyRingKey, ringIds, rings } from '../rotate-keys.ts';
import type { ElectionRing } from '../rotate-keys.ts';

type Options = { election?: string; kid?: string; confirm?: string; directory?: string; local?: true };

export function destroyKeysCommand(context: Context): Command {
  return new Command('destroy')
    .description('destroy keys that can link a number to its participation, for ever')
    .argument('[ring]', 'identity or phone: a key of the ring that no election needs any more')
    .option('--kid <id>', 'which key of the ring')
    .option('--election <id>', 'the two keys of this election, in the folder of ballots')
    .option('--confirm <id>', 'the same id again: there is no way back')
    .option(
      '--directory <folder>',
      'the folder of the key files; with --election, of the election keys (default: BALLOTS_ELECTION_KEYS_DIRECTORY)',
    )
    .option('--local', 'a key of the platform that popvote start runs in this folder')
    .addHelpText(
      'after',
      `
Examples:
  $ popvote keys destroy --election council-2027 --confirm council-2027 --directory /var/lib/popvote/election-keys
  $ popvote keys destroy identity --kid first --confirm first --directory /etc/popvote/keys

For a key of a ring, ELECTIONS_DATABASE_URL tells which elections need it (or --local). popvote doctor says which keys no
election needs.`,
    )
    .action(async (ring: string | undefined, options: Options) => {
      const { election, kid, local } = options;
      if (ring === undefined && election !== undefined && kid === undefined && !local)
        destroyOfElection(context, election, options);
      else if (isElectionRing(ring) && kid !== undefined && election === undefined)
        await destroyOfRing(context, ring, options);
      else {
        throw new CommandFailed('Give --election <id>, or identity or phone with --kid <id>.', exitCodes.usage);
      }
    });
}

const isElectionRing = (name: string | undefined): name is ElectionRing => name === 'identity' || name === 'phone';

function destroyOfElection(context: Context, election: string, { confirm, directory }: Options): void {
  const folder = directory ?? electionKeysDirectory(context.environment);
  if (confirm !== election) {
    throw new CommandFailed(
      `This destroys the two keys of ${election}. From then on no ballot of it can be cast, no vote repeated for ` +
        'its receipt, and no one, even with every database and every other key, can test whether a number took part. ' +
        `Do it after certification, and in the backups too. If that is meant: --confirm ${election}`,
      exitCodes.usage,
    );
  }
  const destroyed = destroyElectionKeys(folder, election);
  if (!destroyed.ok) throw new CommandFailed(destroyed.reason);
  context.out(destroyed.path);
  context.say(
    `The keys of ${election}${destroyed.keyId === null ? '' : ` (${destroyed.keyId})`} are overwritten and removed. Restart every ballots process, which may still hold ` +
      'them in memory, and destroy each copy in a backup or a snapshot: the overwriting reaches this file only. Where replicas ' +
      'have folders of their own, run this command in each: popvote_ballots_ended_election_keys counts what a replica still has. ' +
      `At the end have the certificate signed: panel, Results of ${election}, Destruction of data. Read it with ` +
      `popvote call getDestruction electionId=${election}`,
  );
}

async function destroyOfRing(context: Context, ring: ElectionRing, options: Options): Promise<void> {
  const { kid = '', confirm, local } = options;
  const directory = keysDirectory(context, options.directory, local === true);
  const ids = ringIds(directory, ring);
  if (!ids.includes(kid)) throw new CommandFailed(`${ring} has no key ${kid}. It has: ${ids.join(', ')}.`);
  // Only here: other commands, which run where no database is in reach, do not load its client.
  const { findKeyUses, whyNeeded } = await import('../key-uses.ts');
  const uses = await findKeyUses(local ? localEnvironment(context.environment, 'elections') : context.environment);
  const reason = whyNeeded(ring, kid, ids, uses);
  if (reason !== null) throw new CommandFailed(`Key ${kid} of ${ring} stays: ${reason}. Nothing was changed.`);
  if (confirm !== kid) {
    throw new CommandFailed(
      `This destroys key ${kid} of ${ring}. From then on no one can make the names that elections with it used. Do it in ` +
        `the backups too. If that is meant: --confirm ${kid}`,
      exitCodes.usage,
    );
  }
  for (const path of destroyRingKey(directory, ring, kid)) context.out(path);
  context.say(
    `Key ${kid} of ${ring} is removed, and the files that had it are overwritten. Restart: ${rings[ring].restart}. Destroy ` +
      'each copy in a backup or a snapshot: the overwriting reaches these files only.',
  );
}

const folderVariable = commandEnvironment.pick({ BALLOTS_ELECTION_KEYS_DIRECTORY: true });

function electionKeysDirectory(environment: Environment): string {
  const { BALLOTS_ELECTION_KEYS_DIRECTORY: folder } = readEnvironment(folderVariable, environment);
  if (folder !== undefined) return folder;
  throw new CommandFailed('Give --directory, or set BALLOTS_ELECTION_KEYS_DIRECTORY.', exitCodes.usage);
}
