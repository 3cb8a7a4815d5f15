// Values of the public log's documents: the origin, a tree, keys of notes.
import { z } from 'zod';
import { bytes32, count } from '../public-values.ts';

/** The name of a log: host (with its port), `log`, election, base64url of the manifest's hash. */
export const logOrigin = z
  .string()
  .max(400)
  .regex(/^[a-z0-9.:[\]-]{1,255}\/log\/[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
  .describe('The name of the log, which ends in the hash of its manifest.');

/** Longest name and key of a signer of notes, in characters. */
const noteKeyCharactersMax = 400;
/** A verifier key of C2SP signed-note: name, key id, type and key. */
export const noteKeyText = z
  .string()
  .max(noteKeyCharactersMax)
  .regex(/^[!-*,-~]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/, 'A verifier key of c2sp.org/signed-note.');

/** The tree that a document is about. */
const tree = { origin: logOrigin, size: count.describe('Entries.'), root: bytes32.describe('RFC 6962.') };
export const logTree = z.strictObject(tree).meta({ id: 'LogTree' });
export type LogTree = z.infer<typeof logTree>;

/** `record` in the results: the tree that was counted. `aggregate` is for sealed elections. */
export const countedRecord = z.strictObject({ ...tree, aggregate: z.null() }).meta({ id: 'CountedRecord' });
export type CountedRecord = z.infer<typeof countedRecord>;
