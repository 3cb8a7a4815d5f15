// The environment variables of `access`, each with its purpose. No other file of the service reads the environment.
import { isIP } from 'node:net';
import { z } from 'zod';
import {
  certificate,
  hosts,
  origin,
  port,
  postgresUrl,
  privateKey,
  redisUrl,
} from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { drainOfCalled, logLevel, tlsTogether, trustedProxies } from '../../platform/service-environment.ts';
import { tracingFields } from '../../platform/tracing/open-tracing.ts';
import { accessKeys, publicKeys } from '../../protocol/key-files.ts';
import { registrationPolicies } from './registration.ts';
import type { PasskeySite } from './second-factor/passkeys.ts';

// Browsers allow passkeys on TLS or localhost, and never at an IP address.
const panelOrigin = origin.refine((text) => {
  const { protocol, hostname } = new URL(text);
  return hostname === 'localhost' || (protocol === 'https:' && isIP(hostname.replace(/^\[|\]$/g, '')) === 0);
}, 'needs https and a host name, or http://localhost, such as https://panel.example.org.');

const fields = z.object({
  ACCESS_HOST: hosts.default('127.0.0.1').describe('Address of the control API of access.'),
  ACCESS_PORT: port.default(9_105).describe('Port of the control API of access; the panel forwards to it.'),
  ACCESS_PRIVATE_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  ACCESS_PRIVATE_PORT: port.default(9_106).describe('Private port: calls of elections and officials, metrics, health.'),
  ACCESS_KEYS: json(accessKeys).describe(
    'The key file of access; make it with: popvote keys new. Give ACCESS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  ACCESS_DATABASE_URL: postgresUrl.describe(
    'Address of the database access for the role popvote_access: postgres://popvote_access:…@host/access',
  ),
  CONTROL_REDIS_URL: redisUrl.describe('Address of the control Redis for the user access: redis://access:…@host:6379'),
  ACCESS_REGISTRATION: z
    .enum(registrationPolicies)
    .default('invite')
    .describe('Who may register: open (everyone), invite (holders of an invitation) or closed (no one).'),
  ACCESS_APPROVAL: z
    .enum(['required', 'automatic'])
    .default('required')
    .describe('Whether a user who registered without an invitation waits for an administrator.'),
  ACCESS_PANEL_ORIGIN: panelOrigin
    .default('http://localhost:8090')
    .describe('Address of the control panel as browsers open it, with a host name: passkeys work only there.'),
  ACCESS_PASSKEY_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'is not a domain in lower-case letters, such as example.org.')
    .optional()
    .describe('The domain that passkeys belong to (RP ID): that host name, the default, or a domain above it.'),
  ACCESS_TRUSTED_PROXIES: trustedProxies,
  ACCESS_TLS_KEY: privateKey.optional().describe('Private key (PEM) of both ports. Give ACCESS_TLS_KEY_FILE.'),
  ACCESS_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of both ports.'),
  ACCESS_TLS_CLIENT_CA: certificate.optional().describe('Authority (PEM) of the certificates that callers must show.'),
  DRAIN_SECONDS: drainOfCalled,
  ...tracingFields,
  LOG_LEVEL: logLevel.describe('Log level. Actions on accounts are audited at info.'),
});

export const accessEnvironment = fields.superRefine(tlsTogether('ACCESS')).refine(
  (settings) => {
    // A wrong origin is a fault of its own.
    if (!URL.canParse(settings.ACCESS_PANEL_ORIGIN)) return true;
    const { origin: panel, domain } = passkeySiteOf(settings);
    return `.${new URL(panel).hostname}`.endsWith(`.${domain}`);
  },
  { path: ['ACCESS_PASSKEY_DOMAIN'], message: 'is not the host name of ACCESS_PANEL_ORIGIN or a domain above it.' },
);

export function passkeySiteOf(settings: {
  readonly ACCESS_PANEL_ORIGIN: string;
  readonly ACCESS_PASSKEY_DOMAIN?: string | undefined;
}): PasskeySite {
  const { ACCESS_PANEL_ORIGIN: panel, ACCESS_PASSKEY_DOMAIN: domain } = settings;
  return { origin: panel, domain: domain ?? new URL(panel).hostname };
}
