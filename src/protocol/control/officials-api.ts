// Bodies of the control API of `officials`, version 1: batches of paper ballots and their progress. Counts of one
// answer are of one moment and always add up. Cells are shown only of rows that do not count.
import { z } from 'zod';
import { batchStates } from '../../domain/batch-progress.ts';
import { userId } from './access-tokens.ts';
import { batchRowsMax } from '../../domain/batch-file.ts';
import { batchId, confirmation, withdrawal } from './batch-entries.ts';
import { stationId } from '../paper-rules.ts';
import { count, electionId, instant } from '../public-values.ts';

/** Batches in one page. */
export const batchesPageMax = 200;

/** POST /v1/batches */
export const uploadQuery = z.strictObject({
  electionId,
  stationId: stationId.optional().describe('Required in an election with stations.'),
  ballots: z.coerce
    .number()
    .int()
    .min(1)
    .max(batchRowsMax)
    .optional()
    .describe('The number of ballots on the protocol of the station. Required where batches are confirmed.'),
});
export type UploadQuery = z.infer<typeof uploadQuery>;

const rowRange = z.object({ firstRow: z.int().min(1), lastRow: z.int().min(1) });

export const batch = z
  .object({
    id: batchId,
    electionId,
    official: userId.describe('Who uploaded it.'),
    acceptedAt: instant,
    state: z
      .enum(batchStates)
      .describe(
        'queued, checking, done; received: every row arrived, and none counts until a second official confirms the batch; ' +
          'incomplete: rows are missing, and the same file has to be sent again; or withdrawn: none ' +
          'of its rows counts, and no waiting row is checked.',
      ),
    rows: z.object({
      received: count.describe('Rows of the file. received = checked + waiting.'),
      checked: count.describe('checked = counted + invalid + unconfirmed.'),
      waiting: count,
      counted: count.describe('Ballots in the box.'),
      invalid: count,
      unconfirmed: count.describe('Rows that arrived and wait for the confirmation of the batch.'),
      duplicates: count.describe('Of the invalid rows, those with a ballot id that was there before.'),
    }),
    missing: z.array(rowRange).describe('Rows that were lost on their way; empty unless the state is incomplete.'),
    advice: z.string().nullable().describe('What to do, where something is to be done.'),
    station: stationId.nullable().describe('Null in an election without stations.'),
    confirmation: z
      .enum(['not-needed', 'waiting'])
      .or(confirmation)
      .describe('Who confirmed it and when, where a second official has to.'),
    withdrawn: withdrawal.nullable().describe('Why, by whom and when it was withdrawn; null in every other state.'),
    withdrawals: count.describe('How often this file was withdrawn. It may be sent again after each.'),
  })
  .meta({ id: 'Batch' });
export type Batch = z.infer<typeof batch>;
export const batchAnswer = z.object({ batch }).meta({ id: 'BatchAnswer' });

/** GET /v1/batches */
export const batchesQuery = z.strictObject({
  electionId: electionId.optional(),
  after: batchId.optional().describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(batchesPageMax).default(50),
});
export type BatchesQuery = z.infer<typeof batchesQuery>;
export const batchPage = z
  .object({ batches: z.array(batch), next: batchId.nullable().describe('For "after"; null on the last page.') })
  .meta({ id: 'BatchPage' });

/** GET /v1/batches/{batchId} */
export const batchParams = z.object({ batchId });

/** The columns of GET /v1/batches/{batchId}/invalid.csv. Their names never change. */
export const invalidCsvColumns = ['row', 'guid', 'numbers', 'reason', 'contestId', 'firstBatchId', 'firstRow'] as const;
