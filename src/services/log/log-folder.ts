// The folder of one election's log: its tiles, bundles, lists and checkpoint, as they are served under the prefix.
import { join } from 'node:path';
import { base64urlOf, equalBytes } from '../../domain/record/bytes.ts';
import { readOrigin } from '../../domain/record/manifest.ts';
import { openSignedCheckpoint, signCheckpoint } from '../../domain/record/signed-checkpoint.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { openDurableFolder, settleAll } from '../../platform/durable-folder.ts';
import type { DurableFolder } from '../../platform/durable-folder.ts';
import { byteSigner, publicKeyBytes } from '../../platform/keys/byte-signatures.ts';
import { noteVerifier } from '../../platform/keys/note-verifier.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';

/** The box or the folder is not what the log has signed. Nothing more is signed until people have looked at it. */
export class RecordDiffers extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RecordDiffers';
  }
}

export type OwnCheckpoint = { readonly size: number; readonly root: Uint8Array; readonly note: string };

export type LogFolder = {
  readonly files: DurableFolder;
  /** The bytes of a file that the log wrote. Throws `RecordDiffers` where there is none. */
  mustRead(name: string): Promise<Buffer>;
  /** Writes a file that never changes. Throws `RecordDiffers` where it exists with other bytes. */
  writeOnce(name: string, bytes: Uint8Array): Promise<void>;
  /** The same with many files. All are durable when this resolves. */
  writeAllOnce(files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** The last checkpoint that this log signed, or null before the first one. Throws `RecordDiffers` if it is not its own. */
  lastCheckpoint(): Promise<OwnCheckpoint | null>;
  /** Signs a tree and puts its checkpoint in the place of `last`. Throws `RecordDiffers` where another one is there. */
  signTree(tree: { readonly size: number; readonly root: Uint8Array }, last: OwnCheckpoint | null): Promise<void>;
};

const checkpointName = 'checkpoint';

/** `open` opens a folder of files; a test may end it between two writes. */
export function openLogFolder(parts: {
  readonly directory: string;
  readonly origin: string;
  readonly key: SigningKey;
  readonly open?: ((path: string) => DurableFolder) | undefined;
}): LogFolder {
  const { directory, origin, key, open = openDurableFolder } = parts;
  const parsed = readOrigin(origin);
  if (!parsed) throw new RecordDiffers('the origin has not the form of one');
  const files = open(join(directory, parsed.electionId, base64urlOf(parsed.manifestHash)));
  const publicKey = publicKeyBytes(key.key);
  const lastCheckpoint = async (): Promise<OwnCheckpoint | null> => {
    const bytes = await files.read(checkpointName);
    if (!bytes) return null;
    const note = bytes.toString('utf8');
    const signed = openSignedCheckpoint(noteVerifier, note, { origin, publicKey });
    if (!signed) throw new RecordDiffers('the checkpoint in the folder is not by this log');
    return { ...signed.checkpoint, note };
  };
  const isPresent = async (name: string, bytes: Uint8Array): Promise<boolean> => {
    const existing = await files.read(name);
    if (existing && !equalBytes(existing, bytes)) throw new RecordDiffers('a file of the log has other contents');
    return existing !== null;
  };
  return {
    files,
    lastCheckpoint,
    async mustRead(name) {
      const bytes = await files.read(name);
      if (!bytes) throw new RecordDiffers('a file of the log is missing');
      return bytes;
    },
    async writeOnce(name, bytes) {
      if (!(await isPresent(name, bytes))) await files.replace(name, bytes);
    },
    writeAllOnce: (all) =>
      settleAll(files, [...all.keys()], async (name) => {
        const bytes = all.get(name) ?? new Uint8Array();
        if (!(await isPresent(name, bytes))) await files.put(name, bytes);
      }),
    async signTree({ size, root }, last) {
      if ((await lastCheckpoint())?.note !== last?.note) throw new RecordDiffers('another process signed a checkpoint');
      const signer = { hash: sha256, sign: byteSigner(key.key), publicKey };
      await files.replace(checkpointName, Buffer.from(signCheckpoint(signer, { origin, size, root })));
    },
  };
}
