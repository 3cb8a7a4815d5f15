// The picture that other programs show beside a link to an election (Open Graph): the mark of PopVote on the colour of the
// organiser, as a PNG. It has no words: nothing here draws letters, and the title and the result are beside it as text.
import { crc32, deflateSync } from 'node:zlib';
import { uintBytes, utf8Of } from '../../domain/record/bytes.ts';

/** The size that link previews and social networks use, in pixels. */
const size = { width: 1_200, height: 630 } as const;
/** The colour of the mark where the organiser has none. */
export const markColour = '#083b73';
/** The mark as in shared/icon.svg: corners of its line, in a square of 32, and the width of the line. */
const corners = [
  [8, 17],
  [14, 23],
  [25, 9],
] as const;
const lineWidth = 4;
/** Pixels of one unit of the mark. */
const scale = 13;
/** Between the colour (0) and white (the last), so that the edge of the line is smooth. */
const shades = 16;

type Point = readonly [x: number, y: number];

/** `colour` is written as #rrggbb. */
export function sharePicture(colour: string): Buffer {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const palette = Array.from({ length: shades }, (_, shade) =>
    channels.map((channel) => Math.round(channel + ((255 - channel) * shade) / (shades - 1))),
  ).flat();
  // Eight bits for each pixel, which name a colour of the palette; no interlacing.
  const header = [...uintBytes(size.width, 4), ...uintBytes(size.height, 4), 8, 3, 0, 0, 0];
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.from(header)),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const content = Buffer.concat([utf8Of(name), data]);
  return Buffer.concat([uintBytes(data.length, 4), content, uintBytes(crc32(content), 4)]);
}

/** Rows from the top, each after a byte that says that it is not filtered. */
function drawMark(): Buffer {
  const rowBytes = size.width + 1;
  const rows = Buffer.alloc(rowBytes * size.height);
  const start = size.width / 2 - 16 * scale;
  const top = size.height / 2 - 16 * scale;
  for (let y = 0; y < 32 * scale; y += 1) {
    for (let x = 0; x < 32 * scale; x += 1) {
      const shade = shadeAt([(x + 0.5) / scale, (y + 0.5) / scale]);
      if (shade > 0) rows[(Math.round(top) + y) * rowBytes + 1 + Math.round(start) + x] = shade;
    }
  }
  return rows;
}

/** White within the line, the colour outside of it, and between them on the pixel of its edge. */
function shadeAt(point: Point): number {
  const [first, corner, last] = corners;
  const distance = Math.min(distanceTo(point, first, corner), distanceTo(point, corner, last));
  const inside = (lineWidth / 2 - distance) * scale + 0.5;
  return Math.round(Math.min(1, Math.max(0, inside)) * (shades - 1));
}

function distanceTo([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const width = x2 - x1;
  const height = y2 - y1;
  const along = ((x - x1) * width + (y - y1) * height) / (width ** 2 + height ** 2);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - at * width, y - y1 - at * height);
}

/** The same in every colour, and made when the process starts: drawing takes longer than an answer may. */
const pixels = deflateSync(drawMark());
