// Bodies of the voter's API, version 1. Unknown fields are rejected, so that a misspelt one is reported and not ignored.
import { z } from 'zod';
import { contestsMax, optionsMax } from '../domain/election.ts';
import { typedNumberUnitsMax, withoutSeparators } from '../domain/text/typed-number.ts';
import { phase, verificationMethod } from './public-document.ts';
import { bytes16, bytes32, electionId, instant, title } from './public-values.ts';
import { loggedReceipt } from './record/receipt.ts';

/** Longest hold of a waiting request, in seconds. */
export const waitSecondsMax = 30;

const listed = z.object({
  id: electionId,
  title,
  phase,
  opensAt: instant,
  closesAt: instant,
  timeZone: z.string().optional().describe('IANA name, in which its times are displayed.'),
  rehearsal: z.boolean(),
  resultExpectedAt: instant.optional().describe('Where the organiser said when.'),
});

export const electionList = z.object({ elections: z.array(listed) }).meta({ id: 'ElectionList' });
export type ElectionList = z.infer<typeof electionList>;

/** GET /v1/archive */
export const electionArchive = z
  .object({ elections: z.array(listed), next: z.string().nullable().describe('For "before"; null on the last page.') })
  .meta({ id: 'ElectionArchive' });
export type ElectionArchive = z.infer<typeof electionArchive>;
export const archiveQuery = z.strictObject({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('"next" of the page before.'),
});

/** A number as it was typed: it is read, and never shown. */
const typed = z.string().min(1).max(typedNumberUnitsMax);
const second = z
  .string()
  .max(typedNumberUnitsMax)
  .optional()
  .describe(
    'The second element, where the election has `identity.second`: the PIN, or the birth date with the day first.',
  );

export const sessionRequest = z
  .strictObject({
    electionId,
    identity: z
      .strictObject({ number: typed, second })
      .optional()
      .describe('As the election says; absent where the phone is the identity.'),
    phone: typed.describe('International form is safest: +85261234567.'),
    method: verificationMethod,
    castTag: bytes32.describe(
      'SHA-256 of "popvote/cast-tag/v2", a zero byte and the `ballotKey` of step 3: the session casts with no other key.',
    ),
    locale: z.string().min(2).max(35).optional().describe('BCP 47 tag: the language of the text that is sent.'),
  })
  .meta({ id: 'SessionRequest' });
export type SessionRequest = z.infer<typeof sessionRequest>;

/** POST /v1/sessions/activated */
export const activatedSessionRequest = z
  .strictObject({
    electionId,
    code: typed.describe('As on the card: small letters, spaces and hyphens do not matter.'),
    attempt: bytes16.describe('16 random bytes of the client, the same when it asks again.'),
    device: bytes32.optional().describe('The secret of the device, which is enrolled at the station of the card.'),
  })
  .meta({ id: 'ActivatedSessionRequest' });
export type ActivatedSessionRequest = z.infer<typeof activatedSessionRequest>;

export const verification = z
  .discriminatedUnion('method', [
    z.object({
      method: z.literal('text-in'),
      sendTo: z.string().describe('Text the code to this number, from the phone that was named.'),
      code: z.string().regex(/^\d{8}$/),
      expiresAt: instant,
    }),
    z.object({
      method: z.literal('code'),
      resendAfter: instant.describe('Not before this time is the code sent again.'),
      expiresAt: instant,
    }),
  ])
  .describe(
    'What the voter does now. A session of `text-in-confirmed` has the form `text-in` first, and `code` when the code was sent.',
  )
  .meta({ id: 'Verification' });
export type Verification = z.infer<typeof verification>;

export const pendingSession = z
  .object({ token: z.string(), state: z.literal('pending'), expiresAt: instant, verification })
  .meta({ id: 'PendingSession' });
export type PendingSession = z.infer<typeof pendingSession>;

export const verifiedSession = z
  .object({ state: z.literal('verified'), token: z.string(), expiresAt: instant })
  .meta({ id: 'VerifiedSession' });

export const sessionState = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('pending') }),
    z.object({ state: z.literal('wrong-sender') }),
    z.object({ state: z.literal('send-again') }),
    z.object({ state: z.literal('texted') }).describe('text-in-confirmed: the text came. Ask for the code back.'),
    verifiedSession,
  ])
  .meta({ id: 'SessionState' });
export type SessionState = z.infer<typeof sessionState>;

export const waitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(waitSecondsMax)
    .default(0)
    .describe('Seconds to hold the request open until something happens.'),
});

export const codeRequest = z
  .strictObject({
    code: typed.transform(withoutSeparators).pipe(z.string().regex(/^\d{4,16}$/, 'The digits of the code.')),
  })
  .meta({ id: 'CodeRequest' });
export const resendRequest = z.strictObject({ method: verificationMethod.optional() }).meta({ id: 'ResendRequest' });

/** POST /v1/elections/{electionId}/roll-question: both answers have the same length. */
export const rollQuestion = z.strictObject({ number: z.string().min(1).max(64), second }).meta({ id: 'RollQuestion' });
export type RollAsked = z.infer<typeof rollQuestion>;
export const rollPlaces = ['listed', 'absent'] as const;
export const rollAnswered = z
  .object({
    roll: z
      .enum(rollPlaces)
      .describe('`listed`: this number, with its second element if there is one, is on the roll of the election.'),
  })
  .meta({ id: 'RollAnswer' });
export type RollAnswered = z.infer<typeof rollAnswered>;

export const ballot = z
  .strictObject({
    contests: z
      .array(
        z.strictObject({
          contestId: z.string().min(1).max(64),
          choices: z.array(z.string().min(1).max(64)).max(optionsMax),
        }),
      )
      .min(1)
      .max(contestsMax),
  })
  .meta({ id: 'Ballot' });

export const castRequest = z
  .strictObject({
    ballotKey: bytes32.describe(
      'The 32 random bytes that the client made before step 1: the same again makes a retry safe.',
    ),
    ballot,
  })
  .meta({ id: 'CastRequest' });
export type CastRequest = z.infer<typeof castRequest>;

/** Of an election without a public log. */
const unloggedReceipt = z
  .object({
    version: z.literal(1),
    electionId,
    leaf: bytes32.describe('SHA-256 over version, election, tracker and ballot hash; see docs/receipts.md.'),
    signature: z.string().min(86).max(86).describe('Ed25519 over "popvote/receipt/v1", a zero byte and the leaf.'),
    kid: z.string(),
  })
  .meta({ id: 'UnloggedReceipt' });
export type UnloggedReceipt = z.infer<typeof unloggedReceipt>;
export const receipt = z
  .discriminatedUnion('version', [loggedReceipt, unloggedReceipt])
  .describe('Version 2 where the election has a manifest.')
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof receipt>;
const publicKey = z
  .object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: bytes32, kid: z.string().min(1).max(64) })
  .meta({ id: 'PublicKey' });
/** What outsiders check signatures with. */
export const publicKeySet = z
  .object({
    publishers: z.array(publicKey).describe('Of election documents, turnout and results.'),
    receipts: z.array(publicKey).describe('Of receipts.'),
  })
  .meta({ id: 'PublicKeySet' });
export type PublicKeySet = z.infer<typeof publicKeySet>;
export const castAnswer = z.object({ receipt }).meta({ id: 'CastAnswer' });
