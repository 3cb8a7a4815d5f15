// Entries of paper ballots in the public log, signed when a row is stored. docs/receipts.md has the layouts.
import { sha256 } from '../../platform/content-hash.ts';
import { byteSigner } from '../../platform/keys/byte-signatures.ts';
import { parseJson } from '../../platform/json.ts';
import { signingKey } from '../../platform/keys/signatures.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import { electionLogAt } from '../../domain/record/election-log.ts';
import {
  batchTagBytes,
  commitmentOf,
  encodeEntry,
  entryChannels,
  entryKinds,
  signEntry,
} from '../../domain/record/entry.ts';
import type { WorkerKeys } from '../../protocol/key-files.ts';
import { manifestDocument } from '../../protocol/record/manifest.ts';
import type { OpenLog } from '../../store/record/deposits.ts';

/** The entry of a ballot, 131 bytes. */
export type PaperEntry = (tracker: Buffer, ballot: string) => Uint8Array;

/** Keys of deposits by their 32 public bytes, in base64url: the one in use, and those of before. */
export type DepositKeys = ReadonlyMap<string, SigningKey>;

export const depositKeysOf = ({ deposits, earlier = [] }: WorkerKeys): DepositKeys =>
  new Map([deposits, ...earlier].map((jwk) => [jwk.x, signingKey(jwk)]));

/**
 * Signs entries for the log of an election by the key that its manifest names, whatever was rotated since. Throws where
 * there is no such key: an entry by another one would verify for no one.
 */
export function paperEntries(keys: DepositKeys, { origin, manifest }: OpenLog): PaperEntry {
  const log = electionLogAt(sha256, origin);
  const { data } = manifestDocument.safeParse(parseJson(manifest));
  const key = data && keys.get(data.manifest.deposits.x);
  if (!log || !key) throw new Error('WORKER_KEYS has not the key of deposits that the manifest of the election names.');
  const signer = byteSigner(key.key);
  return (tracker, ballot) =>
    encodeEntry(
      signEntry(signer, log.originHash, {
        kind: entryKinds.plain,
        channel: entryChannels.batch,
        castTag: sha256(batchTagBytes(log.manifestHash, tracker)),
        content: commitmentOf(sha256, log.manifestHash, tracker, ballot),
      }),
    );
}
