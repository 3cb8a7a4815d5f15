// The complete log of a closed election, as the box has it: its size and its root (RFC 6962).
import { setTimeout as pause } from 'node:timers/promises';
import { decodeEntry, entryChannels } from '../../../domain/record/entry.ts';
import { createGrowingTree, leafHash } from '../../../domain/record/tree.ts';
import { sha256 } from '../../../platform/content-hash.ts';
import type { ManifestDocument } from '../../../protocol/record/manifest.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { LogTree } from '../../../protocol/record/log-values.ts';
import type { Pool } from '../../../store/database.ts';
import { readFinalLog } from '../../../store/record/log-admission.ts';
import { logOf } from './manifest.ts';

/** Tries to read a log while it gets its last entries, and the pause between them, in milliseconds. */
const logTriesMax = 75;
const logPauseMs = 200;

export type CountedLog = LogTree & {
  /** Entries by channel. */
  readonly online: number;
  readonly batch: number;
};

/** Waits for a moment where entries have no place yet. Throws `not-drained`. The box is closed. */
export async function readCountedLog(boxPool: Pool, document: ManifestDocument): Promise<CountedLog> {
  for (let tries = 0; tries < logTriesMax; tries += 1) {
    if (tries > 0) await pause(logPauseMs);
    const log = await readOnce(boxPool, document);
    if (log) return log;
  }
  throw new Problem('not-drained', { errors: [{ path: 'log', detail: notComplete }] });
}

const notComplete =
  'The public log does not have all ballots yet. The service `log` adds the last ones within a minute. Try again then.';

async function readOnce(boxPool: Pool, document: ManifestDocument): Promise<CountedLog | null> {
  const tree = createGrowingTree(sha256);
  const entries = { online: 0, batch: 0 };
  const isComplete = await readFinalLog(boxPool, document.manifest.electionId, (bytes) => {
    tree.add(leafHash(sha256, bytes));
    entries[decodeEntry(bytes)?.channel === entryChannels.batch ? 'batch' : 'online'] += 1;
  });
  if (!isComplete) return null;
  const root = Buffer.from(tree.root()).toString('base64url');
  return { origin: logOf(document).origin, size: entries.online + entries.batch, root, ...entries };
}
