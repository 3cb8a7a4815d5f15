// The newest published checkpoint of an election, and how many witnesses cosigned its final tree. `herald` publishes both in its
// folder, which anybody may copy: they are verified here by the keys of the manifest.
import { join } from 'node:path';
import { base64urlOf, equalBytes } from '../../../domain/record/bytes.ts';
import { decodeNoteKey } from '../../../domain/record/note.ts';
import { openSignedCheckpoint, signaturesBy } from '../../../domain/record/signed-checkpoint.ts';
import type { SignedCheckpoint } from '../../../domain/record/signed-checkpoint.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Clock } from '../../../platform/clock.ts';
import { readTextFile } from '../../../platform/files.ts';
import { noteVerifier } from '../../../platform/keys/note-verifier.ts';
import type { ClosingDocument } from '../../../protocol/record/closing.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ManifestDocument } from '../../../protocol/record/manifest.ts';
import { logOf } from './manifest.ts';

/** Largest checkpoint that is read, in bytes. */
const checkpointBytesMax = 65_536;

/** The published checkpoint is not one of the log of the manifest: an alarm. */
export class CheckpointNotSigned extends Error {
  constructor() {
    super('the published checkpoint is not signed by the log of the election');
    this.name = 'CheckpointNotSigned';
  }
}

/**
 * The published checkpoint of the log of a manifest; null where there is none. Throws `CheckpointNotSigned`, and `busy` where
 * the folder cannot be read: it does not say then that nothing is published.
 */
export type PublishedCheckpoint = (document: ManifestDocument) => SignedCheckpoint | null;

/** The witnesses of the manifest that cosigned the tree of the closing document. */
export type FinalWitnesses = (manifest: ManifestDocument, closing: ClosingDocument) => number;

/** `directory`: the folder of `herald` or a copy of it; null where there is none, so that nothing published is known. */
export function createPublishedLog(
  directory: string | null,
  clock: Clock,
): {
  readonly publishedCheckpoint: PublishedCheckpoint;
  readonly finalWitnesses: FinalWitnesses;
} {
  const publishedCheckpoint: PublishedCheckpoint = (document) => {
    const { electionId, log } = document.manifest;
    const { origin, manifestHash } = logOf(document);
    const text =
      directory === null ? null : textIn(join(directory, electionId, base64urlOf(manifestHash), 'checkpoint'));
    const publicKey = Buffer.from(log.key, 'base64url');
    if (text === null) return null;
    const signed = openSignedCheckpoint(noteVerifier, text, { origin, publicKey });
    if (!signed) throw new CheckpointNotSigned();
    return signed;
  };
  return {
    publishedCheckpoint,
    finalWitnesses(document, { closing }) {
      const signed = signedOrNull(() => publishedCheckpoint(document));
      if (signed?.checkpoint.size !== closing.size) return 0;
      if (!equalBytes(signed.checkpoint.root, Buffer.from(closing.root, 'base64url'))) return 0;
      return document.manifest.witnesses.keys.filter((keyText) => {
        const key = decodeNoteKey(noteVerifier.hash, keyText);
        return key !== null && signaturesBy(noteVerifier, signed.note, key, clock()).length > 0;
      }).length;
    },
  };
}

function signedOrNull(read: () => SignedCheckpoint | null): SignedCheckpoint | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CheckpointNotSigned) return null;
    throw error;
  }
}

function textIn(path: string): string | null {
  try {
    return readTextFile(path, checkpointBytesMax);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Problem('busy', { ...retrySoon(), detail: unreadable });
  }
}

const unreadable =
  'The published log cannot be read in ELECTIONS_LOG_DIRECTORY. Make it readable for elections, and try again.';
