// The logo of an organiser: unpacked once, to be sure that it is the picture that it says it is, and named in the document by
// its digest.
import { inflateSync } from 'node:zlib';
import type { z } from 'zod';
import { readLogo } from '../../../domain/picture/logo.ts';
import { contentHash } from '../../../platform/content-hash.ts';
import type { organiserLogo } from '../../../protocol/public-values.ts';

/** Filters of a row in a PNG are numbered from 0. */
const filters = 5;

/** Why a stored logo, as base64, cannot be drawn; null where it can. Its form was checked when it came. */
export function faultOfPicture(text: string): string | null {
  const read = readLogo(Buffer.from(text, 'base64'));
  if (!read.ok) return read.fault;
  const { height, rowBytes, packed } = read.logo;
  const rows = unpacked(packed, height * rowBytes);
  const isWhole = rows?.length === height * rowBytes;
  if (isWhole && rows.every((byte, at) => at % rowBytes > 0 || byte < filters)) return null;
  return 'The picture in the PNG is damaged. Save it again as a PNG.';
}

/** `bytesMax` bounds what a small file can unpack to. */
function unpacked(packed: Uint8Array, bytesMax: number): Buffer | null {
  try {
    return inflateSync(packed, { maxOutputLength: bytesMax });
  } catch {
    return null;
  }
}

/** How a document names a logo, which is base64 of a PNG. */
export function logoInDocument(text: string): z.infer<typeof organiserLogo> {
  const bytes = Buffer.from(text, 'base64');
  const read = readLogo(bytes);
  const { width, height } = read.ok ? read.logo : { width: 0, height: 0 };
  return { sha256: contentHash(bytes), width, height };
}

/** Reads JSON of parameters for the audit log: a logo is its digest. */
export const withoutPictures = (name: string, value: unknown): unknown =>
  name === 'logo' && typeof value === 'string' ? logoInDocument(value) : value;
