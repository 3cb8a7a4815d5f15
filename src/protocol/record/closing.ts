// The closing document: the final tree of a log, how many ballots of each channel it has, and who took part, as a root. The
// publisher signs it.
import { z } from 'zod';
import { contestsMax, optionsMax } from '../../domain/election.ts';
import { bytes32, count, instant, localId, signature } from '../public-values.ts';
import { batchId } from '../control/batch-entries.ts';
import { logTree } from './log-values.ts';

/** Most batches of paper ballots that a closing document lists. */
export const closingBatchesMax = 20_000;

export const logClosing = z
  .strictObject({
    version: z.literal(1),
    ...logTree.shape,
    online: count.describe('Entries of online ballots.'),
    batch: count.describe('Entries of paper ballots.'),
    repeated: count.describe(
      'Online ballots under a cast tag that another ballot in the log has: only an altered client makes them.',
    ),
    repeatedHash: bytes32
      .nullish()
      .describe(
        'SHA-256 of the file `repeated` beside the log, which has their entries. Absent or null where there are none.',
      ),
    participation: count.describe('People who voted online: online and repeated together.'),
    participants: bytes32.describe(
      'RFC 6962 root over the sorted SHA-256 of "popvote/participant/v2", a zero byte and the tag of each of them.',
    ),
    closedAt: instant,
    withdrawn: z
      .array(z.strictObject({ contestId: localId, optionId: localId, withdrawnAt: instant }))
      .max(contestsMax * optionsMax)
      .describe('Options that were withdrawn while voting was open. They can win nothing.'),
    batches: z
      .array(
        z.strictObject({
          batchId,
          rows: count,
          counted: count,
          invalid: count,
          missing: count,
        }),
      )
      .max(closingBatchesMax),
  })
  .meta({ id: 'LogClosing' });
export type LogClosing = z.infer<typeof logClosing>;

export const closingDocument = z.strictObject({ closing: logClosing, signature }).meta({ id: 'ClosingDocument' });
export type ClosingDocument = z.infer<typeof closingDocument>;
