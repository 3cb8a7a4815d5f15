// Verifies data from the control Redis: uploads must be signed by `officials`, and elections by their publisher. An
// attacker with access to Redis can delete rows, which is noticed, but cannot add, change or move one.
import { createHash, verify } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../platform/json.ts';
import { rowCharactersMax } from '../../domain/batch-row.ts';
import { valueIsSigned } from '../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import {
  chunkCharactersMax,
  chunkRowsMax,
  chunkSigningText,
  signedManifest,
} from '../../protocol/control/batch-entries.ts';
import type { Manifest } from '../../protocol/control/batch-entries.ts';

/** Longest manifest that is read, in characters: the public document of a large election. */
const manifestCharactersMax = 4_000_000;

export type UploadKeys = {
  /** Keys of `officials`. */
  readonly batches: VerificationKeys;
  /** Keys of the publishers of elections. */
  readonly publishers: VerificationKeys;
};

/** A signed manifest of a signed election. `text` is its JSON with the signature. */
export type VerifiedManifest = { readonly manifest: Manifest; readonly text: string };

/** Reads the manifest of a batch; null if it is invalid, not signed, or of another batch. */
export function readManifest(keys: UploadKeys, batchId: string, text: string): VerifiedManifest | null {
  const raw = text.length <= manifestCharactersMax ? parseJson(text) : null;
  const parsed = signedManifest.safeParse(raw);
  if (!parsed.success) return null;
  const { manifest, signature } = parsed.data;
  const signed = (raw as { manifest: { document: { election: unknown } } }).manifest;
  const { document } = manifest;
  if (manifest.batchId !== batchId || manifest.electionId !== document.election.id) return null;
  const stations = document.election.paper?.stations ?? [];
  if (manifest.station === undefined ? stations.length > 0 : !stations.some(({ id }) => id === manifest.station))
    return null;
  if (!valueIsSigned(keys.batches, signed, signature)) return null;
  if (!valueIsSigned(keys.publishers, signed.document.election, document.signature)) return null;
  return { manifest, text };
}

/** The manifest from the ledger. It was verified before it was stored, with a key that may no longer exist. */
export const manifestOfLedger = (text: string): Manifest => signedManifest.parse(parseJson(text)).manifest;

/** Whether the election took batches at the time of acceptance that `officials` recorded. */
export function acceptedInTime({ acceptedAt, document: { election } }: Manifest): boolean {
  const atMs = Date.parse(acceptedAt);
  const open = Date.parse(election.opensAt) <= atMs && atMs < Date.parse(election.closesAt);
  return open && election.channels.includes('batches') && election.phase !== 'published';
}

const chunkEntry = z.object({
  row: z.coerce.number().int().min(1),
  text: z
    .string()
    .min(1)
    .max(chunkCharactersMax + rowCharactersMax),
  kid: z.string().max(64),
  signature: z.base64url().length(86),
});
const rowForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:,[0-9+]*)+$/;

export type VerifiedChunk = { readonly firstRow: number; readonly rows: readonly string[] };

/** Reads a chunk of a batch; null if it is invalid, not signed, or of another batch or position. */
export function readChunk(
  keys: UploadKeys,
  batchId: string,
  fields: Readonly<Record<string, string>>,
): VerifiedChunk | null {
  const parsed = chunkEntry.safeParse(fields);
  if (!parsed.success) return null;
  const { row: firstRow, text, kid, signature } = parsed.data;
  const key = keys.batches.get(kid);
  if (!key || !text.endsWith('\n')) return null;
  const digest = createHash('sha256').update(text).digest('base64url');
  const bytes = Buffer.from(chunkSigningText(batchId, firstRow, digest));
  if (!verify(null, bytes, key, Buffer.from(signature, 'base64url'))) return null;
  const rows = text.slice(0, -1).split('\n');
  return rows.length <= chunkRowsMax && rows.every((row) => rowForm.test(row)) ? { firstRow, rows } : null;
}
