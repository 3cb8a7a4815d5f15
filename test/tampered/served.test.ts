// How sites answer, and which files arguments name: both verifiers read the same, and end with the same exit code.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { checkpointNote, checkpointOf, logFiles, writeLogFiles } from '../support/record/log-files.ts';
import { plainElection, smallElection } from '../support/record/small-elections.ts';
import { availableVerifiers } from './available.ts';
import { runVerifier } from './verifiers.ts';

const scratch = mkdtempSync(join(tmpdir(), 'popvote-served-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const verifiers = availableVerifiers(scratch);
const plain = smallElection(plainElection);
const { electionId, manifestHash } = plain.names;
const files = logFiles(plain);
const record = join(scratch, 'record');
writeLogFiles(record, files);
const folderWords = ['https://vote.example.org', electionId, '--from', record, '--json'];

type Answer = (response: ServerResponse, bytes: Uint8Array, address: string, requests: number) => void;

/** A site with the record of the election. `answer` has the number of requests for the same address so far. */
async function serve(answer: Answer, atEnd: (close: () => void) => void): Promise<string> {
  const requests = new Map<string, number>();
  const server = createServer(({ url: address = '' }, response) => {
    const path = address
      .replace(/^\/(?:moved-\d+\/)?/, '')
      .replace(`log/${electionId}/${manifestHash.toString('base64url')}/`, '')
      .replace(`log/${electionId}/`, '');
    const bytes = files.get(path);
    const before = requests.get(address) ?? 0;
    requests.set(address, before + 1);
    if (bytes !== undefined) {
      answer(response, bytes, address, before);
      return;
    }
    response.statusCode = 404;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const withStatus =
  (status: number): Answer =>
  (response, bytes) => {
    response.statusCode = status;
    response.end(status === 204 ? undefined : bytes);
  };

/** Moves each file through a number of other addresses. */
const moved =
  (times: number): Answer =>
  (response, bytes, address) => {
    const [, place = '0', path = address] = /^\/moved-(\d+)(.*)$/.exec(address) ?? [];
    if (Number(place) === times) response.end(bytes);
    else response.writeHead(302, { location: `/moved-${Number(place) + 1}${path}` }).end();
  };

const sites: readonly { readonly what: string; readonly exit: number; readonly answer: Answer }[] = [
  { what: 'answers plainly', exit: 0, answer: withStatus(200) },
  ...[203, 204, 206, 403].map((status) => ({
    what: `answers with ${status}`,
    exit: 4,
    answer: withStatus(status),
  })),
  { what: 'moves each file 20 times', exit: 0, answer: moved(20) },
  { what: 'moves each file 21 times', exit: 4, answer: moved(21) },
  {
    what: 'fails three times for each file',
    exit: 0,
    answer: (response, bytes, _address, requests) => withStatus(requests < 3 ? 503 : 200)(response, bytes, '', 0),
  },
  {
    what: 'compresses each file',
    exit: 0,
    answer: (response, bytes) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes)),
  },
  {
    what: 'ends each file early',
    exit: 4,
    answer: (response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length + 1 });
      response.write(bytes);
      response.socket?.end();
    },
  },
];

describe.skipIf(verifiers.length === 0)('Sites and files', { timeout: 120_000 }, () => {
  // Side by side, because the verifiers wait between their tries.
  test.concurrent.for(sites)('A site that $what ends with $exit', async ({ exit, answer }, context) => {
    const site = await serve(answer, context.onTestFinished);
    const answers = await Promise.all(verifiers.map((each) => runVerifier(each, [site, electionId, '--json'])));
    context.expect(answers.map((each) => each.exit)).toEqual(verifiers.map(() => exit));
    context.expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  const digits = manifestHash.toString('hex');
  const groups = digits.match(/.{4}/g) ?? [];
  test.each([
    ['in groups', groups.join(' ')],
    ['in capital letters', digits.toUpperCase()],
    ['in groups with hyphens, colons and spaces of other widths', groups.join(' -:\u00a0\u2009\u0085\ufeff')],
    ['as at the end of the origin', manifestHash.toString('base64url')],
  ])('The hash of a manifest is read %s', async (_what, hash) => {
    const answers = await Promise.all(verifiers.map((each) => runVerifier(each, [...folderWords, '--manifest', hash])));
    expect(answers.map(({ exit }) => exit)).toEqual(verifiers.map(() => 0));
  });

  const pipe = join(scratch, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const piped = join(scratch, 'piped');
  writeLogFiles(piped, files);
  rmSync(join(piped, 'checkpoint'));
  spawnSync('mkfifo', [join(piped, 'checkpoint')]);
  const keptPipe = join(scratch, 'kept-pipe');
  mkdirSync(keptPipe);
  spawnSync('mkfifo', [join(keptPipe, 'a')]);
  const ofOthers = join(scratch, 'kept');
  mkdirSync(ofOthers);
  const other = { ...checkpointOf(plain), root: Buffer.alloc(32, 7) };
  writeFileSync(join(scratch, 'other'), checkpointNote(plain.keys, other, []));
  symlinkSync(join(scratch, 'other'), join(ofOthers, 'link'));
  const address = folderWords.slice(0, 2);
  test.each([
    { what: 'a pipe as a receipt', exit: 2, words: [...folderWords, '--receipt', pipe] },
    { what: 'a device as openings', exit: 2, words: [...folderWords, '--openings', '/dev/zero'] },
    { what: 'a pipe among kept checkpoints', exit: 2, words: [...folderWords, '--checkpoints', keptPipe] },
    {
      what: 'a link to a kept checkpoint of another tree',
      exit: 1,
      words: [...folderWords, '--checkpoints', ofOthers],
    },
    { what: 'a pipe in a copy of the record', exit: 4, words: [...address, '--from', piped] },
    { what: 'a request for help', exit: 0, words: ['-h'] },
    { what: 'a base64url hash with a space', exit: 2, words: [...folderWords, '--manifest', ` ${'A'.repeat(43)}`] },
  ])('Both verifiers end with $exit after $what', ({ exit, words }) => {
    const exits = verifiers.map(({ command: [program = '', ...first] }) => {
      const run = spawnSync(program, [...first, ...words], { timeout: 30_000, encoding: 'utf8' });
      expect(run.stderr).not.toMatch(/node:internal|goroutine/);
      return run.status;
    });
    expect(exits).toEqual(verifiers.map(() => exit));
  });
});
