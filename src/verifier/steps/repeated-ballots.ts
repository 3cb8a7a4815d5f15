// Step 13, the repeated ballots: each is signed for this log, has the cast tag of an entry of it, and is no entry itself.
import type { ClosingDocument } from '../documents/closing-document.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { readPublicKey, verifiesLater } from '../documents/public-key.ts';
import { hashParts } from '../documents/record-bytes.ts';
import { channelNumbers, entryContext, entryLength, readEntry } from '../log/log-entry.ts';
import { leafHash } from '../log/merkle-tree.ts';
import type { RecordFiles } from '../reading/record-files.ts';
import type { JudgedLog } from './judge-entries.ts';

/** Largest file of repeated ballots, in bytes: those of a million. */
const repeatedBytesMax = 131_000_000;
/** Signatures that are verified at once. */
const signaturesAtOnceMax = 256;
const hashLength = 32;

export type LogWithRepeated = {
  readonly files: RecordFiles;
  readonly manifest: VerifiedManifest;
  /** The verified tiles of level 0. */
  readonly leaves: readonly Buffer[];
  readonly logged: JudgedLog;
};

/** The leaves of the repeated ballots in base64, or null where they are not shown to be such. */
export async function repeatedLeaves(
  { repeated, repeatedHash = null }: ClosingDocument,
  { files, manifest, leaves, logged }: LogWithRepeated,
): Promise<ReadonlySet<string> | null> {
  if (repeated === 0) return repeatedHash === null ? new Set() : null;
  const file = repeatedHash === null ? null : await files.read('repeated', repeatedBytesMax);
  if (file === null || file.length > repeatedBytesMax || repeatedHash?.equals(hashParts(file)) !== true) return null;
  const entries = entriesOf(file);
  if (entries?.length !== repeated) return null;
  const own = new Set(entries.map((entry) => leafHash(entry).toString('base64')));
  if (hasOne(leaves, own)) return null;
  if (!entries.every((bytes) => isPlainOnline(bytes) && logged.tags.has(readEntry(bytes).castTag))) return null;
  return (await areSigned(entries, manifest)) ? own : null;
}

/** The entries of a file, or null where they are not in the order of their bytes, each once. */
function entriesOf(file: Buffer): Buffer[] | null {
  if (file.length % entryLength !== 0) return null;
  const entries = Array.from({ length: file.length / entryLength }, (_, place) =>
    file.subarray(place * entryLength, (place + 1) * entryLength),
  );
  const isInOrder = entries.every((entry, place) => place === 0 || entry.compare(entries[place - 1] ?? entry) > 0);
  return isInOrder ? entries : null;
}

function isPlainOnline(bytes: Buffer): boolean {
  const { version, kind, channel } = readEntry(bytes);
  return version === 2 && kind === 0 && channel === channelNumbers.online;
}

/** Whether one of the leaves in tiles is in a set. */
const hasOne = (tiles: readonly Buffer[], set: ReadonlySet<string>): boolean =>
  tiles.some((tile) =>
    Array.from({ length: tile.length / hashLength }, (_, place) => place * hashLength).some((at) =>
      set.has(tile.toString('base64', at, at + hashLength)),
    ),
  );

async function areSigned(entries: readonly Buffer[], { origin, receipts }: VerifiedManifest): Promise<boolean> {
  const key = readPublicKey(receipts.x);
  if (key === null) return false;
  const context = entryContext(origin);
  for (let from = 0; from < entries.length; from += signaturesAtOnceMax) {
    const answers = await Promise.all(
      entries.slice(from, from + signaturesAtOnceMax).map((bytes) => {
        const { signedPart, signature } = readEntry(bytes);
        return verifiesLater(key, Buffer.concat([context, signedPart]), signature);
      }),
    );
    if (answers.includes(false)) return false;
  }
  return true;
}
