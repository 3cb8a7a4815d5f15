// Receipts, version 2 (step 11). The leaf of a receipt follows from it.
import { readPublicKey, signatureLength, verifies } from '../documents/public-key.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import {
  bytesShape,
  electionIdShape,
  kidShape,
  membersShape,
  oneOf,
  textShape,
  integerShape,
} from '../documents/shapes.ts';
import { parseStrictJson } from '../documents/strict-json.ts';
import { channelNumbers, entryContext } from './log-entry.ts';
import { leafHash } from './merkle-tree.ts';

/** Largest receipt, in bytes. */
export const receiptBytesMax = 65_536;

const receiptShape = membersShape({
  version: oneOf(2 as const),
  electionId: electionIdShape,
  origin: textShape(/^[!-~]{1,512}$/),
  kind: integerShape(0, 2),
  castTag: bytesShape(32),
  content: bytesShape(32),
  signature: bytesShape(signatureLength),
  kid: kidShape,
});

/** The file that a voter saves, and the answer to a cast: the receipt as the one member. */
const receiptFileShape = membersShape({ receipt: receiptShape });

/** The leaf of a receipt that is signed for the origin of the manifest; null for any other text. */
export function leafOfReceipt(bytes: Uint8Array, manifest: VerifiedManifest): Buffer | null {
  const json = bytes.length > receiptBytesMax ? undefined : parseStrictJson(bytes);
  const receipt = json === undefined ? undefined : (receiptFileShape(json)?.receipt ?? receiptShape(json));
  if (receipt === undefined) return null;
  const { electionId, origin, kind, castTag, content, signature, kid } = receipt;
  const { receipts } = manifest;
  if (electionId !== manifest.electionId || origin !== manifest.origin || kid !== receipts.kid) return null;
  const signedPart = Buffer.concat([Buffer.of(2, kind, channelNumbers.online), castTag, content]);
  const key = readPublicKey(receipts.x);
  const message = Buffer.concat([entryContext(origin), signedPart]);
  if (key === null || !verifies(key, message, signature)) return null;
  return leafHash(Buffer.concat([signedPart, signature]));
}
