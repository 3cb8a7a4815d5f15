// `popvote keys`: makes, rotates and destroys keys. A key is never printed. A key is never overwritten without a trace
// of the old one, except by `destroy`.
import { basename } from 'node:path';
import { Command } from 'commander';
import { keyFilePath, makeKeyDirectory } from '../../platform/keys/key-directory.ts';
import { renewLocalPasswords } from '../../local/state-directory.ts';
import { localDirectory } from '../../local/zone-environments.ts';
import {
  dropFormerOwners,
  foreignOwner,
  makeComposeSecrets,
  providersFile,
  renewComposePasswords,
  renewOwnerPasswords,
} from '../compose-secrets.ts';
import { addComposeVariable } from '../compose-variables.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { destroyKeysCommand } from './keys-destroy.ts';
import { keysDirectory } from './keys-folder.ts';
import { dropOldKeys, renewLimits, rings, rotateRing, useKey } from '../rotate-keys.ts';
import type { RingName } from '../rotate-keys.ts';
import { announceSigner, dropOldSigners, signers, useSigner } from '../rotate-signers.ts';
import type { SignerName } from '../rotate-signers.ts';

export function keysCommand(context: Context): Command {
  return new Command('keys')
    .description('make, rotate and destroy the keys of the services')
    .addCommand(newCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(destroyKeysCommand(context));
}

function newCommand(context: Context): Command {
  return new Command('new')
    .description('make the key files of all services, mode 0600; never replaces any')
    .requiredOption('--directory <folder>', 'where to; made if it is not there')
    .option('--if-missing', 'succeed where a complete set is present')
    .option('--compose', 'also make the passwords and addresses that docker-compose.yml mounts as secrets')
    .option(
      '--variables <file>',
      'with --compose: the file .env, which gets POPVOTE_MODE=rehearsal with simulated texts',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ popvote keys new --directory /etc/popvote/keys
  $ popvote keys new --directory secrets --compose --if-missing

Give each service its own file and public.json, and nothing else: who holds which key is the trust model.`,
    )
    .action(({ directory, ifMissing, compose, variables }: NewOptions) => {
      if (variables !== undefined && !compose)
        throw new CommandFailed('--variables is for --compose: give both.', exitCodes.usage);
      if (compose) requireOwner(directory);
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
      if (variables !== undefined && files.some((path) => basename(path) === providersFile))
        allowSimulator(context, variables);
      for (const file of directoryFiles.outcome === 'made' ? directoryFiles.amended : []) {
        context.say(`Added new keys, or their public halves, to ${file}: restart the services that read it.`);
      }
      for (const file of files) context.out(file);
      context.say(files.length > 0 ? `Made ${files.length} files in ${directory}.` : `${directory} is complete.`);
    });
}

type NewOptions = { directory: string; ifMissing?: true; compose?: true; variables?: string };

/** New secrets have simulated texts, which `sms` refuses unless the operator's variables say that this is a rehearsal. */
function allowSimulator(context: Context, variables: string): void {
  const next = `Before a vote that counts, name a provider in ${providersFile} and set POPVOTE_MODE=production.`;
  try {
    if (addComposeVariable(variables, 'POPVOTE_MODE', 'rehearsal'))
      context.say(`Texts are simulated, and .env has POPVOTE_MODE=rehearsal. ${next}`);
  } catch {
    context.say(`Texts are simulated. Add POPVOTE_MODE=rehearsal to .env, which cannot be written. ${next}`);
  }
}

/** The folder is mounted from the host, whose user is not known in the container. */
function requireOwner(directory: string): void {
  const fault = foreignOwner(directory);
  if (fault === null) return;
  throw new CommandFailed(
    `${directory} belongs to the user ${fault.uid}, and this runs as ${fault.process}. Nothing was touched. Run: ` +
      `docker compose run --rm --user ${fault.uid}:${fault.gid} keys`,
  );
}

function rotateCommand(context: Context): Command {
  return new Command('rotate')
    .description('replace a key by a new one; what the old one made stays valid until it is dropped')
    .argument('<key>', rotatingNames.join(', '))
    .option('--directory <folder>', 'the folder of the key files')
    .option('--local', 'those of the platform that popvote start runs in this folder')
    .option('--announce', 'add it behind the others: it opens or verifies, and does not make yet')
    .option('--use <kid>', 'use an announced key from the next restart on')
    .option('--drop', 'keep the key in use only: ends the rotation')
    .addHelpText(
      'after',
      `
Examples:
  $ popvote keys rotate tokens --directory /etc/popvote/keys
  $ popvote keys rotate tokens --directory /etc/popvote/keys --drop

Where several processes hold the key, and always for keys that sign (${Object.keys(signers).join(', ')}),
each step is followed by the restart that it names:
  $ popvote keys rotate receipts --directory /etc/popvote/keys --announce
  $ popvote keys rotate receipts --directory /etc/popvote/keys --use receipt-1f2e3d4c
  $ popvote keys rotate receipts --directory /etc/popvote/keys --drop

docs/keys.md has every key: who holds it, what its leak means, and what to do.`,
    )
    .action((name: string, { local, directory, ...steps }: GivenOptions) => {
      if (local && directory === undefined && name === passwords) renewPasswordsHere(context, steps);
      else rotate(context, name, { ...steps, directory: keysDirectory(context, directory, local === true) });
    });
}

type Steps = { announce?: true; use?: string; drop?: true };
type GivenOptions = Steps & { directory?: string; local?: true };
type RotateOptions = Steps & { directory: string };

function rotate(context: Context, name: string, options: RotateOptions): void {
  const { announce, use, drop } = options;
  if ([announce, use, drop].filter((option) => option !== undefined).length > 1) {
    throw new CommandFailed('Give one of --announce, --use and --drop.', exitCodes.usage);
  }
  if (name === passwords) renewPasswords(context, options);
  else if (name === ownerPasswords) renewOwners(context, options);
  else if (name === limits) renewTheLimits(context, options);
  else if (isRing(name)) rotateSecret(context, name, options);
  else if (isSigner(name)) rotateSigner(context, name, options);
  else {
    throw new CommandFailed(
      `There is no key "${name}" that rotates. These do: ${rotatingNames.join(', ')}.`,
      exitCodes.usage,
    );
  }
}

const rejectSteps = ({ announce, use, drop }: Steps, detail: string): void => {
  if ([announce, use, drop].some((option) => option !== undefined)) throw new CommandFailed(detail, exitCodes.usage);
};

function renewTheLimits(context: Context, options: RotateOptions): void {
  rejectSteps(options, 'Limits have no steps: a service counts under its new key from its restart on.');
  for (const file of renewLimits(options.directory)) context.out(file);
  context.say('Restart: all api, sms and access processes. Their counts begin again.');
}

const noPasswords = (directory: string): string =>
  `${directory} has no role-passwords.json: there are no passwords to renew. Nothing was changed.`;
const noSteps = 'Passwords have no steps: every service gets its new one in one restart.';

function renewPasswordsHere(context: Context, steps: Steps): void {
  rejectSteps(steps, noSteps);
  context.out(renewLocalPasswords(localDirectory(context.environment)));
  context.say('End popvote start, and start it again: it sets the new passwords.');
}

function renewPasswords(context: Context, options: RotateOptions): void {
  rejectSteps(options, noSteps);
  const { directory } = options;
  const files = renewComposePasswords(directory);
  if (files === null) throw new CommandFailed(noPasswords(directory));
  for (const file of files) context.out(file);
  context.say(
    `Made ${files.length} files in ${directory}. If this was interrupted, run it again before the next step.`,
  );
  context.say('Then: docker compose up -d --force-recreate. It sets the new passwords; voters wait until it is done.');
}

function renewOwners(context: Context, { directory, announce, use, drop }: RotateOptions): void {
  rejectSteps(
    { ...(announce && { announce }), ...(use !== undefined && { use }) },
    'Passwords of owners have one step: --drop.',
  );
  const outcome = drop ? dropFormerOwners(directory) : renewOwnerPasswords(directory);
  if (outcome === null) throw new CommandFailed(noPasswords(directory));
  if (typeof outcome === 'boolean') {
    context.say(outcome ? 'The former passwords of the owners are forgotten.' : 'There is no former password to drop.');
    return;
  }
  for (const file of outcome) context.out(file);
  context.say(
    outcome.length > 0
      ? 'The owners of the databases have new passwords in these files. If this was interrupted, run it again first.'
      : 'The new passwords are in the files already, with the former ones.',
  );
  context.say('Then: docker compose run --rm migrate. It sets them. After that drop the former ones: --drop.');
}

function rotateSecret(context: Context, name: RingName, { directory, announce, use, drop }: RotateOptions): void {
  const ring = rings[name];
  const paths = ring.holders.map((holder) => keyFilePath(directory, holder)).join(' and ');
  const { dropAfter } = ring;
  if (drop) {
    if (dropAfter === null) throw new CommandFailed(destroyInstead(name), exitCodes.usage);
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
  else context.say(dropAfter === null ? destroyInstead(name) : `The old may be dropped (--drop) ${dropAfter}.`);
}

const destroyInstead = (name: RingName): string =>
  `Elections name the keys of ${name}. When no election needs an old one: popvote keys destroy ${name} --kid <id>`;

function rotateSigner(context: Context, name: SignerName, { directory, announce, use, drop }: RotateOptions): void {
  const { holder, verifiers, dropAfter } = signers[name];
  if (drop) {
    const dropped = dropOldSigners(directory, name);
    context.say(dropped === 0 ? `${name} has no old public key.` : `Dropped ${dropped} public keys of ${name}.`);
    if (dropped > 0) context.say(`Give the new public.json to all, and restart: all processes of ${verifiers}.`);
    return;
  }
  if (announce === undefined && use === undefined) {
    throw new CommandFailed(
      `${name} signs, so its new public key must be known first: popvote keys rotate ${name} --directory ${directory} ` +
        '--announce',
      exitCodes.usage,
    );
  }
  const rotated = use === undefined ? announceSigner(directory, name) : useSigner(directory, name, use);
  if (!rotated.ok) throw new CommandFailed(rotated.reason);
  context.out(rotated.kid);
  if (use === undefined) {
    context.say(`Key ${rotated.kid} of ${name} is announced: ${rotated.keys} public keys in public.json.`);
    context.say(`Give the new public.json to all, and restart: all processes of ${verifiers}.`);
    context.say(`Then: popvote keys rotate ${name} --directory ${directory} --use ${rotated.kid}`);
    return;
  }
  context.say(`Key ${rotated.kid} of ${name} is in ${keyFilePath(directory, holder)}; the old private key is gone.`);
  context.say(`Restart: all processes of ${holder}.`);
  context.say(`The old public key may be dropped (--drop) ${dropAfter}.`);
}

/** The keys under which services count. */
const limits = 'limits';
/** Passwords of databases and Redis in the folder of docker-compose.yml. */
const passwords = 'passwords';
/** Those of the owners of the databases, in the same folder. */
const ownerPasswords = 'owner-passwords';
const rotatingNames = [...Object.keys(rings), ...Object.keys(signers), limits, passwords, ownerPasswords];

const isSigner = (name: string): name is SignerName => Object.hasOwn(signers, name);
const isRing = (name: string): name is RingName => Object.hasOwn(rings, name);
