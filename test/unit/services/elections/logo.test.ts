// The picture in a logo is unpacked once: it has as many rows as its header says, and a small file cannot unpack to a large one.
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../../src/platform/content-hash.ts';
import { bytes32, logoCharactersMax, organiserLogo, writtenLogo } from '../../../../src/protocol/public-values.ts';
import { logoBytesMax } from '../../../../src/domain/picture/logo.ts';
import { faultOfPicture, logoInDocument, withoutPictures } from '../../../../src/services/elections/drafts/logo.ts';
import { headerOf, logoOf, pngOf } from '../../../support/pages/pictures.ts';

const good = logoOf({ width: 32, height: 16 });
const rowBytes = 1 + 32 * 4;
const withRows = (rows: Buffer): string =>
  pngOf(['IHDR', headerOf(32, 16)], ['IDAT', rows], ['IEND']).toString('base64');

describe('The picture in a logo', () => {
  test('A picture with all of its rows can be drawn, whichever filter each row has', () => {
    expect(faultOfPicture(good.toString('base64'))).toBeNull();
    const rows = Buffer.alloc(rowBytes * 16);
    for (let row = 0; row < 16; row += 1) rows[row * rowBytes] = row % 5;
    expect(faultOfPicture(withRows(deflateSync(rows)))).toBeNull();
  });

  test.each([
    ['one byte too few', deflateSync(Buffer.alloc(rowBytes * 16 - 1))],
    ['one byte too many', deflateSync(Buffer.alloc(rowBytes * 16 + 1))],
    ['ten megabytes that are packed well', deflateSync(Buffer.alloc(10_000_000))],
    ['nothing', Buffer.alloc(0)],
    ['bytes that are not packed', Buffer.alloc(200, 7)],
    ['a packing that ends early', deflateSync(Buffer.alloc(rowBytes * 16)).subarray(0, -6)],
    ['a filter that no PNG has', deflateSync(Buffer.alloc(rowBytes * 16, 5))],
  ])('A picture of %s is refused', (_what, rows) => {
    expect(faultOfPicture(withRows(rows))).toContain('damaged');
  });
});

describe('A logo in bodies', () => {
  test('A document names a logo by its digest and its size', () => {
    const reference = logoInDocument(good.toString('base64'));
    expect(reference).toEqual({ sha256: contentHash(good), width: 32, height: 16 });
    expect(organiserLogo.safeParse(reference).success).toBe(true);
    expect(bytes32.safeParse(reference.sha256).success).toBe(true);
    for (const other of [{ width: 0 }, { width: 321 }, { height: 97 }, { sha256: 'x' }, { png: 'x' }])
      expect(organiserLogo.safeParse({ ...reference, ...other }).success, JSON.stringify(other)).toBe(false);
  });

  test('The audit log has the digest of a logo, at any depth', () => {
    const parameters = JSON.stringify({ version: 2, change: { logo: good.toString('base64'), title: { en: 'A' } } });
    const change = { logo: logoInDocument(good.toString('base64')), title: { en: 'A' } };
    expect(JSON.parse(parameters, withoutPictures)).toEqual({ version: 2, change });
    expect(JSON.parse('{"change":{"logo":null}}', withoutPictures)).toEqual({ change: { logo: null } });
  });

  test('A logo that is sent is base64 in its one form, of a logo, and no longer than the longest', () => {
    const messages = (text: unknown): string[] =>
      writtenLogo.safeParse(text).error?.issues.map(({ message }) => message) ?? [];
    const text = good.toString('base64');
    expect(messages(text)).toEqual([]);
    const markup = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>').toString('base64');
    expect(messages(markup)).toEqual([expect.stringContaining('not a whole PNG')]);
    for (const bad of [`${text} `, text.slice(0, -1), good.toString('base64url'), 'data:image/png;base64,', '', 'ж'])
      expect(messages(bad), bad.slice(-20)).not.toEqual([]);
    const tooLong = Buffer.alloc(logoBytesMax + 3).toString('base64');
    expect(tooLong.length).toBeGreaterThan(logoCharactersMax);
    expect(messages(tooLong)).toEqual([expect.stringContaining(`at most ${logoBytesMax} bytes`)]);
    expect(messages({ sha256: 'x' })).toEqual([expect.stringContaining('add it with a change')]);
  });
});
