// Signed heads of the chained record of administrative acts. Each binds all entries up to its number: a record that was
// rewritten does not have the hash that was published. They are public.
import { z } from 'zod';
import { instant, signature } from './public-values.ts';

/** Newest heads that are published. */
export const recordHeadsMax = 100;
/** Longest text of the heads in Redis that is read, in characters. */
export const recordHeadsCharactersMax = 65_536;

export const signedRecordHead = z
  .object({
    head: z.object({
      record: z.literal('popvote/record/v1').describe('What is signed.'),
      number: z.int().min(1).describe('Number of the last entry.'),
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe('SHA-256 of all entries up to it, in hexadecimal.'),
      signedAt: instant,
    }),
    signature,
  })
  .meta({ id: 'SignedRecordHead' });
export type SignedRecordHead = z.infer<typeof signedRecordHead>;

/** GET /v1/record-heads of `api`, and the text in Redis: newest first. */
export const recordHeadList = z
  .object({
    heads: z.array(signedRecordHead).max(recordHeadsMax),
    log: z
      .string()
      .max(400)
      .regex(/^[!-~]+$/)
      .optional()
      .describe(
        'Where the public log of all heads is, without `https://`: each head is an entry, in its RFC 8785 form with its ' +
          'signature. Without a public log there is none.',
      ),
  })
  .meta({ id: 'RecordHeads' });
export type RecordHeadList = z.infer<typeof recordHeadList>;

/** A hash of the edge Redis with one field, written by `elections`. */
export const recordHeadsKey = 'record-heads';
export const recordHeadsField = 'heads';
