// The test vectors of the public log, as files by path. Everything comes from fixed seeds, so every run gives the same bytes.
// README.md says what is in each file.
import { castTagPrefix } from '../../src/domain/cast-tag.ts';
import { canonicalBallotText } from '../../src/domain/ballot.ts';
import { hexadecimalOf } from '../../src/domain/record/bytes.ts';
import { entrySigningBytes } from '../../src/domain/record/entry.ts';
import { encodeOpenings, findLists } from '../../src/domain/record/bundle.ts';
import { groupsOfHash } from '../../src/domain/record/manifest.ts';
import { consistencyRanges, inclusionRanges, rangeHash } from '../../src/domain/record/proof.ts';
import type { LeafRange } from '../../src/domain/record/proof.ts';
import { tilePath } from '../../src/domain/record/tile.ts';
import { leafHash, treeRoot } from '../../src/domain/record/tree.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { canonicalText } from '../../src/platform/keys/signatures.ts';
import { onlineBallot, receiptOfBallot, seededCast } from '../support/record/log-ballots.ts';
import type { LogDraft } from '../support/record/log-draft.ts';
import { checkpointNote, checkpointOf, logFiles, openingsOf, tileFiles } from '../support/record/log-files.ts';
import { seededBytes } from '../support/record/log-keys.ts';
import {
  batchElection,
  changedElection,
  openElection,
  plainElection,
  smallElection,
} from '../support/record/small-elections.ts';
import { knownEntries, publishedNotes } from './published.ts';

export type VectorFiles = Map<string, Uint8Array>;

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const hashText = (bytes: Uint8Array): string => hexadecimalOf(sha256(bytes));

export function vectorFiles(): VectorFiles {
  const plain = smallElection(plainElection);
  const elections = new Map([
    ['plain', electionFiles(plain, { online: true })],
    ['batches', electionFiles(smallElection(batchElection), { online: true })],
    ['changed', electionFiles(smallElection(changedElection), { online: true })],
    ['open', electionFiles(smallElection(openElection), { open: true })],
  ]);
  return new Map([
    ['trees.json', json({ known: treeVector(knownEntries()), sizes: treeSizes.map(sizedTree) })],
    ['notes.json', json(publishedNotes)],
    ['manifest.json', json(manifestVector(plain))],
    ['casts.json', json([0, 1, 2].map((n) => castVector(plain, n)))],
    ...[...elections].flatMap(([name, files]) =>
      [...files].map(([path, bytes]): [string, Uint8Array] => [`elections/${name}/${path}`, bytes]),
    ),
  ]);
}

const treeSizes = [0, 1, 2, 255, 256, 257, 65_536, 70_000];

/** The roots of every size of a small tree, and every proof. */
function treeVector(entries: readonly Uint8Array[]) {
  const leaves = entries.map((entry) => leafHash(sha256, entry));
  const sizes = entries.map((_, index) => index + 1);
  return {
    entries: entries.map(hexadecimalOf),
    roots: [0, ...sizes].map((size) => hexadecimalOf(treeRoot(sha256, leaves.slice(0, size)))),
    inclusion: sizes.flatMap((size) =>
      Array.from({ length: size }, (_, index) => ({
        index,
        size,
        path: proofOf(leaves.slice(0, size), inclusionRanges(index, size)),
      })),
    ),
    consistency: sizes.flatMap((newSize) =>
      Array.from({ length: newSize }, (_, before) => ({
        oldSize: before + 1,
        newSize,
        path: proofOf(leaves.slice(0, newSize), consistencyRanges(before + 1, newSize)),
      })),
    ),
  };
}

function proofOf(leaves: readonly Uint8Array[], ranges: readonly LeafRange[]): string[] {
  const files = tileFiles(leaves);
  return ranges.map((range) =>
    hexadecimalOf(rangeHash(sha256, range, leaves.length, (tile) => files.get(tilePath(tile)) ?? new Uint8Array())),
  );
}

/** A tree over the entries `entry 0`, `entry 1`, …, with the SHA-256 of each of its tiles. */
function sizedTree(size: number) {
  const leaves = Array.from({ length: size }, (_, n) => leafHash(sha256, Buffer.from(`entry ${n}`)));
  const files = tileFiles(leaves);
  const proof = (ranges: readonly LeafRange[]): string[] =>
    ranges.map((range) => hexadecimalOf(rangeHash(sha256, range, size, (tile) => files.get(tilePath(tile))!)));
  const places = [...new Set([0, 1, Math.floor(size / 2), size - 1])].filter((index) => index >= 0 && index < size);
  const oldSizes = [...new Set([1, 2, 255, 256, 65_536, size - 1])].filter((old) => old > 0 && old < size);
  const lists = [...findLists(leaves)];
  return {
    size,
    root: hexadecimalOf(treeRoot(sha256, leaves)),
    tileCount: files.size,
    tilesHash: hashText(Buffer.from([...files].map(([path, bytes]) => `${path} ${hashText(bytes)}\n`).join(''))),
    tiles: [...files].slice(-6).map(([path, bytes]) => ({ path, sha256: hashText(bytes) })),
    inclusion: places.map((index) => ({ index, path: proof(inclusionRanges(index, size)) })),
    consistency: oldSizes.map((oldSize) => ({ oldSize, path: proof(consistencyRanges(oldSize, size)) })),
    findCount: lists.length,
    find: lists.slice(0, 2).map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hashText(bytes) })),
  };
}

function manifestVector({ manifest, names, keys }: LogDraft) {
  return {
    manifest,
    canonical: canonicalText(manifest),
    manifestHash: hexadecimalOf(names.manifestHash),
    groups: groupsOfHash(names.manifestHash),
    origin: names.origin,
    witnesses: keys.witnesses.map(({ name }, place) => ({ name, key: manifest.witnesses.keys[place] })),
  };
}

/** One cast, with everything that is derived from it. Secret values are here because this cast is none. */
function castVector({ keys, names, ballots }: LogDraft, n: number) {
  const cast = seededCast(plainElection.id, n);
  const { ballot } = ballots[n]!;
  const logged = onlineBallot(keys, names, cast, ballot);
  return {
    electionId: names.electionId,
    origin: names.origin,
    manifestHash: hexadecimalOf(names.manifestHash),
    keys: {
      identity: hexadecimalOf(seededBytes(`${plainElection.id}|identity`)),
      receipt: hexadecimalOf(seededBytes(`${plainElection.id}|receipt`)),
      receipts: { seed: hexadecimalOf(seededBytes(`${plainElection.id}|receipts`)), kid: keys.receipts.kid },
    },
    cast,
    castTagPrefix: hexadecimalOf(Buffer.from(castTagPrefix)),
    ballot,
    ballotText: canonicalBallotText(ballot),
    voterTag: hexadecimalOf(logged.voter ?? new Uint8Array()),
    tracker: hexadecimalOf(logged.tracker),
    castTag: hexadecimalOf(logged.head.castTag),
    content: hexadecimalOf(logged.head.content),
    signed: hexadecimalOf(entrySigningBytes(sha256(Buffer.from(names.origin)), logged.head)),
    entry: hexadecimalOf(logged.entry),
    leaf: hexadecimalOf(leafHash(sha256, logged.entry)),
    receipt: receiptOfBallot(keys, names, logged),
  };
}

/** An election as it is served, in the folder `served`, and what a verifier is given beside it. */
function electionFiles(draft: LogDraft, { online = false, open = false }): VectorFiles {
  const { keys, names, ballots, manifest } = draft;
  const changes = open ? { closing: null, results: null, openings: null } : {};
  const files: VectorFiles = new Map(
    [...logFiles(draft, changes)].map(([path, bytes]): [string, Uint8Array] => [`served/${path}`, bytes]),
  );
  const beside = {
    electionId: names.electionId,
    manifestHash: hexadecimalOf(names.manifestHash),
    publisher: manifest.publisher.x,
    size: ballots.length,
    exit: open ? 3 : 0,
  };
  files.set('given.json', json(beside));
  const receipt = ballots.find(({ head }) => head.channel === 1)!;
  files.set('receipts/receipt.json', json(receiptOfBallot(keys, names, receipt)));
  files.set(
    'checkpoints/earlier',
    Buffer.from(checkpointNote(keys, checkpointOf(draft, ballots.length / 2), keys.witnesses)),
  );
  if (online) files.set('openings', encodeOpenings(openingsOf(draft, (channel) => channel === 1)));
  return files;
}
