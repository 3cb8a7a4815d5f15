// The environment variables of `elections`.
import { z } from 'zod';
import {
  certificate,
  hosts,
  origin,
  port,
  postgresUrl,
  privateKey,
  redisUrl,
  readDirectory,
} from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { callsTlsFields } from '../../platform/private-calls/private-calls-tls.ts';
import {
  accessFields,
  drainOfCalled,
  logLevel,
  tlsTogether,
  trustedProxies,
} from '../../platform/service-environment.ts';
import { tracingFields } from '../../platform/tracing/open-tracing.ts';
import { electionsKeys, publicKeys } from '../../protocol/key-files.ts';
import { electionManifest } from '../../protocol/record/manifest.ts';

const noSigners = { quorum: 0, keys: [] };

const fields = z.object({
  ELECTIONS_HOST: hosts.default('127.0.0.1').describe('Address of the control API of elections.'),
  ELECTIONS_PORT: port.default(9_107).describe('Port of the control API of elections; the panel forwards to it.'),
  ELECTIONS_PRIVATE_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  ELECTIONS_PRIVATE_PORT: port
    .default(9_108)
    .describe('Private port for calls with the key file of elections, metrics and health.'),
  ELECTIONS_KEYS: json(electionsKeys).describe(
    'The key file of elections; make it with: popvote keys new. Give ELECTIONS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  ELECTIONS_DATABASE_URL: postgresUrl.describe(
    'Address of the database elections for the role popvote_elections: postgres://popvote_elections:…@host/elections',
  ),
  ELECTIONS_BOX_DATABASE_URL: postgresUrl.describe(
    'Address of the database box for the role popvote_elections: postgres://popvote_elections:…@host/box',
  ),
  BALLOTS_ORIGIN: origin.default('http://127.0.0.1:9103').describe('Private address of ballots.'),
  ...accessFields,
  CONTROL_REDIS_URL: redisUrl.describe(
    'Address of the control Redis for the user elections: redis://elections:…@host:6379',
  ),
  EDGE_REDIS_URL: redisUrl.describe('Address of the edge Redis for the user elections: redis://elections:…@host:6379'),
  PHONE_REGION: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is a country code of two capital letters, such as HK.')
    .default('HK')
    .describe('Country whose phones may take part in a new election that names no countries.'),
  ELECTIONS_LOG_HOST: electionManifest.shape.log.shape.host
    .optional()
    .describe(
      'Host (and port) under which voters reach the public logs: vote.example.org. The name of every log begins with it. ' +
        'Without it new elections have no log.',
    ),
  ELECTIONS_WITNESSES: json(electionManifest.shape.witnesses)
    .default(noSigners)
    .describe('Witnesses of the logs of new elections, as JSON: {"quorum": 2, "keys": ["name+hash+key", …]}.'),
  ELECTIONS_LOG_DIRECTORY: readDirectory
    .optional()
    .describe(
      'Folder that herald writes, or a copy of it. The cosignatures of witnesses are read there before results are published. ' +
        'Without it, elections with witnesses are published only with a reason.',
    ),
  ELECTIONS_AUDITORS: json(electionManifest.shape.auditors)
    .default(noSigners)
    .describe('Auditors of new elections, in the same form.'),
  ELECTIONS_TRUSTED_PROXIES: trustedProxies,
  ELECTIONS_TLS_KEY: privateKey.optional().describe('Private key (PEM) of both ports. Give ELECTIONS_TLS_KEY_FILE.'),
  ELECTIONS_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of both ports.'),
  ELECTIONS_TLS_CLIENT_CA: certificate
    .optional()
    .describe('Authority (PEM) of the certificates that callers must show.'),
  ...callsTlsFields,
  DRAIN_SECONDS: drainOfCalled,
  ...tracingFields,
  LOG_LEVEL: logLevel.describe('Log level. The hash of each audit log entry is logged at info.'),
});

export const electionsEnvironment = fields.superRefine(tlsTogether('ELECTIONS'));
export type ElectionsEnvironment = z.infer<typeof electionsEnvironment>;
