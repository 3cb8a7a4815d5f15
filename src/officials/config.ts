// The environment of `officials`, every variable with what it is for. Nothing else of the service reads an environment.
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { json, list, port } from '../platform/environment.ts';
import type { HttpOptions } from '../platform/http.ts';
import { callsTlsFields } from '../platform/private-calls-tls.ts';
import { officialsKeys, publicKeys } from '../protocol/key-files.ts';

const pem = z.string().regex(/^-----BEGIN /, 'is not PEM.');
const origin = z.url({ protocol: /^https?$/, hostname: /./ });

const fields = z.object({
  OFFICIALS_HOST: z.string().default('127.0.0.1').describe('Address of the control API of officials.'),
  OFFICIALS_PORT: port.default(9_109).describe('Port of the control API of officials; the panel forwards to it.'),
  OFFICIALS_PRIVATE_HOST: z.string().default('127.0.0.1').describe('Address of the private port.'),
  OFFICIALS_PRIVATE_PORT: port.default(9_110).describe('Private port: metrics and health, for operators only.'),
  OFFICIALS_KEYS: json(officialsKeys).describe(
    'The key file of officials; make it with: popvote keys new. Give OFFICIALS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  CONTROL_REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('Address of the control Redis for the user officials: redis://officials:…@host:6379'),
  ACCESS_ORIGIN: origin
    .default('http://127.0.0.1:9105')
    .describe('Address of the control API of access, whose published keys check access tokens.'),
  ACCESS_PRIVATE_ORIGIN: origin
    .default('http://127.0.0.1:9106')
    .describe('Private address of access, which is asked whether a session stands when Redis cannot say.'),
  OFFICIALS_SPOOL_DIRECTORY: z
    .string()
    .min(1)
    .default(tmpdir())
    .describe('Folder where a file lies while it is checked, under a name that nobody sees; best on a disk.'),
  OFFICIALS_TRUSTED_PROXIES: list
    .default([])
    .describe('Addresses (CIDR, separated by commas) of proxies whose X-Forwarded-For is believed, such as the panel.'),
  OFFICIALS_TLS_KEY: pem.optional().describe('Private key (PEM) of both ports. Give OFFICIALS_TLS_KEY_FILE.'),
  OFFICIALS_TLS_CERT: pem.optional().describe('Certificate chain (PEM) of both ports.'),
  OFFICIALS_TLS_CLIENT_CA: pem.optional().describe('Authority (PEM) of the certificates that callers must show.'),
  ...callsTlsFields,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe level that is logged.'),
});

export const officialsEnvironment = fields.superRefine((value, context) => {
  if ((value.OFFICIALS_TLS_KEY === undefined) !== (value.OFFICIALS_TLS_CERT === undefined)) {
    context.addIssue({
      code: 'custom',
      path: ['OFFICIALS_TLS_KEY'],
      message: 'give OFFICIALS_TLS_KEY and OFFICIALS_TLS_CERT together.',
    });
  }
});
export type OfficialsEnvironment = z.infer<typeof officialsEnvironment>;

/** TLS of both ports, where the operator gave it. */
export function tlsOf(settings: OfficialsEnvironment): HttpOptions['tls'] {
  const { OFFICIALS_TLS_KEY: key, OFFICIALS_TLS_CERT: cert, OFFICIALS_TLS_CLIENT_CA: clientCa } = settings;
  if (key === undefined || cert === undefined) return undefined;
  return { key, cert, ...(clientCa !== undefined && { clientCa }) };
}
