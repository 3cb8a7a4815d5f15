// Random changes of one byte in the files of a good election, from a seed. A verifier must reject each, or the change must be
// one that no reader is misled by: `effectOf` says which those are, by itself.
import { equalBytes, joinBytes } from '../../src/domain/record/bytes.ts';
import {
  cosignedBytes,
  decodeCosignature,
  decodeNote,
  decodeNoteKey,
  noteKeyId,
} from '../../src/domain/record/note.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { bytesAreSigned, publicKeyOfBytes } from '../../src/platform/keys/byte-signatures.ts';
import { canonicalText } from '../../src/platform/keys/signatures.ts';
import type { ElectionManifest } from '../../src/protocol/record/manifest.ts';
import type { LogDraft } from '../support/record/log-draft.ts';
import type { LogFiles } from '../support/record/log-files.ts';
import { seededBytes } from '../support/record/log-keys.ts';
import { keptFolder, servedFolder } from './verifiers.ts';

export type Mutation = {
  readonly path: string;
  readonly at: number;
  /** What the byte is combined with by exclusive or: never zero. */
  readonly mask: number;
};

/** The change number `n` of a seed. Every file is as likely as another, so that short ones are changed often too. */
export function mutationNumber(seed: string, n: number, files: LogFiles): Mutation {
  const random = seededBytes(`${seed}|mutation ${n}`);
  const paths = [...files].filter(([, bytes]) => bytes.length > 0).map(([path]) => path);
  const path = paths[random.readUInt32BE(0) % paths.length] ?? '';
  const length = files.get(path)?.length ?? 1;
  return { path, at: random.readUInt32BE(4) % length, mask: (random.readUInt8(8) % 255) + 1 };
}

/** Files of one kind: all tiles, all receipts. */
export const kindOfFile = (path: string): string => path.replace(/[/-]\d.*$/, '');

/** The files with one byte changed. */
export function mutated(files: LogFiles, { path, at, mask }: Mutation): LogFiles {
  const bytes = Uint8Array.from(files.get(path) ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  return new Map([...files, [path, bytes]]);
}

/**
 * What a change of one file of an election does. `unread`: nothing may be said against the election. `harmless`: the file says
 * the same as before to everyone who verifies it. `misleading`: it must be rejected.
 */
export function effectOf(
  draft: LogDraft,
  path: string,
  before: Uint8Array,
  after: Uint8Array,
): 'unread' | 'harmless' | 'misleading' {
  const [folder, ...names] = path.split('/');
  // A hint that a proof makes true, and the list of the page's files, which is compared with the page. A checkpoint that the log
  // did not sign is no evidence against it, and of the others the cosignatures do not matter.
  if (/^served\/(?:find\/|client\.json$)/.test(path) || folder === keptFolder) return 'unread';
  const isServed = folder === servedFolder;
  return isServed && isHarmless(draft, names.join('/'), before, after) ? 'harmless' : 'misleading';
}

/** Whether a changed file that is served says the same as before to everyone who verifies it. */
export function isHarmless({ manifest }: LogDraft, path: string, before: Uint8Array, after: Uint8Array): boolean {
  if (path === 'checkpoint') return isWitnessed(manifest, before, after);
  return path.endsWith('.json') && saysTheSame(before, after);
}

/** The same text, signed by the log, with enough cosignatures that hold. */
function isWitnessed({ log, witnesses }: ElectionManifest, before: Uint8Array, after: Uint8Array): boolean {
  const good = decodeNote(Buffer.from(before).toString());
  const note = decodeNote(Buffer.from(after).toString());
  if (!good || note?.text !== good.text) return false;
  const text = Buffer.from(note.text);
  const logKey = publicKeyOfBytes(Buffer.from(log.key, 'base64url'));
  const [origin] = note.text.split('\n');
  const fromLog = note.signatures.some(
    ({ name, keyId, signature }) =>
      name === origin && equalBytes(keyId, good.signatures[0]!.keyId) && bytesAreSigned(logKey, text, signature),
  );
  const cosigned = witnesses.keys.filter((keyText) => {
    const key = decodeNoteKey(sha256, keyText);
    return note.signatures.some(({ name, keyId, signature }) => {
      const cosignature = decodeCosignature(signature);
      if (!key || !cosignature || name !== key.name || !equalBytes(keyId, noteKeyId(sha256, key))) return false;
      const signed = joinBytes(cosignedBytes(cosignature.time, note.text));
      return bytesAreSigned(publicKeyOfBytes(key.publicKey), signed, cosignature.signature);
    });
  });
  return fromLog && cosigned.length >= witnesses.quorum;
}

/** The same signed value, and the same signature of it. The id of the key is not signed, and names nothing by itself. */
function saysTheSame(before: Uint8Array, after: Uint8Array): boolean {
  const withoutKid = (bytes: Uint8Array): string => {
    const document = JSON.parse(Buffer.from(bytes).toString()) as { signature?: { kid?: unknown } };
    if (document.signature) document.signature.kid = '';
    return canonicalText(document);
  };
  try {
    return withoutKid(before) === withoutKid(after);
  } catch {
    return false;
  }
}
