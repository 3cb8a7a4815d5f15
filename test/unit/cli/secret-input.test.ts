// Passwords and codes in files and pipes, as editors and scripts write them: the first line, or why there is none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { secretOf } from '../../../src/cli/control/secret-input.ts';
import type { Context } from '../../../src/cli/context.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

const utf8 = (text: string): Buffer => Buffer.from(text);
const read = (parts: readonly Buffer[], place: 'file' | 'pipe'): Promise<string> => {
  const path = join(folder, 'secret file');
  if (place === 'file') writeFileSync(path, Buffer.concat(parts));
  const stdin = Readable.from(parts, { objectMode: false });
  return secretOf({ stdin } as unknown as Context, '--password-file', place === 'file' ? path : '-');
};

describe.each(['file', 'pipe'] as const)('A secret in a %s', (place) => {
  test.each([
    ['with an end of the line', [utf8('pass word\n')], 'pass word'],
    ['with an end of the line of Windows', [utf8('pass word\r\nmore\r\n')], 'pass word'],
    ['without an end of the line', [utf8(' pass ')], ' pass '],
    ['behind a mark of the encoding', [utf8('\ufeffpass\n')], 'pass'],
    ['of characters that are cut in two', [utf8('é').subarray(0, 1), utf8('é').subarray(1), utf8('x\n')], 'éx'],
    ['before a line of another encoding', [utf8('pass\n'), Buffer.from([0xff, 0xfe])], 'pass'],
  ])('A secret %s is read', async (_name, parts, secret) => {
    expect(await read(parts, place)).toBe(secret);
  });

  test.each([
    ['of nothing', [], 'nothing is in it'],
    ['of an empty line', [utf8('\npass\n')], 'nothing is in it'],
    ['in UTF-16', [Buffer.from('\ufeffhunter2', 'utf16le')], 'not encoded in UTF-8'],
    ['that is larger than any', [Buffer.alloc(20_000, 'x')], 'is larger than 16384 bytes'],
  ])('A secret %s is refused', async (_name, parts, why) => {
    await expect(read(parts, place)).rejects.toThrow(why);
    await expect(read(parts, place)).rejects.toMatchObject({ exitCode: 2 });
  });
});
