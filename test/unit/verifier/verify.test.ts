// The verifier on whole small elections: a good one is verified, and each change of a good one is refused with its reason alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifyElection } from '../../../src/verifier/verify-election.ts';
import type { VerificationRequest } from '../../../src/verifier/verify-election.ts';
import { jsonReport, textReport } from '../../../src/verifier/report/text-report.ts';
import {
  buildRecord,
  builtBallot,
  builtCheckpoint,
  builtKey,
  builtOpenings,
  electionId,
  memorySource,
  signed,
  witnessText,
  writeTree,
} from '../../support/verifier/record-builder.ts';
import type { Building, BuiltRecord } from '../../support/verifier/record-builder.ts';

const nowMs = 1_800_000_000_000;

async function verify(record: Pick<BuiltRecord, 'files' | 'manifestHash'>, request: Partial<VerificationRequest> = {}) {
  const { report, why } = await verifyElection({
    source: memorySource(record.files),
    electionId,
    manifestHash: record.manifestHash,
    publisherKey: null,
    savedCheckpoints: [],
    receipts: [],
    openingsPath: null,
    nowMs,
    ...request,
  });
  return { ...report, why };
}

const good = buildRecord();
const reasons = (report: { failures: readonly { reason: string }[] }) => report.failures.map(({ reason }) => reason);
const outcomes = (report: { steps: readonly { step: number; outcome: string }[] }) =>
  Object.fromEntries(report.steps.map(({ step, outcome }) => [step, outcome]));

/** A copy of a record with one file changed; null leaves it out. */
const withFile = (record: BuiltRecord, path: string, change: (bytes: Buffer) => Buffer | null): BuiltRecord => {
  const files = new Map(record.files);
  const bytes = change(Buffer.from(files.get(path) ?? expect.fail(`no file ${path}`)));
  if (bytes === null) files.delete(path);
  else files.set(path, bytes);
  return { ...record, files };
};
const flip = (bytes: Buffer, place = 0): Buffer => {
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return bytes;
};

describe('A good election', () => {
  test('Every step passes with receipts, a saved checkpoint and all keys', async () => {
    const report = await verify(good, {
      receipts: [good.receiptOf(3)].filter((receipt) => receipt.length > 0),
      publisherKey: builtKey('publisher').x,
      givenKeys: { receipts: builtKey('receipts').x, deposits: builtKey('deposits').x, log: builtKey('log').x },
      savedCheckpoints: [builtCheckpoint(good.origin, good.entries.length, good.root, builtKey('log'), [])],
    });
    const isOnline = good.ballots[3]?.channel === 1;
    expect(reasons(report)).toEqual(isOnline ? [] : ['receipt-signature']);
    expect(report).toMatchObject({ anchor: 'manifest', size: 70, witnesses: 2, quorum: 2, final: true, missing: [] });
    expect(report.notes).toEqual(['online-contents-not-verified']);
  });

  test('The JSON report has its members in the order of the specification', async () => {
    const { why: _why, ...report } = await verify(good);
    const steps = Object.entries(outcomes(report)).map(
      ([step, outcome]) => `    {\n      "step": ${step},\n      "outcome": "${outcome}"\n    }`,
    );
    expect(jsonReport(report)).toBe(
      [
        '{',
        '  "verifier": "popvote-verify",',
        '  "reportVersion": 1,',
        `  "electionId": "${electionId}",`,
        `  "origin": "${good.origin}",`,
        '  "anchor": "manifest",',
        '  "size": 70,',
        `  "root": "${good.root.toString('base64url')}",`,
        '  "witnesses": 2,',
        '  "quorum": 2,',
        '  "final": true,',
        '  "steps": [',
        steps.join(',\n'),
        '  ],',
        '  "failures": [],',
        '  "missing": [],',
        '  "notes": [',
        '    "online-contents-not-verified"',
        '  ],',
        '  "exit": 0',
        '}',
        '',
      ].join('\n'),
    );
    expect(outcomes(report)).toMatchObject({ 1: 'passed', 2: 'skipped', 5: 'skipped', 11: 'skipped', 26: 'passed' });
  });

  test('The first line of the report names the anchor', async () => {
    const { why, ...report } = await verify(good, { manifestHash: null });
    expect(textReport(report, why).split('\n')[0]).toMatch(/^Anchor: NONE\./);
    expect(textReport({ ...report, anchor: 'manifest' }, why).split('\n')[0]).toMatch(/^Anchor: the hash/);
    expect(textReport(report, why)).toContain('VERIFIED.');
  });

  test.each([0, 1, 2, 255, 256, 257, 700])('A tree of %i entries is verified', async (online) => {
    const report = await verify(buildRecord({ online, batch: 0, disclosure: 'ballots' }));
    expect(reasons(report)).toEqual([]);
    expect(report).toMatchObject({ size: online, exit: 0, notes: [] });
  });

  test('A log that has grown may serve the full tile and bundle alone', async () => {
    const grown = buildRecord({ online: 300, batch: 0, final: false });
    const root = writeTree(new Map(), grown.entries.slice(0, 200));
    const files = new Map(grown.files);
    files.set(
      'checkpoint',
      builtCheckpoint(grown.origin, 200, root, builtKey('log'), [
        { name: 'w1.example.net/popvote' },
        { name: 'w3.example.net/popvote' },
      ]),
    );
    expect(await verify({ ...grown, files })).toMatchObject({ failures: [], size: 200, exit: 3 });
  });

  test('Before the end the report says what is missing and exits with 3', async () => {
    const report = await verify(buildRecord({ final: false }));
    expect(report).toMatchObject({ failures: [], missing: ['closing', 'results', 'openings'], final: false, exit: 3 });
    expect(outcomes(report)).toMatchObject({
      12: 'missing',
      13: 'skipped',
      15: 'missing',
      24: 'skipped',
      26: 'missing',
    });
  });

  test('An auditor verifies the contents of online ballots with a file of openings', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'popvote-openings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const openingsPath = join(folder, 'openings');
    const large = buildRecord({ online: 600, batch: 30 });
    const all = builtOpenings(large.ballots, () => true);
    writeFileSync(openingsPath, Buffer.concat([...all.values()]));
    expect(await verify(large, { openingsPath })).toMatchObject({ failures: [], notes: [], exit: 0 });

    // One opening is left out.
    const closed = large.ballots.findIndex(({ channel }) => channel === 1);
    const some = builtOpenings(large.ballots, (_ballot, index) => index !== closed);
    writeFileSync(openingsPath, Buffer.concat([...some.values()]));
    expect(reasons(await verify(large, { openingsPath }))).toEqual(['opening-missing']);

    // The file ends in the middle of an opening.
    writeFileSync(openingsPath, Buffer.concat([...all.values()]).subarray(0, -1));
    expect(reasons(await verify(large, { openingsPath }))).toEqual(['opening', 'opening-missing']);
  });

  test('The file that a voter saves is a receipt, and one with another member beside it is none', async () => {
    const receipt = String(good.receiptOf(online(good)));
    const reasonsOf = async (text: string) => reasons(await verify(good, { receipts: [Buffer.from(text)] }));
    expect(await reasonsOf(`{"receipt":${receipt}}`)).toEqual([]);
    expect(await reasonsOf(`{"receipt":${receipt},"more":1}`)).toEqual(['receipt-signature']);
  });

  test('A receipt waits for a log that is not closed', async () => {
    const open = buildRecord({ final: false });
    const place = open.ballots.findIndex(({ channel }) => channel === 1);
    const without = buildRecord({ final: false, entries: (entries) => entries.filter((_, index) => index !== place) });
    const report = await verify(without, { receipts: [open.receiptOf(place)] });
    expect(report).toMatchObject({ failures: [], exit: 3 });
    expect(outcomes(report)[11]).toBe('missing');
    expect(outcomes(await verify(open, { receipts: [open.receiptOf(place)] }))[11]).toBe('passed');
  });
});

const online = (record: BuiltRecord, nth = 0): number =>
  record.ballots.flatMap(({ channel }, index) => (channel === 1 ? [index] : []))[nth] ?? 0;
const batch = (record: BuiltRecord): number => record.ballots.findIndex(({ channel }) => channel === 2);
const cosigners = (...names: string[]): Building => ({ cosigning: names.map((name) => ({ name })) });
const w1 = 'w1.example.net/popvote';
const w2 = 'w2.example.net/popvote';
type Body = Record<string, unknown>;
const contestsOf = (body: Body): Body[] => structuredClone(body['contests']) as Body[];

/** Changes of a good election by their number in docs/verify.md, each with its reason. */
const tampered: readonly (readonly [
  string,
  string,
  () => BuiltRecord,
  ((record: BuiltRecord) => Partial<VerificationRequest>)?,
])[] = [
  ['1 checkpoint signed by another key', 'checkpoint-signature', () => buildRecord({ logKey: 'foreign' })],
  [
    '1 checkpoint that the log signed under another name',
    'checkpoint-signature',
    () =>
      withFile(good, 'checkpoint', (bytes) =>
        Buffer.from(bytes.toString().replace(`\u2014 ${good.origin} `, '\u2014 another.example/log ')),
      ),
  ],
  ['2 one cosignature too few', 'witness-quorum', () => buildRecord(cosigners(w1))],
  ['3 the same witness twice', 'witness-quorum', () => buildRecord(cosigners(w1, w1))],
  [
    '4 cosignature over another root',
    'witness-quorum',
    () => buildRecord({ cosigning: [{ name: w1 }, { name: w2, text: 'other\n1\nAA==\n' }] }),
  ],
  [
    '4 cosignature by another key',
    'witness-quorum',
    () => buildRecord({ cosigning: [{ name: w1 }, { name: w2, key: w1 }] }),
  ],
  [
    '4 cosignature dated two hours ahead',
    'witness-quorum',
    () => buildRecord({ cosigning: [{ name: w1 }, { name: w2, seconds: nowMs / 1000 + 7200 }] }),
  ],
  [
    '5 same size, other root than a saved checkpoint',
    'split-view',
    () => good,
    ({ origin }) => ({ savedCheckpoints: [builtCheckpoint(origin, 70, builtKey('x').x, builtKey('log'), [])] }),
  ],
  [
    '6 smaller than a saved checkpoint',
    'rolled-back',
    () => good,
    ({ origin }) => ({ savedCheckpoints: [builtCheckpoint(origin, 71, builtKey('x').x, builtKey('log'), [])] }),
  ],
  [
    '7 saved checkpoint of a tree with one entry different',
    'not-consistent',
    () => good,
    ({ origin, entries }) => {
      const root = writeTree(
        new Map(),
        entries.slice(0, 50).map((entry, index) => (index === 7 ? flip(Buffer.from(entry)) : entry)),
      );
      return { savedCheckpoints: [builtCheckpoint(origin, 50, root, builtKey('log'), [])] };
    },
  ],
  ['8 one bit in a level-0 tile', 'tile-root', () => withFile(good, 'tile/0/000.p/70', (tile) => flip(tile, 100))],
  [
    '9 one bit in a level-1 tile',
    'tile-root',
    () => withFile(buildRecord({ online: 600, batch: 0 }), 'tile/1/000.p/2', (tile) => flip(tile, 40)),
  ],
  [
    '10 partial tile one hash too long',
    'tile-form',
    () => withFile(good, 'tile/0/000.p/70', (tile) => Buffer.concat([tile, builtKey('x').x])),
  ],
  [
    '10 a full tile one hash too long',
    'tile-form',
    () =>
      withFile(buildRecord({ online: 256, batch: 0 }), 'tile/0/000', (tile) => Buffer.concat([tile, builtKey('x').x])),
  ],
  ['10 a tile is not there', 'tile-form', () => withFile(good, 'tile/0/000.p/70', () => null)],
  [
    '11 entry replaced in its bundle',
    'entry-leaf',
    () => withFile(good, 'tile/entries/000.p/70', (bundle) => flip(bundle, 133 * batch(good) + 5)),
  ],
  [
    '11 entry with another length',
    'entry-form',
    () => withFile(good, 'tile/entries/000.p/70', (bundle) => flip(bundle, 133 * 3 + 1)),
  ],
  [
    '12 last bundle short of one entry',
    'entry-count',
    () => withFile(good, 'tile/entries/000.p/70', (bundle) => bundle.subarray(0, -133)),
  ],
  ['12 a bundle is not there', 'entry-count', () => withFile(good, 'tile/entries/000.p/70', () => null)],
  [
    '13 entries that the ballot server did not sign',
    'entry-signature',
    () => buildRecord({ namedReceiptsKey: 'another' }),
  ],
  [
    '14 the same cast twice',
    'cast-tag-repeated',
    () => buildRecord({ ballots: (ballots) => [...ballots, ...ballots.slice(0, 1)] }),
  ],
  [
    '16 batch entry where batches are not admitted',
    'channel-not-admitted',
    () => buildRecord({ channels: ['online'] }),
  ],
  [
    '17 option titles exchanged in the manifest, signed again',
    'manifest-hash',
    () => {
      const other = buildRecord({
        manifest: (body) => ({
          ...body,
          contests: contestsOf(body).map((each) => ({ ...each, title: { en: 'Another' } })),
        }),
      });
      return withFile(good, 'manifest.json', () => other.files.get('manifest.json') ?? null);
    },
  ],
  [
    '17 the same, and no anchor is given',
    'checkpoint-form',
    () => {
      const other = buildRecord({ manifest: (body) => ({ ...body, minBatch: 51 }) });
      return withFile(good, 'manifest.json', () => other.files.get('manifest.json') ?? null);
    },
    () => ({ manifestHash: null }),
  ],
  [
    '18 receipt whose entry was missingBundles out',
    'receipt-not-in-log',
    () => buildRecord({ ballots: (ballots) => ballots.slice(1) }),
    () => ({
      receipts: [
        good.receiptOf(
          good.ballots.findIndex(({ castTag }) => castTag.equals(builtBallot(1, 0, good.manifestHash).castTag)),
        ),
      ],
    }),
  ],
  [
    '18 receipt with another content',
    'receipt-signature',
    () => good,
    () => ({ receipts: [flip(Buffer.from(good.receiptOf(online(good))), 120)] }),
  ],
  ['19 closing one smaller', 'closing-size', () => buildRecord({ closing: (body) => ({ ...body, size: 69 }) })],
  [
    '19 closing of another tree',
    'closing-size',
    () => buildRecord({ closing: (body) => ({ ...body, root: builtKey('x').x.toString('base64url') }) }),
  ],
  [
    '19 log grown after closing',
    'grown-after-closing',
    () => {
      const shorter = writeTree(new Map(), good.entries.slice(0, 69)).toString('base64url');
      return buildRecord({ closing: (body) => ({ ...body, size: 69, root: shorter }) });
    },
  ],
  [
    '19 closing signed by another key',
    'closing-signature',
    () => withFile(good, 'closing.json', () => signed('closing', { size: 70 }, 'publisher-1', builtKey('foreign'))),
  ],
  [
    '20 participation one less than online entries',
    'turnout',
    () => buildRecord({ closing: (body) => ({ ...body, participation: 39 }) }),
  ],
  [
    '20 a batch that does not add up',
    'batches',
    () =>
      buildRecord({
        closing: (body) => ({ ...body, batches: [{ batchId: 'b', rows: 33, counted: 30, invalid: 1, missing: 1 }] }),
      }),
  ],
  [
    '20 batches with another number of counted rows',
    'batches',
    () =>
      buildRecord({
        closing: (body) => ({ ...body, batches: [{ batchId: 'b', rows: 31, counted: 31, invalid: 0, missing: 0 }] }),
      }),
  ],
  [
    '21 paper ballot opened as another option',
    'opening',
    () =>
      buildRecord({
        ballots: (ballots) =>
          ballots.map((each) =>
            each.channel === 2 && each.text.includes('ann')
              ? { ...each, openedText: each.text.replace('ann', 'bob') }
              : each,
          ),
      }),
  ],
  [
    '21 paper ballot without a choice where one must be made',
    'opening-ballot',
    () =>
      buildRecord({
        ballots: (ballots) =>
          ballots.map((each, index) =>
            index === 45 ? { ...each, text: each.text.replace(/\["(red|blue)"\]/, '[]') } : each,
          ),
      }),
  ],
  [
    '21 paper ballot that is not canonical',
    'opening-ballot',
    () =>
      buildRecord({
        ballots: (ballots) =>
          ballots.map((each, index) => (index === 45 ? { ...each, text: each.text.replace(':', ': ') } : each)),
      }),
  ],
  [
    '22 one paper ballot not opened',
    'opening-missing',
    () => buildRecord({ opened: ({ channel }, index) => channel === 2 && index !== batch(good) }),
  ],
  [
    '34 one vote moved between options in the results',
    'results-sums',
    () => buildRecord({ disclosure: 'ballots', results: (body) => moveVotes(body) }),
  ],
  [
    '34 more paper votes than the opened ballots have',
    'results-sums',
    () => buildRecord({ online: 0, results: (body) => moveVotes(body) }),
  ],
  [
    '34 another number of valid ballots',
    'results-sums',
    () =>
      buildRecord({
        results: (body) => ({
          ...body,
          contests: contestsOf(body).map((each) => ({ ...each, valid: Number(each['valid']) - 1 })),
        }),
      }),
  ],
  ['35 one seat moved, votes right', 'results-count', () => buildRecord({ results: (body) => moveSeat(body) })],
  [
    '35 another winner',
    'results-count',
    () =>
      buildRecord({
        results: (body) => ({
          ...body,
          contests: contestsOf(body).map((each) => (each['winner'] === undefined ? each : { ...each, winner: 'cid' })),
        }),
      }),
  ],
  [
    '36 results of another tree',
    'results-record',
    () =>
      buildRecord({
        results: (body) => ({
          ...body,
          record: { origin: (body['record'] as Body)['origin'], size: 70, root: builtKey('x').x.toString('base64url') },
        }),
      }),
  ],
  [
    '36 results that name no tree',
    'results-record',
    () => buildRecord({ results: ({ record: _record, ...body }) => body }),
  ],
  [
    '36 results that name no tree, without a closing document',
    'results-record',
    () => withFile(buildRecord({ results: ({ record: _record, ...body }) => body }), 'closing.json', () => null),
  ],
  [
    '36 results signed by another key',
    'results-signature',
    () => withFile(good, 'results.json', () => signed('results', {}, 'publisher-1', builtKey('foreign'))),
  ],
  [
    '38 receipts key exchanged, everything signed again, anchor given',
    'manifest-hash',
    () =>
      buildRecord({
        manifest: (body) => ({
          ...body,
          receipts: { kid: 'receipt-1', x: builtKey('foreign').x.toString('base64url') },
        }),
      }),
    () => ({ manifestHash: good.manifestHash }),
  ],
  [
    'a manifest with a member too many',
    'manifest-form',
    () => buildRecord({ manifest: (body) => ({ ...body, more: 1 }) }),
  ],
  [
    'a manifest with a rule that is not known',
    'manifest-form',
    () =>
      buildRecord({
        manifest: (body) => ({ ...body, contests: contestsOf(body).map((each) => ({ ...each, law: { more: 1 } })) }),
      }),
  ],
  [
    'a manifest with a witness whose id does not fit',
    'manifest-form',
    () =>
      buildRecord({
        manifest: (body) => ({ ...body, witnesses: { quorum: 1, keys: [witnessText(w1).replace(w1, w2)] } }),
      }),
  ],
  [
    'a manifest signed by another publisher',
    'manifest-signature',
    () =>
      withFile(good, 'manifest.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"minBatch": 50', '"minBatch": 51')),
      ),
    () => ({ manifestHash: null }),
  ],
  ['another publisher than the one given', 'foreign-key', () => good, () => ({ publisherKey: builtKey('foreign').x })],
  ...['receipts', 'deposits', 'log'].map(
    (name) =>
      [
        `another key of ${name} than the one given`,
        'foreign-key',
        () => good,
        () => ({ givenKeys: { [name]: builtKey('foreign').x } }),
      ] as const,
  ),
  [
    'a checkpoint without an empty line',
    'checkpoint-form',
    () => withFile(good, 'checkpoint', (bytes) => Buffer.from(bytes.toString().replace('\n\n', '\n'))),
  ],
];

function moveVotes(body: Body): Body {
  const [mayor = {}, council = {}] = contestsOf(body);
  const options = mayor['options'] as Body[];
  const moved = options.map((option, place) => ({
    ...option,
    votes: Number(option['votes']) + (place === 0 ? 1 : place === 1 ? -1 : 0),
  }));
  return { ...body, contests: [{ ...mayor, options: moved }, council] };
}
function moveSeat(body: Body): Body {
  const [mayor = {}, council = {}] = contestsOf(body);
  const options = council['options'] as Body[];
  const moved = options.map((option, place) => ({
    ...option,
    seats: Number(option['seats']) + (place === 0 ? 1 : -1),
  }));
  return { ...body, contests: [mayor, { ...council, options: moved }] };
}

describe('A changed election', () => {
  const cases = tampered.map(([name, reason, build, request]) => ({ name, reason, build, request }));
  test.each(cases)('It is refused with its reason alone: $name', async ({ reason, build, request }) => {
    const record = build();
    const report = await verify(record, request?.(record));
    expect(reasons(report)).toEqual([reason]);
    expect(report.exit).toBe(1);
  });

  test('A changed manifest has another hash and a signature that does not hold', async () => {
    const changed = withFile(good, 'manifest.json', (bytes) =>
      Buffer.from(bytes.toString().replace('"minBatch": 50', '"minBatch": 51')),
    );
    expect(reasons(await verify(changed))).toEqual(['manifest-hash', 'manifest-signature']);
  });

  test('Results of no tree are refused also where the closing document does not fit', async () => {
    const closing = (body: Body): Body => ({ ...body, size: 69 });
    const changed = buildRecord({ closing, results: ({ record: _record, ...body }) => body });
    expect(reasons(await verify(changed))).toEqual(['closing-size', 'results-record']);
  });

  test('A record that cannot be read, or is of a later stage, exits with 4', async () => {
    expect(await verify({ ...good, files: new Map() })).toMatchObject({ exit: 4, failures: [], final: false });
    const sealed = buildRecord({ manifest: (body) => ({ ...body, sealing: { suite: 'ristretto255-sha512' } }) });
    const report = await verify(sealed);
    expect(report).toMatchObject({ exit: 4, failures: [], notes: ['stage-not-supported'] });
    expect(report.why).toContain('cannot verify');
  });
});
