// The list of the files of the voters' page (`client.json` below the name of each public log). The publisher signs it, so that
// anyone can compare what the site serves with what was published (docs/verify.md). It may change while voting is open, so it
// is no part of a manifest.
import { z } from 'zod';
import { earlierKeysMax } from '../key-files.ts';
import { bytes32, signature } from '../public-values.ts';

/** Most files of the page. */
export const clientFilesMax = 500;
/** Longest text of the lists in Redis that is read, in characters. */
export const pageListsCharactersMax = 1_048_576;

/** The files of one build of the page, by their path on the site. */
export const pageFiles = z
  .array(
    z.strictObject({
      path: z
        .string()
        .max(200)
        .regex(/^\/[A-Za-z0-9._/-]*$/),
      sha256: bytes32,
    }),
  )
  .min(1)
  .max(clientFilesMax)
  .describe('In the order of their paths.');
export type PageFiles = z.infer<typeof pageFiles>;

export const clientDocument = z
  .strictObject({
    client: z.strictObject({
      version: z.literal(1),
      revision: z.int().min(1).describe('Grows with each list that has other files.'),
      files: pageFiles,
    }),
    signature,
  })
  .meta({ id: 'ClientDocument' });
export type ClientDocument = z.infer<typeof clientDocument>;

/** The text in the edge Redis, written by `elections`: the same files, signed by each key that a manifest may name. */
export const pageLists = z.object({ lists: z.array(clientDocument).max(1 + earlierKeysMax) });
/** A hash with one field. */
export const pageListsKey = 'page-lists';
export const pageListsField = 'lists';
