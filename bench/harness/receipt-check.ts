// Whether receipts are what an outsider accepts: signed by a published key over the leaf, and each of a leaf of its own.
import { verify } from 'node:crypto';
import { verificationKeys } from '../../src/platform/keys/signatures.ts';
import { receiptSigningPrefix } from '../../src/protocol/ballot-service.ts';
import { castAnswer } from '../../src/protocol/public-api.ts';
import type { PublicKeys } from '../../src/protocol/key-files.ts';

/** How many of the answers hold a receipt that verifies, and how many leaves there are. */
export function checkReceipts(answers: readonly string[], keys: PublicKeys): { verified: number; leaves: number } {
  const published = verificationKeys(keys.receipts);
  const leaves = new Set<string>();
  let verified = 0;
  for (const answer of answers) {
    const { receipt } = castAnswer.parse(JSON.parse(answer));
    const key = published.get(receipt.kid);
    const signed = Buffer.concat([Buffer.from(receiptSigningPrefix, 'latin1'), Buffer.from(receipt.leaf, 'base64url')]);
    if (key && verify(null, signed, key, Buffer.from(receipt.signature, 'base64url'))) verified += 1;
    leaves.add(receipt.leaf);
  }
  return { verified, leaves: leaves.size };
}
