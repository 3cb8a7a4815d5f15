// The search for a short code: in the log of the named election, or in those of all elections of the site.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { codeOfLeaf, readReceiptCode } from '../../../../src/domain/record/receipt-code.ts';
import { leafHash } from '../../../../src/domain/record/tree.ts';
import { electionOfCode, findInElection, searchElections } from '../../../../src/pages/public/check/find-code.ts';
import type { FoundCode } from '../../../../src/pages/public/check/find-code.ts';
import type { LogAccess } from '../../../../src/pages/public/check/find-receipt.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { noteVerifier } from '../../../../src/platform/keys/note-verifier.ts';
import type { LogDraft } from '../../../support/record/log-draft.ts';
import { logFiles } from '../../../support/record/log-files.ts';
import type { LogFiles } from '../../../support/record/log-files.ts';
import { openElection, plainElection, smallElection } from '../../../support/record/small-elections.ts';

const plain = smallElection(plainElection);
const open = smallElection(openElection);
const nowMs = Date.parse('2026-01-01T00:00:00Z');

type Listed = { readonly id: string; readonly title: object; readonly phase: string; readonly opensAt: string };
const listed = (id: string, opensAt = '2026-01-01T00:00:00.000Z', phase = 'closed'): Listed => ({
  id,
  title: { en: id },
  phase,
  opensAt,
});

/** A site with these elections, and one without a log. A path without an answer is one that does not answer. */
let site: Map<string, LogFiles>;
let silent: Set<string>;
let current: Listed[];
/** The pages of the archive. */
let archive: Listed[][];
let requests: string[];
beforeEach(() => {
  requests = [];
  archive = [[]];
  site = new Map([
    [plain.names.electionId, logFiles(plain)],
    [open.names.electionId, logFiles(open, { closing: null, results: null, openings: null })],
  ]);
  silent = new Set();
  current = ['without-log', ...site.keys()].map((id) => listed(id));
  const json = (body: unknown, status = 200): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  vi.stubGlobal('fetch', (address: string) => {
    const { pathname, searchParams } = new URL(address, 'https://vote.example.org');
    requests.push(pathname);
    if (silent.has(pathname)) return Promise.reject(new TypeError('no answer'));
    if (pathname === '/v1/elections') return Promise.resolve(json({ elections: current }));
    if (pathname === '/v1/archive') {
      const page = Number(searchParams.get('before') ?? 0);
      const next = page + 1 < archive.length ? String(page + 1) : null;
      return Promise.resolve(json({ elections: archive[page] ?? [], next }));
    }
    const [, id = ''] = /^\/v1\/elections\/([^/]+)\/manifest$/.exec(pathname) ?? [];
    const manifest = site.get(id)?.get('manifest.json');
    const missing = { code: 'results-not-published', retry: 'later', recorded: 'no', title: 'None', status: 404 };
    return Promise.resolve(manifest ? json(JSON.parse(manifest.toString())) : json(missing, 404));
  });
});
afterEach(() => void vi.unstubAllGlobals());

const accessOf = (origin: string): LogAccess => ({
  nowMs,
  read: (path) => {
    const [, id = ''] = /\/log\/([^/]+)\//.exec(origin) ?? [];
    return Promise.resolve(site.get(id)?.get(path) ?? null);
  },
  verify: (...parts) => Promise.resolve(noteVerifier.verify(...parts)),
});
const codeAt = ({ ballots }: LogDraft, index: number): string =>
  codeOfLeaf(leafHash(sha256, ballots[index]!.entry)).toLowerCase();
function searchOf(text: string) {
  const code = readReceiptCode(text);
  if (code.kind !== 'code') throw new Error('This is no code.');
  return { code, accessOf };
}
async function find(text: string, electionId: string | null = null): Promise<FoundCode | null> {
  const search = searchOf(text);
  const next = electionId === null ? searchElections(search) : () => findInElection(search, electionId);
  return (await next()).outcome;
}
const namesOf = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);

test('The code of each place of an election is found, with or without its name', async () => {
  for (const index of [0, 99, 100, 255, 256, 299]) {
    for (const electionId of [null, plain.names.electionId]) {
      const outcome = await find(codeAt(plain, index), electionId);
      expect(outcome).toMatchObject({
        electionId: plain.names.electionId,
        verdict: { kind: 'found', entry: index + 1, size: 300 },
        code: plain.names.manifestHash.toString('hex').replace(/.{4}(?=.)/g, '$& '),
      });
    }
  }
});

test('A code that no log has is missing in a complete log, and may come into one that grows', async () => {
  const strange = codeOfLeaf(new Uint8Array(32).fill(7));
  expect((await find(strange, plain.names.electionId))?.verdict).toEqual({ kind: 'missing' });
  expect((await find(strange, open.names.electionId))?.verdict).toMatchObject({ kind: 'later' });
  expect((await find(strange))?.verdict, 'what may still change comes first').toMatchObject({ kind: 'later' });
  expect(await find(strange, 'without-log')).toBe(null);
});

test('A log that begins with the same 64 bits and is of another leaf is not taken for it', async () => {
  const files = new Map(site.get(plain.names.electionId));
  const list = Buffer.from(files.get('find/0/all') ?? []);
  const strange = new Uint8Array(32).fill(0);
  list.set(strange.subarray(0, 8), 0);
  site.set(plain.names.electionId, files.set('find/0/all', list));
  expect((await find(codeOfLeaf(strange), plain.names.electionId))?.verdict).toEqual({ kind: 'broken' });
});

test('Without an answer nothing is said of the code', async () => {
  silent.add('/v1/elections');
  expect((await find(codeAt(plain, 3)))?.verdict).toEqual({ kind: 'unreachable' });
  silent = new Set([`/v1/elections/${plain.names.electionId}/manifest`]);
  expect((await find(codeAt(plain, 3), plain.names.electionId))?.verdict).toEqual({ kind: 'unreachable' });
});

test('A code of the 31st election is found by the second search, and none is searched twice', async () => {
  // The named one opened first of all, so it is the last of 31.
  const names = namesOf(30, 'newer');
  current = [
    listed(plain.names.electionId, '2020-01-01T00:00:00.000Z'),
    ...names.map((id, index) => listed(id, `2025-01-01T00:00:${String(index).padStart(2, '0')}.000Z`)),
    listed('not-open-yet', '2027-01-01T00:00:00.000Z', 'scheduled'),
  ];
  const search = searchElections(searchOf(codeAt(plain, 99)));
  const first = await search();
  expect(first).toMatchObject({ outcome: null, hasMore: true });
  expect(first.searched.map(({ electionId, kind }) => `${electionId} ${kind}`)).toEqual(
    names.toReversed().map((id) => `${id} no-log`),
  );
  const second = await search();
  expect(second.outcome).toMatchObject({ electionId: plain.names.electionId, verdict: { kind: 'found', entry: 100 } });
  expect(second.searched).toHaveLength(31);
  expect(second.hasMore).toBe(false);
  const manifests = requests.filter((path) => path.endsWith('/manifest'));
  expect(new Set(manifests).size).toBe(manifests.length);
  expect(requests.join()).not.toContain('not-open-yet');
});

test('The archive is searched page by page to its end, and the answer says what each election has', async () => {
  current = [listed(open.names.electionId), listed('without-log')];
  archive = [namesOf(40, 'old').map((id) => listed(id)), [listed('without-log'), listed(plain.names.electionId)]];
  const search = searchElections(searchOf(codeOfLeaf(new Uint8Array(32).fill(7))));
  const first = await search();
  const second = await search();
  expect([first.searched.length, first.hasMore]).toEqual([30, true]);
  expect([second.searched.length, second.hasMore]).toEqual([43, false]);
  expect(second.outcome?.verdict).toMatchObject({ kind: 'later' });
  const kinds = new Map(second.searched.map(({ electionId, kind }) => [electionId, kind]));
  expect(kinds.get(open.names.electionId)).toBe('later');
  expect(kinds.get(plain.names.electionId)).toBe('missing');
  expect(kinds.get('old-39')).toBe('no-log');
});

test('An archive that does not answer leaves the search open, and the next one goes on', async () => {
  silent.add('/v1/archive');
  current = [listed('without-log')];
  archive = [[listed(plain.names.electionId)]];
  const search = searchElections(searchOf(codeAt(plain, 3)));
  expect(await search()).toMatchObject({ outcome: null, hasMore: true });
  expect(await search()).toMatchObject({ outcome: { verdict: { kind: 'unreachable' } }, hasMore: true });
  silent.clear();
  expect((await search()).outcome).toMatchObject({ verdict: { kind: 'found' } });
});

test.each([
  ['c=+AB12+&election=first', 'AB12', 'first'],
  ['c=AB12&election=first', 'CD34', null],
  ['c=AB12', 'AB12', null],
  ['election=first', 'CD34', 'first'],
  ['c=&election=first', 'CD34', 'first'],
  ['', 'CD34', null],
])('The link %j names the election of the code %j: %j', (link, code, election) => {
  expect(electionOfCode(new URLSearchParams(link), code)).toBe(election);
});
