// Openings of entries (step 15): index (32 bits), tracker (32 bytes), length (16 bits), text of the ballot. The log
// publishes them in bundles beside those of the entries; auditors have them in a file, in the order of the indexes.
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { RecordFiles } from '../reading/record-files.ts';
import { UnreadableRecord } from '../reading/record-source.ts';
import { tileNumber, tileWidth } from './tile-paths.ts';

const headLength = 38;
const textLengthMax = 65_535;
const bundleLength = tileWidth * (headLength + textLengthMax);

export type Opening = { readonly index: number; readonly tracker: Buffer; readonly text: Buffer };
/** The openings of a bundle of entries; `whole` is false if the bytes have another form. */
export type Openings = { readonly openings: readonly Opening[]; readonly whole: boolean };

/** Reads the published openings of the entries of a bundle; null if there are none. */
export async function readPublishedOpenings(files: RecordFiles, bundle: number): Promise<Openings | null> {
  const bytes = await files.read(`opening/${tileNumber(bundle)}`, bundleLength);
  return bytes === null ? null : parseOpenings(bytes);
}

function parseOpenings(bytes: Buffer): Openings {
  const openings: Opening[] = [];
  for (let place = 0; place < bytes.length;) {
    const opening = parseOpening(bytes, place);
    if (opening === null) return { openings, whole: false };
    openings.push(opening);
    place += headLength + opening.text.length;
  }
  return { openings, whole: true };
}

/** The opening that begins at a place; null if the bytes end before it does. */
function parseOpening(bytes: Buffer, place: number): Opening | null {
  if (bytes.length < place + headLength) return null;
  const end = place + headLength + bytes.readUInt16BE(place + headLength - 2);
  if (bytes.length < end) return null;
  return {
    index: bytes.readUInt32BE(place),
    tracker: bytes.subarray(place + 4, place + 36),
    text: bytes.subarray(place + headLength, end),
  };
}

export type OpeningsFile = {
  /** The next openings whose index is below `end`. */
  readonly readBelow: (end: number) => Promise<Openings>;
  /** Whether openings were not read, because the index of the first of them is too large. */
  readonly hasMore: () => boolean;
  readonly close: () => Promise<void>;
};

/** Bytes that are read from the file at once. */
const partBytes = 4 * (headLength + textLengthMax);

/** The file of an auditor, of which only a part is in memory. */
export async function openOpeningsFile(path: string): Promise<OpeningsFile> {
  const file = await openForReading(path);
  let part = Buffer.alloc(0);
  let ended = false;
  const fill = async (): Promise<void> => {
    const more = Buffer.alloc(partBytes);
    const { bytesRead } = await file.read(more, 0, partBytes, null).catch((error: unknown) => {
      throw new UnreadableRecord(`${path} cannot be read.`, { cause: error });
    });
    ended = bytesRead === 0;
    part = Buffer.concat([part, more.subarray(0, bytesRead)]);
  };
  // The file of a log without entries is looked into too.
  await fill();
  return {
    readBelow: async (end) => {
      const openings: Opening[] = [];
      for (;;) {
        const opening = parseOpening(part, 0);
        if (opening === null && !ended) {
          await fill();
          continue;
        }
        if (opening === null || opening.index >= end) return { openings, whole: opening !== null || part.length === 0 };
        openings.push(opening);
        part = part.subarray(headLength + opening.text.length);
      }
    },
    hasMore: () => part.length > 0,
    close: () => file.close(),
  };
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new UnreadableRecord(`${path} cannot be read.`, { cause: error });
  }
}
