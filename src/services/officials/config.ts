// The environment variables of `officials`, each with its purpose. No other file of the service reads the environment.
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { certificate, directory, hosts, port, privateKey, redisUrl } from '../../platform/environment-fields.ts';
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
import { officialsKeys, publicKeys } from '../../protocol/key-files.ts';

const fields = z.object({
  OFFICIALS_HOST: hosts.default('127.0.0.1').describe('Address of the control API of officials.'),
  OFFICIALS_PORT: port.default(9_109).describe('Port of the control API of officials; the panel forwards to it.'),
  OFFICIALS_PRIVATE_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  OFFICIALS_PRIVATE_PORT: port.default(9_110).describe('Private port: metrics and health, for operators only.'),
  OFFICIALS_KEYS: json(officialsKeys).describe(
    'The key file of officials; make it with: popvote keys new. Give OFFICIALS_KEYS_FILE.',
  ),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  CONTROL_REDIS_URL: redisUrl.describe(
    'Address of the control Redis for the user officials: redis://officials:…@host:6379',
  ),
  ...accessFields,
  OFFICIALS_SPOOL_DIRECTORY: directory
    .default(tmpdir())
    .describe('Folder for the temporary, unlinked file of an upload while it is checked. Prefer a disk.'),
  OFFICIALS_TRUSTED_PROXIES: trustedProxies,
  OFFICIALS_TLS_KEY: privateKey.optional().describe('Private key (PEM) of both ports. Give OFFICIALS_TLS_KEY_FILE.'),
  OFFICIALS_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of both ports.'),
  OFFICIALS_TLS_CLIENT_CA: certificate
    .optional()
    .describe('Authority (PEM) of the certificates that callers must show.'),
  ...callsTlsFields,
  DRAIN_SECONDS: drainOfCalled,
  ...tracingFields,
  LOG_LEVEL: logLevel,
});

export const officialsEnvironment = fields.superRefine(tlsTogether('OFFICIALS'));
