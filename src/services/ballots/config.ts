// The environment of `ballots`. Only `main.ts` reads it.
import { z } from 'zod';
import {
  certificate,
  directory,
  hosts,
  origins,
  port,
  postgresUrl,
  privateKey,
  wholeNumber,
} from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { callsTlsFields } from '../../platform/private-calls/private-calls-tls.ts';
import { copiesPossible, drainOfCalled, logLevel, tlsTogether } from '../../platform/service-environment.ts';
import { ballotsKeys, publicKeys } from '../../protocol/key-files.ts';

const fields = z.object({
  BALLOTS_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  BALLOTS_PORT: port
    .default(9_103)
    .describe('Private port: calls of api, elections and other replicas, metrics, health.'),
  BALLOTS_KEYS: json(ballotsKeys).describe(
    'The key file of ballots. Make it with: popvote keys new. Give BALLOTS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  INTAKE_DATABASE_URL: postgresUrl.describe(
    'Address of the database intake for the role popvote_ballots: postgres://popvote_ballots:…@host/intake',
  ),
  BALLOTS_ELECTION_KEYS_DIRECTORY: directory.describe(
    'Folder of the per-election key files. All replicas of ballots share it, or each has its own and BALLOTS_PEERS names ' +
      'them. Nothing else reads it.',
  ),
  BALLOTS_PEERS: origins
    .default([])
    .describe(
      'Addresses of the private ports of all replicas, separated by commas, where each has a folder of its own: they copy the ' +
        'keys of elections to each other. Each address is of one process. The own one may be among them.',
    ),
  BALLOTS_KEY_COPIES: wholeNumber(0, 8)
    .default(0)
    .describe('How many other replicas must have the keys of an election before it is made (0 to 8).'),
  ...callsTlsFields,
  BALLOTS_TLS_KEY: privateKey.optional().describe('Private key (PEM) of the private port. Give BALLOTS_TLS_KEY_FILE.'),
  BALLOTS_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of the private port.'),
  BALLOTS_TLS_CLIENT_CA: certificate
    .optional()
    .describe('Authority (PEM) of the certificates that callers must present.'),
  DRAIN_SECONDS: drainOfCalled,
  LOG_LEVEL: logLevel,
});

export const ballotsEnvironment = fields.superRefine(tlsTogether('BALLOTS')).superRefine(copiesPossible('BALLOTS'));
