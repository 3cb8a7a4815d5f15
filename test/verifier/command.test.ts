// popvote-verify as people run it: the one file of the build, copied to an empty folder, against a site and against a folder.
// And the archive of the second verifier, from which people build it.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { buildRecord, builtKey, electionId, sha, signed } from '../support/verifier/record-builder.ts';
import type { BuiltRecord } from '../support/verifier/record-builder.ts';
import { isWithoutGo } from '../tampered/available.ts';

const bundle = join(import.meta.dirname, '../../dist/popvote-verify.mjs');
const goArchive = join(import.meta.dirname, '../../dist/web/downloads/popvote-verify-go.tar');
const goFolder = join(import.meta.dirname, '../../src/verifier-go');

/** An empty folder with nothing but the program. */
function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-verify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(bundle, join(folder, 'verify.mjs'));
  return folder;
}

const run = (folder: string, ...args: string[]) =>
  new Promise<{ code: number; output: string; errors: string }>((resolve) => {
    execFile('node', ['verify.mjs', ...args], { cwd: folder }, (error, output, errors) => {
      resolve({ code: Number(error?.code ?? 0), output, errors });
    });
  });

const record = buildRecord();
const changed = buildRecord({ closing: (body) => ({ ...body, participation: 1 }) });

/** A site that serves a record as the platform does, and a page. */
async function serve(served: BuiltRecord, page: Record<string, string> = {}): Promise<string> {
  const hash = served.manifestHash.toString('base64url');
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const name = path.replace(`/log/${electionId}/${hash}/`, '').replace(`/log/${electionId}/`, '');
    const body = page[path] ?? (path.startsWith('/log/') ? served.files.get(name) : undefined);
    response.statusCode = body === undefined ? 404 : 200;
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('The one file verifies a site, and prints the anchor first', async () => {
  const site = await serve(record);
  const { code, output } = await run(
    createFolder(),
    site,
    electionId,
    '--manifest',
    record.manifestHash.toString('hex'),
  );
  expect(output.split('\n')[0]).toBe('Anchor: the hash of the manifest that you gave.');
  expect(output).toContain('VERIFIED.');
  expect(code).toBe(0);
});

test('The report is the same JSON from a site and from a folder, and a failure exits with 1', async () => {
  const folder = createFolder();
  for (const [path, bytes] of changed.files) {
    mkdirSync(join(folder, 'record', dirname(path)), { recursive: true });
    writeFileSync(join(folder, 'record', path), bytes);
  }
  const ofFolder = await run(folder, 'https://vote.example.org', electionId, '--from', 'record', '--json');
  const ofSite = await run(folder, await serve(changed), electionId, '--json');
  expect(ofFolder.output).toBe(ofSite.output);
  expect(JSON.parse(ofSite.output)).toMatchObject({ failures: [{ step: 13, reason: 'turnout' }], exit: 1 });
  expect([ofFolder.code, ofSite.code]).toEqual([1, 1]);
});

test('A copy has every file that was read, is verified like the site, and is never written over another', async () => {
  const folder = createFolder();
  const ofSite = await run(folder, await serve(record), electionId, '--copy', 'archive/library', '--json');
  const words = ['https://vote.example.org', electionId, '--from', 'archive/library', '--json'];
  const ofCopy = await run(folder, ...words);
  expect([ofSite.code, ofCopy.code]).toEqual([0, 0]);
  expect(ofCopy.output).toBe(ofSite.output);
  for (const path of readdirSync(join(folder, 'archive/library'), { recursive: true, encoding: 'utf8' })) {
    const bytes = record.files.get(path);
    if (bytes) expect(readFileSync(join(folder, 'archive/library', path)), path).toEqual(bytes);
  }
  const again = await run(folder, ...words, '--copy', 'archive/library');
  expect(again.code).toBe(2);
  expect(again.errors).toContain('archive/library is no empty folder.');
});

test('Wrong arguments exit with 2, an open election with 3, an unreadable one with 4', async () => {
  const folder = createFolder();
  const wrong = await run(folder, 'https://vote.example.org');
  expect(wrong.code).toBe(2);
  expect(wrong.errors).toContain('Give the id of the election');
  expect((await run(folder, await serve(record), electionId, '--receipt', 'none.json')).code).toBe(2);
  const open = await run(folder, await serve(buildRecord({ final: false })), electionId);
  expect(open.code).toBe(3);
  expect(open.output).toContain('Still missing: the closing document, the results, the opened ballots.');
  const empty = await run(folder, 'https://vote.example.org', electionId, '--from', 'nowhere');
  expect(empty.code).toBe(4);
  expect(empty.output).toContain('NOT READABLE.');
});

test('A watch keeps what it sees, and exits with 1 after it saw another page', async () => {
  const folder = createFolder();
  const page = { '/': '<!doctype html>' };
  const files = [{ path: '/', sha256: sha(page['/']).toString('base64url') }];
  const list = signed('client', { version: 1, revision: 1, files }, 'publisher-1', builtKey('publisher'));
  const site = await serve({ ...record, files: new Map([...record.files, ['client.json', list]]) }, page);
  const child = spawn('node', ['verify.mjs', 'watch', site, electionId, '--checkpoints', 'kept', '--every', '1'], {
    cwd: folder,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const printed = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      const [part] = (await once(child.stdout, 'data')) as [Buffer];
      output += part.toString();
    }
  };
  await printed('ok  70 ballots');
  page['/'] = '<!doctype html><script src="/other.js"></script>';
  await printed('FAILED client-file-different client-file-unlisted');
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(1);
  expect(readdirSync(join(folder, 'kept')).length).toBe(2);
});

test('The archive of the second verifier has its sources and the licence of its library, byte for byte', () => {
  const folder = createFolder();
  execFileSync('tar', ['-xf', goArchive, '-C', folder]);
  const filesOf = (below: string): string[] =>
    readdirSync(below, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'popvote-verify-go')
      .map((entry) => relative(below, join(entry.parentPath, entry.name)))
      .sort();
  const paths = filesOf(join(folder, 'popvote-verify-go'));
  expect(paths).toEqual(filesOf(goFolder));
  expect(paths).toEqual(expect.arrayContaining(['go.mod', 'main.go', 'vendor/golang.org/x/mod/LICENSE']));
  for (const path of paths) {
    expect(readFileSync(join(folder, 'popvote-verify-go', path)), path).toEqual(readFileSync(join(goFolder, path)));
  }
});

test.skipIf(isWithoutGo)('The second verifier is built from its archive alone, and verifies a site', async () => {
  const folder = createFolder();
  const env = { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local' };
  execFileSync('tar', ['-xf', goArchive, '-C', folder]);
  const sources = join(folder, 'popvote-verify-go');
  await promisify(execFile)('go', ['build', '-o', 'popvote-verify-go', '.'], { cwd: sources, env });
  const words = [await serve(record), electionId, '--manifest', record.manifestHash.toString('hex')];
  const { stdout } = await promisify(execFile)('./popvote-verify-go', words, { cwd: sources });
  expect(stdout).toContain('\nVerified.\n');
});
