// The complete log of a closed election, as the box has it: its size and its root (RFC 6962). It continues the published one. The
// signature of each entry is verified: who writes to the box and has no key of `ballots` or `worker` adds nothing to a result, and changes nothing.
import { setTimeout as pause } from 'node:timers/promises';
import type { KeyObject } from 'node:crypto';
import { decodeEntry, entryChannels, entryKinds, entrySigningBytes } from '../../../domain/record/entry.ts';
import type { Entry } from '../../../domain/record/entry.ts';
import { equalBytes } from '../../../domain/record/bytes.ts';
import type { Checkpoint } from '../../../domain/record/checkpoint.ts';
import { createGrowingTree, leafHash } from '../../../domain/record/tree.ts';
import { sha256 } from '../../../platform/content-hash.ts';
import { bytesAreSignedAside, publicKeyOfBytes } from '../../../platform/keys/byte-signatures.ts';
import type { ElectionManifest, ManifestDocument } from '../../../protocol/record/manifest.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { LogTree } from '../../../protocol/record/log-values.ts';
import type { Pool } from '../../../store/database.ts';
import { countPlaced, readAllEntries, readFinalLog } from '../../../store/record/log-admission.ts';
import { readRepeated } from '../../../store/record/repeated-ballots.ts';
import { logOf } from './manifest.ts';
import { createRepeatedCheck } from './repeated-check.ts';

/** Tries to read a log while it gets its last entries, and the pause between them, in milliseconds. */
const logTriesMax = 75;
const logPauseMs = 200;
/** Signatures that are verified at once. Other work of the process waits behind them for some milliseconds. */
const signaturesMax = 200;

export type CountedLog = LogTree & {
  /** Entries by channel. */
  readonly online: number;
  readonly batch: number;
  /** Online ballots under the cast tag of an entry. They are in no log. */
  readonly repeated: number;
  /** SHA-256 of the file with their entries. Null where there are none, or one of an earlier release that has no entry. */
  readonly repeatedHash: string | null;
};

/** An entry in the box is not of a plain ballot, or not signed for the log of the election: an alarm. */
export class EntryNotSigned extends Error {
  constructor(place: number) {
    super(`entry ${place} of the log is not signed by the key of its channel`);
    this.name = 'EntryNotSigned';
  }
}

/** A ballot in the box that is called repeated is none: an alarm. */
export class NotRepeated extends EntryNotSigned {
  constructor() {
    super(0);
    this.message = 'a ballot that is called repeated is not signed, or is none of a cast tag in the log';
    this.name = 'NotRepeated';
  }
}

/** The published log has other entries than the box, or more: the box is an older one. */
export class LogNotContinued extends Error {
  constructor({ size }: Checkpoint) {
    super(`the published log of ${size} entries is not that of the box`);
    this.name = 'LogNotContinued';
  }
}

/**
 * Waits while entries have no place yet. `published` is a signed checkpoint, or null where none is known. Throws `not-drained`,
 * `EntryNotSigned` and `LogNotContinued`. The box is closed.
 */
export async function readCountedLog(
  boxPool: Pool,
  document: ManifestDocument,
  published: Checkpoint | null,
): Promise<CountedLog> {
  // Entries get their places before a checkpoint has them.
  if (published && (await countPlaced(boxPool, document.manifest.electionId)) < published.size) {
    throw new LogNotContinued(published);
  }
  for (let tries = 0; tries < logTriesMax; tries += 1) {
    if (tries > 0) await pause(logPauseMs);
    const log = await readOnce(boxPool, document, published);
    if (log) return log;
  }
  throw new Problem('not-drained', { errors: [{ path: 'log', detail: notComplete }] });
}

const notComplete =
  'The public log does not have all ballots yet. The service `log` adds the last ones within a minute. Try again then.';

async function readOnce(
  boxPool: Pool,
  document: ManifestDocument,
  published: Checkpoint | null,
): Promise<CountedLog | null> {
  const { electionId } = document.manifest;
  const openPage = createPageCheck(document);
  const tree = createGrowingTree(sha256);
  const entries = { online: 0, batch: 0 };
  const repeated = await readRepeated(boxPool, electionId);
  const repeatedCheck = createRepeatedCheck(repeated, createSignatureCheck(document));
  const isComplete = await readFinalLog(boxPool, electionId, async (page) => {
    const first = entries.online + entries.batch;
    for (const [place, bytes] of page.entries()) {
      tree.add(leafHash(sha256, bytes));
      if (published && first + place + 1 === published.size && !equalBytes(tree.root(), published.root)) {
        throw new LogNotContinued(published);
      }
    }
    for (const entry of await openPage(page, first)) {
      entries[entry.channel === entryChannels.batch ? 'batch' : 'online'] += 1;
      repeatedCheck.see(entry);
    }
  });
  if (!isComplete) return null;
  const { origin } = logOf(document);
  const root = Buffer.from(tree.root()).toString('base64url');
  const repeatedHash = await repeatedCheck.hash();
  if (repeatedHash === undefined) throw new NotRepeated();
  return { origin, size: entries.online + entries.batch, root, ...entries, repeated: repeated.count, repeatedHash };
}

/** Verifies the entry of every ballot in a closed box, whatever its place. Throws `EntryNotSigned`. */
export async function verifyEntries(boxPool: Pool, document: ManifestDocument): Promise<void> {
  const openPage = createPageCheck(document);
  let first = 0;
  await readAllEntries(boxPool, document.manifest.electionId, async (page) => {
    await openPage(page, first);
    first += page.length;
  });
}

/** Whether the key that the manifest names for the channel of an entry signed it. */
function createSignatureCheck(document: ManifestDocument): (entry: Entry) => Promise<boolean> {
  const { receipts, deposits }: Pick<ElectionManifest, 'receipts' | 'deposits'> = document.manifest;
  const { originHash } = logOf(document);
  const keyOf = ({ x }: { readonly x: string }): KeyObject => publicKeyOfBytes(Buffer.from(x, 'base64url'));
  const keys = { [entryChannels.online]: keyOf(receipts), [entryChannels.batch]: keyOf(deposits) };
  return (entry) => bytesAreSignedAside(keys[entry.channel], entrySigningBytes(originHash, entry), entry.signature);
}

type PageCheck = (page: readonly Buffer[], first: number) => Promise<readonly Entry[]>;

/** The entries of a page, each of a plain ballot and signed. Throws `EntryNotSigned`. */
function createPageCheck(document: ManifestDocument): PageCheck {
  const isSigned = createSignatureCheck(document);
  return async (page, first) => {
    const entries = page.map((bytes, place) => {
      const entry = decodeEntry(bytes);
      if (entry?.kind !== entryKinds.plain) throw new EntryNotSigned(first + place);
      return entry;
    });
    for (let from = 0; from < entries.length; from += signaturesMax) {
      const answers = await Promise.all(entries.slice(from, from + signaturesMax).map(isSigned));
      const wrong = answers.indexOf(false);
      if (wrong >= 0) throw new EntryNotSigned(first + from + wrong);
    }
    return entries;
  };
}
