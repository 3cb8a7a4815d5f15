// A witness by c2sp.org/tlog-witness: each of its answers, and what it remembers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createCosigning, witnessNoteKey } from '../../../src/cli/witness/cosigning.ts';
import type { Cosigning } from '../../../src/cli/witness/cosigning.ts';
import { buildWitnessApp } from '../../../src/cli/witness/witness-app.ts';
import {
  makeWitness,
  readWitness,
  readWitnessState,
  trustLog,
  writeWitnessState,
} from '../../../src/cli/witness/witness-files.ts';
import { decodeNote } from '../../../src/domain/record/note.ts';
import { rangeHash, consistencyRanges } from '../../../src/domain/record/proof.ts';
import { signCheckpoint, signaturesBy } from '../../../src/domain/record/signed-checkpoint.ts';
import { treeRoot } from '../../../src/domain/record/tree.ts';
import { decodeWitnessAnswer, encodeWitnessRequest } from '../../../src/domain/record/witness-request.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { byteSigner, publicKeyBytes } from '../../../src/platform/keys/byte-signatures.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { noteVerifier } from '../../../src/platform/keys/note-verifier.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';

const origin = `vote.example.org/log/library-2026/${'A'.repeat(43)}`;
const logJwk = newSigningJwk('log');
const logKey = signingKey(logJwk).key;
const leaves = (seed: string, count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => sha256(Buffer.from(`${seed} ${index}`)));
const good = leaves('good', 20);
const noteOf = (tree: readonly Buffer[], size: number, key = logKey, name = origin): string =>
  signCheckpoint(
    { hash: sha256, sign: byteSigner(key), publicKey: publicKeyBytes(key) },
    { origin: name, size, root: treeRoot(sha256, tree.slice(0, size)) },
  );
/** Trees of these tests have one tile. */
const proofOf = (tree: readonly Buffer[], oldSize: number, size: number): Uint8Array[] =>
  consistencyRanges(oldSize, size).map((range) => rangeHash(sha256, range, size, () => Buffer.concat(tree)));
const request = (oldSize: number, size: number, tree = good): string =>
  encodeWitnessRequest({ oldSize, proof: proofOf(tree, oldSize, size), note: noteOf(tree, size) });

const folders: string[] = [];
let directory: string;
let contradictions: string[];
const startCosigning = (): Cosigning =>
  createCosigning({
    settings: readWitness(directory),
    state: readWitnessState(directory),
    store: (state) => writeWitnessState(directory, state),
    onContradiction: (name) => contradictions.push(name),
    clock: () => 1_700_000_000_500,
  });
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-witness-'));
  folders.push(directory);
  contradictions = [];
  makeWitness(directory, 'w1.example.net/popvote');
  await trustLog(directory, { prefix: 'vote.example.org/log/', key: logJwk.x });
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('A witness', () => {
  test('It cosigns a tree that grew, with the time, and remembers it before it answers', async () => {
    const cosigning = startCosigning();
    for (const [oldSize, size] of [
      [0, 5],
      [5, 5],
      [5, 13],
    ] as const) {
      const reply = await cosigning.add(request(oldSize, size));
      if (reply.status !== 200) throw new Error(`answers ${reply.status}`);
      const text = decodeNote(noteOf(good, size))?.text ?? '';
      const note = { text, signatures: decodeWitnessAnswer(text, reply.lines) };
      expect(signaturesBy(noteVerifier, note, witnessNoteKey(readWitness(directory)), Infinity)).toHaveLength(1);
      expect(Buffer.from(note.signatures[0]?.signature ?? []).readBigUInt64BE()).toBe(1_700_000_000n);
      expect(readWitnessState(directory).logs[origin]?.size).toBe(size);
    }
  });

  test('It refuses with the answers of the protocol', async () => {
    const cosigning = startCosigning();
    await cosigning.add(request(0, 8));
    const other = signingKey(newSigningJwk('other')).key;
    const stranger = origin.replace('vote.', 'else.');
    const ask = (body: string) => cosigning.add(body);
    expect(await ask('nothing')).toEqual({ status: 400 });
    expect(await ask(request(8, 13).replace('old 8', 'old 08'))).toEqual({ status: 400 });
    expect(await ask(`old 8\n${'A'.repeat(43)}=\n`.repeat(64))).toEqual({ status: 400 });
    expect(await ask(request(8, 13).replace('old 8', 'old 14'))).toEqual({ status: 400 });
    const strange = encodeWitnessRequest({ oldSize: 0, proof: [], note: noteOf(good, 8, logKey, stranger) });
    expect(await ask(strange)).toEqual({ status: 404 });
    const foreign = encodeWitnessRequest({ oldSize: 8, proof: [], note: noteOf(good, 8, other) });
    expect(await ask(foreign)).toEqual({ status: 403 });
    expect(await ask(request(0, 13))).toEqual({ status: 409, size: 8 });
    expect(await ask(request(5, 13))).toEqual({ status: 409, size: 8 });
    expect(contradictions).toEqual([]);
  });

  test('A forked log is refused, and both checkpoints are stored once', async () => {
    const fork = [...good.slice(0, 3), ...leaves('fork', 17)];
    const cosigning = startCosigning();
    await cosigning.add(request(0, 8));
    expect(await cosigning.add(request(8, 8, fork))).toEqual({ status: 409, size: 8 });
    expect(await cosigning.add(request(8, 13, fork))).toEqual({ status: 422 });
    expect(await cosigning.add(request(8, 13, fork))).toEqual({ status: 422 });
    expect(contradictions).toEqual([origin, origin, origin]);
    const { evidence, logs } = readWitnessState(directory);
    expect(evidence.map(({ cosigned }) => cosigned)).toEqual([noteOf(good, 8), noteOf(good, 8)]);
    expect(evidence.map(({ refused }) => refused)).toEqual([noteOf(fork, 8), noteOf(fork, 13)]);
    expect(logs[origin]?.size).toBe(8);
    expect(await cosigning.add(request(8, 13))).toMatchObject({ status: 200 });
  });

  test('It remembers across restarts, and without its state it does not start', async () => {
    await startCosigning().add(request(0, 8));
    expect(await startCosigning().add(request(0, 8))).toEqual({ status: 409, size: 8 });
    rmSync(join(directory, 'state.json'));
    expect(startCosigning).toThrow('cannot be read');
    writeFileSync(join(directory, 'state.json'), '{"version":1');
    expect(startCosigning).toThrow('damaged');
    expect(() => makeWitness(directory, 'w1.example.net/popvote')).toThrow();
  });

  test('It is made once, and one whose making was interrupted is completed', () => {
    const before = readWitness(directory);
    expect(() => makeWitness(directory, 'w2.example.net/popvote')).toThrow(
      'exists already: a witness is never replaced',
    );
    expect(readWitness(directory)).toEqual(before);
    // The key comes last.
    rmSync(join(directory, 'witness.json'));
    makeWitness(directory, 'w1.example.net/popvote');
    expect([readWitness(directory).logs, readWitnessState(directory).logs]).toEqual([[], {}]);
  });

  test('Of two requests at once, the one that is judged second sees the first', async () => {
    const cosigning = startCosigning();
    await cosigning.add(request(0, 5));
    const replies = await Promise.all([cosigning.add(request(5, 13)), cosigning.add(request(5, 8))]);
    expect(replies.map(({ status }) => status)).toEqual([200, 409]);
    expect(readWitnessState(directory).logs[origin]?.size).toBe(13);
  });

  test('A tree that could not be stored is not cosigned', async () => {
    const settings = readWitness(directory);
    const store = (): Promise<void> => Promise.reject(new Error('the disk is full'));
    const state = readWitnessState(directory);
    const cosigning = createCosigning({ settings, state, store, onContradiction: () => undefined, clock: Date.now });
    await expect(cosigning.add(request(0, 5))).rejects.toThrow('full');
    expect(await startCosigning().add(request(0, 5))).toMatchObject({ status: 200 });
  });

  test('By HTTP it takes any content type, and names the size it knows', async () => {
    const app = await buildWitnessApp({
      cosigning: startCosigning(),
      logger: createLogger('witness', 'silent'),
      metrics: createMetrics('witness'),
      version: { version: 'test', node: 'test' },
    });
    const post = (payload: string, type?: string) =>
      app.inject({
        method: 'POST',
        url: '/add-checkpoint',
        payload,
        headers: type === undefined ? {} : { 'content-type': type },
      });
    const first = await post(request(0, 8));
    expect(first.statusCode).toBe(200);
    expect(first.body).toMatch(/^— w1\.example\.net\/popvote \S+\n$/);
    for (const type of ['text/plain', 'application/octet-stream', 'application/json']) {
      const conflict = await post(request(0, 8), type);
      expect(conflict.statusCode).toBe(409);
      expect(conflict.headers['content-type']).toBe('text/x.tlog.size');
      expect(conflict.body).toBe('8\n');
    }
    expect((await post('x'.repeat(70_000), 'text/plain')).statusCode).toBe(413);
    await app.close();
  });
});
