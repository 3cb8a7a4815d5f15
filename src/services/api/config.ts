// The environment of `api`. Only `main.ts` reads it.
import { z } from 'zod';
import {
  certificate,
  hosts,
  origin,
  port,
  privateKey,
  readDirectory,
  redisUrl,
  wholeNumber,
} from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import type { CountryCode } from '../../platform/phone/phone-number.ts';
import { callsTlsFields } from '../../platform/private-calls/private-calls-tls.ts';
import { drainOfCalled, logLevel, tlsTogether, trustedProxies } from '../../platform/service-environment.ts';
import { apiKeys, publicKeys } from '../../protocol/key-files.ts';

const fields = z.object({
  API_HOST: hosts.default('127.0.0.1').describe('Address that the public API listens on.'),
  API_PORT: port.default(8080).describe('Port of the public API.'),
  API_PRIVATE_HOST: hosts.default('127.0.0.1').describe('Address of the private port: metrics and health.'),
  API_PRIVATE_PORT: port.default(9101).describe('Private port: metrics and health, for operators only.'),
  API_KEYS: json(apiKeys).describe('The key file of api. Make it with: popvote keys new. Give API_KEYS_FILE.'),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  EDGE_REDIS_URL: redisUrl.describe(
    'Address of the edge Redis with the user and password of api, such as redis://api:…@host:6379.',
  ),
  SMS_ORIGIN: origin.default('http://127.0.0.1:9102').describe('Private origin of the service sms.'),
  BALLOTS_ORIGIN: origin.default('http://127.0.0.1:9103').describe('Private origin of the service ballots.'),
  API_TRUSTED_PROXIES: trustedProxies.describe(
    'Addresses (CIDR, separated by commas) of proxies whose X-Forwarded-For is trusted.',
  ),
  PHONE_REGION: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is a country code of two capital letters, such as HK.')
    .default('HK')
    .transform((code) => code as CountryCode)
    .describe('Country of phone numbers without a country code, where the election names no countries.'),
  API_WAITERS_MAX: wholeNumber(1, 1_000_000)
    .default(18_000)
    .describe('Most long-polls in this process. Keep it below its limit of open files.'),
  API_SESSIONS_PER_ADDRESS_BLOCK: wholeNumber(0, 10_000_000)
    .default(6_000)
    .describe('Sessions that one address block (/24, or /48 of IPv6) may start in ten minutes. 0 sets no limit.'),
  API_LOG_DIRECTORY: readDirectory
    .optional()
    .describe('Folder of the published logs, which herald writes. They are served at /log/. Without it they are not.'),
  API_TLS_KEY: privateKey
    .optional()
    .describe('Private key (PEM) of the public port, if no proxy terminates TLS. Give API_TLS_KEY_FILE.'),
  API_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of the public port. Give API_TLS_CERT_FILE.'),
  ...callsTlsFields,
  DRAIN_SECONDS: drainOfCalled,
  LOG_LEVEL: logLevel,
});

export const apiEnvironment = fields.superRefine(tlsTogether('API'));
