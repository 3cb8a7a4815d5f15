// What `herald` publishes of a log: a checkpoint in its folder, signed by the log, with these cosignatures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCheckpoint } from '../../../src/domain/record/checkpoint.ts';
import type { Checkpoint } from '../../../src/domain/record/checkpoint.ts';
import { readOrigin } from '../../../src/domain/record/manifest.ts';
import { encodeNote } from '../../../src/domain/record/note.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import type { LogKeys } from '../../../src/protocol/key-files.ts';
import { logLine, witnessLine } from './log-files.ts';
import type { WitnessKey } from './log-keys.ts';

/** `cosigned`: what the witnesses signed instead of this checkpoint, and when. */
export function publishCheckpoint(
  { directory, keys }: { readonly directory: string; readonly keys: LogKeys },
  checkpoint: Checkpoint,
  cosigners: readonly WitnessKey[],
  cosigned: { readonly text?: string; readonly seconds?: number } = {},
): void {
  const { origin } = checkpoint;
  const { electionId, manifestHash } = readOrigin(origin)!;
  const text = encodeCheckpoint(checkpoint);
  const log = logLine(signingKey(keys.checkpoints).key, origin, text);
  const lines = cosigners.map((witness) => witnessLine(witness, cosigned.text ?? text, cosigned.seconds));
  const folder = join(directory, electionId, Buffer.from(manifestHash).toString('base64url'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'checkpoint'), encodeNote({ text, signatures: [log, ...lines] }));
}
