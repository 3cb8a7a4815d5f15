// The files of one record, below its origin.
import type { RecordSource } from './record-source.ts';

export type RecordFiles = {
  /** A file, up to one byte after its bound; null if there is none. */
  readonly read: (path: string, bytesMax: number) => Promise<Buffer | null>;
};

/** The files below the origin that ends in the hash of a manifest. */
export function filesOf(source: RecordSource, manifestHash: Buffer): RecordFiles {
  const folder = manifestHash.toString('base64url');
  return { read: (path, bytesMax) => source.read(folder, path, bytesMax) };
}
