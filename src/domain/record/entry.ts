// An entry of the public log: 131 bytes for one ballot, made and signed when the ballot is cast, and never changed after.
// What is hashed or signed is returned as bytes, so that Node and WebCrypto hash and verify the same.
import { hashBytes, joinBytes, signatureBytes, utf8Of } from './bytes.ts';
import type { Bytes, HashFunction, SignFunction } from './bytes.ts';

const entryVersion = 2;
/** 0: a plain ballot. 1 and 2 are sealed ones, of later stages. */
export const entryKinds = { plain: 0, sealed: 1, token: 2 } as const;
export type EntryKind = (typeof entryKinds)[keyof typeof entryKinds];
export const entryChannels = { online: 1, batch: 2 } as const;
export type EntryChannel = (typeof entryChannels)[keyof typeof entryChannels];

/** What is signed of an entry. */
export type EntryHead = {
  readonly kind: EntryKind;
  readonly channel: EntryChannel;
  /** 32 bytes that name the cast in public: `castTagPrefix` and the ballot key, or `batchTagBytes`, hashed. */
  readonly castTag: Uint8Array;
  /** 32 bytes: the hash of `commitmentBytes`, or of the sealed payload. */
  readonly content: Uint8Array;
};
export type Entry = EntryHead & { readonly signature: Uint8Array };

/** Size of the signed beginning of an entry, in bytes: version, kind, channel, cast tag, content. */
const headBytes = 3 + 2 * hashBytes;
/** Size of an entry, in bytes. */
export const entryBytes = headBytes + signatureBytes;

export function encodeEntryHead({ kind, channel, castTag, content }: EntryHead): Bytes {
  if (castTag.length !== hashBytes || content.length !== hashBytes) throw new Error('An entry has two hashes.');
  return joinBytes(Uint8Array.of(entryVersion, kind, channel), castTag, content);
}

export function encodeEntry(entry: Entry): Bytes {
  if (entry.signature.length !== signatureBytes) throw new Error('An entry has one Ed25519 signature.');
  return joinBytes(encodeEntryHead(entry), entry.signature);
}

/** The entry in these bytes, or null where they have not the form of one. The signature is not verified. */
export function decodeEntry(bytes: Uint8Array): Entry | null {
  const [version, kind, channel] = bytes;
  if (bytes.length !== entryBytes || version !== entryVersion) return null;
  if (kind !== entryKinds.plain && kind !== entryKinds.sealed && kind !== entryKinds.token) return null;
  if (channel !== entryChannels.online && channel !== entryChannels.batch) return null;
  return {
    kind,
    channel,
    castTag: bytes.slice(3, 3 + hashBytes),
    content: bytes.slice(3 + hashBytes, headBytes),
    signature: bytes.slice(headBytes),
  };
}

// What comes first in bytes that are made for each ballot, as bytes already.
const receiptPrefix = utf8Of('popvote/receipt/v2\0');
const commitmentPrefix = utf8Of('popvote/commitment/v2\0');

/** What the ballot server or the worker signs of an entry. `originHash` is the SHA-256 of the log's origin. */
export const entrySigningBytes = (originHash: Uint8Array, head: EntryHead): Bytes =>
  joinBytes(receiptPrefix, originHash, encodeEntryHead(head));

/** The signed entry: the same head, origin and key give the same bytes (RFC 8032). */
export const signEntry = (sign: SignFunction, originHash: Uint8Array, head: EntryHead): Entry => ({
  ...head,
  signature: sign(entrySigningBytes(originHash, head)),
});

/** The content of a plain ballot, before it is hashed: the secret tracker hides the ballot. */
export const commitmentBytes = (manifestHash: Uint8Array, tracker: Uint8Array, ballotHash: Uint8Array): Bytes =>
  joinBytes(commitmentPrefix, manifestHash, tracker, ballotHash);

/** The cast tag of a paper ballot, before it is hashed. */
export const batchTagBytes = (manifestHash: Uint8Array, tracker: Uint8Array): Bytes =>
  joinBytes('popvote/batch-tag/v2\0', manifestHash, tracker);

/** A participant in the tree of those who took part, before it is hashed. */
export const participantBytes = (voterTag: Uint8Array): Bytes => joinBytes('popvote/participant/v2\0', voterTag);

/** The content of a plain ballot, from its canonical text. */
export const commitmentOf = (
  hash: HashFunction,
  manifestHash: Uint8Array,
  tracker: Uint8Array,
  ballotText: string,
): Uint8Array => hash(commitmentBytes(manifestHash, tracker, hash(utf8Of(ballotText))));
