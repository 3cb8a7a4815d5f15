// The rehearsal of a start, verified by outsiders: 300 people vote online and 20 on paper, and both verifiers read the public
// log over HTTP, before the end and after the results are published, also with what auditors get. They print the same report.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBundle } from '../../src/domain/record/bundle.ts';
import { electionLogOf } from '../../src/domain/record/election-log.ts';
import { groupsOfHash } from '../../src/domain/record/manifest.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { canonicalText } from '../../src/platform/keys/signatures.ts';
import type { ManifestDocument } from '../../src/protocol/record/manifest.ts';
import type { RecordHeadList } from '../../src/protocol/record-heads.ts';
import { createWebSource, readAddress } from '../../src/verifier/reading/web-source.ts';
import { lookOnce } from '../../src/verifier/watch/watch-election.ts';
import type { Look } from '../../src/verifier/watch/watch-election.ts';
import { invited, newAdministrator } from '../support/control.ts';
import type { ControlOrigins, Person } from '../support/control.ts';
import { startPlatform } from '../support/processes/popvote.ts';
import type { StartedPlatform } from '../support/processes/popvote.ts';
import { run } from '../support/public-log/run-program.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';
import { drawBallot } from '../support/voter/voter-requests.ts';
import type { Contests } from '../support/voter/voter-requests.ts';

const online = 300;
const paper = 20;
/** People who vote at once. */
const atOnce = 12;
/** Receipts that the verifiers are given. */
const receiptsVerified = 5;
const root = join(import.meta.dirname, '../..');
const goSource = join(root, 'src/verifier-go');
const hasGo = spawnSync('go', ['version']).status === 0;
const goIsMissing = !hasGo && process.env['CI'] === undefined;

type Verifier = { readonly program: string; readonly words: readonly string[] };

const folder = mkdtempSync(join(tmpdir(), 'popvote-public-log-'));
let platform: StartedPlatform;
let administrator: Person;
let official: Person;
let auditor: Person;
let controlOrigins: ControlOrigins;
let site: string;
/** As voters save them: the answers. */
const receipts: string[] = [];
const verifiers: Verifier[] = [
  { program: process.execPath, words: [join(root, 'dist/popvote-verify.mjs')] },
  ...(goIsMissing ? [] : [{ program: join(folder, 'popvote-verify-go'), words: [] }]),
];

beforeAll(async () => {
  // As root each zone then runs as a user of its own, who has to reach the folder.
  chmodSync(folder, 0o755);
  const directory = join(folder, 'state');
  const building = goIsMissing ? null : run('go', ['build', '-o', join(folder, 'popvote-verify-go'), '.'], goSource);
  platform = await startPlatform(directory, { LOG_GROWTH_SECONDS: '1' });
  site = `http://127.0.0.1:${platform.ports['api']}`;
  const { ACCESS_DATABASE_URL: url = '' } = parseEnv(
    readFileSync(join(directory, 'environment', 'access.env'), 'utf8'),
  );
  controlOrigins = platform.control;
  administrator = await newAdministrator(controlOrigins, url);
  official = await invited(controlOrigins, administrator, 'official');
  auditor = await invited(controlOrigins, administrator, 'auditor');
  expect(await building).toMatchObject({ code: 0 });
}, 240_000);
afterAll(async () => {
  await platform.end();
  rmSync(folder, { recursive: true, force: true });
});

const act = (name: string, body: object) =>
  administrator.call('elections', 'POST', `/v1/elections/rehearsal/${name}`, { body });

async function castAll(contests: Contests): Promise<void> {
  const origins = { api: site, sms: `http://127.0.0.1:${platform.ports['sms']}` };
  let remaining = online;
  const castSome = async (): Promise<void> => {
    while (remaining > 0) {
      remaining -= 1;
      const voter = await new Voter(origins, 'rehearsal').verify();
      const cast = await voter.cast(drawBallot(contests));
      expect(cast.status, cast.text).toBe(201);
      receipts.push(cast.text);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, castSome));
}

async function uploadPaper(): Promise<void> {
  const rows = Array.from({ length: paper }, (_, at) => `${randomUUID()},${(at % 2) + 1},1,${(at % 5) + 1}\r\n`);
  const headers = { 'content-type': 'text/csv' };
  const path = '/v1/batches?electionId=rehearsal';
  const upload = await official.call('officials', 'POST', path, { raw: rows.join(''), headers });
  expect(upload.status, upload.text).toBe(202);
  const { id } = upload.body['batch'] as { id: string };
  await until(async () => {
    const { body } = await official.call('officials', 'GET', `/v1/batches/${id}`);
    return (body['batch'] as { state?: string } | undefined)?.state === 'done';
  }, 'the batch');
}

async function logOfRehearsal(): Promise<{ readonly address: string; readonly code: string }> {
  const { manifest } = (await (await fetch(`${site}/v1/elections/rehearsal/manifest`)).json()) as ManifestDocument;
  const { origin, manifestHash } = electionLogOf(sha256, manifest, canonicalText(manifest));
  expect(`http://${origin}`.startsWith(`${site}/log/rehearsal/`), 'the name of the log is where it is served').toBe(
    true,
  );
  return { address: `http://${origin}`, code: groupsOfHash(manifestHash) };
}

/** A growth that takes long is followed by a rest of up to a minute, in milliseconds. */
const logMsMax = 120_000;
const untilLogHas = (address: string, size: number): Promise<void> =>
  until(
    async () => {
      const [, line] = (await (await fetch(`${address}/checkpoint`)).text()).split('\n');
      return Number(line) === size;
    },
    `a published tree of ${size}`,
    logMsMax,
  );

/** The file with what the online ballots say. */
async function openingsFile(): Promise<string> {
  const headers = { authorization: `Bearer ${auditor.token}` };
  const answer = await fetch(`${controlOrigins.elections}/v1/elections/rehearsal/openings`, { headers });
  expect(answer.status).toBe(200);
  const path = join(folder, 'openings');
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

/** The report of each verifier, and their exit codes. */
async function verify(...options: string[]) {
  const files = receipts.slice(0, receiptsVerified).flatMap((receipt, at) => {
    const path = join(folder, `receipt-${at}.json`);
    writeFileSync(path, receipt);
    return ['--receipt', path];
  });
  const reports = await Promise.all(
    verifiers.map(({ program, words }) =>
      run(program, [...words, site, 'rehearsal', '--json', ...files, ...options], folder),
    ),
  );
  return { codes: reports.map(({ code }) => code), texts: reports.map(({ out, err }) => out + err) };
}

/** What a monitor sees of the page, with `change` in place of what the site serves. */
async function lookAtPage(change: (path: string, bytes: Buffer) => Buffer): Promise<Look> {
  const revisions = mkdtempSync(join(folder, 'revisions-'));
  const readPage = async (path: string, bytesMax: number): Promise<Buffer | null> => {
    const bytes = await readAddress(site + path, bytesMax);
    return bytes && change(path, bytes);
  };
  const source = createWebSource(new URL(site), 'rehearsal');
  const request = {
    source,
    electionId: 'rehearsal',
    manifestHash: null,
    publisherKey: null,
    folder: revisions,
    readPage,
  };
  return lookOnce(request, Date.now());
}

describe(`The public log of a start${goIsMissing ? ' (Go is missing here)' : ''}`, () => {
  test('The page that voters load is the one that the publisher listed, and a changed file is reported', async () => {
    const { address } = await logOfRehearsal();
    await until(async () => (await fetch(`${address}/client.json`)).status === 200, 'the list of the page');
    const read: string[] = [];
    const right = await lookAtPage((path, bytes) => (read.push(path), bytes));
    expect(right).toMatchObject({ failures: [], details: [] });
    expect(read).toEqual(expect.arrayContaining(['/', expect.stringMatching(/^\/assets\/voter-\w+\.js$/)]));
    for (const changed of ['/', ...read.filter((path) => /\/(?:voter|log-check)-\w+\.js$/.test(path))]) {
      const look = await lookAtPage((path, bytes) => (path === changed ? Buffer.concat([bytes, bytes]) : bytes));
      expect(look).toMatchObject({ failures: ['client-file-different'], details: [changed] });
    }
    expect((await fetch(address.replace(/.{43}$/, 'A'.repeat(43)) + '/client.json')).status).toBe(404);
  });

  test('The signed heads of the record of acts are in the public log that their list names', async () => {
    let list: RecordHeadList = { heads: [] };
    let size = 0;
    await until(async () => {
      list = (await (await fetch(`${site}/v1/record-heads`)).json()) as RecordHeadList;
      if (list.log === undefined) return false;
      const checkpoint = await fetch(`http://${list.log}/checkpoint`);
      size = Number((await checkpoint.text()).split('\n')[1]);
      return list.heads.length > 0 && size === list.heads.length;
    }, 'a head in the log');
    const bundle = await fetch(`http://${list.log ?? ''}/tile/entries/000.p/${size}`);
    const entries = decodeBundle(Buffer.from(await bundle.arrayBuffer())) ?? [];
    const oldestFirst = list.heads.toReversed().map((head) => canonicalText(head));
    expect(entries.map((entry) => Buffer.from(entry).toString())).toEqual(oldestFirst);
  });

  test('Anyone verifies the rehearsal before its end and after its publication', { timeout: 480_000 }, async () => {
    const log = await logOfRehearsal();
    const answer = await fetch(`${site}/v1/elections/rehearsal`);
    const { election } = (await answer.json()) as { election: { contests: Contests } };
    await castAll(election.contests);
    await uploadPaper();
    // Ballots on paper get their places at the end.
    await untilLogHas(log.address, online);
    const open = await verify('--manifest', log.code);
    expect(new Set(open.texts).size, open.texts.join('\n')).toBe(1);
    expect(JSON.parse(open.texts[0] ?? '')).toMatchObject({
      anchor: 'manifest',
      size: online,
      failures: [],
      missing: ['closing', 'results'],
      exit: 3,
    });
    expect(new Set(open.codes)).toEqual(new Set([3]));

    expect((await act('close', { reason: 'All have voted.' })).status).toBeLessThan(300);
    await until(async () => {
      const { body } = await administrator.call('elections', 'GET', '/v1/elections/rehearsal');
      return (body['election'] as { state: string } | undefined)?.state === 'closed';
    }, 'the end');
    await until(async () => (await act('count', {})).status < 300, 'the count');
    const published = await act('publish', { acceptOpenTies: true });
    expect(published.status, published.text).toBeLessThan(300);
    await untilLogHas(log.address, online + paper);
    // The contents of ballots on paper follow the results.
    await until(async () => (await verify()).codes.every((code) => code === 0), 'a final record');
    const final = await verify('--manifest', log.code);
    expect(new Set(final.texts).size, final.texts.join('\n')).toBe(1);
    expect(JSON.parse(final.texts[0] ?? ''), final.texts[0]).toMatchObject({
      size: online + paper,
      failures: [],
      missing: [],
      notes: ['online-contents-not-verified'],
      final: true,
      exit: 0,
    });
    expect(new Set(final.codes)).toEqual(new Set([0]));
    const whole = await verify('--manifest', log.code, '--openings', await openingsFile());
    expect(new Set(whole.texts).size, whole.texts.join('\n')).toBe(1);
    expect(JSON.parse(whole.texts[0] ?? ''), whole.texts[0]).toMatchObject({ failures: [], notes: [], exit: 0 });
    expect((await verify('--manifest', log.code.replaceAll('0', '1'))).codes).toEqual(verifiers.map(() => 1));
  });
});
