// The archive of the second verifier: tar reads what was written, and the same files always have the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tarOf } from '../../../../src/pages/build/tar.ts';
import type { ArchivedFile } from '../../../../src/pages/build/tar.ts';

const files: readonly ArchivedFile[] = [
  ['folder/empty.txt', Buffer.alloc(0)],
  ['folder/full.txt', Buffer.alloc(512, 'a')],
  ['folder/over.txt', Buffer.alloc(513, 'b')],
  ['p'.repeat(100), Buffer.from('žaba\n')],
];
const tar = (input: Buffer, ...args: string[]): Buffer => execFileSync('tar', args, { input });

describe('A tar archive', () => {
  test('Each file is read back with its bytes, whatever its length', () => {
    const archive = tarOf(files);
    expect(tar(archive, '-tf', '-').toString().trim().split('\n')).toEqual(files.map(([path]) => path));
    for (const [path, bytes] of files) expect(tar(archive, '-xOf', '-', path)).toEqual(bytes);
  });

  test('The same files have the same hash on every machine and day', () => {
    const hash = createHash('sha256').update(tarOf(files)).digest('hex');
    expect(hash).toBe('c37b076df82baeba66da5b2af0bf45c4557ca4acec2f7cab3458c9b3346ca24a');
  });

  test('A path for which the header has no room is refused', () => {
    expect(() => tarOf([['p'.repeat(101), Buffer.alloc(0)]])).toThrow('The path is too long');
    expect(() => tarOf([['ž'.repeat(51), Buffer.alloc(0)]])).toThrow('The path is too long');
  });
});
