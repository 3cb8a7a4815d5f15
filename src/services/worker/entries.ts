// Entries of paper ballots in the public log, signed when a row is stored. docs/receipts.md has the layouts.
import { sha256 } from '../../platform/content-hash.ts';
import { byteSigner } from '../../platform/keys/byte-signatures.ts';
import { parseJson } from '../../platform/json.ts';
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
import { manifestDocument } from '../../protocol/record/manifest.ts';
import type { OpenLog } from '../../store/record/deposits.ts';

/** The entry of a ballot, 131 bytes. */
export type PaperEntry = (tracker: Buffer, ballot: string) => Uint8Array;

/**
 * Signs entries for the log of an election. Throws where its manifest names another key than `key`: an entry by that one would
 * be in no one's log.
 */
export function paperEntries(key: SigningKey | null, { origin, manifest }: OpenLog): PaperEntry {
  const log = electionLogAt(sha256, origin);
  const { data } = manifestDocument.safeParse(parseJson(manifest));
  if (!log || !key || data?.manifest.deposits.kid !== key.kid)
    throw new Error('The key of deposits is not the one that the manifest of the election names.');
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
