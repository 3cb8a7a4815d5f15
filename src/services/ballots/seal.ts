// Seals ballots for the mixer. The database with the participation contains ballots in this form only. All sealed
// ballots of an election have one size.
import { ballotBytesMax } from '../../domain/ballot.ts';
import type { Contest } from '../../domain/election.ts';
import { createSealer, sealedOverheadBytes } from '../../platform/keys/sealed-boxes.ts';
import type { EpochKey } from '../../platform/keys/sealed-boxes.ts';
import { sealedBallotContent, sealedBallotContext, sealedBytesFor } from '../../protocol/sealed-ballot.ts';
import type { SealedContent } from '../../protocol/sealed-ballot.ts';

/** Size of every sealed ballot of an election, in bytes. `hasLog`: with its entry in the public log. */
export function sealedBytesOf(contests: readonly Contest[], hasLog: boolean): number {
  return sealedBytesFor(
    ballotBytesMax(contests, (text) => Buffer.byteLength(text)),
    sealedOverheadBytes,
    hasLog,
  );
}

/**
 * Seals the ballots of one batch with one ephemeral key, which is discarded on return. All have an entry, or none has.
 */
export function sealBatch(
  to: EpochKey,
  election: { readonly id: string; readonly sealedBytes: number },
  ballots: readonly SealedContent[],
): Buffer[] {
  const sealer = createSealer(to);
  const hasLog = ballots.some(({ entry }) => entry !== null);
  const context = sealedBallotContext(election.id, hasLog);
  const contentBytes = election.sealedBytes - sealedOverheadBytes;
  return ballots.map((ballot) => sealer.seal(sealedBallotContent(ballot, contentBytes), context));
}
