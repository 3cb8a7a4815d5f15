// The verifier on the published vectors: elections, trees, casts and notes that others made.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashParts } from '../../../src/verifier/documents/record-bytes.ts';
import { readBase64url } from '../../../src/verifier/documents/record-bytes.ts';
import { canonicalJson, parseStrictJson } from '../../../src/verifier/documents/strict-json.ts';
import { createGrowingTree, leafHash } from '../../../src/verifier/log/merkle-tree.ts';
import { readSignedNote } from '../../../src/verifier/log/signed-note.ts';
import { createFolderSource } from '../../../src/verifier/reading/folder-source.ts';
import { verifyElection } from '../../../src/verifier/verify-election.ts';

const vectors = join(import.meta.dirname, '../../vectors');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(vectors, path), 'utf8'));
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

type Given = { electionId: string; manifestHash: string; publisher: string; size: number; exit: number };

describe.each(['plain', 'batches', 'changed', 'open'])('The election %s', (name) => {
  const folder = join(vectors, 'elections', name);
  const facts = readJson(`elections/${name}/given.json`) as Given;
  const openings = join(folder, 'openings');
  const request = {
    source: createFolderSource(join(folder, 'served')),
    electionId: facts.electionId,
    manifestHash: hex(facts.manifestHash),
    publisherKey: readBase64url(facts.publisher),
    savedCheckpoints: [readFileSync(join(folder, 'checkpoints/earlier'))],
    receipts: [readFileSync(join(folder, 'receipts/receipt.json'))],
    nowMs: Date.now(),
  };

  test('It is verified with its anchors, its receipt and a saved checkpoint', async () => {
    const { report } = await verifyElection({ ...request, openingsPath: null });
    const { failures, size, exit, steps } = report;
    expect({ failures, size, exit }).toEqual({ failures: [], size: facts.size, exit: facts.exit });
    const passed = steps.filter(({ outcome }) => outcome === 'passed').map(({ step }) => step);
    expect(passed).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
  });

  test.runIf(existsSync(openings))('Its online ballots are verified with the openings of auditors', async () => {
    const { report } = await verifyElection({ ...request, openingsPath: openings });
    const notes = name === 'changed' ? ['ballots-repeated', 'options-withdrawn'] : [];
    expect(report).toMatchObject({ failures: [], notes, exit: 0 });
  });
});

test('Trees have the published roots', () => {
  const { known: ofCertificates, sizes } = readJson('trees.json') as {
    known: { entries: string[]; roots: string[] };
    sizes: { size: number; root: string }[];
  };
  const tree = createGrowingTree();
  for (const [index, entry] of ofCertificates.entries.entries()) {
    expect(tree.root().toString('hex')).toBe(ofCertificates.roots[index]);
    tree.append(leafHash(hex(entry)));
  }
  expect(tree.root().toString('hex')).toBe(ofCertificates.roots.at(-1));
  expect(sizes.length).toBeGreaterThan(5);
  const growing = createGrowingTree();
  for (const { size, root } of sizes) {
    while (growing.size() < size) growing.append(leafHash(Buffer.from(`entry ${growing.size()}`)));
    expect(growing.root().toString('hex'), String(size)).toBe(root);
  }
});

test('The manifest has the published form and hash', () => {
  const { manifest, ...rest } = readJson('manifest.json') as { manifest: unknown } & Record<string, string>;
  const text = canonicalJson(parseStrictJson(Buffer.from(JSON.stringify(manifest))) ?? null);
  expect(Object.values(rest)).toContain(text);
  expect(Object.values(rest)).toContain(hashParts('popvote/manifest/v1\0', text).toString('hex'));
});

test('Notes of others are read, with the names of their signatures', () => {
  const { syntax } = readJson('notes.json') as { syntax: { note: string; names: string[] }[] };
  for (const { note, names } of syntax) {
    expect(readSignedNote(Buffer.from(note))?.signatures.map(({ name }) => name)).toEqual(names);
  }
});
