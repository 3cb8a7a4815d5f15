// The public log of the signed heads of the record of administrative acts. It has the form of an election's log, and the same
// witnesses: its manifest names them, and its hash ends the log's name.
import { z } from 'zod';
import { electionId } from '../public-values.ts';
import { electionManifest } from './manifest.ts';

/** The name of this log in the place of an election's id. No election can have it. */
export const headLogName = 'acts.record';

const { version, log, publisher, witnesses } = electionManifest.shape;
export const headLogManifest = z.strictObject({
  version,
  electionId: z.literal(headLogName),
  log,
  publisher,
  witnesses,
});
export type HeadLogManifest = z.infer<typeof headLogManifest>;

/** What a folder of logs is named after: an election, or the record. */
export const logName = electionId.or(z.literal(headLogName));
