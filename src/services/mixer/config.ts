// The environment of `mixer`, every variable with what it is for. Nothing else of the service reads an environment.
import { z } from 'zod';
import { json, port } from '../../platform/environment.ts';
import { logLevel, postgresUrl } from '../../platform/service-environment.ts';
import { mixerKeys } from '../../protocol/key-files.ts';

export const mixerEnvironment = z.object({
  MIXER_HOST: z.string().default('127.0.0.1').describe('Address of the private port.'),
  MIXER_PORT: port.default(9_104).describe('Private port: metrics and health, for operators only.'),
  MIXER_KEYS: json(mixerKeys).describe('The key file of mixer; make it with: popvote keys new. Give MIXER_KEYS_FILE.'),
  MIXER_INTAKE_DATABASE_URL: postgresUrl.describe(
    'Address of the database intake for the role popvote_mixer: postgres://popvote_mixer:…@host/intake',
  ),
  MIXER_BOX_DATABASE_URL: postgresUrl.describe(
    'Address of the database box for the role popvote_mixer, best on another server: postgres://popvote_mixer:…@host/box',
  ),
  MIXER_EPOCH_KEYS_DIRECTORY: z
    .string()
    .min(1)
    .describe('Folder of the private keys of the hour; the mixer alone reads it, and no backup may hold it.'),
  MIXER_POLL_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(1_000)
    .describe('Pause between two steps when nothing is to be moved, in milliseconds (50 to 60000).'),
  LOG_LEVEL: logLevel,
});
