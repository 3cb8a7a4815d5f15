// The environment of `log`. Only `main.ts` reads it.
import { z } from 'zod';
import { directory, hosts, port, postgresUrl, wholeNumber } from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { drainOfUncalled, logLevel } from '../../platform/service-environment.ts';
import { logKeys, publicKeys } from '../../protocol/key-files.ts';

export const logEnvironment = z.object({
  LOG_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  LOG_PORT: port.default(9_113).describe('Private port: metrics and health, for operators only.'),
  LOG_KEYS: json(logKeys).describe('The key file of log. Make it with: popvote keys new. Give LOG_KEYS_FILE.'),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  LOG_BOX_DATABASE_URL: postgresUrl.describe(
    'Address of the database box for the role popvote_log: postgres://popvote_log:…@host/box',
  ),
  LOG_DIRECTORY: directory.describe('Folder of the public logs. Only log writes it; herald reads it.'),
  LOG_GROWTH_SECONDS: wholeNumber(0, 3_600)
    .default(60)
    .describe('Least time between two checkpoints of an election before its end, in seconds (0 to 3600).'),
  LOG_POLL_MS: wholeNumber(50, 60_000)
    .default(1_000)
    .describe('Pause between two steps, in milliseconds (50 to 60000).'),
  DRAIN_SECONDS: drainOfUncalled,
  LOG_LEVEL: logLevel,
});
