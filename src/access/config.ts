// The environment of `access`, every variable with what it is for. Nothing else of the service reads an environment.
import { z } from 'zod';
import { json, list, port } from '../platform/environment.ts';
import type { HttpOptions } from '../platform/http.ts';
import { accessKeys, publicKeys } from '../protocol/key-files.ts';
import { registrationPolicies } from './registration.ts';

const pem = z.string().regex(/^-----BEGIN /, 'is not PEM.');

const fields = z.object({
  ACCESS_HOST: z.string().default('127.0.0.1').describe('Address of the control API of access.'),
  ACCESS_PORT: port.default(9_105).describe('Port of the control API of access; the panel forwards to it.'),
  ACCESS_PRIVATE_HOST: z.string().default('127.0.0.1').describe('Address of the private port.'),
  ACCESS_PRIVATE_PORT: port
    .default(9_106)
    .describe('Private port: calls of elections, officials and panel, metrics, health.'),
  ACCESS_KEYS: json(accessKeys).describe(
    'The key file of access; make it with: popvote keys new. Give ACCESS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  ACCESS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('Address of the database access for the role popvote_access: postgres://popvote_access:…@host/access'),
  CONTROL_REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('Address of the control Redis for the user access: redis://access:…@host:6379'),
  ACCESS_REGISTRATION: z
    .enum(registrationPolicies)
    .default('invite')
    .describe('Who may register: open (everyone), invite (whoever holds an invitation) or closed (nobody).'),
  ACCESS_APPROVAL: z
    .enum(['required', 'automatic'])
    .default('required')
    .describe('Whether a user who registered without an invitation waits for an administrator.'),
  ACCESS_TRUSTED_PROXIES: list
    .default([])
    .describe('Addresses (CIDR, separated by commas) of proxies whose X-Forwarded-For is believed, such as the panel.'),
  ACCESS_TLS_KEY: pem.optional().describe('Private key (PEM) of both ports. Give ACCESS_TLS_KEY_FILE.'),
  ACCESS_TLS_CERT: pem.optional().describe('Certificate chain (PEM) of both ports.'),
  ACCESS_TLS_CLIENT_CA: pem.optional().describe('Authority (PEM) of the certificates that callers must show.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('How much is logged; acts on accounts are on record at info.'),
});

export const accessEnvironment = fields.superRefine((value, context) => {
  if ((value.ACCESS_TLS_KEY === undefined) !== (value.ACCESS_TLS_CERT === undefined)) {
    context.addIssue({
      code: 'custom',
      path: ['ACCESS_TLS_KEY'],
      message: 'give ACCESS_TLS_KEY and ACCESS_TLS_CERT together.',
    });
  }
});
export type AccessEnvironment = z.infer<typeof accessEnvironment>;

/** TLS of both ports, where the operator gave it. */
export function tlsOf(settings: AccessEnvironment): HttpOptions['tls'] {
  const { ACCESS_TLS_KEY: key, ACCESS_TLS_CERT: cert, ACCESS_TLS_CLIENT_CA: clientCa } = settings;
  if (key === undefined || cert === undefined) return undefined;
  return { key, cert, ...(clientCa !== undefined && { clientCa }) };
}
