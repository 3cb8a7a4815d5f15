// The closing document: the final size and root of the log, and what the intake counted.
import type { ContestDocument } from './contest-document.ts';
import {
  bytesShape,
  countShape,
  eitherShape,
  instantShape,
  listShape,
  localIdShape,
  membersShape,
  oneOf,
  textShape,
} from './shapes.ts';
import type { Shape } from './shapes.ts';
import { isSignedBy, readDocument } from './signed-document.ts';
import type { NamedKey } from './signed-document.ts';

/** Largest closing document, in bytes. */
export const closingBytesMax = 16_000_000;
/** Most batches of an election. */
const batchesMax = 100_000;
/** Most options of an election. */
const withdrawalsMax = 16_000;

export type ClosingBatch = {
  readonly batchId: string;
  readonly rows: number;
  readonly counted: number;
  readonly invalid: number;
  readonly missing: number;
};
export type WithdrawnOption = { readonly contestId: string; readonly optionId: string; readonly withdrawnAt: string };
export type ClosingDocument = {
  readonly version: 1;
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly online: number;
  readonly batch: number;
  readonly repeated: number;
  /** The hash of the file with the entries of the repeated ballots. */
  readonly repeatedHash?: Buffer | null;
  readonly participation: number;
  readonly participants: Buffer;
  readonly closedAt: string;
  readonly withdrawn: readonly WithdrawnOption[];
  readonly batches: readonly ClosingBatch[];
};

const closingShape: Shape<ClosingDocument> = membersShape(
  {
    version: oneOf(1 as const),
    origin: textShape(/^[!-~]{1,512}$/),
    size: countShape,
    root: bytesShape(32),
    online: countShape,
    batch: countShape,
    repeated: countShape,
    participation: countShape,
    participants: bytesShape(32),
    closedAt: instantShape,
    withdrawn: listShape(
      membersShape({ contestId: localIdShape, optionId: localIdShape, withdrawnAt: instantShape }),
      withdrawalsMax,
    ),
    batches: listShape(
      membersShape({
        batchId: textShape(/^[!-~]{1,128}$/),
        rows: countShape,
        counted: countShape,
        invalid: countShape,
        missing: countShape,
      }),
      batchesMax,
    ),
  },
  { repeatedHash: eitherShape(bytesShape(32), oneOf(null)) },
);

/**
 * Reads the closing document of an election that its publisher signed; null for any other bytes, and where it withdraws what
 * is no option of the election, or an option twice.
 */
export function readClosing(
  bytes: Uint8Array,
  { publisher, origin, contests }: ClosedElection,
): ClosingDocument | null {
  const document = bytes.length > closingBytesMax ? null : readDocument(bytes, 'closing');
  const closing = document === null ? undefined : closingShape(document.body);
  if (document === null || closing === undefined || !isSignedBy(document, publisher)) return null;
  return closing.origin === origin && withdrawsOptions(closing.withdrawn, contests) ? closing : null;
}

type ClosedElection = {
  readonly publisher: NamedKey;
  readonly origin: string;
  readonly contests: readonly ContestDocument[];
};

function withdrawsOptions(withdrawn: readonly WithdrawnOption[], contests: readonly ContestDocument[]): boolean {
  const names = new Set(withdrawn.map(({ contestId, optionId }) => `${contestId}/${optionId}`));
  const options = new Set(contests.flatMap((contest) => contest.options.map(({ id }) => `${contest.id}/${id}`)));
  return names.size === withdrawn.length && [...names].every((name) => options.has(name));
}

/** Whether the batches agree with themselves, and their counted rows with the entries of paper ballots in the log. */
export function batchesAgree(batches: readonly ClosingBatch[], entries: number): boolean {
  const ids = new Set(batches.map(({ batchId }) => batchId));
  const counted = batches.reduce((sum, batch) => sum + batch.counted, 0);
  return (
    ids.size === batches.length &&
    counted === entries &&
    batches.every(({ rows, counted, invalid, missing }) => rows === counted + invalid + missing)
  );
}
