// Seals ballots for the mixer. The database with the participation contains ballots in this form only. All sealed
// ballots of an election have one size.
import { ballotBytesMax } from '../../domain/ballot.ts';
import type { Contest } from '../../domain/election.ts';
import { createSealer, sealedOverheadBytes } from '../../platform/keys/sealed-boxes.ts';
import type { EpochKey } from '../../platform/keys/sealed-boxes.ts';
import { sealedBallotContent, sealedBallotContext, sealedBytesFor } from '../../protocol/sealed-ballot.ts';

/** Size of every sealed ballot of an election, in bytes. */
export function sealedBytesOf(contests: readonly Contest[]): number {
  return sealedBytesFor(
    ballotBytesMax(contests, (text) => Buffer.byteLength(text)),
    sealedOverheadBytes,
  );
}

/** Seals the ballots of one batch with one ephemeral key, which is discarded on return. */
export function sealBatch(
  to: EpochKey,
  election: { readonly id: string; readonly sealedBytes: number },
  ballots: readonly { readonly tracker: Buffer; readonly text: string }[],
): Buffer[] {
  const sealer = createSealer(to);
  const context = sealedBallotContext(election.id);
  const contentBytes = election.sealedBytes - sealedOverheadBytes;
  return ballots.map(({ tracker, text }) => sealer.seal(sealedBallotContent(tracker, text, contentBytes), context));
}
