// The environment of `elections`, every variable with what it is for. Nothing else of the service reads an environment.
import { z } from 'zod';
import { json, list, port } from '../platform/environment.ts';
import type { HttpOptions } from '../platform/http.ts';
import { callsTlsFields } from '../platform/private-calls-tls.ts';
import { electionsKeys, publicKeys } from '../protocol/key-files.ts';

const pem = z.string().regex(/^-----BEGIN /, 'is not PEM.');
const postgres = z.url({ protocol: /^postgres(ql)?$/ });
const redis = z.url({ protocol: /^rediss?$/ });
const origin = z.url({ protocol: /^https?$/, hostname: /./ });

const fields = z.object({
  ELECTIONS_HOST: z.string().default('127.0.0.1').describe('Address of the control API of elections.'),
  ELECTIONS_PORT: port.default(9_107).describe('Port of the control API of elections; the panel forwards to it.'),
  ELECTIONS_PRIVATE_HOST: z.string().default('127.0.0.1').describe('Address of the private port.'),
  ELECTIONS_PRIVATE_PORT: port
    .default(9_108)
    .describe('Private port: calls of who holds the key file of elections, metrics, health.'),
  ELECTIONS_KEYS: json(electionsKeys).describe(
    'The key file of elections; make it with: popvote keys new. Give ELECTIONS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  ELECTIONS_DATABASE_URL: postgres.describe(
    'Address of the database elections for the role popvote_elections: postgres://popvote_elections:…@host/elections',
  ),
  ELECTIONS_BOX_DATABASE_URL: postgres.describe(
    'Address of the database box for the role popvote_elections, which counts there: postgres://popvote_elections:…@host/box',
  ),
  BALLOTS_ORIGIN: origin.default('http://127.0.0.1:9103').describe('Private address of ballots.'),
  ACCESS_ORIGIN: origin
    .default('http://127.0.0.1:9105')
    .describe('Address of the control API of access, whose published keys check access tokens.'),
  ACCESS_PRIVATE_ORIGIN: origin
    .default('http://127.0.0.1:9106')
    .describe('Private address of access, which is asked whether a session stands when Redis cannot say.'),
  CONTROL_REDIS_URL: redis.describe(
    'Address of the control Redis for the user elections: redis://elections:…@host:6379',
  ),
  EDGE_REDIS_URL: redis.describe(
    'Address of the edge Redis for the user elections, which publishes there: redis://elections:…@host:6379',
  ),
  ELECTIONS_TRUSTED_PROXIES: list
    .default([])
    .describe('Addresses (CIDR, separated by commas) of proxies whose X-Forwarded-For is believed, such as the panel.'),
  ELECTIONS_TLS_KEY: pem.optional().describe('Private key (PEM) of both ports. Give ELECTIONS_TLS_KEY_FILE.'),
  ELECTIONS_TLS_CERT: pem.optional().describe('Certificate chain (PEM) of both ports.'),
  ELECTIONS_TLS_CLIENT_CA: pem.optional().describe('Authority (PEM) of the certificates that callers must show.'),
  ...callsTlsFields,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('How much is logged; each entry of the audit log is witnessed at info.'),
});

export const electionsEnvironment = fields.superRefine((value, context) => {
  if ((value.ELECTIONS_TLS_KEY === undefined) !== (value.ELECTIONS_TLS_CERT === undefined)) {
    context.addIssue({
      code: 'custom',
      path: ['ELECTIONS_TLS_KEY'],
      message: 'give ELECTIONS_TLS_KEY and ELECTIONS_TLS_CERT together.',
    });
  }
});
export type ElectionsEnvironment = z.infer<typeof electionsEnvironment>;

/** TLS of both ports, where the operator gave it. */
export function tlsOf(settings: ElectionsEnvironment): HttpOptions['tls'] {
  const { ELECTIONS_TLS_KEY: key, ELECTIONS_TLS_CERT: cert, ELECTIONS_TLS_CLIENT_CA: clientCa } = settings;
  if (key === undefined || cert === undefined) return undefined;
  return { key, cert, ...(clientCa !== undefined && { clientCa }) };
}
