// How many witnesses of an election cosigned its final tree. `herald` publishes their cosignatures in its folder, which anybody
// may copy: they are verified here by the keys of the manifest.
import { join } from 'node:path';
import { base64urlOf, equalBytes } from '../../../domain/record/bytes.ts';
import { decodeNoteKey } from '../../../domain/record/note.ts';
import { openSignedCheckpoint, signaturesBy } from '../../../domain/record/signed-checkpoint.ts';
import { readTextFile } from '../../../platform/files.ts';
import { noteVerifier } from '../../../platform/keys/note-verifier.ts';
import type { ClosingDocument } from '../../../protocol/record/closing.ts';
import type { ManifestDocument } from '../../../protocol/record/manifest.ts';
import { logOf } from './manifest.ts';

/** Largest checkpoint that is read, in bytes. */
const checkpointBytesMax = 65_536;

/** The witnesses of the manifest that cosigned the tree of the closing document. */
export type FinalWitnesses = (manifest: ManifestDocument, closing: ClosingDocument) => number;

/** `directory`: the folder of `herald` or a copy of it; null where there is none, so that no cosignature is known. */
export const createFinalWitnesses =
  (directory: string | null): FinalWitnesses =>
  (document, { closing }) => {
    const { manifest } = document;
    const { origin, manifestHash } = logOf(document);
    const text = directory && textIn(join(directory, manifest.electionId, base64urlOf(manifestHash), 'checkpoint'));
    const publicKey = Buffer.from(manifest.log.key, 'base64url');
    const signed = text ? openSignedCheckpoint(noteVerifier, text, { origin, publicKey }) : null;
    if (signed?.checkpoint.size !== closing.size) return 0;
    if (!equalBytes(signed.checkpoint.root, Buffer.from(closing.root, 'base64url'))) return 0;
    return manifest.witnesses.keys.filter((keyText) => {
      const key = decodeNoteKey(noteVerifier.hash, keyText);
      return key !== null && signaturesBy(noteVerifier, signed.note, key).length > 0;
    }).length;
  };

function textIn(path: string): string | null {
  try {
    return readTextFile(path, checkpointBytesMax);
  } catch {
    return null;
  }
}
