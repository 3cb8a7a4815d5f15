// Every command that takes a file or a folder, with inputs that have no end and with names that are no files: it ends
// within seconds, with a message that says what is wrong.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TooLarge, bounded, makeFolder, readTextFile } from '../../src/platform/files.ts';
import { command } from '../support/processes/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-endless-'));
const large = join(folder, 'large');
const file = join(folder, 'file');
beforeAll(() => {
  writeFileSync(large, 'x'.repeat(9_000_000));
  writeFileSync(file, 'x');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The words of each command, with the place of the file. Nothing answers at the origin. */
const nowhere = 'http://127.0.0.1:1';
const takeFiles: readonly (readonly [name: string, words: (path: string) => readonly string[]])[] = [
  ['election load', (path) => ['election', 'load', path]],
  ['election roll', (path) => ['election', 'roll', 'e-1', path]],
  ['call --body', (path) => ['call', 'createElection', '--body', path, '--origin', nowhere]],
  ['login --password-file', (path) => ['login', '--email', 'a@b.c', '--password-file', path, '--origin', nowhere]],
];
const takeFolders: readonly (readonly [name: string, words: (path: string) => readonly string[]])[] = [
  ['keys new', (path) => ['keys', 'new', '--directory', path]],
  ['keys rotate', (path) => ['keys', 'rotate', 'tokens', '--directory', path]],
  ['keys destroy', (path) => ['keys', 'destroy', '--election', 'e', '--confirm', 'e', '--directory', path]],
];
const noFiles = ['/dev/zero', '/none/such', '/proc/x', '/dev/null/x', 'a\0b', folder, large];
const noFolders = ['/proc/x', '/proc/x/y', '/dev/null', '/dev/null/x', '/dev/zero', 'a\0b', file];

/** In a process of its own: one that does not end stops no test. */
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const run = (words: readonly string[]): Promise<{ code: number | null; killed: boolean; err: string }> =>
  new Promise((resolve, reject) => {
    try {
      const options = { timeout: 50_000, killSignal: 'SIGKILL', env: { PATH: process.env['PATH'] ?? '' } } as const;
      const child = execFile('npx', ['tsx', main, ...words], options, (_error, _out, err) =>
        resolve({ code: child.exitCode, killed: child.killed, err }),
      );
    } catch (error) {
      reject(error instanceof Error ? error : new Error('It did not start.'));
    }
  });

describe('Endless and impossible inputs', () => {
  test.each(takeFiles)('The command %s refuses what is no file for it, and says why', async (_name, words) => {
    for (const path of noFiles) {
      const { code, err } = await command(words(path));
      expect([path, code !== 0, err]).toEqual([path, true, expect.stringMatching(/^popvote: .{10}/)]);
      expect(err).not.toMatch(/\n\s+at |Cannot read prop/);
    }
  });

  test.each(takeFolders)('The command %s refuses what is no folder for it, and says why', async (_name, words) => {
    for (const path of noFolders) {
      const { code, err } = await command(words(path));
      expect([path, code !== 0, err]).toEqual([path, true, expect.stringMatching(/^popvote: .{10}/)]);
      expect(err).not.toMatch(/\n\s+at |Cannot read prop/);
    }
  });

  test('A folder below /proc ends a process of its own, which Node alone would not', async () => {
    const { code, killed, err } = await run(['keys', 'new', '--directory', '/proc/x']);
    expect([code, killed, err]).toEqual([1, false, expect.stringContaining('ENOENT')]);
  });

  test.each([
    ['call --body -', ['call', 'createElection', '--body', '-', '--origin', nowhere]],
    ['login', ['login', '--email', 'a@b.c', '--origin', nowhere]],
  ] as const)('The command %s does not read an endless pipe', async (_name, words) => {
    const endless = new PassThrough();
    Readable.from(
      (function* () {
        for (;;) yield 'x'.repeat(65_536);
      })(),
    ).pipe(endless);
    const { code } = await command(words, {}, Object.assign(endless, { isTTY: false }) as never);
    endless.destroy();
    expect(code).not.toBe(0);
  });
});

describe('The readers that commands share', () => {
  test('A file of the limit is read, and one of a byte more is not', () => {
    writeFileSync(join(folder, 'limit'), 'x'.repeat(100_000));
    expect(readTextFile(join(folder, 'limit'), 100_000)).toHaveLength(100_000);
    expect(() => readTextFile(join(folder, 'limit'), 99_999)).toThrow('is larger than 99999 bytes');
    expect(() => readTextFile('/dev/zero')).toThrow(TooLarge);
  });

  test('A stream of the limit is read, and one of a byte more is not', async () => {
    const read = async (bytesMax: number): Promise<number> => {
      let bytes = 0;
      for await (const part of bounded(Readable.from(['ab', Buffer.from('cd')]), bytesMax)) bytes += part.length;
      return bytes;
    };
    expect(await read(4)).toBe(4);
    await expect(read(3)).rejects.toThrow(TooLarge);
  });

  test('A folder is made with those above it, and again without an error', () => {
    const path = join(folder, 'a', 'b', 'c');
    makeFolder(path);
    makeFolder(path);
    expect(() => makeFolder(file)).toThrow('EEXIST');
    expect(() => makeFolder(join(file, 'x'))).toThrow('ENOTDIR');
  });
});
