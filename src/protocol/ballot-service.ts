// Bodies between the private ballot server and its two callers: `api` casts, `elections` administers. A cast carries a
// keyed digest of the identity, never the number.
import { z } from 'zod';
import { castProof } from './proofs/activation.ts';
import { acceptedLoss, participationMark } from './proofs/participation-mark.ts';
import { rejectedItem } from './problem.ts';
import { ballot, receipt, rollPlaces } from './public-api.ts';
import { electionDefinition } from './public-document.ts';
import { electionKeyPairId } from './record/destruction.ts';
import { publication } from './record/publication.ts';
import { bytes16, bytes32, count, electionId, instant } from './public-values.ts';

/** A cast in a call of `api`. */
export const castCall = z.strictObject({
  electionId,
  sid: bytes16.describe('Of the session that was verified: no other one casts by its proof, or gets its receipt.'),
  identity: bytes32.describe(
    'HMAC of the canonical number (and second element) under the key of `api`; see identityText.',
  ),
  phoneKey: bytes32,
  attestation: castProof,
  ballotKey: bytes32,
  ballot,
  mark: participationMark.optional().describe('The mark in the public document that `api` has.'),
});
export type CastCall = z.infer<typeof castCall>;

/** Largest body of a voter's cast, in bytes. */
export const castBytesMax = 16_384;
/** Most casts in one call. */
export const castsInCallMax = 200;
/** Casts in one call up to this size, in bytes; a single larger cast is a call of its own. */
export const castsBytesMax = 524_288;

/**
 * POST /private/casts (caller `api`): casts of one moment. Each has an outcome of its own, in their order, and a cast of
 * a wrong form does not reject the others. Anything uncertain is `outcome-unknown`.
 */
export const castsCall = z.strictObject({ casts: z.array(z.unknown()).min(1).max(castsInCallMax) });
export const castOutcome = z.union([z.object({ receipt }), rejectedItem]);
export type CastOutcomeAnswer = z.infer<typeof castOutcome>;
export const castsAnswer = z.object({ outcomes: z.array(castOutcome) });

/**
 * Input of the first of the two keyed hashes of an identity, under the key of `api` (and of the importer of a roll).
 * `subject` is the canonical number; for a roll see `rollSubject`.
 */
export const identityText = (electionId: string, scheme: string, subject: string): string =>
  `popvote/identity/v1|${electionId}|${scheme}|${subject}`;

/**
 * The subject of `identityText` for a person on a roll. A number has no line break, so no two people have one subject.
 * `second` is in its canonical form; undefined where the election has none.
 */
export const rollSubject = (canonical: string, second: string | undefined): string =>
  second === undefined ? canonical : `${canonical}\n${second}`;

/** POST /private/elections (caller `elections`): creates the intake of an election. The same again changes nothing. */
export const createIntakeCall = z.strictObject({ definition: electionDefinition, publication });
export type CreateIntakeCall = z.infer<typeof createIntakeCall>;
export const createIntakeAnswer = z.object({ created: z.boolean().describe('false: it was there already.') });

/**
 * GET /private/publications (caller `api`): a page of the publications of elections that are not over, in case Redis has
 * lost them, or of ended elections (`ended`), which are the archive. `from` is `next` of the page before.
 */
export const publicationsQuery = z.object({
  ended: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  from: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});
export const publicationsAnswer = z.object({
  publications: z.array(publication),
  next: z.int().nullable().describe('null: the last page.'),
});

/** GET /private/elections/:id/publication (callers `api`, `elections`): the publication of one election. */
export const foundPublicationAnswer = z.object({ publication });

/** PUT /private/elections/:id/times (caller `elections`): both before opening; after it only a later or earlier end. */
export const timesCall = z.strictObject({ opensAt: instant, closesAt: instant, publication });
export const timesAnswer = z.object({});

/**
 * PUT /private/elections/:id (caller `elections`, body `createIntakeCall`): another definition and its publication,
 * before the election opens by the database's clock and before anyone took part. The identity scheme cannot change. The
 * same again changes nothing.
 */
export const amendAnswer = z.object({});

/**
 * PUT /private/elections/:id/annotations (caller `elections`, body `createIntakeCall`): the definition with more notices
 * or withdrawn options, and nothing else changed, until the intake is closed. The same again changes nothing.
 */
export const annotateAnswer = z.object({});

/**
 * PUT /private/elections/:id/publication (caller `elections`): a newer publication, in any state of the election. The
 * documents' revision never goes back; at the same revision the documents stay and turnout or results may advance.
 */
export const publicationCall = z.strictObject({ publication });
export const publicationAnswer = z.object({});

/** POST /private/elections/:id/close (caller `elections`): the barrier. The count it returns is final. */
export const closeAnswer = z.object({ participation: count });

/** GET /private/elections/:id/participants (caller `elections`): of an election whose intake is closed. */
export const participantsAnswer = z.object({
  participation: count,
  participants: bytes32.describe('RFC 6962 root over hashes of the keyed tags of the voters, in their order.'),
});

/** POST /private/elections/:id/roll (caller `elections`): adds identities; existing ones are counted separately. */
export const rollIdentitiesMax = 10_000;
export const rollCall = z.strictObject({ identities: z.array(bytes32).min(1).max(rollIdentitiesMax) });
export const rollAnswer = z.object({ added: z.int(), alreadyThere: z.int() });

/** POST /private/elections/:id/roll/removals (caller `elections`, body `rollCall`): before the opening only. */
export const rollRemovalAnswer = z.object({ removed: z.int() });

/** POST /private/elections/:id/roll/lookup (caller `api`): before the opening only. */
export const rollLookupCall = z.strictObject({ identity: bytes32 });
export const rollLookupAnswer = z.object({ roll: z.enum(rollPlaces) });

/** A mark from outside that is not in the intake. `voters` is in whole steps. */
const missingMark = z.object({ losses: count, voters: count });

/** GET /private/elections/:id/counts (caller `elections`): when nothing is in flight, participation = outbox + box + repeated. */
export const countsAnswer = z.object({
  state: z.enum(['open', 'closed']),
  participation: count,
  outbox: count,
  roll: count.describe('People on the roll.'),
  missing: missingMark.nullable().default(null),
  acceptedLosses: z.array(acceptedLoss).default([]),
});

/**
 * POST /private/elections/:id/mark (caller `elections`): compares the newest mark that the caller keeps, and answers with
 * the mark of the participation now, or with the mark that is missing.
 */
export const markCall = z.strictObject({ outside: participationMark.nullable() });
export const markAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('taken'), mark: participationMark }),
  z.object({ state: z.literal('missing'), missing: missingMark }),
]);
export type MarkAnswer = z.infer<typeof markAnswer>;

/** POST /private/elections/:id/losses (caller `elections`): accepts the loss of this number. The same again changes nothing. */
export const lossCall = z.strictObject({ losses: z.int().min(1).max(1_000_000) });
export const lossAnswer = z.object({});

/** GET /private/elections/:id/keys (caller `elections`): what is left of the keys of an election whose intake is closed. */
export const remainingKeysAnswer = z.object({
  keyId: electionKeyPairId,
  files: count.describe('Files of its keys in the folder of the replica that answers.'),
  hourlyKeys: z
    .object({ made: count, remaining: count })
    .describe('Keys of the mixer that could be in use while the election was open.'),
});

/** Receipt and its inputs, by version, so that anyone can verify one: see docs/receipts.md. */
export const receiptVersion = 1;
export const receiptSigningPrefix = 'popvote/receipt/v1\0';
