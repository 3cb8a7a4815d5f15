// An entry of the log: 131 bytes, made when a ballot was cast.
import { hashParts } from '../documents/record-bytes.ts';

export const entryLength = 131;
const signedLength = 67;
const receiptPrefix = 'popvote/receipt/v2\0';

export const channelNumbers = { online: 1, batches: 2 } as const;

export type LogEntry = {
  readonly version: number;
  readonly kind: number;
  readonly channel: number;
  readonly castTag: Buffer;
  readonly content: Buffer;
  readonly signature: Buffer;
  /** The bytes that are signed, after the prefix and the hash of the origin. */
  readonly signedPart: Buffer;
};

/** The parts of 131 bytes. They are views of the bytes. */
export const readEntry = (bytes: Buffer): LogEntry => ({
  version: bytes[0] ?? 0,
  kind: bytes[1] ?? 0,
  channel: bytes[2] ?? 0,
  castTag: bytes.subarray(3, 35),
  content: bytes.subarray(35, signedLength),
  signature: bytes.subarray(signedLength),
  signedPart: bytes.subarray(0, signedLength),
});

/** What the signature of an entry covers before the entry's own bytes. */
export const entryContext = (origin: string): Buffer => Buffer.concat([Buffer.from(receiptPrefix), hashParts(origin)]);
