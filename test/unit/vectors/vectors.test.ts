// The vectors in the repository are those that the present code makes, and those that others published hold for it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOfBase64 } from '../../../src/domain/record/bytes.ts';
import { decodeCheckpoint } from '../../../src/domain/record/checkpoint.ts';
import {
  cosignedBytes,
  decodeCosignature,
  decodeNote,
  decodeNoteKey,
  encodeNote,
  encodeNoteKey,
} from '../../../src/domain/record/note.ts';
import { verifyConsistency, verifyInclusion } from '../../../src/domain/record/proof.ts';
import { leafHash } from '../../../src/domain/record/tree.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { bytesAreSigned, publicKeyOfBytes } from '../../../src/platform/keys/byte-signatures.ts';
import { manifestDocument } from '../../../src/protocol/record/manifest.ts';
import { closingDocument } from '../../../src/protocol/record/closing.ts';
import { clientDocument } from '../../../src/protocol/record/page-list.ts';
import { countedRecord } from '../../../src/protocol/record/log-values.ts';
import { loggedReceipt } from '../../../src/protocol/record/receipt.ts';
import { resultsDocument } from '../../../src/protocol/public-document.ts';
import { knownRoots, publishedNotes } from '../../vectors/published.ts';
import { vectorFiles } from '../../vectors/vector-files.ts';

const folder = join(import.meta.dirname, '../../vectors');
const files = vectorFiles();
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('The vectors of the repository', () => {
  test('Each file is what the present code makes', () => {
    const different = [...files].filter(([path, bytes]) => !readFileSync(join(folder, path)).equals(bytes));
    expect(different.map(([path]) => path)).toEqual([]);
  });

  test('No file is there that no code makes', () => {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(ts|md)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    expect(paths.sort()).toEqual([...files.keys()].sort());
  });

  test.each(['plain', 'batches', 'open'])('The documents of the election %s keep their schemas', (name) => {
    const read = (path: string): unknown => {
      const bytes = files.get(`elections/${name}/${path}`);
      return bytes && (JSON.parse(Buffer.from(bytes).toString()) as unknown);
    };
    manifestDocument.parse(read('served/manifest.json'));
    clientDocument.parse(read('served/client.json'));
    loggedReceipt.parse(read('receipts/receipt.json'));
    const closing = read('served/closing.json');
    expect(closing === undefined).toBe(name === 'open');
    if (closing === undefined) return;
    closingDocument.parse(closing);
    const { results } = resultsDocument.parse(read('served/results.json'));
    countedRecord.parse(results['record']);
  });
});

type TreeVectors = {
  known: {
    entries: string[];
    roots: string[];
    inclusion: { index: number; size: number; path: string[] }[];
    consistency: { oldSize: number; newSize: number; path: string[] }[];
  };
};

describe('What others published', () => {
  const { known: tree } = JSON.parse(Buffer.from(files.get('trees.json')!).toString()) as TreeVectors;

  test('The trees of certificate transparency have their roots, and every proof in them holds', () => {
    expect(tree.roots).toEqual(knownRoots);
    const roots = knownRoots.map(hex);
    for (const { index, size, path } of tree.inclusion) {
      const leaf = leafHash(sha256, hex(tree.entries[index]!));
      expect(verifyInclusion(sha256, { leaf, index, size, path: path.map(hex) }, roots[size]!)).toBe(true);
    }
    for (const { oldSize, newSize, path } of tree.consistency) {
      const [old, newer] = [oldSize, newSize].map((size) => ({ size, root: roots[size]! }));
      expect(verifyConsistency(sha256, old!, newer!, path.map(hex))).toBe(true);
    }
    expect(tree.inclusion).toHaveLength(36);
  });

  test('The signed notes verify, and the others have the published names', () => {
    for (const { key, note } of publishedNotes.notes) {
      const { publicKey } = decodeNoteKey(sha256, key)!;
      const { text, signatures } = decodeNote(note)!;
      expect(bytesAreSigned(publicKeyOfBytes(publicKey), Buffer.from(text), signatures[0]!.signature)).toBe(true);
    }
    for (const { note, names } of publishedNotes.syntax) {
      const read = decodeNote(note)!;
      expect(read.signatures.map(({ name }) => name)).toEqual(names);
      expect(encodeNote(read)).toBe(note);
    }
    const { text, signatures } = decodeNote(publishedNotes.syntax[1]!.note)!;
    expect(decodeCheckpoint(text)?.size).toBe(20_852_163);
    expect(decodeCosignature(signatures[1]!.signature)?.time).toBe(1_679_315_147);
  });

  test('Cosignatures are over the published text, and carry the published time', () => {
    for (const { time, text, signed } of publishedNotes.cosignatures)
      expect(Buffer.from(cosignedBytes(time, text)).toString()).toBe(signed);
    for (const { line, time } of publishedNotes.cosignatureTimes)
      expect(decodeCosignature(bytesOfBase64(line)!.slice(4))?.time).toBe(time);
  });

  test('The published keys have the key ids that they name', () => {
    for (const { key } of publishedNotes.keys) expect(encodeNoteKey(sha256, decodeNoteKey(sha256, key)!)).toBe(key);
  });
});
