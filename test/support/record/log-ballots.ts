// Ballots of an election with a public log: cast online or entered from paper, with the entries that are signed for them.
import { castTagBytes } from '../../../src/protocol/proofs/session-binding.ts';
import { canonicalBallotText } from '../../../src/domain/ballot.ts';
import type { Ballot } from '../../../src/domain/ballot.ts';
import {
  batchTagBytes,
  commitmentOf,
  encodeEntry,
  entryChannels,
  entryKinds,
  signEntry,
} from '../../../src/domain/record/entry.ts';
import type { EntryHead } from '../../../src/domain/record/entry.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { byteSigner } from '../../../src/platform/keys/byte-signatures.ts';
import type { SigningKey } from '../../../src/platform/keys/signatures.ts';
import { paperTrackerText } from '../../../src/protocol/control/batch-entries.ts';
import type { LoggedReceipt } from '../../../src/protocol/record/receipt.ts';
import { derive } from '../../../src/services/ballots/derive.ts';
import { seededBytes } from './log-keys.ts';
import type { LogKeys } from './log-keys.ts';

/** The names of a log that its entries are bound to. */
export type LogNames = { readonly electionId: string; readonly manifestHash: Buffer; readonly origin: string };

export type LoggedBallot = {
  readonly head: EntryHead;
  readonly entry: Uint8Array;
  readonly tracker: Buffer;
  readonly text: string;
  readonly ballot: Ballot;
  /** The tag of the voter; null for paper. */
  readonly voter: Buffer | null;
};

/** Everything that a cast is derived from. All are base64url. */
export type CastInput = {
  readonly identity: string;
  readonly phoneKey: string;
  readonly ballotKey: string;
  readonly sid: string;
};

/** The cast number `n` of an election: the same in every run. */
export const seededCast = (seed: string, n: number): CastInput => ({
  identity: seededBytes(`${seed}|identity ${n}`).toString('base64url'),
  phoneKey: seededBytes(`${seed}|phone ${n}`).toString('base64url'),
  ballotKey: seededBytes(`${seed}|ballot key ${n}`).toString('base64url'),
  sid: seededBytes(`${seed}|session ${n}`).subarray(0, 16).toString('base64url'),
});

/** The entry of a head, signed by a key for the log with this origin. */
export function signedEntry(key: SigningKey, { origin }: Pick<LogNames, 'origin'>, head: EntryHead): Uint8Array {
  return encodeEntry(signEntry(byteSigner(key.key), sha256(Buffer.from(origin)), head));
}

export function onlineBallot(keys: LogKeys, names: LogNames, cast: CastInput, ballot: Ballot): LoggedBallot {
  const text = canonicalBallotText(ballot);
  const { tracker, voter } = derive(keys.hash, names.electionId, { ...cast, text });
  const head: EntryHead = {
    kind: entryKinds.plain,
    channel: entryChannels.online,
    castTag: sha256(castTagBytes(cast.ballotKey)),
    content: commitmentOf(sha256, names.manifestHash, tracker, text),
  };
  return { head, entry: signedEntry(keys.receipts, names, head), tracker, text, ballot, voter };
}

export function paperBallot(keys: LogKeys, names: LogNames, guid: string, ballot: Ballot): LoggedBallot {
  const text = canonicalBallotText(ballot);
  const tracker = sha256(Buffer.from(paperTrackerText(names.electionId, guid)));
  const head: EntryHead = {
    kind: entryKinds.plain,
    channel: entryChannels.batch,
    castTag: sha256(batchTagBytes(names.manifestHash, tracker)),
    content: commitmentOf(sha256, names.manifestHash, tracker, text),
  };
  return { head, entry: signedEntry(keys.deposits, names, head), tracker, text, ballot, voter: null };
}

/** The receipt of an online ballot. */
export function receiptOfBallot(keys: LogKeys, names: LogNames, { entry }: Pick<LoggedBallot, 'entry'>): LoggedReceipt {
  const part = (from: number, to: number): string => Buffer.from(entry.subarray(from, to)).toString('base64url');
  return {
    version: 2,
    electionId: names.electionId,
    origin: names.origin,
    kind: 0,
    castTag: part(3, 35),
    content: part(35, 67),
    signature: part(67, 131),
    kid: keys.receipts.kid,
  };
}
