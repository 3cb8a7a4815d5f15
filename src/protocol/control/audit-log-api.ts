// Bodies of the control API of `elections` about its audit log.
import { z } from 'zod';
import { userRole } from './access-tokens.ts';
import { count, instant } from '../public-values.ts';

/** Entries in one page. */
const entriesPageMax = 200;

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, in hexadecimal.');
export const auditOutcome = z.enum(['attempted', 'done', 'refused', 'failed']);

const actor = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    userId: z.string(),
    role: userRole.optional(),
    confirmedBy: z.string().optional().describe('Id of the administrator who confirmed the proposal of `userId`.'),
  }),
  z.object({ kind: z.literal('operator') }).describe('A private call by who holds the key file of elections.'),
  z.object({ kind: z.literal('unknown') }).describe('Somebody without a login.'),
  z.object({ kind: z.literal('clock') }).describe('The schedule of the service.'),
]);

export const auditEntry = z
  .object({
    number: z.int().min(1),
    at: instant,
    outcome: auditOutcome.describe(
      'attempted comes first; an attempt without an outcome was cut short by a crash. Acts of access have no attempt.',
    ),
    attempt: z.int().nullable().describe('Number of the attempt that this is the outcome of.'),
    actor,
    act: z.string(),
    object: z.object({ kind: z.string(), id: z.string() }),
    reason: z.string().nullable(),
    request: z.string().nullable().describe('The x-request-id of the request.'),
    code: z.string().nullable().describe('Code of the problem with which it was rejected.'),
    changed: z.record(z.string(), z.unknown()).nullable().describe('By member: the value before and after.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntry>;

const filter = (charactersMax: number) =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    // Readers of JSON Schema in other languages have no \p{…}.
    .regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, 'There is no such thing in the log.');

/** GET /v1/audit-log */
export const auditLogQuery = z.strictObject({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(entriesPageMax).default(50),
  actor: filter(64).optional().describe('Id of a user, "operator" or "clock".'),
  act: filter(64).optional().describe('Such as election.create.'),
  objectKind: filter(64).optional(),
  objectId: filter(128).optional(),
  from: instant.optional().describe('Not before this time.'),
  until: instant.optional().describe('Before this time.'),
});
export type AuditLogQuery = z.infer<typeof auditLogQuery>;
export const auditLogPage = z
  .object({
    entries: z.array(z.object({ entry: auditEntry, hash })),
    next: z.string().nullable().describe('For "before"; null on the last page.'),
  })
  .meta({ id: 'AuditLogPage' });
export type AuditLogPage = z.infer<typeof auditLogPage>;

/** GET /v1/audit-log/verification */
export const verificationQuery = z.strictObject({
  entry: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Number of an entry whose hash you noted before.'),
});
export const auditFault = z.enum(['changed', 'missing', 'foreign', 'cut-off']);
export const auditVerification = z
  .object({
    entries: count.describe('Entries that were walked and fit.'),
    head: z
      .object({ number: count, hash })
      .describe('Note both elsewhere: the next verification can be held against them.'),
    signedHeads: count.describe('Signed heads that were compared: each was published with its hash.'),
    broken: z
      .object({ number: z.int().min(1), fault: auditFault, detail: z.string() })
      .nullable()
      .describe('The first entry that does not fit, or null.'),
    noted: z
      .object({ number: z.int().min(1), hash: hash.nullable().describe('Null where there is no such entry.') })
      .nullable()
      .describe('The entry that was asked for.'),
    verifiedAt: instant,
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof auditVerification>;

/** A line of GET /v1/audit-log/export: hash = SHA-256(the bytes of previous, then the UTF-8 bytes of text). */
export const auditLine = z.object({ number: z.int(), previous: hash, hash, text: z.string() });
