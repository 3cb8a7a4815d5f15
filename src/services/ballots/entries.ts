// The entry of a cast in the public log of its election, and the receipt that is made of it. docs/receipts.md has the byte
// layouts. Both are a function of the cast and of keys (Ed25519 is deterministic), so the same cast gives the same bytes
// again and nothing is stored. The key is the one that the manifest names.
import { sha256 } from '../../platform/content-hash.ts';
import { byteSigner } from '../../platform/keys/byte-signatures.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import { commitmentOf, entryChannels, entryKinds, signEntry } from '../../domain/record/entry.ts';
import type { Entry } from '../../domain/record/entry.ts';
import type { ElectionLog } from '../../domain/record/election-log.ts';
import { castTagBytes } from '../../protocol/proofs/session-binding.ts';
import type { LoggedReceipt } from '../../protocol/record/receipt.ts';

/** The log of an election, and the key of receipts that its manifest names. */
export type SignedLog = { readonly log: ElectionLog; readonly signer: SigningKey };

/** The signed entry of a plain ballot. */
export function entryOfCast(
  { log, signer }: SignedLog,
  cast: { readonly ballotKey: string; readonly tracker: Buffer; readonly text: string },
): Entry {
  return signEntry(byteSigner(signer.key), log.originHash, {
    kind: entryKinds.plain,
    channel: entryChannels.online,
    castTag: sha256(castTagBytes(cast.ballotKey)),
    content: commitmentOf(sha256, log.manifestHash, cast.tracker, cast.text),
  });
}

export function loggedReceiptOf({ log, signer }: SignedLog, electionId: string, entry: Entry): LoggedReceipt {
  return {
    version: 2,
    electionId,
    origin: log.origin,
    kind: entryKinds.plain,
    castTag: base64url(entry.castTag),
    content: base64url(entry.content),
    signature: base64url(entry.signature),
    kid: signer.kid,
  };
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
