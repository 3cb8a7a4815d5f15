// Bodies of the control API of `elections` about counting, results, invalid ballots and batches. Counts by option are
// in results only, and results exist only after the end.
import { z } from 'zod';
import { optionsMax } from '../../domain/election.ts';
import { batchRowsMax } from '../../domain/batch-file.ts';
import { batchId, confirmation, withdrawal } from './batch-entries.ts';
import { stationId } from '../paper-rules.ts';
import { invalidReasons, resultsBody } from '../public-results.ts';
import { count, electionId, instant, localId } from '../public-values.ts';
import { reason, writtenText } from '../written-text.ts';

/** Invalid ballots, or batches, in one page. */
const pageMax = 1_000;
/** Longest note of a lot, in characters. */
const noteCharactersMax = 2_000;

/** POST /v1/elections/{electionId}/count, and GET …/results */
export const administeredResults = z
  .object({
    electionId,
    state: z.enum(['provisional', 'published']).describe('Whether this revision is the one that is published.'),
    revision: z.int().min(1),
    publishedRevision: z.int().min(1).nullable().describe('The newest one that is published; null before the first.'),
    openTies: z.array(localId).describe('Contests with a tie that no lot has decided.'),
    results: resultsBody,
    sha256: z.string().describe('SHA-256 of the RFC 8785 form of "results", in hexadecimal.'),
    madeAt: instant,
    madeBy: z.string().describe('Id of a user, or "operator".'),
    publishedAt: instant.nullable(),
  })
  .meta({ id: 'AdministeredResults' });
export type AdministeredResults = z.infer<typeof administeredResults>;

/** POST /v1/elections/{electionId}/lots */
export const lotRequest = z
  .strictObject({
    contestId: localId,
    order: z.array(localId).min(2).max(optionsMax).describe('All tied options in the order in which they were drawn.'),
    note: writtenText('note', noteCharactersMax).describe('How, where and by whom it was drawn. It is published.'),
  })
  .meta({ id: 'LotRequest' });
export type LotRequest = z.infer<typeof lotRequest>;

/** POST /v1/elections/{electionId}/publish */
export const publishRequest = z
  .strictObject({
    revision: z.int().min(1).optional().describe('The revision that you viewed. Rejected if there is a newer one.'),
    acceptOpenTies: z.boolean().default(false).describe('Say that a tie may stay open for now.'),
    withoutWitnesses: reason
      .optional()
      .describe('Why the results are published although too few witnesses signed the final log. It is recorded.'),
  })
  .meta({ id: 'PublishRequest' });
export type PublishRequest = z.infer<typeof publishRequest>;

/** GET /v1/elections/{electionId}/results.csv */
export const csvQuery = z.strictObject({
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .default('en')
    .describe('Language of titles, where they have it.'),
});

export const ledgerParams = z.strictObject({ electionId, batchId });

/** GET /v1/elections/{electionId}/invalid-ballots */
export const invalidBallotsQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,9}-\d{1,9}$/)
    .optional()
    .describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(pageMax).default(100),
});
export type InvalidBallotsQuery = z.infer<typeof invalidBallotsQuery>;
export const invalidBallot = z.object({
  batchId,
  row: z.int().min(1).describe('Row of the file, from 1.'),
  guid: z.string(),
  reason: z.enum(invalidReasons),
  contestId: localId.nullable().describe('Of an invalid poll number: in which contest.'),
  official: z.string().describe('Id of the user who sent the batch.'),
  firstSeen: z
    .object({
      batchId,
      row: z.int().min(1),
      electionId: electionId.describe('Another election where ballot ids are used once in all elections.'),
    })
    .nullable()
    .describe('Of a duplicate: where the ballot was seen before.'),
  pollNumbers: z
    .string()
    .nullable()
    .describe('The marked numbers, one column for each contest. Null until the box is closed.'),
});
export type InvalidBallot = z.infer<typeof invalidBallot>;
export const invalidBallotPage = z
  .object({
    invalidBallots: z.array(invalidBallot),
    next: z.string().nullable().describe('For "after"; null on the last page.'),
  })
  .meta({ id: 'InvalidBallotPage' });

/** GET /v1/elections/{electionId}/batches */
export const ledgerQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(2_147_483_647).optional().describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(pageMax).default(100),
  waiting: z.literal('true').optional().describe('Only batches that wait for a confirmation.'),
});
export const ledgerBatch = z.object({
  number: z.int().min(1).describe('The place in the ledger. A file that was withdrawn and came again has two.'),
  batchId,
  official: z.string().describe('Id of the user who sent it.'),
  acceptedAt: instant,
  received: count.describe('Rows that its manifest promises.'),
  checked: count.describe(
    'Rows that arrived: counted + invalid + unconfirmed. Of a withdrawn batch all of them are invalid.',
  ),
  counted: count,
  invalid: count,
  unconfirmed: count.describe('Rows that wait for the confirmation of the batch.'),
  station: stationId.nullable(),
  confirmation: z.enum(['not-needed', 'waiting']).or(confirmation),
  state: z
    .enum(['whole', 'received', 'incomplete', 'set-aside', 'withdrawn'])
    .describe(
      'received: whole, and not confirmed. Of a withdrawn batch none of the rows counts; the same file may follow as another entry.',
    ),
  setAside: z.object({ reason: z.string(), by: z.string(), at: instant }).nullable(),
  withdrawn: withdrawal.nullable(),
});
export type LedgerBatchShown = z.infer<typeof ledgerBatch>;
export const ledgerPage = z
  .object({
    batches: z.array(ledgerBatch),
    next: z.string().nullable().describe('For "after"; null on the last page.'),
  })
  .meta({ id: 'LedgerPage' });

/** POST /v1/elections/{electionId}/batches/{batchId}/set-aside */
export const setAsideRequest = z.strictObject({ reason }).meta({ id: 'SetAsideRequest' });
export const setAsideAnswer = z.object({ batch: ledgerBatch }).meta({ id: 'SetAsideAnswer' });

/** POST /v1/elections/{electionId}/batches/{batchId}/confirm */
export const confirmRequest = z
  .strictObject({ ballots: z.int().min(1).max(batchRowsMax).describe('The number of ballots on the protocol.') })
  .meta({ id: 'ConfirmRequest' });
export const confirmAnswer = z.object({ batch: ledgerBatch }).meta({ id: 'ConfirmAnswer' });

/** POST /v1/elections/{electionId}/batches/{batchId}/withdraw */
export const withdrawRequest = z.strictObject({ reason }).meta({ id: 'WithdrawRequest' });
export const withdrawAnswer = z.object({ batch: ledgerBatch }).meta({ id: 'WithdrawAnswer' });

/** GET /private/elections/{electionId}/recount (caller `elections`): counts the box again and compares. */
export const recountAnswer = z.object({
  electionId,
  revision: z.int().min(1).describe('The newest revision, with which the recount was compared.'),
  same: z.boolean().describe('Whether the recount gave the same bytes.'),
  sha256: z.string().describe('Of the RFC 8785 form of the recounted results, in hexadecimal.'),
  storedSha256: z.string(),
  published: z
    .object({
      revision: z.int().min(1),
      sha256: z.string().describe('Of the results as they were published.'),
      same: z.boolean().describe('Whether recounting that revision gives the published bytes.'),
      signed: z.boolean().describe('Whether the published document is signed by a publisher that is known here.'),
    })
    .nullable(),
  ballots: count.describe('Ballots in the box.'),
});
export type RecountAnswer = z.infer<typeof recountAnswer>;
