// Whether a receipt is in the public log that it names. One list of places, tiles and the checkpoint are read and verified here
// with the keys of the manifest, whose hash the receipt names. The receipt is not sent: the list has thousands of others.
import { sha256 } from '@noble/hashes/sha2.js';
import { indexesInList, findPath } from '../../../domain/record/bundle.ts';
import {
  base64urlOf,
  bytesOfBase64url,
  equalBytes,
  hashBytes,
  joinBytes,
  textOfUtf8,
} from '../../../domain/record/bytes.ts';
import type { Bytes } from '../../../domain/record/bytes.ts';
import { decodeCheckpoint } from '../../../domain/record/checkpoint.ts';
import type { Checkpoint } from '../../../domain/record/checkpoint.ts';
import { entryOfReceipt, leafOfReceipt } from '../../../domain/record/election-log.ts';
import type { ReceiptParts } from '../../../domain/record/election-log.ts';
import { entrySigningBytes } from '../../../domain/record/entry.ts';
import { groupsOfHash, logOriginOf, manifestHashBytes, readOrigin } from '../../../domain/record/manifest.ts';
import { decodeNote, decodeNoteKey } from '../../../domain/record/note.ts';
import type { Note, NoteKey } from '../../../domain/record/note.ts';
import { verifyInclusion } from '../../../domain/record/proof.ts';
import { decodeRepeated, repeatedPath } from '../../../domain/record/repeated-entries.ts';
import { leafHash } from '../../../domain/record/tree.ts';
import { inclusionProof } from '../../../domain/record/served-tree.ts';
import { tileHashesMax, tilePath, tileWith } from '../../../domain/record/tile.ts';
import { isDated, logNoteKey, signatureClaims } from '../../../domain/record/signed-checkpoint.ts';
import type { ClosingDocument } from '../../../protocol/record/closing.ts';
import type { ElectionManifest, ManifestDocument } from '../../../protocol/record/manifest.ts';
import type { LoggedReceipt } from '../../../protocol/record/receipt.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';

export type LogVerdict =
  | {
      readonly kind: 'found';
      /** Counted from 1. */
      readonly entry: number;
      readonly size: number;
      /** Witnesses of this checkpoint, all witnesses, and how many are needed. */
      readonly seen: number;
      readonly witnesses: number;
      readonly quorum: number;
    }
  /** The next entries come in a group of `minBatch` or more, or when voting has ended. */
  | { readonly kind: 'later'; readonly minBatch: number }
  /** The log is complete without it. */
  | { readonly kind: 'missing' }
  /** It is beside the complete log: another ballot under its cast tag was counted. */
  | { readonly kind: 'repeated' }
  /** The served log is not signed by its key, or does not agree with itself or with the receipt. */
  | { readonly kind: 'broken' }
  /** A file of the log was not answered. */
  | { readonly kind: 'unreachable' };
export type LogCheck = {
  readonly verdict: LogVerdict;
  /** The code that the organiser announces: the hash of the manifest. */
  readonly code: string;
  /** The checkpoint that was served, for evidence. */
  readonly checkpoint: string | null;
  /** When the last of its witnesses says that it cosigned it, in milliseconds since 1970; null without one. */
  readonly seenAtMs: number | null;
};

/** How files are read and signatures verified: the tests have others. */
export type LogAccess = {
  /** A file below the name of the log, or null where there is none. Throws without an answer, or `BrokenLog`. */
  read(path: string): Promise<Uint8Array | null>;
  /** Whether an Ed25519 signature is by this key over these bytes. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
  readonly nowMs: number;
};

/** Most places in a list that are tried: two leaves that begin alike are as good as impossible. */
const placesMax = 4;

/** A file that must be there was not answered. */
class MissingFile extends Error {}
/** What was served is not what it should be. */
export class BrokenLog extends Error {}

/** A leaf, or the beginning of one. */
export type TargetLeaf = {
  /** At least its first 8 bytes. */
  readonly start: Uint8Array;
  readonly is: (leaf: Uint8Array) => boolean;
};

export const findReceipt = (receipt: LoggedReceipt, access: LogAccess): Promise<LogCheck> =>
  findLeaf(
    receipt.origin,
    access,
    () => readManifest(receipt, access),
    () => {
      const leaf = leafOfReceipt(sha256, partsOf(receipt));
      return { start: leaf, is: (other) => equalBytes(leaf, other) };
    },
  );

/** Looks for a leaf in the log of this origin. `manifestOf` rejects where the manifest is not that of the origin. */
export async function findLeaf(
  origin: string,
  access: LogAccess,
  manifestOf: () => Promise<ElectionManifest>,
  targetOf: () => TargetLeaf,
): Promise<LogCheck> {
  const { manifestHash = new Uint8Array() } = readOrigin(origin) ?? {};
  const code = groupsOfHash(manifestHash);
  let checkpoint: string | null = null;
  let seenAtMs: number | null = null;
  try {
    const manifest = await manifestOf();
    checkpoint = textOfUtf8(await mustRead(access, 'checkpoint'));
    const { note, tree } = await openCheckpoint(origin, manifest, checkpoint ?? '', access);
    const times = await cosignatureTimes(manifest.witnesses.keys, note, access);
    if (times.length > 0) seenAtMs = Math.max(...times) * 1_000;
    const verdict = await findIn({ manifest, target: targetOf(), cosignatures: times.length }, tree, access);
    return { verdict, code, checkpoint, seenAtMs };
  } catch (error) {
    // A file of another form throws too.
    return { verdict: { kind: error instanceof MissingFile ? 'unreachable' : 'broken' }, code, checkpoint, seenAtMs };
  }
}

async function mayRead({ read }: LogAccess, path: string): Promise<Uint8Array | null> {
  try {
    return await read(path);
  } catch (error) {
    throw error instanceof BrokenLog ? error : new MissingFile();
  }
}

async function mustRead(access: LogAccess, path: string): Promise<Uint8Array> {
  const bytes = await mayRead(access, path);
  if (!bytes) throw new MissingFile();
  return bytes;
}

/** The manifest whose hash the origin ends in. Its key of receipts signed this one. */
async function readManifest(receipt: LoggedReceipt, access: LogAccess): Promise<ElectionManifest> {
  const { origin, electionId, kid } = receipt;
  const text = textOfUtf8(await mustRead(access, 'manifest.json'));
  const { manifest } = JSON.parse(text ?? '') as ManifestDocument;
  const hash = sha256(manifestHashBytes(canonicalJson(manifest)));
  if (manifest.electionId !== electionId || logOriginOf(manifest.log.host, electionId, hash) !== origin) {
    throw new BrokenLog();
  }
  const entry = entryOfReceipt(partsOf(receipt));
  const signed = entrySigningBytes(sha256(joinBytes(origin)), entry);
  const isOfKey = manifest.receipts.kid === kid;
  if (!isOfKey || !(await access.verify(bytesOf(manifest.receipts.x), signed, entry.signature))) throw new BrokenLog();
  return manifest;
}

/** What the entry of a receipt is made of. Throws `BrokenLog` where it is no base64url. */
export const partsOf = ({ castTag, content, signature }: LoggedReceipt): ReceiptParts => ({
  castTag: bytesOf(castTag),
  content: bytesOf(content),
  signature: bytesOf(signature),
});

function bytesOf(base64url: string): Bytes {
  const bytes = bytesOfBase64url(base64url);
  if (!bytes) throw new BrokenLog();
  return bytes;
}

type Search = { readonly manifest: ElectionManifest; readonly target: TargetLeaf; readonly cosignatures: number };

async function findIn(
  { manifest, target, cosignatures }: Search,
  tree: Checkpoint,
  access: LogAccess,
): Promise<LogVerdict> {
  const index = await placeOf(target, tree, access);
  if (index === null) return absence(manifest, tree, target, access);
  const { quorum, keys } = manifest.witnesses;
  return { kind: 'found', entry: index + 1, size: tree.size, seen: cosignatures, witnesses: keys.length, quorum };
}

type OpenCheckpoint = { readonly note: Note; readonly tree: Checkpoint };

async function openCheckpoint(
  origin: string,
  { log }: ElectionManifest,
  noteText: string,
  access: LogAccess,
): Promise<OpenCheckpoint> {
  const note = decodeNote(noteText);
  if (!note) throw new BrokenLog();
  const tree = decodeCheckpoint(note.text);
  const logKey = logNoteKey(origin, bytesOf(log.key));
  if (tree?.origin !== origin || (await signatureTimes(logKey, note, access)).length === 0) {
    throw new BrokenLog();
  }
  return { note, tree };
}

/** The proven place of a leaf, or null where the list of places does not have it. */
async function placeOf(
  { start, is }: TargetLeaf,
  { size, root }: Checkpoint,
  access: LogAccess,
): Promise<number | null> {
  if (size === 0) return null;
  const list = await mustRead(access, findPath(start, size));
  // The list may be newer than the checkpoint.
  const places = indexesInList(list, start).filter((index) => index < size);
  for (const index of places.slice(0, placesMax)) {
    const leaves = await readTile(tilePath(tileWith(size, 0, index)), access);
    const leaf = leaves.subarray((index % tileHashesMax) * hashBytes).subarray(0, hashBytes);
    const path = await inclusionProof(sha256, index, size, (name) => readTile(name, access));
    if (is(leaf) && verifyInclusion(sha256, { leaf, index, size, path }, root)) return index;
  }
  if (places.length > 0) throw new BrokenLog();
  return null;
}

/** A tile. Where a log has grown, a partial one may be served as the full one only. */
async function readTile(path: string, access: LogAccess): Promise<Uint8Array> {
  const [full = '', width] = path.split('.p/');
  const bytes = (width !== undefined && (await mayRead(access, path))) || (await mustRead(access, full));
  return width === undefined ? bytes : bytes.subarray(0, Number(width) * 32);
}

async function absence(
  { minBatch, publisher }: ElectionManifest,
  tree: Checkpoint,
  target: TargetLeaf,
  access: LogAccess,
): Promise<LogVerdict> {
  const bytes = await mayRead(access, 'closing.json');
  if (!bytes) {
    // A counted election has one, and its log takes no vote later.
    if (await mayRead(access, 'results.json')) throw new MissingFile();
    return { kind: 'later', minBatch };
  }
  const { closing, signature } = JSON.parse(textOfUtf8(bytes) ?? '') as ClosingDocument;
  const signed = joinBytes(canonicalJson(closing));
  const isSigned = await access.verify(bytesOf(publisher.x), signed, bytesOf(signature.value));
  // Without this a server could promise a missing vote for later, or call it repeated.
  if (!isSigned || signature.kid !== publisher.kid || closing.origin !== tree.origin) throw new BrokenLog();
  if (tree.size < closing.size) return { kind: 'later', minBatch };
  return { kind: (await isRepeated(closing, target, access)) ? 'repeated' : 'missing' };
}

async function isRepeated(
  { repeated, repeatedHash }: ClosingDocument['closing'],
  { is }: TargetLeaf,
  access: LogAccess,
): Promise<boolean> {
  if (repeated === 0) return false;
  const file = await mustRead(access, repeatedPath);
  const entries = decodeRepeated(file);
  if (base64urlOf(sha256(file)) !== repeatedHash || entries?.length !== repeated) throw new BrokenLog();
  return entries.some((entry) => is(leafHash(sha256, entry)));
}

/** When each witness says that it cosigned the note, in seconds since 1970. */
async function cosignatureTimes(keys: readonly string[], note: Note, access: LogAccess): Promise<number[]> {
  const times: number[] = [];
  for (const text of keys) {
    const key = decodeNoteKey(sha256, text);
    const own = key ? await signatureTimes(key, note, access) : [];
    if (own.length > 0) times.push(Math.max(...own));
  }
  return times;
}

/** The times of the signatures of the note that are by this key and not dated in the future; 0 for a key without dates. */
async function signatureTimes(key: NoteKey, note: Note, { verify, nowMs }: LogAccess): Promise<number[]> {
  const times: number[] = [];
  for (const { bytes, signature, time } of signatureClaims(sha256, note, key)) {
    if (isDated(time, nowMs) && (await verify(key.publicKey, bytes, signature))) times.push(time ?? 0);
  }
  return times;
}
