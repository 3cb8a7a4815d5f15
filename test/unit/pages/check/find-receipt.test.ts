// The check of a receipt in the public log: found at its place, absent while the log may still take it, missing where it is
// complete, and whatever else a server may answer.
import { describe, expect, test } from 'vitest';
import { encodeCheckpoint } from '../../../../src/domain/record/checkpoint.ts';
import { encodeNote } from '../../../../src/domain/record/note.ts';
import { findLists } from '../../../../src/domain/record/bundle.ts';
import { leafHash, treeRoot } from '../../../../src/domain/record/tree.ts';
import { BrokenLog, findReceipt } from '../../../../src/pages/public/check/find-receipt.ts';
import { timeWords } from '../../../../src/pages/public/check/time-words.ts';
import type { LogVerdict } from '../../../../src/pages/public/check/find-receipt.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { noteVerifier } from '../../../../src/platform/keys/note-verifier.ts';
import { signValue } from '../../../../src/platform/keys/signatures.ts';
import type { LoggedReceipt } from '../../../../src/protocol/record/receipt.ts';
import { receiptOfBallot } from '../../../support/record/log-ballots.ts';
import { closedAtSeconds, closingOf, leavesOf } from '../../../support/record/log-draft.ts';
import type { LogDraft } from '../../../support/record/log-draft.ts';
import {
  checkpointNote,
  checkpointOf,
  logFiles,
  logLine,
  tileFiles,
  witnessLine,
} from '../../../support/record/log-files.ts';
import type { LogFiles } from '../../../support/record/log-files.ts';
import { seededBytes, seededKey, seededLogKeys } from '../../../support/record/log-keys.ts';
import {
  changedElection,
  furtherBallot,
  openElection,
  plainElection,
  smallElection,
} from '../../../support/record/small-elections.ts';

const plain = smallElection(plainElection);
const open = smallElection(openElection);
const receiptAt = (draft: LogDraft, index: number): LoggedReceipt =>
  receiptOfBallot(draft.keys, draft.names, draft.ballots[index]!);
const further = (draft: LogDraft): LoggedReceipt =>
  receiptOfBallot(draft.keys, draft.names, furtherBallot(draft, draft.keys, 1));
const openFiles = (): LogFiles => logFiles(open, { closing: null, results: null, openings: null });
const nowMs = Date.parse('2026-01-01T00:00:00Z');

/** Looks for a receipt among files, and says what was read. */
async function find(receipt: LoggedReceipt, files: LogFiles) {
  const read: string[] = [];
  const check = await findReceipt(receipt, {
    read: (path) => {
      read.push(path);
      return Promise.resolve(files.get(path) ?? null);
    },
    verify: (...parts) => Promise.resolve(noteVerifier.verify(...parts)),
    nowMs,
  });
  return { ...check, read };
}
const verdictOf = async (receipt: LoggedReceipt, files: LogFiles): Promise<LogVerdict> =>
  (await find(receipt, files)).verdict;
const withFile = (files: LogFiles, path: string, content: Uint8Array | string): LogFiles =>
  new Map([...files, [path, Buffer.from(content)]]);
const without = (files: LogFiles, ...paths: string[]): LogFiles =>
  new Map([...files].filter(([path]) => !paths.includes(path)));

test('Each receipt of an election is found at its place', async () => {
  const files = logFiles(plain);
  for (const index of [0, 1, 99, 100, 255, 256, 299]) {
    const { verdict, code, seenAtMs } = await find(receiptAt(plain, index), files);
    const all = { seen: 3, witnesses: 3, quorum: 2 };
    expect(verdict).toEqual({ kind: 'found', entry: index + 1, size: 300, ...all });
    expect(code.replaceAll(' ', '')).toBe(plain.names.manifestHash.toString('hex'));
    expect(seenAtMs).toBe(closedAtSeconds * 1_000);
  }
});

test('A checkpoint is as old as its newest cosignature that holds, whether the vote is in the log or not', async () => {
  const text = encodeCheckpoint(checkpointOf(open));
  const [first, second, third] = open.keys.witnesses;
  const nowSeconds = nowMs / 1_000;
  const seenWith = async (...lines: ReturnType<typeof witnessLine>[]) => {
    const signatures = [logLine(open.keys.log, open.names.origin, text), ...lines];
    const files = withFile(openFiles(), 'checkpoint', encodeNote({ text, signatures }));
    const { verdict, seenAtMs } = await find(further(open), files);
    return { kind: verdict.kind, seconds: seenAtMs === null ? null : seenAtMs / 1_000 };
  };
  const older = witnessLine(first!, text, nowSeconds - 900);
  const newer = witnessLine(second!, text, nowSeconds - 300);
  expect(await seenWith(older, newer)).toEqual({ kind: 'later', seconds: nowSeconds - 300 });
  expect(await seenWith(older, witnessLine(third!, text, nowSeconds + 7_200))).toMatchObject({
    seconds: nowSeconds - 900,
  });
  expect(await seenWith(witnessLine(first!, 'another text\n', nowSeconds))).toMatchObject({ seconds: null });
});

test('The time of a checkpoint is written in the words of each language', () => {
  const at = Date.parse('2026-01-01T00:00:00Z');
  const after = (seconds: number, language: string): string | undefined =>
    timeWords(at, at + seconds * 1_000, language).split(' (')[0];
  expect([-5, 59, 60, 7_199, 86_400, 63_115_200].map((seconds) => after(seconds, 'en'))).toEqual([
    '0 seconds ago',
    '59 seconds ago',
    '1 minute ago',
    '1 hour ago',
    '1 day ago',
    '2 years ago',
  ]);
  expect(['sr-Cyrl', 'sr-Latn', 'zh-Hant-HK'].map((language) => after(180, language))).toEqual([
    'пре 3 минута',
    'pre 3 minuta',
    '3 分鐘前',
  ]);
  expect(timeWords(at, at, 'en')).toMatch(/ \(.*20(?:25|26).*\)$/);
});

test('One list, checkpoint, manifest and a few tiles are read, and no name says which receipt it is', async () => {
  const size = 70_000;
  const own = receiptAt(plain, 7);
  const leaves: Uint8Array[] = Array.from({ length: size }, (_, n) => new Uint8Array(seededBytes(`leaf ${n}`)));
  leaves[54_321] = leafHash(sha256, plain.ballots[7]!.entry);
  const tree = { ...checkpointOf(plain), size, root: treeRoot(sha256, leaves) };
  const files: LogFiles = new Map([...logFiles(plain), ...tileFiles(leaves), ...findLists(leaves)]);
  files.set('checkpoint', Buffer.from(checkpointNote(plain.keys, tree, plain.keys.witnesses)));
  const { verdict, read } = await find(own, files);
  expect(verdict).toMatchObject({ kind: 'found', entry: 54_322, size });
  const kinds = read.map((path) => path.replace(/^tile\/\d\/.*/, 'tile').replace(/^find\/2\/[0-9a-f]{2}$/, 'list'));
  expect(kinds.filter((kind) => kind !== 'tile')).toEqual(['manifest.json', 'checkpoint', 'list']);
  expect(new Set(read).size).toBeLessThanOrEqual(3 + 6);
});

test('A receipt that is not there yet appears later, and with a complete log it is missing', async () => {
  expect(await verdictOf(further(open), openFiles())).toEqual({ kind: 'later', minBatch: open.manifest.minBatch });
  expect(await verdictOf(further(plain), logFiles(plain))).toEqual({ kind: 'missing' });
  // The last entries have no cosignatures yet, so the checkpoint is an earlier one.
  const earlier = checkpointNote(plain.keys, checkpointOf(plain, 250), plain.keys.witnesses);
  const files = new Map([...logFiles(plain), ...tileFiles(leavesOf(plain).slice(0, 250))]);
  files.set('checkpoint', Buffer.from(earlier));
  expect(await verdictOf(receiptAt(plain, 299), files)).toMatchObject({ kind: 'later' });
  expect(await verdictOf(receiptAt(plain, 249), files)).toMatchObject({ kind: 'found', entry: 250, size: 250 });
});

test('Nothing is found in the log before its first entry', async () => {
  const note = checkpointNote(open.keys, checkpointOf(open, 0), open.keys.witnesses);
  expect(await verdictOf(receiptAt(open, 0), withFile(openFiles(), 'checkpoint', note))).toMatchObject({
    kind: 'later',
  });
});

describe('A witness counts', () => {
  const { keys } = plain;
  const text = encodeCheckpoint(checkpointOf(plain));
  const seenWith = async (...lines: ReturnType<typeof witnessLine>[]): Promise<unknown> => {
    const note = encodeNote({ text, signatures: [logLine(keys.log, plain.names.origin, text), ...lines] });
    const verdict = await verdictOf(receiptAt(plain, 3), withFile(logFiles(plain), 'checkpoint', note));
    return 'seen' in verdict ? verdict.seen : verdict.kind;
  };
  const [first, second] = keys.witnesses;
  const stranger = { name: 'stranger.example/w', key: seededKey('stranger') };
  const namesake = { name: first!.name, key: seededKey('stranger') };
  const ahead = nowMs / 1_000 + 3_601;

  test('A witness counts once, and only with the key of the manifest', async () => {
    expect(await seenWith()).toBe(0);
    expect(await seenWith(witnessLine(first!, text), witnessLine(first!, text))).toBe(1);
    expect(await seenWith(witnessLine(first!, text), witnessLine(second!, text))).toBe(2);
    expect(await seenWith(witnessLine(stranger, text), witnessLine(namesake, text))).toBe(0);
  });

  test('A witness counts for this tree alone, and not with a date in the future', async () => {
    const other = encodeCheckpoint(checkpointOf(plain, 299));
    expect(await seenWith(witnessLine(first!, other))).toBe(0);
    expect(await seenWith(witnessLine(first!, text, ahead))).toBe(0);
    expect(await seenWith(witnessLine(first!, text, ahead - 1))).toBe(1);
  });
});

describe('A server that answers something else', () => {
  const own = receiptAt(plain, 42);
  const files = logFiles(plain);
  const note = (keys = plain.keys, checkpoint = checkpointOf(plain), signer = checkpoint.origin): string =>
    checkpointNote(keys, checkpoint, plain.keys.witnesses, signer);
  const ofAnother = { ...checkpointOf(plain), origin: 'a/log/b/c' };
  const leaf = leafHash(sha256, plain.ballots[42]!.entry);
  const list = Buffer.from(files.get('find/0/all')!);
  const at = list.indexOf(Buffer.from(leaf.subarray(0, 8)));
  const elsewhere = Buffer.from(list);
  elsewhere.writeUInt32BE(43, at + 8);
  const renamed = { ...plain.manifest, contests: plain.manifest.contests.slice(1) };
  const tile = Buffer.from(files.get('tile/0/000')!);
  const changedTile = Buffer.from(tile);
  changedTile[43 * 32] = (changedTile[43 * 32] ?? 0) ^ 1;

  test.each<readonly [what: string, files: LogFiles]>([
    ['a checkpoint of another key', withFile(files, 'checkpoint', note(seededLogKeys('other')))],
    ['a checkpoint of another log', withFile(files, 'checkpoint', note(plain.keys, ofAnother))],
    [
      'a checkpoint of another log, signed in the name of this one',
      withFile(files, 'checkpoint', note(plain.keys, ofAnother, plain.names.origin)),
    ],
    [
      'a checkpoint with another root',
      withFile(files, 'checkpoint', note(plain.keys, { ...checkpointOf(plain), root: sha256(Buffer.from('')) })),
    ],
    ['a checkpoint that is none', withFile(files, 'checkpoint', 'hello')],
    ['a checkpoint that is no text', withFile(files, 'checkpoint', Buffer.from([255, 254]))],
    ['a manifest with other questions', logFiles(plain, { manifest: renamed })],
    ['a manifest that is no JSON', withFile(files, 'manifest.json', '{')],
    ['a manifest that is null', withFile(files, 'manifest.json', 'null')],
    ['a list with another place', withFile(files, 'find/0/all', elsewhere)],
    ['a tile with another hash', withFile(files, 'tile/0/000', changedTile)],
    ['a tile that is too short', withFile(files, 'tile/0/000', tile.subarray(0, 64))],
  ])('It is not believed: %s', async (_what, served) => {
    expect(await verdictOf(own, served)).toEqual({ kind: 'broken' });
  });

  test('A receipt that the key of the manifest did not sign is in no log', async () => {
    const foreign = receiptOfBallot(seededLogKeys('other'), plain.names, plain.ballots[42]!);
    expect(await verdictOf(foreign, files), 'another name of the key').toEqual({ kind: 'broken' });
    expect(await verdictOf({ ...own, content: seededBytes('x').toString('base64url') }, files)).toEqual({
      kind: 'broken',
    });
  });

  /** The read of one file fails. */
  const failing = async (receipt: LoggedReceipt, path: string, error: Error): Promise<LogVerdict> => {
    const { verdict } = await findReceipt(receipt, {
      read: (name) => (name === path ? Promise.reject(error) : Promise.resolve(files.get(name) ?? null)),
      verify: (...parts) => Promise.resolve(noteVerifier.verify(...parts)),
      nowMs,
    });
    return verdict;
  };

  test.each(['manifest.json', 'checkpoint', 'find/0/all', 'tile/0/000'])(
    'Without %s nothing is said about the receipt',
    async (path) => {
      expect(await verdictOf(own, without(files, path))).toEqual({ kind: 'unreachable' });
      expect(await failing(own, path, new Error('lost'))).toEqual({ kind: 'unreachable' });
      expect(await failing(own, path, new BrokenLog())).toEqual({ kind: 'broken' });
    },
  );

  test('A vote that a counted log lacks is never promised for later', async () => {
    const absent = further(plain);
    expect(await failing(absent, 'closing.json', new Error('busy'))).toEqual({ kind: 'unreachable' });
    expect(await failing(absent, 'closing.json', new BrokenLog())).toEqual({ kind: 'broken' });
    expect(await verdictOf(absent, without(files, 'closing.json')), 'with results').toEqual({ kind: 'unreachable' });
    expect(await verdictOf(absent, without(files, 'closing.json', 'results.json'))).toMatchObject({ kind: 'later' });
  });

  test('A closing document that cannot be read ends in no promise', async () => {
    expect(await verdictOf(further(plain), withFile(files, 'closing.json', '{'))).toEqual({ kind: 'broken' });
    const larger = logFiles(plain, { closing: { ...closingOf(plain), size: 301 } });
    expect(await verdictOf(further(plain), larger)).toMatchObject({ kind: 'later' });
  });

  test('A closing document that the publisher did not sign for this log is not believed', async () => {
    const closing = { ...closingOf(plain), size: 301 };
    const { publisher } = plain.keys;
    const signature = signValue(publisher, closing);
    const elsewhere = { ...closing, origin: 'a/log/b/c' };
    const documents: readonly unknown[] = [
      { closing },
      { closing, signature: signValue(publisher, closingOf(plain)) },
      { closing, signature: signValue(seededLogKeys('other').publisher, closing) },
      { closing, signature: { ...signature, kid: 'another' } },
      { closing, signature: { ...signature, value: '?' } },
      { closing: elsewhere, signature: signValue(publisher, elsewhere) },
    ];
    for (const document of documents) {
      const served = withFile(files, 'closing.json', JSON.stringify(document));
      expect(await verdictOf(further(plain), served), JSON.stringify(document)).toEqual({ kind: 'broken' });
    }
    const served = withFile(files, 'closing.json', JSON.stringify({ closing, signature }));
    expect(await verdictOf(further(plain), served)).toMatchObject({ kind: 'later' });
  });

  test('A partial tile that is served as the full one only is read from that', async () => {
    const partial = files.get('tile/0/001.p/44')!;
    const full = withFile(without(files, 'tile/0/001.p/44'), 'tile/0/001', Buffer.concat([partial, seededBytes('x')]));
    expect(await verdictOf(own, full)).toMatchObject({ kind: 'found', entry: 43 });
  });
});

test('The checkpoint that was served is kept for evidence, whatever it says', async () => {
  const { checkpoint } = await find(receiptAt(plain, 0), withFile(logFiles(plain), 'checkpoint', 'hello'));
  expect(checkpoint).toBe('hello');
  expect((await find(further(plain), logFiles(plain))).checkpoint).toMatch(/^vote\.example\.org\/log\/library-2024\//);
});

test('A repeated ballot is said to be one, and only a file of the closing document says so', async () => {
  const draft = smallElection(changedElection);
  const files = logFiles(draft);
  for (const ballot of draft.repeated) {
    const receipt = receiptOfBallot(draft.keys, draft.names, ballot);
    expect(await verdictOf(receipt, files)).toEqual({ kind: 'repeated' });
    expect(await verdictOf(receipt, without(files, 'repeated'))).toEqual({ kind: 'unreachable' });
    const file = Buffer.from(files.get('repeated') ?? []);
    for (const other of [file.subarray(131), Buffer.concat([file, file.subarray(0, 131)]), Buffer.from('x')]) {
      expect(await verdictOf(receipt, withFile(files, 'repeated', other))).toEqual({ kind: 'broken' });
    }
  }
  expect(await verdictOf(further(draft), files)).toEqual({ kind: 'missing' });
});
