// The environment of `sms`. With the simulator anyone can pretend to be any phone, so it is rejected unless the
// platform is explicitly in rehearsal. The default is production.
import { z } from 'zod';
import {
  amount,
  certificate,
  hosts,
  port,
  privateKey,
  redisUrl,
  wholeNumber,
} from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import type { CountryCode } from '../../platform/phone/phone-number.ts';
import { drainOfCalled, logLevel, tlsTogether } from '../../platform/service-environment.ts';
import { publicKeys, smsKeys } from '../../protocol/key-files.ts';
import { providerList } from './providers/provider-settings.ts';

const count = (most: number) => wholeNumber(0, most);
const money = amount(1e9);
const region = z.string().regex(/^[A-Z]{2}$/, 'is not a country code of two capital letters, such as HK.');

const fields = z.object({
  SMS_HOST: hosts.default('127.0.0.1').describe('Address of the public port.'),
  SMS_PORT: port.default(8_085).describe('Public port: webhooks and the simulator.'),
  SMS_PRIVATE_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  SMS_PRIVATE_PORT: port.default(9_102).describe('Private port: calls of api, metrics, health.'),
  SMS_KEYS: json(smsKeys).describe('The key file of sms. Make it with: popvote keys new. Give SMS_KEYS_FILE.'),
  PUBLIC_KEYS: json(publicKeys).describe('The file of public keys that all services share. Give PUBLIC_KEYS_FILE.'),
  EDGE_REDIS_URL: redisUrl.describe('Address of the edge Redis for the user sms: redis://sms:…@host:6379'),
  SMS_PROVIDERS: json(providerList).describe(
    'JSON list of providers in order of preference, such as [{"kind":"simulator","number":"+85255550123"}]. ' +
      'Give SMS_PROVIDERS_FILE if it contains secrets.',
  ),
  POPVOTE_MODE: z
    .enum(['rehearsal', 'production'])
    .default('production')
    .describe('rehearsal or production. The simulator works in rehearsal only.'),
  PHONE_REGION: region
    .default('HK')
    .transform((code) => code as CountryCode)
    .describe('Country of phone numbers without a country code.'),
  SMS_VOTE_HOST: z
    .string()
    .regex(/^[a-z0-9.-]{1,64}$/)
    .optional()
    .describe('Host of the voter page. Phones then offer the code of a text to that page only.'),
  SMS_CODE_COUNTRIES: z
    .string()
    .default('HK,RS')
    .transform((text) => text.split(',').map((item) => item.trim()))
    .pipe(z.array(region).max(250))
    .describe('Countries to whose mobile numbers codes are sent, such as HK,RS.'),
  SMS_CODES_PER_PHONE_HOUR: count(100).default(3).describe('Most codes texted to one phone in an hour.'),
  SMS_CODES_PER_PHONE_DAY: count(1_000).default(6).describe('Most codes texted to one phone in a day.'),
  SMS_CODES_PER_PREFIX_HOUR: count(1e6).default(100).describe('Most codes per block of numbers in an hour.'),
  SMS_CODES_PER_HOUR: count(1e7).default(2_000).describe('Most codes texted in an hour.'),
  SMS_CODES_PER_DAY: count(1e8).default(20_000).describe('Most codes texted in a day.'),
  SMS_TEXT_PRICE: money.default(0.05).describe('Price of one segment of a text, in the currency of SMS_SPEND_PER_DAY.'),
  SMS_SPEND_PER_DAY: money.default(500).describe('Most money spent on texts in a day. Beyond it voters text in.'),
  SMS_FAILURES_PER_HOUR: count(1e7).default(1_000).describe('Wrong codes in an hour beyond which no code is sent.'),
  SMS_TLS_KEY: privateKey.optional().describe('Private key (PEM) of the public port, if no proxy terminates TLS.'),
  SMS_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of the public port.'),
  SMS_PRIVATE_TLS_KEY: privateKey.optional().describe('Private key (PEM) of the private port.'),
  SMS_PRIVATE_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of the private port.'),
  SMS_PRIVATE_TLS_CLIENT_CA: certificate
    .optional()
    .describe('Authority (PEM) of the certificates that callers must present.'),
  DRAIN_SECONDS: drainOfCalled,
  LOG_LEVEL: logLevel,
});

export const smsEnvironment = fields.superRefine((value, context) => {
  const reject = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
  if (value.POPVOTE_MODE === 'production' && value.SMS_PROVIDERS.some(({ kind }) => kind === 'simulator')) {
    reject('SMS_PROVIDERS', 'the simulator is not allowed in production. Remove it, or set POPVOTE_MODE=rehearsal.');
  }
  for (const prefix of ['SMS', 'SMS_PRIVATE']) tlsTogether(prefix)(value, context);
});
export type SmsEnvironment = z.infer<typeof smsEnvironment>;
