// A process of `log` over a box under test, which a test can end between any two of its reads and writes of files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint } from '../../../src/domain/record/checkpoint.ts';
import type { Checkpoint } from '../../../src/domain/record/checkpoint.ts';
import { decodeBundle } from '../../../src/domain/record/bundle.ts';
import { decodeNote } from '../../../src/domain/record/note.ts';
import { bundlePath, tilePath, tilesOfTree } from '../../../src/domain/record/tile.ts';
import { leafHash, treeRoot } from '../../../src/domain/record/tree.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { openDurableFolder } from '../../../src/platform/durable-folder.ts';
import type { DurableFolder } from '../../../src/platform/durable-folder.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createLogLogic } from '../../../src/services/log/logic.ts';
import type { LogLogic } from '../../../src/services/log/logic.ts';
import { createLogProbe } from '../log.ts';
import type { LoggedBox } from './logged-box.ts';

/** The process was ended before one of its uses of files. */
export class Killed extends Error {}

export type LogProcess = LogLogic & { readonly text: () => string };
export type LogWorld = Disposable & {
  readonly directory: string;
  /** A process, as after a start. It ends before its use of files with this number. */
  start(options?: { readonly killedAt?: number; readonly growthMs?: number }): LogProcess;
  /** One step of a new process, which ends after it. */
  step(): Promise<void>;
};

export function createLogWorld(box: LoggedBox): LogWorld {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-log-'));
  const start: LogWorld['start'] = ({ killedAt = Infinity, growthMs = 0 } = {}) => {
    const probe = createLogProbe('log');
    let uses = 0;
    const use = <Result>(act: () => Promise<Result>): Promise<Result> => {
      uses += 1;
      return uses >= killedAt ? Promise.reject(new Killed()) : act();
    };
    const open = (path: string): DurableFolder => {
      const folder = openDurableFolder(path);
      return {
        path,
        read: (name) => use(() => folder.read(name)),
        replace: (name, bytes) => use(() => folder.replace(name, bytes)),
        put: (name, bytes) => use(() => folder.put(name, bytes)),
        settle: (names) => use(() => folder.settle(names)),
      };
    };
    const logic = createLogLogic({
      box: box.log,
      keys: { checkpoints: box.key },
      directory,
      growthMs,
      pollMs: 50,
      logger: probe.logger,
      metrics: createMetrics('log'),
      open,
    });
    return { ...logic, text: () => probe.text() };
  };
  return {
    directory,
    start,
    async step() {
      const process = start();
      try {
        await process.step();
      } finally {
        await process.growing.stop();
      }
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The checkpoint in a folder of a log. */
export async function checkpointIn(path: string): Promise<Checkpoint> {
  const bytes = await openDurableFolder(path).read('checkpoint');
  const note = bytes && decodeNote(bytes.toString('utf8'));
  const checkpoint = note && decodeCheckpoint(note.text);
  if (!checkpoint) throw new Error('there is no checkpoint');
  return checkpoint;
}

/** The root over so many leaves. */
export const rootOf = (entries: readonly Uint8Array[], size = entries.length): Buffer =>
  Buffer.from(
    treeRoot(
      sha256,
      entries.slice(0, size).map((entry) => leafHash(sha256, entry)),
    ),
  );

/** Every entry of a log's bundles at this size. Throws where a tile or a bundle is missing or has another size. */
export async function servedEntries(path: string, size: number): Promise<Uint8Array[]> {
  const folder = openDurableFolder(path);
  const mustRead = async (name: string): Promise<Buffer> => {
    const bytes = await folder.read(name);
    if (!bytes) throw new Error(`${name} is missing`);
    return bytes;
  };
  const entries: Uint8Array[] = [];
  for (const tile of tilesOfTree(size)) {
    const hashes = await mustRead(tilePath(tile));
    if (hashes.length !== tile.width * 32) throw new Error(`${tilePath(tile)} has another size`);
    if (tile.level > 0) continue;
    const bundle = decodeBundle(await mustRead(bundlePath(tile)));
    if (bundle?.length !== tile.width) throw new Error(`${bundlePath(tile)} has another size`);
    entries.push(...bundle);
  }
  return entries;
}
