// An election with a public log as the files that are served under its prefix, by path. `popvote-verify --from` reads a
// folder with them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeBundle, encodeOpenings, findLists } from '../../../src/domain/record/bundle.ts';
import type { Opening } from '../../../src/domain/record/bundle.ts';
import { encodeCheckpoint } from '../../../src/domain/record/checkpoint.ts';
import type { Checkpoint } from '../../../src/domain/record/checkpoint.ts';
import { entryChannels } from '../../../src/domain/record/entry.ts';
import {
  cosignedBytes,
  encodeCosignature,
  encodeNote,
  noteKeyId,
  noteKeyTypes,
} from '../../../src/domain/record/note.ts';
import type { NoteSignature } from '../../../src/domain/record/note.ts';
import { repeatedPath } from '../../../src/domain/record/repeated-entries.ts';
import { bundlePath, openingPath, tilePath, tilesOfTree } from '../../../src/domain/record/tile.ts';
import type { Tile } from '../../../src/domain/record/tile.ts';
import { treeRoot } from '../../../src/domain/record/tree.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { byteSigner, publicKeyBytes } from '../../../src/platform/keys/byte-signatures.ts';
import { signValue } from '../../../src/platform/keys/signatures.ts';
import type { LogClosing } from '../../../src/protocol/record/closing.ts';
import type { ResultsBody } from '../../../src/protocol/public-results.ts';
import type { ElectionManifest } from '../../../src/protocol/record/manifest.ts';
import { closedAtSeconds, closingOf, leavesOf, repeatedFile, resultsOfDraft } from './log-draft.ts';
import type { LogDraft } from './log-draft.ts';
import { seededBytes } from './log-keys.ts';
import type { LogKeys, WitnessKey } from './log-keys.ts';

export type LogFiles = Map<string, Uint8Array>;

/** The hashes of every tile of a tree over these leaves. */
export function tileFiles(leaves: readonly Uint8Array[]): LogFiles {
  const levels: Uint8Array[][] = [[...leaves]];
  const hashesOf = (level: number): Uint8Array[] => {
    const below = levels[level - 1] ?? [];
    return (levels[level] ??= Array.from({ length: Math.floor(below.length / 256) }, (_, n) =>
      treeRoot(sha256, below.slice(n * 256, n * 256 + 256)),
    ));
  };
  const bytesOf = ({ level, index, width }: Tile): Buffer =>
    Buffer.concat(hashesOf(level).slice(index * 256, index * 256 + width));
  return new Map(tilesOfTree(leaves.length).map((tile) => [tilePath(tile), bytesOf(tile)]));
}

/** The line of the log for a checkpoint, by any key. */
export function logLine(key: LogKeys['log'], origin: string, text: string): NoteSignature {
  const noteKey = { name: origin, type: noteKeyTypes.ed25519, publicKey: publicKeyBytes(key) };
  return { name: origin, keyId: noteKeyId(sha256, noteKey), signature: byteSigner(key)(Buffer.from(text)) };
}

/** The line of a witness for a checkpoint. `text` is what it signs. */
export function witnessLine({ name, key }: WitnessKey, text: string, time = closedAtSeconds): NoteSignature {
  const noteKey = { name, type: noteKeyTypes.cosignature, publicKey: publicKeyBytes(key) };
  const signature = encodeCosignature(time, byteSigner(key)(cosignedBytes(time, text)));
  return { name, keyId: noteKeyId(sha256, noteKey), signature };
}

/** A checkpoint with the signature of the log, by this name, and the cosignatures of these witnesses. */
export function checkpointNote(
  keys: LogKeys,
  checkpoint: Checkpoint,
  witnesses: readonly WitnessKey[],
  signer = checkpoint.origin,
): string {
  const text = encodeCheckpoint(checkpoint);
  const lines = witnesses.map((witness) => witnessLine(witness, text));
  return encodeNote({ text, signatures: [logLine(keys.log, signer, text), ...lines] });
}

/** The checkpoint of the tree over the first `size` ballots. */
export const checkpointOf = (draft: LogDraft, size = draft.ballots.length): Checkpoint => ({
  origin: draft.names.origin,
  size,
  root: treeRoot(sha256, leavesOf(draft).slice(0, size)),
});

/** Openings of the ballots of the log for which `isOpen` holds, with their places. */
export const openingsOf = (draft: LogDraft, isOpen: (channel: 1 | 2) => boolean): Opening[] =>
  draft.ballots.flatMap(({ head, tracker, text }, index) => (isOpen(head.channel) ? [{ index, tracker, text }] : []));

/** What differs from the election that the draft describes. Null: the document does not exist yet. */
export type LogChanges = {
  readonly manifest?: ElectionManifest;
  readonly publisher?: LogKeys['publisher'];
  readonly checkpoint?: string;
  readonly closing?: LogClosing | null;
  readonly results?: ResultsBody | null;
  readonly openings?: readonly Opening[] | null;
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** All files of an election. The witnesses all cosigned, and the results are published, where nothing else is said. */
export function logFiles(draft: LogDraft, changes: LogChanges = {}): LogFiles {
  const { keys, ballots } = draft;
  const { publisher = keys.publisher, manifest = draft.manifest } = changes;
  const closing = changes.closing === undefined ? closingOf(draft) : changes.closing;
  const results = changes.results === undefined ? resultsOfDraft(draft) : changes.results;
  const publicChannel = (channel: 1 | 2): boolean =>
    channel === entryChannels.batch || draft.manifest.disclosure === 'ballots';
  const openings = changes.openings === undefined ? openingsOf(draft, publicChannel) : changes.openings;
  const files: LogFiles = tileFiles(leavesOf(draft));
  for (let first = 0; first < ballots.length; first += 256) {
    const bundle = ballots.slice(first, first + 256).map(({ entry }) => entry);
    files.set(bundlePath({ index: first / 256, width: bundle.length }), encodeBundle(bundle));
    const opened = openings?.filter(({ index }) => index >= first && index < first + 256);
    if (opened) files.set(openingPath(first / 256), encodeOpenings(opened));
  }
  for (const [path, list] of findLists(leavesOf(draft))) files.set(path, list);
  const repeated = closing && repeatedFile(draft);
  if (repeated) files.set(repeatedPath, repeated);
  const note = changes.checkpoint ?? checkpointNote(keys, checkpointOf(draft), keys.witnesses);
  files.set('checkpoint', Buffer.from(note));
  files.set('manifest.json', json({ manifest, signature: signValue(publisher, manifest) }));
  const client = { version: 1, revision: 1, files: clientFiles };
  files.set('client.json', json({ client, signature: signValue(publisher, client) }));
  if (closing) files.set('closing.json', json({ closing, signature: signValue(publisher, closing) }));
  if (results) files.set('results.json', json({ results, signature: signValue(publisher, results) }));
  return files;
}

const clientFiles = ['/', '/assets/voter.js'].map((path) => ({
  path,
  sha256: seededBytes(`client ${path}`).toString('base64url'),
}));

/** Writes files into a folder, which need not exist. */
export function writeLogFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
