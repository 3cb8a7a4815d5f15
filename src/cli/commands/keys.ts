// `popvote keys`: makes, rotates and destroys keys. A key is never printed. A key is never overwritten without a trace
// of the old one, except by `destroy`.
import { Command } from 'commander';
import { keyFilePath, makeKeyDirectory } from '../../platform/keys/key-directory.ts';
import type { Environment } from '../../platform/environment.ts';
import { makeComposeSecrets } from '../compose-secrets.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { destroyElectionKeys } from '../destroy-keys.ts';
import { dropOldKeys, rings, rotateRing, useKey } from '../rotate-keys.ts';
import type { RingName } from '../rotate-keys.ts';
import { announceSigningKey, dropOldSigningKeys, signingKeys, useSigningKey } from '../rotate-signing-keys.ts';
import type { SigningKeyName } from '../rotate-signing-keys.ts';

export function keysCommand(context: Context): Command {
  return new Command('keys')
    .description('make, rotate and destroy the keys of the services')
    .addCommand(newCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(destroyCommand(context));
}

function newCommand(context: Context): Command {
  return new Command('new')
    .description('make the key files of all services, mode 0600; never replaces any')
    .requiredOption('--directory <folder>', 'where to; made if it is not there')
    .option('--if-missing', 'succeed where a complete set is present')
    .option('--compose', 'also make the passwords and addresses that docker-compose.yml mounts as secrets')
    .addHelpText(
      'after',
      `
Examples:
  $ popvote keys new --directory /etc/popvote/keys
  $ popvote keys new --directory secrets --compose --if-missing

Give each service its own file and public.json, and nothing else: who holds which key is the trust model.`,
    )
    .action(({ directory, ifMissing, compose }: { directory: string; ifMissing?: true; compose?: true }) => {
      // Compose mounts a secret with its mode. The closed folder, which the mount bypasses, protects the file.
      const directoryFiles = makeKeyDirectory(directory, compose ? 0o444 : 0o600);
      if (directoryFiles.outcome === 'partial') {
        throw new CommandFailed(
          `${directory} has some key files and not all: ${directoryFiles.files.join(', ')}. Nothing was touched. ` +
            'Restore the missing ones, or, if none of them was ever used, remove these and run this again.',
        );
      }
      if (directoryFiles.outcome === 'present' && !ifMissing) {
        throw new CommandFailed(
          `${directory} has keys. They are never replaced: a new identity key would let everyone vote again. ` +
            'To renew what can be renewed: popvote keys rotate.',
        );
      }
      const files = directoryFiles.outcome === 'made' ? [...directoryFiles.files] : [];
      if (compose) files.push(...makeComposeSecrets(directory));
      for (const file of directoryFiles.outcome === 'made' ? directoryFiles.amended : []) {
        context.say(`Added the public halves of new keys to ${file}: restart the services that read it.`);
      }
      for (const file of files) context.out(file);
      context.say(files.length > 0 ? `Made ${files.length} files in ${directory}.` : `${directory} is complete.`);
    });
}

function rotateCommand(context: Context): Command {
  return new Command('rotate')
    .description('add a new key; what the old ones made stays valid until they are dropped (docs/keys.md)')
    .argument('<key>', allKeys)
    .requiredOption('--directory <folder>', 'the folder of the key files')
    .option('--announce', 'add it behind the others: it opens and does not make yet')
    .option('--use <kid>', 'move an announced key to the front')
    .option('--drop', 'keep the newest key only: ends the rotation')
    .addHelpText(
      'after',
      `
Examples:
  $ popvote keys rotate tokens --directory /etc/popvote/keys
  $ popvote keys rotate tokens --directory /etc/popvote/keys --drop

Where several processes hold the ring, each step followed by a restart of all of them, one after the other:
  $ popvote keys rotate tokens --directory /etc/popvote/keys --announce
  $ popvote keys rotate tokens --directory /etc/popvote/keys --use 1f2e3d4c
  $ popvote keys rotate tokens --directory /etc/popvote/keys --drop

A key that signs is always announced first, so that every verifier has its public half before it is used:
  $ popvote keys rotate receipts --directory /etc/popvote/keys --announce
  $ popvote keys rotate receipts --directory /etc/popvote/keys --use receipt-1f2e3d4c`,
    )
    .action((name: string, options: RotateOptions) => rotate(context, name, options));
}

type RotateOptions = { directory: string; announce?: true; use?: string; drop?: true };

function rotate(context: Context, name: string, { directory, announce, use, drop }: RotateOptions): void {
  if (!isRing(name) && !isSigningKey(name)) {
    throw new CommandFailed(`There is no key "${name}". Keys: ${allKeys}.`, exitCodes.usage);
  }
  if ([announce, use, drop].filter((option) => option !== undefined).length > 1) {
    throw new CommandFailed('Give one of --announce, --use and --drop.', exitCodes.usage);
  }
  if (isSigningKey(name)) {
    rotateSigningKey(context, name, { directory, use, drop });
    return;
  }
  const ring = rings[name];
  const paths = ring.holders.map((holder) => keyFilePath(directory, holder)).join(' and ');
  if (drop) {
    const dropped = dropOldKeys(directory, name);
    context.say(dropped === 0 ? `${name} has one key: nothing to drop.` : `Dropped ${dropped} from ${paths}.`);
    if (dropped > 0) context.say(`Restart: ${ring.restart}.`);
    return;
  }
  const rotated = use === undefined ? rotateRing(directory, name, announce) : useKey(directory, name, use);
  if (!rotated.ok) throw new CommandFailed(rotated.reason);
  context.out(rotated.kid);
  const where = announce ? 'at the end of' : 'at the front of';
  context.say(`Key ${rotated.kid} is ${where} ${name} (${rotated.keys} keys) in ${paths}.`);
  context.say(`Restart: ${ring.restart}.`);
  if (announce) context.say(`Then: popvote keys rotate ${name} --directory ${directory} --use ${rotated.kid}`);
  else context.say(`The old may be dropped (--drop) ${ring.dropAfter}.`);
}

const isRing = (name: string): name is RingName => Object.hasOwn(rings, name);
const isSigningKey = (name: string): name is SigningKeyName => Object.hasOwn(signingKeys, name);
const allKeys = [...Object.keys(rings), ...Object.keys(signingKeys)].join(', ');

function rotateSigningKey(
  context: Context,
  name: SigningKeyName,
  { directory, use, drop }: { directory: string; use: string | undefined; drop: true | undefined },
): void {
  const { holder, verifiers, dropAfter } = signingKeys[name];
  const publicPath = keyFilePath(directory, 'public');
  if (drop) {
    const dropped = dropOldSigningKeys(directory, name);
    context.say(dropped === 0 ? `${name} has one key: nothing to drop.` : `Dropped ${dropped} from ${publicPath}.`);
    if (dropped > 0) context.say(`Restart: ${verifiers}.`);
    return;
  }
  const rotated = use === undefined ? announceSigningKey(directory, name) : useSigningKey(directory, name, use);
  if (!rotated.ok) throw new CommandFailed(rotated.reason);
  context.out(rotated.kid);
  if (use === undefined) {
    context.say(`The public half of ${rotated.kid} is in ${publicPath}. Give every service that file.`);
    context.say(`Restart: ${verifiers}.`);
    context.say(`Then: popvote keys rotate ${name} --directory ${directory} --use ${rotated.kid}`);
    return;
  }
  context.say(`Key ${rotated.kid} is in ${keyFilePath(directory, holder)}. Restart: all ${holder} processes.`);
  context.say(`The old may be dropped (--drop) ${dropAfter}.`);
}

function destroyCommand(context: Context): Command {
  return new Command('destroy')
    .description('destroy the keys of one election: afterwards no one can link a number to its participation')
    .requiredOption('--election <id>', 'the election')
    .option('--confirm <id>', 'the same id again: there is no way back')
    .option('--directory <folder>', 'the election keys of ballots (default: BALLOTS_ELECTION_KEYS_DIRECTORY)')
    .addHelpText(
      'after',
      `
Example:
  $ popvote keys destroy --election council-2027 --confirm council-2027 --directory /var/lib/popvote/election-keys`,
    )
    .action(({ election, confirm, directory }: { election: string; confirm?: string; directory?: string }) => {
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
        `The keys of ${election} are overwritten and removed. Restart every ballots process, which may still hold ` +
          'them in memory, and destroy each copy in a backup or a snapshot: the overwriting reaches this file only.',
      );
    });
}

function electionKeysDirectory(environment: Environment): string {
  const folder = environment['BALLOTS_ELECTION_KEYS_DIRECTORY'];
  if (folder) return folder;
  throw new CommandFailed('Give --directory, or set BALLOTS_ELECTION_KEYS_DIRECTORY.', exitCodes.usage);
}
