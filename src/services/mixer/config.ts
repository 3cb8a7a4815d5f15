// The environment of `mixer`. Only `main.ts` reads it.
import { z } from 'zod';
import { directory, hosts, origins, port, postgresUrl, wholeNumber } from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { copiesPossible, drainOfUncalled, logLevel } from '../../platform/service-environment.ts';
import { mixerKeys, publicKeys } from '../../protocol/key-files.ts';

const fields = z.object({
  MIXER_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  MIXER_PORT: port
    .default(9_104)
    .describe('Private port: metrics and health, and copies of hourly keys from other mixers.'),
  MIXER_KEYS: json(mixerKeys).describe('The key file of mixer. Make it with: popvote keys new. Give MIXER_KEYS_FILE.'),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  MIXER_INTAKE_DATABASE_URL: postgresUrl.describe(
    'Address of the database intake for the role popvote_mixer: postgres://popvote_mixer:…@host/intake',
  ),
  MIXER_BOX_DATABASE_URL: postgresUrl.describe(
    'Address of the database box for the role popvote_mixer, best on another server: postgres://popvote_mixer:…@host/box',
  ),
  MIXER_EPOCH_KEYS_DIRECTORY: directory.describe(
    'Folder of the private hourly keys. Only the mixer reads it. Exclude it from every backup.',
  ),
  MIXER_PEERS: origins
    .default([])
    .describe(
      'Addresses of the private ports of all mixers, separated by commas: they copy the hourly keys to each other. Each has a ' +
        'folder of its own. The own address may be among them.',
    ),
  MIXER_KEY_COPIES: wholeNumber(0, 8)
    .default(0)
    .describe('How many other mixers must have an hourly key before it is used (0 to 8).'),
  MIXER_POLL_MS: wholeNumber(50, 60_000)
    .default(1_000)
    .describe('Pause between two steps when there is nothing to move, in milliseconds (50 to 60000).'),
  DRAIN_SECONDS: drainOfUncalled,
  LOG_LEVEL: logLevel,
});

export const mixerEnvironment = fields.superRefine(copiesPossible('MIXER'));
