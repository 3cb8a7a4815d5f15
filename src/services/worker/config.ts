// The environment variables of `worker`, each with its purpose. No other file of the service reads the environment.
import { z } from 'zod';
import { hosts, port, postgresUrl, redisUrl, wholeNumber } from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { drainOfUncalled, logLevel } from '../../platform/service-environment.ts';
import { tracingFields } from '../../platform/tracing/open-tracing.ts';
import { publicKeys, workerKeys } from '../../protocol/key-files.ts';

export const workerEnvironment = z.object({
  WORKER_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  WORKER_PORT: port.default(9_111).describe('Private port: metrics and health, for operators only.'),
  WORKER_KEYS: json(workerKeys)
    .optional()
    .describe(
      'The key file of worker; make it with: popvote keys new. Without it paper ballots of elections with a public log wait. ' +
        'Give WORKER_KEYS_FILE.',
    ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  CONTROL_REDIS_URL: redisUrl.describe('Address of the control Redis for the user worker: redis://worker:…@host:6379'),
  WORKER_BOX_DATABASE_URL: postgresUrl.describe(
    'Address of the database box for the role popvote_worker: postgres://popvote_worker:…@host/box',
  ),
  WORKER_CLAIM_MS: wholeNumber(500, 600_000)
    .default(30_000)
    .describe('Silence after which a worker counts as dead and another takes over its upload, in milliseconds.'),
  WORKER_BALLOT_IDS: z
    .enum(['once-per-election', 'once'])
    .default('once-per-election')
    .describe(
      'Where a ballot id may be used: once in each election, or once in all elections. Set it alike for all workers, and ' +
        'before the first batch: earlier rows count from the next start.',
    ),
  DRAIN_SECONDS: drainOfUncalled,
  ...tracingFields,
  LOG_LEVEL: logLevel,
});
