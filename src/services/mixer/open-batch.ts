// Opens sealed ballots, and checks that `ballots` signed each one for the log of the election. So who writes to the database
// with the participation, and knows the mixer's public key, adds no ballot to the box.
import type { KeyObject } from 'node:crypto';
import { sha256 } from '../../platform/content-hash.ts';
import { bytesAreSigned, publicKeyOfBytes } from '../../platform/keys/byte-signatures.ts';
import { parseJson } from '../../platform/json.ts';
import { epochOf } from '../../platform/keys/sealed-boxes.ts';
import { electionLogAt } from '../../domain/record/election-log.ts';
import type { ElectionLog } from '../../domain/record/election-log.ts';
import { commitmentOf, decodeEntry, entryChannels, entryKinds, entrySigningBytes } from '../../domain/record/entry.ts';
import { equalBytes } from '../../domain/record/bytes.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import { manifestDocument } from '../../protocol/record/manifest.ts';
import { readSealedBallot, sealedBallotContext } from '../../protocol/sealed-ballot.ts';
import type { SealedContent } from '../../protocol/sealed-ballot.ts';
import type { SealedBallot } from '../../store/mixing.ts';
import type { OpenLog } from '../../store/record/deposits.ts';
import type { EpochKeys } from './epoch-keys.ts';

/** A log, and the key that signs its online entries. */
export type CheckedLog = { readonly log: ElectionLog; readonly key: KeyObject };

/** The log as it is in the box. Throws where its manifest names no key of receipts of the public file. */
export function checkedLog(receipts: readonly PublicJwk[], { origin, manifest }: OpenLog): CheckedLog {
  const log = electionLogAt(sha256, origin);
  const { data } = manifestDocument.safeParse(parseJson(manifest));
  const receiptsKey = data?.manifest.receipts;
  if (!log || !receiptsKey || !receipts.some(({ kid, x }) => kid === receiptsKey.kid && x === receiptsKey.x))
    throw new Error('The log of an election names no key of receipts in the file of public keys.');
  return { log, key: publicKeyOfBytes(Buffer.from(receiptsKey.x, 'base64url')) };
}

export type OpenedBallot = { readonly slot: string; readonly ballot: SealedContent };
/** By slot: what was opened, what no key opens, and what is not signed for the log. */
export type OpenedBatch = {
  readonly opened: readonly OpenedBallot[];
  readonly closed: readonly string[];
  readonly unsigned: readonly string[];
};

/** Opens a batch. With a log, every ballot has a signed entry. */
export function openBatch(
  keys: Pick<EpochKeys, 'openerOf'>,
  { electionId, log }: { readonly electionId: string; readonly log: CheckedLog | null },
  batch: readonly SealedBallot[],
): OpenedBatch {
  const context = sealedBallotContext(electionId, log !== null);
  const opened: OpenedBallot[] = [];
  const closed: string[] = [];
  const unsigned: string[] = [];
  for (const { slot, sealed } of batch) {
    const epoch = epochOf(sealed);
    const content = epoch && keys.openerOf(epoch)?.(sealed, context);
    const ballot = content ? readSealedBallot(content, log !== null) : null;
    if (!ballot) closed.push(slot);
    else if (log && !isSigned(log, ballot)) unsigned.push(slot);
    else opened.push({ slot, ballot });
  }
  return { opened, closed, unsigned };
}

function isSigned({ log, key }: CheckedLog, { tracker, entry: bytes, text }: SealedContent): boolean {
  const entry = bytes && decodeEntry(bytes);
  if (entry?.kind !== entryKinds.plain || entry.channel !== entryChannels.online) return false;
  if (!equalBytes(entry.content, commitmentOf(sha256, log.manifestHash, tracker, text))) return false;
  return bytesAreSigned(key, entrySigningBytes(log.originHash, entry), entry.signature);
}
