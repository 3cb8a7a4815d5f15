// The log of one election as its entries name it.
import { joinBytes } from './bytes.ts';
import type { HashFunction } from './bytes.ts';
import { encodeEntry, entryChannels, entryKinds } from './entry.ts';
import type { Entry } from './entry.ts';
import { manifestHashBytes, logOriginOf, readOrigin } from './manifest.ts';
import { leafHash } from './tree.ts';

export type ElectionLog = {
  readonly origin: string;
  /** SHA-256 of the origin: entries are signed with it. */
  readonly originHash: Uint8Array;
  /** M, which the origin ends in: commitments are bound to it. */
  readonly manifestHash: Uint8Array;
};

/** The log that a manifest makes. `canonicalText` is the RFC 8785 form of the manifest as it was published. */
export function electionLogOf(
  hash: HashFunction,
  manifest: { readonly electionId: string; readonly log: { readonly host: string } },
  canonicalText: string,
): ElectionLog {
  const manifestHash = hash(manifestHashBytes(canonicalText));
  const origin = logOriginOf(manifest.log.host, manifest.electionId, manifestHash);
  return { origin, originHash: hash(joinBytes(origin)), manifestHash };
}

/** The log of this origin, or null where the text is none. */
export function electionLogAt(hash: HashFunction, origin: string): ElectionLog | null {
  const read = readOrigin(origin);
  return read && { origin, originHash: hash(joinBytes(origin)), manifestHash: read.manifestHash };
}

/** What a receipt has of its entry, as bytes. */
export type ReceiptParts = Pick<Entry, 'castTag' | 'content' | 'signature'>;

/** The entry of an online ballot that is not sealed, from its receipt. */
export const entryOfReceipt = (parts: ReceiptParts): Entry => ({
  kind: entryKinds.plain,
  channel: entryChannels.online,
  ...parts,
});

/** The leaf that a receipt promises. */
export const leafOfReceipt = (hash: HashFunction, parts: ReceiptParts): Uint8Array =>
  leafHash(hash, encodeEntry(entryOfReceipt(parts)));
