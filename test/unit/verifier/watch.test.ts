// `popvote-verify watch`: what was seen before is kept, and a site that contradicts it is reported.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lookOnce, watchRecord } from '../../../src/verifier/watch/watch-election.ts';
import { buildRecord, builtKey, electionId, memorySource, sha, signed } from '../../support/verifier/record-builder.ts';
import type { BuiltRecord } from '../../support/verifier/record-builder.ts';

const nowMs = 1_800_000_000_000;
const page =
  '<!doctype html><script type="module" src="/assets/voter.js"></script><link rel=stylesheet href="/assets/voter.css">';
const goodPage = { '/': page, '/assets/voter.js': 'cast()', '/assets/voter.css': 'p{}' };

const client = (files: Record<string, string>, revision: number): Buffer => {
  const list = Object.entries(files).map(([path, text]) => ({ path, sha256: sha(text).toString('base64url') }));
  return signed('client', { version: 1, revision, files: list }, 'publisher-1', builtKey('publisher'));
};

/** Looks at records, one after another, with one folder. */
function createWatcher() {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const requestOf = (record: BuiltRecord, served: Record<string, string>, list: Buffer | null) => ({
    source: memorySource(list === null ? record.files : new Map([...record.files, ['client.json', list]])),
    electionId,
    manifestHash: record.manifestHash,
    publisherKey: null,
    folder,
    readPage: (path: string) => Promise.resolve(served[path] === undefined ? null : Buffer.from(served[path])),
  });
  const look = (record: BuiltRecord, served: Record<string, string>, list: Buffer | null) =>
    lookOnce(requestOf(record, served, list), nowMs);
  return { folder, requestOf, look };
}

const small = buildRecord({ online: 20, batch: 0, final: false });
const grown = buildRecord({ online: 20, batch: 0, final: false, entries: (entries) => entries });
const shorter = buildRecord({ online: 20, batch: 0, final: false, entries: (entries) => entries.slice(0, 15) });
const other = buildRecord({
  online: 20,
  batch: 0,
  final: false,
  entries: (entries) => [...entries.slice(1), ...entries.slice(0, 1)],
});
const revision1 = client(goodPage, 1);

test('A log that grows and a page that is listed are right, and every checkpoint is kept', async () => {
  const { folder, look } = createWatcher();
  expect(await look(shorter, goodPage, revision1)).toEqual({ size: 15, failures: [], details: [] });
  expect(await look(grown, goodPage, revision1)).toEqual({ size: 20, failures: [], details: [] });
  const names = readdirSync(folder);
  expect(names.filter((name) => name.endsWith('.checkpoint')).length).toBe(2);
  expect(names.filter((name) => name.endsWith('.json')).length).toBe(1);
});

test('A log that goes back, or shows another tree, is reported, and the evidence is kept', async () => {
  const { folder, look } = createWatcher();
  await look(small, goodPage, revision1);
  expect((await look(shorter, goodPage, revision1)).failures).toEqual(['rolled-back']);
  expect((await look(other, goodPage, revision1)).failures).toEqual(['not-consistent', 'split-view']);
  expect(readdirSync(folder).filter((name) => name.endsWith('.checkpoint')).length).toBe(3);
});

test('A page that differs from its signed list is reported with the file', async () => {
  const { look } = createWatcher();
  const changed = { ...goodPage, '/assets/voter.js': 'steal()' };
  expect(await look(small, changed, revision1)).toMatchObject({
    failures: ['client-file-different'],
    details: ['/assets/voter.js'],
  });
  const unlisted = {
    ...goodPage,
    '/': page.replace('</script>', '</script><script src="https://elsewhere.example/x.js"></script>'),
  };
  expect(await look(small, unlisted, client(unlisted, 2))).toMatchObject({
    failures: ['client-file-unlisted'],
    details: ['https://elsewhere.example/x.js'],
  });
});

test('A site that never had a list of its page is watched for its log alone, and says so', async () => {
  const { look } = createWatcher();
  const details = [expect.stringContaining('the page is not compared') as string];
  expect(await look(small, goodPage, null)).toEqual({ size: 20, failures: [], details });
  expect((await look(shorter, goodPage, null)).failures).toEqual(['rolled-back']);
});

test('A list that goes back, changes without a new revision, is not signed or is not there is reported', async () => {
  const { folder, look } = createWatcher();
  await look(small, goodPage, client(goodPage, 5));
  expect((await look(small, goodPage, revision1)).failures).toEqual(['client-revision-back']);
  const another = { ...goodPage, '/assets/more.js': 'more()' };
  expect((await look(small, another, client(another, 5))).failures).toEqual(['client-revision-changed']);
  expect((await look(small, goodPage, Buffer.from('{}'))).failures).toEqual(['client-signature']);
  expect((await look(small, goodPage, null)).failures).toEqual(['client-missing']);
  // All revisions are kept, also the two of number 5.
  expect(readdirSync(folder).filter((name) => name.endsWith('.json')).length).toBe(3);
});

test('The watch goes on after a failure and while the site is down, until it is ended', async () => {
  const { requestOf } = createWatcher();
  const ending = new AbortController();
  const lines: string[] = [];
  const request = requestOf(small, goodPage, revision1);
  const empty = memorySource(new Map());
  let looks = 0;
  const changing = {
    ...request,
    source: {
      ...request.source,
      readManifest: (bytesMax: number) => {
        looks += 1;
        return (looks === 2 ? empty : request.source).readManifest(bytesMax);
      },
    },
  };
  const clean = await watchRecord(changing, 1, ending.signal, (line) => {
    lines.push(line);
    if (lines.length === 3) ending.abort();
  });
  expect(clean).toBe(true);
  expect(lines[0]).toContain('ok  20 ballots');
  expect(lines[1]).toContain('not readable');
  expect(lines[2]).toContain('ok  20 ballots');
});
