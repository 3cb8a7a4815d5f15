// Makes the folder of the public logs again from the box, and compares it with the checkpoints that were published.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyConsistency } from '../domain/record/proof.ts';
import { growthProof } from '../domain/record/served-tree.ts';
import { sha256 } from '../platform/content-hash.ts';
import { signingKey } from '../platform/keys/signatures.ts';
import type { LogKeys } from '../protocol/key-files.ts';
import { createAdvance } from '../services/log/advance.ts';
import { openLogFolder } from '../services/log/log-folder.ts';
import type { LogFolder } from '../services/log/log-folder.ts';
import type { Pool } from '../store/database.ts';
import { listLogs } from '../store/record/logs.ts';

export type RebuiltLog = {
  readonly origin: string;
  readonly size: number;
  /** `unpublished`: there is no checkpoint to compare with. */
  readonly outcome: 'agrees' | 'differs' | 'unpublished';
};

/** Rebuilds every log. One that differs from its published checkpoint is left without a checkpoint. */
export async function rebuildLogs(parts: {
  readonly box: Pool;
  readonly keys: LogKeys;
  readonly directory: string;
  /** The folder with the published checkpoints. */
  readonly published: string;
}): Promise<readonly RebuiltLog[]> {
  const { box, keys, directory, published } = parts;
  const signing = new Map([keys.checkpoints, ...(keys.earlier ?? [])].map((jwk) => [jwk.x, signingKey(jwk)]));
  const { advance, keyOf } = createAdvance({ box, directory, keyOf: (x) => signing.get(x), growthMs: Infinity });
  const rebuilt: RebuiltLog[] = [];
  for (const log of await listLogs(box)) {
    const { origin } = log;
    // Nothing gets a place: the log is what it was.
    const size = await advance({ ...log, waiting: false });
    const key = keyOf(log);
    const folder = openLogFolder({ directory, origin, key });
    const outcome = await compare(folder, openLogFolder({ directory: published, origin, key }));
    if (outcome === 'differs') await rm(join(folder.files.path, 'checkpoint'));
    rebuilt.push({ origin, size, outcome });
  }
  return rebuilt;
}

async function compare(folder: LogFolder, published: LogFolder): Promise<RebuiltLog['outcome']> {
  const last = await published.lastCheckpoint();
  const own = await folder.lastCheckpoint();
  if (!last || !own) return 'unpublished';
  if (last.size > own.size) return 'differs';
  const proof = await growthProof(sha256, last.size, own.size, (name) => folder.mustRead(name));
  return verifyConsistency(sha256, last, own, proof) ? 'agrees' : 'differs';
}
