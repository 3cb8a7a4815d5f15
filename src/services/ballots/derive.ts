// Derives the tags, tracker, leaf and receipt of a cast. docs/receipts.md has the byte layouts. All are pure functions
// of keys and input, so that the same cast gives the same receipt again and no answer is stored. `s` and the ballot key
// never leave this file.
import { createHmac, sign } from 'node:crypto';
import { sha256 } from '../../platform/content-hash.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import { receiptSigningPrefix, receiptVersion } from '../../protocol/ballot-service.ts';
import type { UnloggedReceipt } from '../../protocol/public-api.ts';
import type { ElectionHashKeys } from './election-keys.ts';

export type Derived = {
  readonly voter: Buffer;
  readonly phone: Buffer;
  readonly attempt: Buffer;
  readonly tracker: Buffer;
  readonly leaf: Buffer;
};

/** The tag of a voter in one election, from the keyed digest of the identity that `api` makes or a roll contains. */
export function voterTag(keys: ElectionHashKeys, electionId: string, identity: string): Buffer {
  return createHmac('sha256', keys.identity).update(`popvote/voter/v1|${electionId}|${identity}`).digest();
}

/** The tag of a phone in one election. */
export function phoneTag(keys: ElectionHashKeys, electionId: string, phoneKey: string): Buffer {
  return createHmac('sha256', keys.identity).update(`popvote/phone-tag/v1|${electionId}|${phoneKey}`).digest();
}

/**
 * Everything that is derived from a cast. `s` binds voter, ballot key, ballot and session: another ballot under the same key
 * is another attempt, so is another session, and two voters with one key have two trackers. Attempt and tracker share only
 * `s`, which is not stored.
 */
export function derive(
  keys: ElectionHashKeys,
  electionId: string,
  cast: {
    readonly identity: string;
    readonly phoneKey: string;
    readonly ballotKey: string;
    readonly text: string;
    readonly sid: string;
  },
): Derived {
  const voter = voterTag(keys, electionId, cast.identity);
  const ballotHash = sha256(cast.text);
  const s = createHmac('sha256', keys.receipt)
    .update(`popvote/s/v2|${electionId}|`)
    .update(voter)
    .update(cast.ballotKey, 'base64url')
    .update(ballotHash)
    .update(cast.sid, 'base64url')
    .digest();
  const tracker = sha256(Buffer.concat([trackerPrefix, s]));
  return {
    voter,
    phone: phoneTag(keys, electionId, cast.phoneKey),
    attempt: sha256(Buffer.concat([attemptPrefix, s])),
    tracker,
    // Only elections without a public log have it in their receipts.
    get leaf() {
      return leafOf(electionId, tracker, ballotHash);
    },
  };
}
const trackerPrefix = Buffer.from('popvote/tracker/v1\0', 'latin1');
const attemptPrefix = Buffer.from('popvote/attempt/v1\0', 'latin1');

/**
 * The leaf of a ballot: the zero byte of RFC 6962, version, length of the id, id, tracker, SHA-256 of the canonical
 * JSON.
 */
export function leafOf(electionId: string, tracker: Buffer, ballotHash: Buffer): Buffer {
  const id = Buffer.from(electionId, 'ascii');
  return sha256(Buffer.concat([Buffer.from([0, receiptVersion, id.length]), id, tracker, ballotHash]));
}

/** The receipt in an election without a public log. Ed25519 is deterministic (RFC 8032), so the same leaf and key give the same bytes. */
export function receiptOf(key: SigningKey, electionId: string, leaf: Buffer): UnloggedReceipt {
  const signature = sign(null, Buffer.concat([receiptPrefix, leaf]), key.key);
  return {
    version: receiptVersion,
    electionId,
    leaf: leaf.toString('base64url'),
    signature: signature.toString('base64url'),
    kid: key.kid,
  };
}
const receiptPrefix = Buffer.from(receiptSigningPrefix, 'latin1');
