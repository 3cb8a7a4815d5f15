// Whether receipts are what an outsider accepts: signed by a published key over the leaf, and each of a leaf of its own.
import { verify } from 'node:crypto';
import { verificationKeys } from '../../src/platform/keys/signatures.ts';
import { receiptSigningPrefix } from '../../src/protocol/ballot-service.ts';
import { castAnswer } from '../../src/protocol/public-api.ts';
import type { Receipt } from '../../src/protocol/public-api.ts';
import { entryOfReceipt } from '../../src/domain/record/election-log.ts';
import { entrySigningBytes } from '../../src/domain/record/entry.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { promisedLeaf } from '../../test/support/record/manifests.ts';
import type { PublicKeys } from '../../src/protocol/key-files.ts';

/** How many of the answers hold a receipt that verifies, and how many leaves there are. */
export function checkReceipts(answers: readonly string[], keys: PublicKeys): { verified: number; leaves: number } {
  const published = verificationKeys(keys.receipts);
  const leaves = new Set<string>();
  let verified = 0;
  for (const answer of answers) {
    const { receipt } = castAnswer.parse(JSON.parse(answer));
    const key = published.get(receipt.kid);
    if (key && verify(null, signedBytes(receipt), key, bytesOf(receipt.signature))) verified += 1;
    leaves.add(promisedLeaf(receipt));
  }
  return { verified, leaves: leaves.size };
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

function signedBytes(receipt: Receipt): Uint8Array {
  if (receipt.version === 1) return Buffer.concat([Buffer.from(receiptSigningPrefix, 'latin1'), bytesOf(receipt.leaf)]);
  const { castTag, content, signature } = receipt;
  const entry = entryOfReceipt({
    castTag: bytesOf(castTag),
    content: bytesOf(content),
    signature: bytesOf(signature),
  });
  return entrySigningBytes(sha256(Buffer.from(receipt.origin)), entry);
}
