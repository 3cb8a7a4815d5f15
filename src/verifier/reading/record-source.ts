// Where the files of a record are read: a site, or a folder. A file that is longer than its bound is cut one byte after it,
// so that its reader sees that it is too long.

export type RecordSource = {
  /** For people: what is read. */
  readonly name: string;
  /** The manifest, by the id of the election. Null if there is none. */
  readonly readManifest: (bytesMax: number) => Promise<Buffer | null>;
  /** A file below the origin that ends in this hash of the manifest (base64url). Null if there is none. */
  readonly read: (manifestHash: string, path: string, bytesMax: number) => Promise<Buffer | null>;
};

/** The record cannot be read, so nothing is known about it. */
export class UnreadableRecord extends Error {}
