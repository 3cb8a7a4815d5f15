// The published checkpoints of the public logs, for the pages that name them: read from the folder that `herald` writes, and
// verified with the keys of the manifest. Without a folder, or without a valid checkpoint, the pages name none.
import { join } from 'node:path';
import { bytesOfBase64url } from '../../../domain/record/bytes.ts';
import { decodeNoteKey, noteCharactersMax } from '../../../domain/record/note.ts';
import { openSignedCheckpoint, signaturesBy } from '../../../domain/record/signed-checkpoint.ts';
import type { PublicLog, ShownCheckpoint } from '../../../pages/public/log-part.ts';
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import { readTextFile } from '../../../platform/files.ts';
import { noteVerifier } from '../../../platform/keys/note-verifier.ts';

/** How long a checkpoint is named without reading it again, in milliseconds, and most checkpoints in memory. */
const freshMs = 2_000;
const checkpointsMax = 200;

export type ReadCheckpoint = (electionId: string, log: PublicLog) => ShownCheckpoint | null;

export function createCheckpoints(directory: string | undefined, clock: Clock): ReadCheckpoint {
  if (directory === undefined) return () => null;
  const read = new Map<string, { readonly atMs: number; readonly checkpoint: ShownCheckpoint | null }>();
  return (electionId, log) => {
    const before = read.get(log.origin);
    if (before && isWithin(clock(), before.atMs, freshMs)) return before.checkpoint;
    const checkpoint = shownCheckpoint(noteIn(join(directory, electionId, log.hash, 'checkpoint')), log, clock());
    read.delete(log.origin);
    read.set(log.origin, { atMs: clock(), checkpoint });
    const [oldest] = read.size > checkpointsMax ? read.keys() : [];
    if (oldest !== undefined) read.delete(oldest);
    return checkpoint;
  };
}

function noteIn(path: string): string {
  try {
    return readTextFile(path, noteCharactersMax);
  } catch {
    return '';
  }
}

function shownCheckpoint(noteText: string, { origin, manifest }: PublicLog, nowMs: number): ShownCheckpoint | null {
  const publicKey = bytesOfBase64url(manifest.log.key) ?? new Uint8Array();
  const signed = openSignedCheckpoint(noteVerifier, noteText, { origin, publicKey });
  if (!signed) return null;
  const times = manifest.witnesses.keys.flatMap((text) => {
    const key = decodeNoteKey(noteVerifier.hash, text);
    const [own] = key ? signaturesBy(noteVerifier, signed.note, key, nowMs) : [];
    return own ? [own.time ?? 0] : [];
  });
  const { size, root } = signed.checkpoint;
  const seenAt = times.length === 0 ? null : new Date(Math.max(...times) * 1_000).toISOString();
  return { size, root, seen: times.length, seenAt };
}
