// Reads the log of one election in the folder of `log`: its manifest, which the name of the folder is the hash of, and
// checkpoints, which the key in the manifest signed.
import { z } from 'zod';
import { bytesOfBase64url, equalBytes } from '../../domain/record/bytes.ts';
import { manifestHashBytes, logOriginOf } from '../../domain/record/manifest.ts';
import type { Note, NoteSignature } from '../../domain/record/note.ts';
import { logNoteKey, openSignedCheckpoint, signaturesOfLog } from '../../domain/record/signed-checkpoint.ts';
import type { SignedCheckpoint } from '../../domain/record/signed-checkpoint.ts';
import { sha256 } from '../../platform/content-hash.ts';
import type { DurableFolder } from '../../platform/durable-folder.ts';
import { parseJson } from '../../platform/json.ts';
import { noteVerifier } from '../../platform/keys/note-verifier.ts';
import { canonicalText } from '../../platform/keys/signatures.ts';
import { logName } from '../../protocol/record/head-log.ts';
import { electionManifest } from '../../protocol/record/manifest.ts';
import type { ElectionManifest } from '../../protocol/record/manifest.ts';
import { NotPublishable, readPresent } from './copy-tree.ts';
import type { NamedLog } from './named-logs.ts';

/** What publishing needs of a manifest. Later kinds of elections have more in theirs. */
const { log, witnesses } = electionManifest.shape;
const namedManifest = z.object({ manifest: z.object({ electionId: logName, log, witnesses }) });

export type SourceLog = {
  readonly origin: string;
  readonly witnesses: ElectionManifest['witnesses'];
  /** Opens a checkpoint of this log, or returns null where its key did not sign it. */
  open(note: string): SignedCheckpoint | null;
  /** The signatures of the log in a note. */
  signaturesIn(note: Note): readonly NoteSignature[];
};

/** Throws `NotPublishable` where the manifest is missing or is not that of the folder. */
export async function readSource(source: DurableFolder, name: NamedLog): Promise<SourceLog> {
  const document = parseJson((await readPresent(source, 'manifest.json')).toString('utf8'));
  // Hashed as it was written, and not as the schema returns it.
  const body = (document as { manifest?: unknown } | null)?.manifest ?? null;
  const manifestHash = sha256(manifestHashBytes(canonicalText(body)));
  const { data } = namedManifest.safeParse(document);
  if (!data || data.manifest.electionId !== name.electionId || manifestHash.toString('base64url') !== name.hash)
    throw new NotPublishable('the manifest is not that of the folder');
  const { manifest } = data;
  const origin = logOriginOf(manifest.log.host, name.electionId, manifestHash);
  const publicKey = bytesOfBase64url(manifest.log.key) ?? new Uint8Array();
  return {
    origin,
    witnesses: manifest.witnesses,
    open: (note) => openSignedCheckpoint(noteVerifier, note, { origin, publicKey }),
    signaturesIn: (note) => signaturesOfLog(noteVerifier, note, logNoteKey(origin, publicKey)),
  };
}

/** Whether two checkpoints of one log are of the same tree. */
export const isSameTree = (one: SignedCheckpoint, other: SignedCheckpoint): boolean =>
  one.checkpoint.size === other.checkpoint.size && equalBytes(one.checkpoint.root, other.checkpoint.root);
