// The operator's list of providers, in the order in which they are tried. It contains secrets, so it is given as a
// file, and no message about it may quote a value.
import { z } from 'zod';

/** Default and longest wait for one provider, in milliseconds. */
const sendMsDefault = 3_000;
const sendMsMax = 6_000;
/** Most providers. With more, a voter would have given up before the last is tried. */
const providersMax = 4;

const name = z.string().regex(/^[a-z0-9-]{1,32}$/, 'a name has 1 to 32 characters of a-z, 0-9 and -.');
const number = z.string().regex(/^\+\d{6,15}$/, 'a number is in E.164 form, such as +85255550123.');
const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'an address starts with https:// (or http:// on a closed network).',
});
const timeoutMs = z.int().min(100).max(sendMsMax).default(sendMsDefault);

/** Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'a secret is whsec_ followed by base64 of 24 to 64 bytes.');

const simulator = z.strictObject({
  kind: z.literal('simulator'),
  name: name.default('simulator'),
  number,
});

const webhook = z.strictObject({
  kind: z.literal('webhook'),
  name: name.default('webhook'),
  /**
   * Newest first, and two during a rotation. An inbound webhook may be signed with either, an outbound one is signed
   * with each.
   */
  secrets: z.array(webhookSecret).min(1).max(2),
  /** The number that voters text to. Without it the provider receives no texts. */
  number: number.optional(),
  /** The address to which texts are posted. Without it the provider sends no texts. */
  sendUrl: httpUrl.optional(),
  timeoutMs,
});

const twilio = z
  .strictObject({
    kind: z.literal('twilio'),
    name: name.default('twilio'),
    accountSid: z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'accountSid is AC followed by 32 hexadecimal digits.'),
    /** Verifies webhooks. Also the password of calls if there is no API key. */
    authToken: z.string().min(8).max(128),
    /** During a rotation of tokens, webhooks signed with either are accepted. */
    secondaryAuthToken: z.string().min(8).max(128).optional(),
    apiKey: z.strictObject({ sid: z.string().min(8).max(64), secret: z.string().min(8).max(128) }).optional(),
    number: number.optional(),
    /** The address of our webhook exactly as in Twilio's console, because the signature covers it. */
    publicUrl: httpUrl.optional(),
    from: number.optional(),
    messagingServiceSid: z
      .string()
      .regex(/^MG[0-9a-fA-F]{32}$/, 'messagingServiceSid is MG followed by 32 hexadecimal digits.')
      .optional(),
    baseUrl: httpUrl.default('https://api.twilio.com'),
    timeoutMs,
  })
  .refine((value) => (value.number === undefined) === (value.publicUrl === undefined), {
    error: 'give number and publicUrl together: inbound texts require both.',
  })
  .refine((value) => value.from === undefined || value.messagingServiceSid === undefined, {
    error: 'give from or messagingServiceSid, not both.',
  });

export const providerList = z
  .array(z.discriminatedUnion('kind', [simulator, webhook, twilio]))
  .min(1)
  .max(providersMax)
  .refine((list) => new Set(list.map((provider) => provider.name)).size === list.length, {
    error: 'two providers have the same name; give each a "name".',
  })
  .refine((list) => list.filter(({ kind }) => kind === 'simulator').length <= 1, {
    error: 'at most one simulator is allowed.',
  });

export type ProviderSettings = z.infer<typeof providerList>[number];
export type WebhookSettings = z.infer<typeof webhook>;
export type TwilioSettings = z.infer<typeof twilio>;
