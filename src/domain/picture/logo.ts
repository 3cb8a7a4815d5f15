// The logo of an organiser: a small PNG with nothing in it but the picture. Comments, profiles and animations are left out
// when the panel makes it, and refused when they come. What is packed in it, the service unpacks and measures.
import { joinBytes, readUint, uintBytes, utf8Of } from '../record/bytes.ts';
import type { Bytes } from '../record/bytes.ts';

/** Widest and highest logo, in pixels. */
export const logoWidthMax = 320;
export const logoHeightMax = 96;
/** Largest logo, in bytes. */
export const logoBytesMax = 16_384;

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bytes of a chunk beside its data: length, name and checksum. */
const frameBytes = 12;
const headerBytes = 13;
/** Numbers of one pixel, and bits of a number, by the type of colours. */
const channelsOf = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
const paletteType = 3;
const kinds: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

type Chunk = { readonly name: string; readonly data: Uint8Array };
export type Logo = {
  readonly width: number;
  readonly height: number;
  /** Its rows, packed as zlib does. */
  readonly packed: Bytes;
  /** Bytes of one row, with the byte for its filter. */
  readonly rowBytes: number;
};
export type LogoRead = { readonly ok: true; readonly logo: Logo } | { readonly ok: false; readonly fault: string };

/** Reads a logo, or says why it is none, for the person who sent it. */
export function readLogo(bytes: Uint8Array): LogoRead {
  if (bytes.length > logoBytesMax) {
    return refused(`The logo has ${bytes.length} bytes. At most ${logoBytesMax} are possible. Make it smaller.`);
  }
  const chunks = chunksOf(bytes);
  if (chunks === null) return refused('The logo is not a whole PNG. Save it again as a PNG.');
  const others = chunks.filter(({ name }) => !kinds.has(name)).map(({ name }) => name);
  if (others.length > 0) {
    return refused(`The logo has more in it than the picture: ${others.join(', ')}. Save it without these parts.`);
  }
  const order = chunks.map(({ name }) => name).join(' ');
  if (!/^IHDR( PLTE)?( tRNS)?( IDAT)+ IEND$/.test(order)) return refused('The parts of the PNG are not in order.');
  return readPicture(chunks);
}

/** Why bytes are no logo; null where they are one. */
export function logoFault(bytes: Uint8Array): string | null {
  const read = readLogo(bytes);
  return read.ok ? null : read.fault;
}

/** The same PNG without what is not the picture, or null where it is no PNG. */
export function bareLogo(bytes: Uint8Array): Bytes | null {
  const chunks = chunksOf(bytes)?.filter(({ name }) => kinds.has(name));
  return chunks ? joinBytes(signature, ...chunks.map(bytesOfChunk)) : null;
}

const refused = (fault: string): LogoRead => ({ ok: false, fault });

function readPicture(chunks: readonly Chunk[]): LogoRead {
  const dataOf = (name: string): Uint8Array | undefined => chunks.find((chunk) => chunk.name === name)?.data;
  const header = dataOf('IHDR') ?? new Uint8Array();
  const width = readUint(header, 0, 4);
  const height = readUint(header, 4, 4);
  const [bits = 0, type = 0, packing, filter, interlace] = header.subarray(8);
  if (header.length !== headerBytes || width < 1 || height < 1) return refused('The PNG does not say its size.');
  if (width > logoWidthMax || height > logoHeightMax) {
    const size = `${width} × ${height} pixels`;
    return refused(`The logo has ${size}. At most ${logoWidthMax} × ${logoHeightMax} are possible. Make it smaller.`);
  }
  const channels = channelsOf.get(type);
  const small = type === 0 || type === paletteType ? [1, 2, 4, 8] : [8];
  const isPlain = packing === 0 && filter === 0 && interlace === 0;
  if (channels === undefined || !small.includes(bits) || !isPlain) {
    return refused('Save the PNG with at most eight bits for each colour, and not interlaced.');
  }
  if (!hasItsColours(type, bits, dataOf('PLTE'), dataOf('tRNS'))) return refused('The colours of the PNG are wrong.');
  const packed = joinBytes(...chunks.filter(({ name }) => name === 'IDAT').map(({ data }) => data));
  return { ok: true, logo: { width, height, packed, rowBytes: 1 + Math.ceil((width * bits * channels) / 8) } };
}

/** Whether there is a palette where one is needed and nowhere else, and transparency of the right length, if any. */
function hasItsColours(type: number, bits: number, palette?: Uint8Array, transparency?: Uint8Array): boolean {
  if ((palette !== undefined) !== (type === paletteType)) return false;
  const entries = (palette?.length ?? 0) / 3;
  if (palette && (!Number.isInteger(entries) || entries < 1 || entries > 2 ** bits)) return false;
  if (!transparency) return true;
  if (type === paletteType) return transparency.length >= 1 && transparency.length <= entries;
  return (type === 0 && transparency.length === 2) || (type === 2 && transparency.length === 6);
}

/** The chunks of a PNG, each with its right length and checksum, up to the end; null where the bytes are none. */
function chunksOf(bytes: Uint8Array): readonly Chunk[] | null {
  if (signature.some((byte, at) => bytes[at] !== byte)) return null;
  const chunks: Chunk[] = [];
  let at = signature.length;
  while (at < bytes.length) {
    const end = at + frameBytes + readUint(bytes, at, 4);
    if (at + frameBytes > bytes.length || end > bytes.length) return null;
    const content = bytes.subarray(at + 4, end - 4);
    if (readUint(bytes, end - 4, 4) !== checksumOf(content)) return null;
    const name = String.fromCharCode(...content.subarray(0, 4));
    if (!/^[A-Za-z]{4}$/.test(name)) return null;
    chunks.push({ name, data: content.subarray(4) });
    at = end;
  }
  return chunks.at(-1)?.name === 'IEND' && chunks.at(-1)?.data.length === 0 ? chunks : null;
}

function bytesOfChunk({ name, data }: Chunk): Bytes {
  const content = joinBytes(utf8Of(name), data);
  return joinBytes(uintBytes(data.length, 4), content, uintBytes(checksumOf(content), 4));
}

/** CRC-32 as in PNG and zlib. */
function checksumOf(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
