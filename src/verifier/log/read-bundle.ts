// A bundle of entries (step 7): 16 bits of length and the entry, 256 times; fewer in the last one.
import type { RecordFiles } from '../reading/record-files.ts';
import { entryLength } from './log-entry.ts';
import { tilePath, tileWidth } from './tile-paths.ts';

const headLength = 2;
const bundleLength = tileWidth * (headLength + entryLength);

export type Bundle = {
  /** The entries up to the first fault. */
  readonly entries: readonly Buffer[];
  readonly fault: 'entry-count' | 'entry-form' | null;
};

/** Reads the bundle at an index, in which `width` entries are expected. */
export async function readBundle(files: RecordFiles, index: number, width: number): Promise<Bundle> {
  const folder = 'tile/entries';
  const bytes = await files.read(tilePath(folder, index, width), bundleLength);
  if (bytes !== null || width === tileWidth) return parseBundle(bytes ?? Buffer.alloc(0), width);
  // A log that has grown may serve the full bundle alone.
  const full = parseBundle(
    (await files.read(tilePath(folder, index, tileWidth), bundleLength)) ?? Buffer.alloc(0),
    tileWidth,
  );
  return { ...full, entries: full.entries.slice(0, width) };
}

function parseBundle(bytes: Buffer, width: number): Bundle {
  const entries: Buffer[] = [];
  let place = 0;
  while (entries.length < width) {
    if (bytes.length - place < headLength) return { entries, fault: 'entry-count' };
    if (bytes.readUInt16BE(place) !== entryLength) return { entries, fault: 'entry-form' };
    place += headLength;
    if (bytes.length - place < entryLength) return { entries, fault: 'entry-count' };
    entries.push(bytes.subarray(place, place + entryLength));
    place += entryLength;
  }
  return { entries, fault: place === bytes.length ? null : 'entry-count' };
}
