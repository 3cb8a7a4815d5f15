// What crosses from `ballots` to `mixer` through the database that knows voters: the contents of a sealed ballot, all
// of one size within an election, and the text that the mixer signs for its hourly key.

/** Contents, in bytes: tracker 32 | length of the text 4 (big-endian) | text in UTF-8 | zeros to the election's size. */
const trackerBytes = 32;
const textAt = trackerBytes + 4;

/** Sealed sizes are multiples of this, in bytes. */
const sealedBytesStep = 256;
/** Largest sealed ballot, in bytes: the database rejects more. */
export const sealedBytesMax = 32_768;

/** Size of every sealed ballot of an election whose longest ballot has this many bytes; `overhead` is the sealing's. */
export function sealedBytesFor(ballotBytesMax: number, overhead: number): number {
  return Math.ceil((overhead + textAt + ballotBytesMax) / sealedBytesStep) * sealedBytesStep;
}

/**
 * The contents of a sealed ballot; throws where the text does not fit, which is a bug: the size is set by the longest.
 */
export function sealedBallotContent(tracker: Buffer, text: string, contentBytes: number): Buffer {
  const content = Buffer.alloc(contentBytes);
  const length = Buffer.byteLength(text);
  if (tracker.length !== trackerBytes || textAt + length > contentBytes) throw new Error('A ballot does not fit.');
  content.set(tracker);
  content.writeUInt32BE(length, trackerBytes);
  content.write(text, textAt);
  return content;
}

/** Tracker and text, or null where the contents do not have this form. */
export function readSealedBallot(content: Buffer): { readonly tracker: Buffer; readonly text: string } | null {
  if (content.length < textAt) return null;
  const end = textAt + content.readUInt32BE(trackerBytes);
  if (end > content.length || content.subarray(end).some((byte) => byte !== 0)) return null;
  return { tracker: content.subarray(0, trackerBytes), text: content.toString('utf8', textAt, end) };
}

/** What a sealed ballot is bound to, beside its header: it is useless in another election. */
export const sealedBallotContext = (electionId: string): Buffer =>
  Buffer.from(`popvote/sealed-ballot/v1|${electionId}`);

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
