// The environment of `mixer`. Only `main.ts` reads it.
import { z } from 'zod';
import { directory, hosts, port, postgresUrl, wholeNumber } from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { drainOfUncalled, logLevel } from '../../platform/service-environment.ts';
import { mixerKeys, publicKeys } from '../../protocol/key-files.ts';

export const mixerEnvironment = z.object({
  MIXER_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  MIXER_PORT: port.default(9_104).describe('Private port: metrics and health, for operators only.'),
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
  MIXER_POLL_MS: wholeNumber(50, 60_000)
    .default(1_000)
    .describe('Pause between two steps when there is nothing to move, in milliseconds (50 to 60000).'),
  DRAIN_SECONDS: drainOfUncalled,
  LOG_LEVEL: logLevel,
});
