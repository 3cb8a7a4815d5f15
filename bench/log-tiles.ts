// bench log-tiles: what the public log costs for each ballot, in processor time, beside one Ed25519 signature of the same Node:
// hashes, tiles and bundles, the lists in which leaves are found, and what the mixer does more. Afterwards the tiles have the
// root of the entries. Run: npx tsx bench/log-tiles.ts [--quick] [--json] [--node PATH]
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { equalBytes } from '../src/domain/record/bytes.ts';
import { electionLogAt } from '../src/domain/record/election-log.ts';
import { encodeEntry } from '../src/domain/record/entry.ts';
import { logOriginOf } from '../src/domain/record/manifest.ts';
import { rootFromTiles } from '../src/domain/record/served-tree.ts';
import { leafHash, treeRoot } from '../src/domain/record/tree.ts';
import { sha256 } from '../src/platform/content-hash.ts';
import { byteSigner } from '../src/platform/keys/byte-signatures.ts';
import { createOpener, newEpochKey, sealedOverheadBytes } from '../src/platform/keys/sealed-boxes.ts';
import { sealedBytesFor } from '../src/protocol/sealed-ballot.ts';
import { entryOfCast } from '../src/services/ballots/entries.ts';
import { sealBatch } from '../src/services/ballots/seal.ts';
import type { LogFolder } from '../src/services/log/log-folder.ts';
import { writeFindLists, writeTiles } from '../src/services/log/write-growth.ts';
import { openBatch } from '../src/services/mixer/open-batch.ts';
import { figureOf, interleave, ratioOf } from './harness/blocks.ts';
import type { Arm } from './harness/blocks.ts';
import { runBench } from './harness/run.ts';

/** Entries of a block, which come in growths of this size. */
const blockEntries = 16_384;
const growthEntries = 1_000;
/** Ballots of a block of the mixer. */
const mixedBallots = 500;
const text = '{"contests":[{"choices":["yes"],"contestId":"library"}]}';

/** A folder in memory: the disk is not measured. */
function memoryFolder(): LogFolder {
  const files = new Map<string, Uint8Array>();
  const read = (name: string): Promise<Buffer | null> => {
    const bytes = files.get(name);
    return Promise.resolve(bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : null);
  };
  const replace = (name: string, bytes: Uint8Array): Promise<void> => {
    files.set(name, bytes);
    return Promise.resolve();
  };
  return {
    files: { path: '', read, replace, put: replace, settle: () => Promise.resolve() },
    mustRead: async (name) => (await read(name)) ?? Buffer.alloc(0),
    writeOnce: replace,
    writeAllOnce: async (all) => {
      for (const [name, bytes] of all) await replace(name, bytes);
    },
    lastCheckpoint: () => Promise.resolve(null),
    signTree: () => Promise.resolve(),
  };
}

/** Microseconds of processor time for each of `count`. */
async function microseconds(count: number, work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Writes the tree of these entries as it grows, or its lists of leaves. */
async function grow(folder: LogFolder, entries: readonly Uint8Array[], what: 'tiles' | 'lists'): Promise<void> {
  for (let at = 0; at < entries.length; at += growthEntries) {
    const newSize = Math.min(entries.length, at + growthEntries);
    const first = at - (at % 256);
    if (what === 'tiles') await writeTiles(folder, at, entries.slice(first, newSize));
    else {
      const leaves = entries.slice(at, newSize).map((leaf, place) => ({ index: at + place, leaf }));
      await writeFindLists(folder, { oldSize: at, newSize, leaves });
    }
  }
}

/** Sealed ballots as the mixer opens them, with entries in a log or without. */
function mixing(hasLog: boolean): () => number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const log = electionLogAt(sha256, logOriginOf('vote.example.org', 'bench', randomBytes(32)));
  if (!log) throw new Error('the origin is none');
  const signed = { log, signer: { kid: 'bench', key: privateKey } };
  const key = newEpochKey();
  const sealedBytes = sealedBytesFor(text.length, sealedOverheadBytes, hasLog);
  const ballots = Array.from({ length: mixedBallots }, () => {
    const cast = { tracker: randomBytes(32), ballotKey: randomBytes(32).toString('base64url'), text };
    return { tracker: cast.tracker, text, entry: hasLog ? encodeEntry(entryOfCast(signed, cast)) : null };
  });
  const sealed = sealBatch(key, { id: 'bench', sealedBytes }, ballots).map((bytes, slot) => ({
    slot: String(slot),
    sealed: bytes,
  }));
  const open = createOpener(key);
  const election = { electionId: 'bench', log: hasLog ? { log, key: publicKey } : null };
  return () => openBatch({ openerOf: () => open }, election, sealed).opened.length;
}

await runBench('log-tiles', 'the public log for each ballot, against one signature', async ({ quick, findings }) => {
  const sign = byteSigner(generateKeyPairSync('ed25519').privateKey);
  const message = randomBytes(118);
  const entries = Array.from({ length: blockEntries }, () => randomBytes(131));
  const leaves = entries.map((entry) => leafHash(sha256, entry));
  const mix = { without: mixing(false), with: mixing(true) };
  const folder = memoryFolder();
  const arm = <Name extends string>(name: Name, count: number, work: () => Promise<void> | void): Arm<Name> => ({
    name,
    run: () => microseconds(count, work),
  });
  const signatures = 2_000;
  const rounds = await interleave(
    [
      arm('signature', signatures, () => {
        for (let n = 0; n < signatures; n += 1) sign(message);
      }),
      arm('tiles', blockEntries, () => grow(folder, entries, 'tiles')),
      arm('lists', blockEntries, () => grow(folder, leaves, 'lists')),
      arm('mixer without log', mixedBallots, () => void mix.without()),
      arm('mixer with log', mixedBallots, () => void mix.with()),
    ],
    quick ? 7 : 25,
  );
  findings.figure('Ed25519 signature', figureOf(rounds, 'signature'), 'µs');
  findings.figure('hash, tile and bundle of an entry', figureOf(rounds, 'tiles'), 'µs');
  findings.target('hash, tile and bundle', ratioOf(rounds, 'tiles', 'signature'), 'signatures', 'at most', 0.15);
  findings.figure('lists of leaves, for an entry', figureOf(rounds, 'lists'), 'µs');
  findings.figure('opening a ballot in the mixer, without a log', figureOf(rounds, 'mixer without log'), 'µs');
  findings.figure('opening a ballot in the mixer, with a log', figureOf(rounds, 'mixer with log'), 'µs');
  const root = await rootFromTiles(sha256, entries.length, (name) => folder.mustRead(name));
  findings.check('the tiles have the root of the entries', equalBytes(root, treeRoot(sha256, leaves)), 'one root');
  const opened = [mix.without(), mix.with()];
  findings.check('the mixer opens every ballot', opened.join() === `${mixedBallots},${mixedBallots}`, opened.join());
});
