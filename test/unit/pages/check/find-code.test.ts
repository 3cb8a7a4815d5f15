// The search for a short code: in the log of the named election, or in those of all elections of the site.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { codeOfLeaf, readReceiptCode } from '../../../../src/domain/record/receipt-code.ts';
import { leafHash } from '../../../../src/domain/record/tree.ts';
import { findCode } from '../../../../src/pages/public/check/find-code.ts';
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

/** A site with these elections, and one without a log. A path without an answer is one that does not answer. */
let site: Map<string, LogFiles>;
let silent: Set<string>;
beforeEach(() => {
  site = new Map([
    [plain.names.electionId, logFiles(plain)],
    [open.names.electionId, logFiles(open, { closing: null, results: null, openings: null })],
  ]);
  silent = new Set();
  const json = (body: unknown, status = 200): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  vi.stubGlobal('fetch', (address: string) => {
    const { pathname } = new URL(address, 'https://vote.example.org');
    if (silent.has(pathname)) return Promise.reject(new TypeError('no answer'));
    if (pathname === '/v1/elections')
      return Promise.resolve(json({ elections: ['without-log', ...site.keys()].map((id) => ({ id })) }));
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
async function find(text: string, electionId: string | null = null) {
  const code = readReceiptCode(text);
  if (code.kind !== 'code') throw new Error('This is no code.');
  return findCode(code, electionId, accessOf);
}

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
