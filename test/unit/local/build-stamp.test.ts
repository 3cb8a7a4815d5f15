// A build of other sources is rejected, with the next step.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginBuild, builtCommand, finishBuild, requireFreshBuild } from '../../../src/local/build-stamp.ts';

const stale = 'dist is older than src: run npm run build.';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'popvote-build-'));
  for (const path of ['package.json', 'package-lock.json', 'tsconfig.json']) write(path, path);
  for (const path of ['src/cli/main.ts', 'src/domain/ballot.ts']) write(path, path);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function build(): void {
  beginBuild(root);
  finishBuild(root);
}

test('A build of the current sources is accepted', () => {
  build();
  expect(builtCommand(root)).toBe(join(root, 'dist', 'cli', 'main.js'));
});

test('A missing or unfinished build is rejected', () => {
  expect(() => requireFreshBuild(root)).toThrow('There is no complete build in dist: run npm run build.');
  beginBuild(root);
  expect(() => requireFreshBuild(root)).toThrow('There is no complete build in dist: run npm run build.');
});

test.each([
  ['a changed file', () => write('src/domain/ballot.ts', 'changed')],
  ['a new file', () => write('src/domain/planted.ts', '')],
  ['a removed file', () => rmSync(join(root, 'src/domain/ballot.ts'))],
  ['other settings of the compiler', () => write('tsconfig.json', '{}')],
  ['another version of a package', () => write('package-lock.json', '{}')],
])('%s makes the build stale', (_what, change) => {
  build();
  change();
  expect(() => requireFreshBuild(root)).toThrow(stale);
  expect(() => builtCommand(root)).toThrow(stale);
});

test('A file that changes during the build makes it stale', () => {
  beginBuild(root);
  write('src/cli/main.ts', 'changed');
  finishBuild(root);
  expect(() => requireFreshBuild(root)).toThrow(stale);
});

test('A build removes the files of an earlier one', () => {
  build();
  write('dist/removed/old.js', '');
  build();
  expect(existsSync(join(root, 'dist/removed'))).toBe(false);
});
