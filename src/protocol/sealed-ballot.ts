// What crosses from `ballots` to `mixer` through the database that knows voters: the contents of a sealed ballot, all
// of one size within an election, and the text that the mixer signs for its hourly key.
import { entryBytes } from '../domain/record/entry.ts';

/**
 * Contents, in bytes: tracker 32 | entry 131, in an election with a log | length of the text 4 (big-endian) | text in UTF-8 |
 * zeros to the election's size.
 */
const trackerBytes = 32;
const lengthBytes = 4;
const textAt = (hasLog: boolean): number => trackerBytes + (hasLog ? entryBytes : 0) + lengthBytes;

/** Sealed sizes are multiples of this, in bytes. */
const sealedBytesStep = 256;
/** Largest sealed ballot, in bytes: the database rejects more. */
export const sealedBytesMax = 32_768;

/**
 * Size of every sealed ballot of an election whose longest ballot has this many bytes; `overhead` is the sealing's. `hasLog`:
 * the election has a log, so that an entry is sealed with each ballot.
 */
export function sealedBytesFor(ballotBytesMax: number, overhead: number, hasLog: boolean): number {
  return Math.ceil((overhead + textAt(hasLog) + ballotBytesMax) / sealedBytesStep) * sealedBytesStep;
}

export type SealedContent = {
  readonly tracker: Buffer;
  /** The entry in the log; null in an election without one. */
  readonly entry: Uint8Array | null;
  /** The canonical text of the ballot. */
  readonly text: string;
};

/**
 * The contents of a sealed ballot; throws where the text does not fit, which is a bug: the size is set by the longest.
 */
export function sealedBallotContent({ tracker, entry, text }: SealedContent, contentBytes: number): Buffer {
  const content = Buffer.alloc(contentBytes);
  const at = textAt(entry !== null);
  const length = Buffer.byteLength(text);
  const isWhole = tracker.length === trackerBytes && (entry === null || entry.length === entryBytes);
  if (!isWhole || at + length > contentBytes) throw new Error('A ballot does not fit.');
  content.set(tracker);
  if (entry) content.set(entry, trackerBytes);
  content.writeUInt32BE(length, at - lengthBytes);
  content.write(text, at);
  return content;
}

// Compared at once: a function for each byte takes as long as opening the ballot.
const zeros = Buffer.alloc(sealedBytesMax);

/** The parts of a content, or null where it does not have this form. */
export function readSealedBallot(content: Buffer, hasLog: boolean): SealedContent | null {
  const at = textAt(hasLog);
  if (content.length < at) return null;
  const end = at + content.readUInt32BE(at - lengthBytes);
  if (end > content.length || !content.subarray(end).equals(zeros.subarray(0, content.length - end))) return null;
  return {
    tracker: content.subarray(0, trackerBytes),
    entry: hasLog ? content.subarray(trackerBytes, at - lengthBytes) : null,
    text: content.toString('utf8', at, end),
  };
}

/**
 * What a sealed ballot is bound to, beside its header: it is useless in another election, and read in one form only.
 */
export const sealedBallotContext = (electionId: string, hasLog: boolean): Buffer =>
  Buffer.from(`popvote/sealed-ballot/v${hasLog ? 2 : 1}|${electionId}`);

/** A ballot is sealed only to a key of at most this age, in milliseconds: without a mixer no backlog grows. */
export const epochSealMsMax = 2 * 3_600_000;
/**
 * How far a key may be dated ahead of the database's clock, which dated it: that clock may be set back a little, in
 * milliseconds.
 */
export const epochAheadMsMax = 30_000;

/** What the mixer signs (Ed25519) of an hourly key. Fixed sizes: epoch 16, time 8, key 32. */
export function epochSigningBytes(epoch: Buffer, createdAtMs: number, publicKey: Buffer): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(createdAtMs));
  return Buffer.concat([Buffer.from('popvote/mixer-epoch/v1\0'), epoch, time, publicKey]);
}
