// Bodies between `api` and the private port of `sms`. The phone crosses this wall in clear because a text must be sent
// to it. A code that is sent to a phone never does: only `sms` makes and checks it.
import { z } from 'zod';
import { rejectedItem } from './problem.ts';
import { attestation } from './proofs/attestation.ts';
import { bytes32, instant, noticeContact } from './public-values.ts';

const challenge = z.string().min(1).max(2_048).describe('Sealed by sms for itself.');

/** GET /private/channels: the number that voters can text to, and whether codes can be sent at the moment. */
export const smsChannels = z.object({
  textIn: z.object({ sendTo: z.string().nullable().describe('null: no inbound channel is healthy') }),
  code: z.object({ available: z.boolean() }),
  confirmation: z.object({ available: z.boolean() }).describe('Codes back to phones that texted.'),
});
export type Channels = z.infer<typeof smsChannels>;

/** POST /private/codes: makes a code and texts it. Problems: code-unavailable, too-many-requests, too-many-tries. */
export const sendCodeCall = z.strictObject({
  phone: z
    .string()
    .regex(/^\+\d{6,15}$/)
    .describe('E.164'),
  locale: z.string().max(35).optional(),
  title: z.string().max(500).describe("The election's title in the voter's language, for the text."),
  rehearsal: z.boolean(),
  binding: bytes32.describe('Of the session: the code proves no other.'),
});
export type SendCodeCall = z.infer<typeof sendCodeCall>;
export const sendCodeAnswer = z.object({ challenge, resendAfter: instant, expiresAt: instant });
export type SendCodeAnswer = z.infer<typeof sendCodeAnswer>;

/**
 * POST /private/confirmations: texts a code back to a phone that texted the code of this session, where `text` proves it. The
 * code is the same for the same text, and it is sent once in the pause. Answer and problems as above; also: code-expired.
 */
export const confirmCall = sendCodeCall.extend({ text: attestation });
export type ConfirmCall = z.infer<typeof confirmCall>;

/** POST /private/codes/resend: the same code again. Answer as above; problems also: code-expired. */
export const resendCodeCall = z.strictObject({ challenge });

/** POST /private/codes/check: one code. Problems: wrong-code (with triesLeft), too-many-tries, code-expired. */
export const checkCodeCall = z.strictObject({ challenge, phoneKey: bytes32, code: z.string().regex(/^\d{1,16}$/) });
export const checkCodeAnswer = z.object({ attestation });

/** Most codes in one call: challenges are long. */
export const codeChecksMax = 24;
/** POST /private/codes/checks: codes that came together, each with an outcome of its own, in their order. */
export const checkCodesCall = z.strictObject({ checks: z.array(checkCodeCall).min(1).max(codeChecksMax) });
export type CodeCheck = z.infer<typeof checkCodeCall>;
export const checkCodesAnswer = z.object({ outcomes: z.array(z.union([checkCodeAnswer, rejectedItem])) });
export type CodeCheckOutcome = z.infer<typeof checkCodesAnswer>['outcomes'][number];

/**
 * POST /private/notices: one text for a session whose phone is proven by `attestation`: a vote was begun with it. The answer
 * comes before the text is sent, and says nothing of it.
 */
export const noticeCall = sendCodeCall.extend({
  attestation,
  contact: noticeContact,
  until: instant,
  timeZone: z.string().regex(/^[\w+/-]{1,64}$/),
});
export type NoticeCall = z.infer<typeof noticeCall>;
export const noticeAnswer = z.object({});

/** Most codes in one call. */
export const textCodesMax = 500;
/** POST /private/text-codes: the codes that voters text in, for many sessions at once, in the order of the items. */
export const textCodesCall = z.strictObject({
  items: z
    .array(z.strictObject({ phoneKey: bytes32, binding: bytes32 }))
    .min(1)
    .max(textCodesMax),
});
export const textCode = z.object({ code: z.string().regex(/^\d{8}$/), codeTag: bytes32 });
export type TextCode = z.infer<typeof textCode>;
export const textCodesAnswer = z.object({ codes: z.array(textCode) });

/** Digits of a code that is texted to the voter: tries bound the guessing. */
export const sentCodeDigits = 8;
