// The documents of the public log: what their schemas accept, and each bound with one beyond it.
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { canonicalText } from '../../../../src/platform/keys/signatures.ts';
import { closingBatchesMax, closingDocument, logClosing } from '../../../../src/protocol/record/closing.ts';
import type { ClosingDocument, LogClosing } from '../../../../src/protocol/record/closing.ts';
import { countedRecord, logTree } from '../../../../src/protocol/record/log-values.ts';
import type { CountedRecord, LogTree } from '../../../../src/protocol/record/log-values.ts';
import { electionManifest, manifestDocument, noteSignersMax } from '../../../../src/protocol/record/manifest.ts';
import type { ElectionManifest, ManifestDocument } from '../../../../src/protocol/record/manifest.ts';
import { clientDocument, clientFilesMax } from '../../../../src/protocol/record/page-list.ts';
import type { ClientDocument } from '../../../../src/protocol/record/page-list.ts';
import { loggedReceipt } from '../../../../src/protocol/record/receipt.ts';
import type { LoggedReceipt } from '../../../../src/protocol/record/receipt.ts';

const bytes32 = 'A'.repeat(43);
const logOrigin = `vote.example.org/log/library-2026/${bytes32}`;
const signature: ManifestDocument['signature'] = { kid: 'publisher-1', alg: 'EdDSA', value: 'A'.repeat(86) };
const key = (n: number): string => `w${n}.example.net/popvote+0a1b2c3d+${'A'.repeat(44)}`;
const namedKey = { kid: 'k-1', x: bytes32 };
const manifest: ElectionManifest = {
  version: 1,
  electionId: 'library-2026',
  rehearsal: false,
  contests: [
    {
      id: 'board',
      title: { en: 'Board' },
      method: 'plurality',
      minChoices: 1,
      maxChoices: 1,
      abstain: true,
      options: [{ id: 'a', number: 1, title: { en: 'A' } }],
    },
  ],
  identity: { scheme: 'hkid' },
  channels: ['online', 'batches'],
  minBatch: 50,
  disclosure: 'none',
  log: { host: 'vote.example.org', key: bytes32 },
  receipts: namedKey,
  deposits: namedKey,
  publisher: namedKey,
  witnesses: { quorum: 2, keys: [key(1), key(2)] },
  auditors: { quorum: 0, keys: [] },
  sealing: null,
  tokens: null,
};
const batch = { batchId: bytes32, rows: 5, counted: 4, invalid: 1, missing: 0 };
const closing: LogClosing = {
  version: 1,
  origin: logOrigin,
  size: 7,
  root: bytes32,
  online: 3,
  batch: 4,
  repeated: 1,
  participation: 4,
  participants: bytes32,
  closedAt: '2026-06-20T02:00:00Z',
  withdrawn: [{ contestId: 'motion', optionId: 'yes', withdrawnAt: '2026-06-19T12:00:00Z' }],
  batches: [batch],
};

describe('A manifest', () => {
  test('It is read as it was written, so that its hash stays the same', () => {
    expect(canonicalText(electionManifest.parse(manifest))).toBe(canonicalText(manifest));
    expect(manifestDocument.safeParse({ manifest, signature }).success).toBe(true);
  });

  test('A title that differs gives another hash', () => {
    const other = structuredClone(manifest);
    other.contests[0]!.title['en'] = 'Boards';
    const hashes = [manifest, other].map((one) => sha256(Buffer.from(canonicalText(one))).toString('hex'));
    expect(new Set(hashes).size).toBe(2);
  });

  test.each([
    ['a later version', { version: 2 }],
    ['a field that is not known', { motto: 'x' }],
    ['no channel', { channels: [] }],
    ['a host with a path', { log: { ...manifest.log, host: 'vote.example.org/x' } }],
    ['a quorum of more than there are', { witnesses: { quorum: 3, keys: [key(1), key(2)] } }],
    ['one witness twice', { witnesses: { quorum: 1, keys: [key(1), key(1)] } }],
    ['a sealing key, which this version does not know', { sealing: {} }],
    ['a key of another size', { publisher: { ...namedKey, x: 'AAAA' } }],
  ])('A manifest with %s is rejected', (_what, change) => {
    expect(electionManifest.safeParse({ ...manifest, ...change }).success).toBe(false);
  });

  test('As many witnesses as the bound are accepted, and one more is rejected', () => {
    const witnesses = (count: number) => ({ quorum: 1, keys: Array.from({ length: count }, (_, n) => key(n)) });
    expect(electionManifest.safeParse({ ...manifest, witnesses: witnesses(noteSignersMax) }).success).toBe(true);
    expect(electionManifest.safeParse({ ...manifest, witnesses: witnesses(noteSignersMax + 1) }).success).toBe(false);
  });
});

test('The list of the files of the page has a bound', () => {
  const client = (count: number): ClientDocument => ({
    client: {
      version: 1,
      revision: 1,
      files: Array.from({ length: count }, (_, n) => ({ path: `/assets/${n}.js`, sha256: bytes32 })),
    },
    signature,
  });
  expect(clientDocument.safeParse(client(clientFilesMax)).success).toBe(true);
  expect(clientDocument.safeParse(client(clientFilesMax + 1)).success).toBe(false);
});

test('A closing document is read, and one with more batches than the bound is rejected', () => {
  const document: ClosingDocument = { closing, signature };
  expect(closingDocument.parse(document)).toEqual(document);
  const batches = (count: number) => ({ ...closing, batches: Array.from({ length: count }, () => batch) });
  expect(logClosing.safeParse(batches(closingBatchesMax)).success).toBe(true);
  expect(logClosing.safeParse(batches(closingBatchesMax + 1)).success).toBe(false);
});

test('The results name a tree, and an aggregate only in sealed elections', () => {
  const tree: LogTree = { origin: logOrigin, size: 7, root: bytes32 };
  expect(logTree.safeParse(tree).success).toBe(true);
  const record: CountedRecord = { ...tree, aggregate: null };
  expect(countedRecord.safeParse(record).success).toBe(true);
  expect(countedRecord.safeParse({ ...tree, aggregate: bytes32 }).success).toBe(false);
});

describe('A receipt of version 2', () => {
  const receipt: LoggedReceipt = {
    version: 2,
    electionId: 'library-2026',
    origin: logOrigin,
    kind: 0,
    castTag: bytes32,
    content: bytes32,
    signature: 'A'.repeat(86),
    kid: 'receipt-1',
  };

  test('It is read, and each value has one text', () => {
    expect(loggedReceipt.parse(receipt)).toEqual(receipt);
    expect(loggedReceipt.safeParse({ ...receipt, castTag: `${'A'.repeat(42)}B` }).success).toBe(false);
    expect(loggedReceipt.safeParse({ ...receipt, signature: `${'A'.repeat(85)}B` }).success).toBe(false);
    expect(loggedReceipt.safeParse({ ...receipt, version: 1 }).success).toBe(false);
  });

  test.each(['vote.example.org', `https://${logOrigin}`, `${logOrigin}/`, logOrigin.replace('/log/', '/lag/')])(
    '%s is no origin of a log',
    (origin) => {
      expect(loggedReceipt.safeParse({ ...receipt, origin }).success).toBe(false);
    },
  );
});
