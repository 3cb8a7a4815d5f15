// The logo of an organiser: a PNG of a small size is read, and whatever is damaged, too large or more than a picture is refused.
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bareLogo,
  logoBytesMax,
  logoFault,
  logoHeightMax,
  logoWidthMax,
  readLogo,
} from '../../../../src/domain/picture/logo.ts';
import { headerOf, logoOf, pngChunk, pngOf, pngSignature } from '../../../support/pages/pictures.ts';

const good = logoOf({ width: 32, height: 16 });

describe('A logo that is read', () => {
  test.each([
    [0, 1],
    [0, 8],
    [2, 8],
    [4, 8],
    [6, 8],
  ])('A picture of colour type %i with %i bits is a logo', (type, bits) => {
    const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[type] ?? 0;
    const rowBytes = 1 + Math.ceil((32 * channels * bits) / 8);
    const rows = deflateSync(Buffer.alloc(rowBytes * 16));
    const read = readLogo(pngOf(['IHDR', headerOf(32, 16, type, bits)], ['IDAT', rows], ['IEND']));
    expect(read).toMatchObject({ ok: true, logo: { width: 32, height: 16, rowBytes } });
    expect(read.ok && Buffer.compare(read.logo.packed, rows)).toBe(0);
  });

  test('A picture with a palette and transparency, in several parts, is a logo', () => {
    const rows = deflateSync(Buffer.alloc(5 * 16));
    const parts = [rows.subarray(0, 3), rows.subarray(3)].map((part) => ['IDAT', part] as const);
    const palette = ['PLTE', Buffer.alloc(9)] as const;
    const read = readLogo(
      pngOf(['IHDR', headerOf(32, 16, 3, 1)], ['PLTE', Buffer.alloc(6)], ['tRNS', Buffer.alloc(1)], ...parts, ['IEND']),
    );
    expect(read).toMatchObject({ ok: true, logo: { rowBytes: 5 } });
    expect(logoFault(pngOf(['IHDR', headerOf(32, 16, 3, 1)], palette, ...parts, ['IEND']))).toContain('colours');
  });

  test('The widest and highest logo is read, and one pixel more is refused with its size', () => {
    expect(logoFault(logoOf({ width: logoWidthMax, height: logoHeightMax }))).toBeNull();
    expect(logoFault(logoOf({ width: logoWidthMax + 1, height: 1 }))).toContain(`${logoWidthMax + 1} × 1 pixels`);
    expect(logoFault(logoOf({ width: 1, height: logoHeightMax + 1 }))).toContain(`1 × ${logoHeightMax + 1} pixels`);
    for (const [width, height] of [
      [0, 1],
      [1, 0],
      [2 ** 31, 1],
    ] as const)
      expect(logoFault(pngOf(['IHDR', headerOf(width, height)], ['IDAT', deflateSync('')], ['IEND']))).not.toBeNull();
  });

  test('The largest logo is read, and one byte more is refused with its size', () => {
    const ofBytes = (bytes: number): Buffer =>
      pngOf(['IHDR', headerOf(32, 16)], ['IDAT', Buffer.alloc(bytes - 8 - 25 - 24)], ['IEND']);
    expect([ofBytes(logoBytesMax).length, logoFault(ofBytes(logoBytesMax))]).toEqual([logoBytesMax, null]);
    expect(logoFault(ofBytes(logoBytesMax + 1))).toContain(`${logoBytesMax + 1} bytes`);
  });
});

describe('A logo that is refused', () => {
  test('A picture that ends at any byte before its end, or goes on after it, is not whole', () => {
    expect(logoFault(good)).toBeNull();
    for (let end = 0; end < good.length; end += 1) expect(logoFault(good.subarray(0, end)), String(end)).not.toBeNull();
    for (const more of [Buffer.alloc(1), pngChunk('IEND'), good])
      expect(logoFault(Buffer.concat([good, more]))).not.toBeNull();
  });

  test('A picture with any one bit changed is refused', () => {
    for (let at = 0; at < good.length * 8; at += 1) {
      const changed = Buffer.from(good);
      changed[at >> 3]! ^= 1 << (at & 7);
      expect(logoFault(changed), `bit ${at}`).not.toBeNull();
    }
  });

  test.each(['tEXt', 'iTXt', 'eXIf', 'iCCP', 'acTL', 'fdAT', 'gAMA', 'PLTe'])(
    'A part %s beside the picture is refused by its name, and left out by the panel',
    (name) => {
      const more = pngChunk(name, Buffer.from('<script>'));
      const withMore = Buffer.concat([good.subarray(0, -12), more, good.subarray(-12)]);
      expect(logoFault(withMore)).toContain(name);
      expect(Buffer.from(bareLogo(withMore) ?? [])).toEqual(good);
    },
  );

  test.each<[string, readonly (readonly [string, Buffer?])[]]>([
    ['no header', [['IDAT', deflateSync('')], ['IEND']]],
    ['two headers', [['IHDR', headerOf(1, 1)], ['IHDR', headerOf(1, 1)], ['IDAT', deflateSync('')], ['IEND']]],
    ['no rows', [['IHDR', headerOf(1, 1)], ['IEND']]],
    ['rows before the header', [['IDAT', deflateSync('')], ['IHDR', headerOf(1, 1)], ['IEND']]],
    ['a long header', [['IHDR', Buffer.alloc(14, 1)], ['IDAT', deflateSync('')], ['IEND']]],
    ['a short header', [['IHDR', Buffer.alloc(12, 1)], ['IDAT', deflateSync('')], ['IEND']]],
    ['an unknown colour type', [['IHDR', headerOf(1, 1, 5)], ['IDAT', deflateSync('')], ['IEND']]],
    ['sixteen bits', [['IHDR', headerOf(1, 1, 6, 16)], ['IDAT', deflateSync('')], ['IEND']]],
    ['interlacing', [['IHDR', headerOf(1, 1, 6, 8, 1)], ['IDAT', deflateSync('')], ['IEND']]],
    ['no palette', [['IHDR', headerOf(1, 1, 3)], ['IDAT', deflateSync('')], ['IEND']]],
    ['a palette in vain', [['IHDR', headerOf(1, 1)], ['PLTE', Buffer.alloc(3)], ['IDAT', deflateSync('')], ['IEND']]],
    [
      'transparency in vain',
      [['IHDR', headerOf(1, 1)], ['tRNS', Buffer.alloc(2)], ['IDAT', deflateSync('')], ['IEND']],
    ],
    [
      'an end with data',
      [
        ['IHDR', headerOf(1, 1)],
        ['IDAT', deflateSync('')],
        ['IEND', Buffer.alloc(1)],
      ],
    ],
  ])('A PNG with %s is refused', (_what, chunks) => {
    expect(logoFault(pngOf(...chunks))).not.toBeNull();
  });

  test('A chunk that is longer than the file, or has a name that is none, is refused', () => {
    const length = Buffer.from(good);
    length.writeUInt32BE(0xffff_ffff, good.length - 12);
    expect(logoFault(length)).not.toBeNull();
    expect(logoFault(Buffer.concat([good.subarray(0, -12), pngChunk('a\n<"'), good.subarray(-12)]))).not.toBeNull();
  });

  test('No bytes make the reader throw, with or without the signature of a PNG', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, signed) => {
        const all = signed ? Buffer.concat([pngSignature, bytes]) : bytes;
        expect(logoFault(all)).not.toBeNull();
        expect(bareLogo(all)).toBeNull();
      }),
    );
  });

  test('Pictures of other types and markup are refused', () => {
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
    for (const other of [jpeg, Buffer.from('GIF89a'), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')])
      expect(logoFault(other)).toContain('not a whole PNG');
    expect(crc32('123456789'), 'the checksum of the tests').toBe(0xcbf4_3926);
  });
});
