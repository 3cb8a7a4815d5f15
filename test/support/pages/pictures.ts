// PNG files for tests, built from their chunks.
import { crc32, deflateSync } from 'node:zlib';

export const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function pngChunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([frame.subarray(0, 4), content, frame.subarray(4)]);
}

/** The data of a header. Colour type 6 has red, green, blue and alpha. */
export function headerOf(width: number, height: number, type = 6, bits = 8, interlace = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, type, 0, 0, interlace], 8);
  return header;
}

export const pngOf = (...chunks: readonly (readonly [name: string, data?: Buffer])[]): Buffer =>
  Buffer.concat([pngSignature, ...chunks.map(([name, data]) => pngChunk(name, data))]);

/** A logo of one colour, given as red, green, blue and alpha. */
export function logoOf({
  width = 32,
  height = 16,
  colour = [122, 31, 92, 255],
}: {
  readonly width?: number;
  readonly height?: number;
  readonly colour?: readonly number[];
} = {}): Buffer {
  const row = Buffer.from([0, ...Array.from({ length: width }, () => colour).flat()]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return pngOf(['IHDR', headerOf(width, height)], ['IDAT', deflateSync(rows)], ['IEND']);
}

/** A logo in which anybody sees whether it keeps its proportions: a disc in a frame, on nothing. */
export function discLogoOf(width: number, height: number): Buffer {
  const ink = [122, 31, 92, 255];
  const isInk = (x: number, y: number): boolean => {
    const isFrame = x < 2 || y < 2 || x >= width - 2 || y >= height - 2;
    return isFrame || Math.hypot(x - width / 2, y - height / 2) < Math.min(width, height) / 3;
  };
  const rowOf = (y: number): number[] =>
    Array.from({ length: width }, (_, x) => (isInk(x, y) ? ink : [0, 0, 0, 0])).flat();
  const rows = Array.from({ length: height }, (_, y) => Buffer.from([0, ...rowOf(y)]));
  return pngOf(['IHDR', headerOf(width, height)], ['IDAT', deflateSync(Buffer.concat(rows))], ['IEND']);
}
