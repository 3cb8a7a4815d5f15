// One step of one election's log: compare with the box, give places to new entries, write, sign. It may be killed
// anywhere: the next step continues, and what is written again is the same.
import { equalBytes, joinBytes } from '../../domain/record/bytes.ts';
import { manifestHashBytes, readOrigin } from '../../domain/record/manifest.ts';
import { verifyConsistency } from '../../domain/record/proof.ts';
import { growthProof, rootFromTiles } from '../../domain/record/served-tree.ts';
import { tilePath, tileWith } from '../../domain/record/tile.ts';
import { createGrowingTree, leafHash } from '../../domain/record/tree.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { parseJson } from '../../platform/json.ts';
import { canonicalText } from '../../platform/keys/signatures.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import type { DurableFolder } from '../../platform/durable-folder.ts';
import type { Pool } from '../../store/database.ts';
import { placeEntries, placedEntries } from '../../store/record/logs.ts';
import type { StoredLog } from '../../store/record/logs.ts';
import { RecordDiffers, openLogFolder } from './log-folder.ts';
import type { LogFolder, OwnCheckpoint } from './log-folder.ts';
import { writeOpenings } from './openings.ts';
import { writeRepeated } from './repeated.ts';
import { openTileStart, writeFindLists, writeTiles } from './write-growth.ts';

/** Most entries that get places in one transaction: at least K, which is 1,000 at most. */
const placedMax = 10_000;
/** Most transactions that give places before one checkpoint, so that a checkpoint comes while casts do not end. */
const placingsMax = 100;
/** Entries that are read and hashed at once, in memory: 131 bytes each. A multiple of a tile's hashes. */
const segmentEntries = 65_536;

/**
 * A growth that takes more of the processor than this, in milliseconds, is followed by a rest, so that a log takes at most a part of
 * it. It writes thousands of lists when it has a million entries. A growth that only waited needs no rest.
 */
const quickMsMax = 1_000;
const growthShareMax = 0.05;
/** Longest rest, in milliseconds. */
const restMsMax = 60_000;

/** The rest after a growth that took so much of the processor, both in milliseconds. */
export const restAfterMs = (tookMs: number): number =>
  tookMs <= quickMsMax ? 0 : Math.min(restMsMax, tookMs / growthShareMax);

export type AdvanceParts = {
  readonly box: Pool;
  readonly directory: string;
  /** The key that a manifest names by its 32 bytes, in base64url. */
  keyOf(x: string): SigningKey | undefined;
  /** Least time between two checkpoints before the intake is closed, in milliseconds. */
  readonly growthMs: number;
  readonly open?: ((path: string) => DurableFolder) | undefined;
};

export type Advance = {
  /**
   * Brings a log to the state of the box, and returns the size of its last checkpoint. Throws `RecordDiffers` where the
   * box or the folder contradicts that checkpoint.
   */
  advance(log: StoredLog): Promise<number>;
  /** The key that signs a log. Throws `RecordDiffers` where the manifest is not that of the origin. */
  keyOf(log: StoredLog): SigningKey;
};

export function createAdvance(parts: AdvanceParts): Advance {
  const { box } = parts;
  /** Origins whose whole tree was compared with the box since this process started. */
  const compared = new Set<string>();
  /** Origins of closed boxes whose repeated ballots are written. */
  const repeatedWritten = new Set<string>();
  /** When the last checkpoint of an origin was signed, on the steady clock. */
  const signedMs = new Map<string, number>();
  const restMs = new Map<string, number>();
  const startedMs = performance.now();
  // After a start it waits as after a checkpoint, so that restarts do not make it faster.
  const isDue = ({ origin, ended }: StoredLog): boolean =>
    ended ||
    performance.now() - (signedMs.get(origin) ?? startedMs) >= Math.max(parts.growthMs, restMs.get(origin) ?? 0);
  return {
    keyOf: (log) => keyOfLog(parts, log),
    async advance(log) {
      const { origin } = log;
      const folder = openLogFolder({ ...parts, origin, key: keyOfLog(parts, log) });
      let last = await folder.lastCheckpoint();
      if (!last) {
        await folder.writeOnce('manifest.json', Buffer.from(log.manifest));
        await folder.signTree({ size: 0, root: sha256(new Uint8Array()) }, null);
        last = await folder.lastCheckpoint();
        if (!last) throw new RecordDiffers('the first checkpoint is gone');
      }
      if (log.size < last.size) throw new RecordDiffers('the box has fewer entries than the last checkpoint');
      if (!compared.has(origin)) {
        await compareWithBox(box, log, last);
        compared.add(origin);
      }
      // Before the last checkpoint, so that who sees it finds them.
      if (log.closed && !repeatedWritten.has(origin)) {
        await writeRepeated(box, folder, log);
        repeatedWritten.add(origin);
      }
      let size = log.size;
      // Places that were given before a kill come first.
      if (size === last.size && log.waiting && isDue(log)) {
        await compareEdge(box, folder, log, last);
        size += await placeWaiting(box, log);
      }
      if (size > last.size) {
        const before = process.cpuUsage();
        await growTo(box, folder, { log, last, size });
        signedMs.set(origin, performance.now());
        const { user, system } = process.cpuUsage(before);
        restMs.set(origin, restAfterMs((user + system) / 1_000));
      }
      if (log.released && log.closed && size === log.size) await writeOpenings(box, folder, log);
      return size;
    },
  };
}

// The hash of the manifest is the end of the origin, so the key that it names is the one that readers expect.
function keyOfLog(parts: AdvanceParts, { origin, manifest: text }: StoredLog): SigningKey {
  const { manifest } = (parseJson(text) ?? {}) as { manifest?: { log?: { key?: unknown } } };
  const hash = sha256(manifestHashBytes(canonicalText(manifest ?? null)));
  const parsed = readOrigin(origin);
  if (!parsed || !equalBytes(parsed.manifestHash, hash))
    throw new RecordDiffers('the manifest is not that of the origin');
  const key = parts.keyOf(String(manifest?.log?.key));
  if (!key) throw new Error('the manifest names a key that LOG_KEYS does not have');
  return key;
}

// Once for each process: every entry up to the last checkpoint is still in the box, in its place.
async function compareWithBox(box: Pool, log: StoredLog, { size, root }: OwnCheckpoint): Promise<void> {
  const tree = createGrowingTree(sha256);
  for (let at = 0; at < size; at += segmentEntries) {
    const entries = await placedEntries(box, log.number, at, Math.min(segmentEntries, size - at));
    for (const entry of entries) tree.add(leafHash(sha256, entry));
  }
  if (!equalBytes(tree.root(), root)) throw new RecordDiffers('the entries in the box are not those of the checkpoint');
}

// Before each growth: the entries of the last tile.
async function compareEdge(box: Pool, folder: LogFolder, log: StoredLog, { size }: OwnCheckpoint): Promise<void> {
  if (size === 0) return;
  const first = openTileStart(size - 1);
  const entries = await placedEntries(box, log.number, first, size - first);
  const leaves = joinBytes(...entries.map((entry) => leafHash(sha256, entry)));
  const tile = await folder.mustRead(tilePath(tileWith(size, 0, first)));
  if (!equalBytes(leaves, tile)) throw new RecordDiffers('the last entries in the box are not those of the log');
}

async function placeWaiting(box: Pool, log: StoredLog): Promise<number> {
  let total = 0;
  for (let placing = 0; placing < placingsMax; placing += 1) {
    const count = await placeEntries(box, log.number, placedMax);
    total += count;
    if (count === 0) break;
  }
  return total;
}

async function growTo(
  box: Pool,
  folder: LogFolder,
  { log, last, size }: { readonly log: StoredLog; readonly last: OwnCheckpoint; readonly size: number },
): Promise<void> {
  for (let at = last.size; at < size;) {
    const first = openTileStart(at);
    const end = Math.min(size, first + segmentEntries);
    const entries = await placedEntries(box, log.number, first, end - first);
    if (entries.length !== end - first) throw new RecordDiffers('entries with a place are missing in the box');
    const hashes = await writeTiles(folder, at, entries);
    const leaves = hashes.map((leaf, place) => ({ index: first + place, leaf }));
    await writeFindLists(folder, { oldSize: at, newSize: end, leaves: leaves.slice(at - first) });
    at = end;
  }
  // From the files and not from memory: what is signed is what is served.
  const read = (path: string): Promise<Buffer> => folder.mustRead(path);
  const root = await rootFromTiles(sha256, size, read);
  const proof = await growthProof(sha256, last.size, size, read);
  if (!verifyConsistency(sha256, last, { size, root }, proof))
    throw new RecordDiffers('the tiles in the folder are not those of the last checkpoint');
  await folder.signTree({ size, root }, last);
}
