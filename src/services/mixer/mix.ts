// One step of mixing. For each election, a batch of sealed ballots is chosen and that choice is committed. Then the
// batch is opened, inserted into the box, and only then removed from the outbox. If the process is killed in between,
// the next step continues with the same batch, so each ballot arrives once and in an anonymity set that is never
// smaller. The box counts ballots under one cast tag as one and repeated ones: a batch with such ballots of altered clients
// adds fewer to the box than it has. An opened ballot is never logged.
import { ballotsToMix } from '../../domain/mixing.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import { TrackerConflict } from '../../store/box.ts';
import type { Pool } from '../../store/database.ts';
import { interruptedElections } from '../../store/marks.ts';
import { chooseBatch, chosenBatch, finishBatch, mixableElections } from '../../store/mixing.ts';
import type { Mixable } from '../../store/mixing.ts';
import { depositBatch } from './deposit-batch.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { createLeftOut } from './left-out.ts';
import type { LeftOut } from './left-out.ts';
import type { MixerMetrics } from './mixer-metrics.ts';
import { checkedLog, openBatch } from './open-batch.ts';
import { findLog } from '../../store/record/deposits.ts';

export type MixingParts = {
  readonly intake: Pool;
  readonly box: Pool;
  readonly keys: EpochKeys;
  /** The public keys of receipts: a manifest names one of them. */
  readonly receipts: readonly PublicJwk[];
  readonly logger: Logger;
  readonly metrics: MixerMetrics;
};

export type Mixer = {
  /**
   * One step. Returns how many ballots were moved. Every election is tried, and the errors are thrown together at the
   * end. Only one mixer may work at a time (see `createMixerLock`).
   */
  mixOnce(): Promise<number>;
};

export function createMixer(parts: MixingParts): Mixer {
  const leftOut = createLeftOut(parts);
  const faults = createFaultLog(parts.logger);
  return {
    async mixOnce() {
      const errors: unknown[] = [];
      let moved = 0;
      leftOut.begin(parts.keys.additions());
      const mixable = await mixableElections(parts.intake, leftOut.slots());
      const interrupted = await findInterrupted(parts);
      for (const election of mixable.filter(({ electionId }) => !interrupted.has(electionId))) {
        try {
          moved += await mixElection(parts, election, leftOut);
          faults.succeeded(election.electionId);
        } catch (error) {
          if (error instanceof TrackerConflict) parts.metrics.trackerConflicts.inc();
          const { electionId } = election;
          faults.failed(electionId, error, 'mixer.election-failed', { electionId });
          errors.push(error);
        }
      }
      leftOut.show();
      if (errors.length > 0) throw new AggregateError(errors, 'not every election could be mixed');
      return moved;
    },
  };
}

// Elections that lost recorded votes are not mixed until the loss is accepted, so that their databases stay as they are.
async function findInterrupted({ intake, metrics }: MixingParts): Promise<ReadonlySet<string>> {
  const interrupted = await interruptedElections(intake);
  metrics.interrupted.set(interrupted.length);
  return new Set(interrupted.map(({ electionId }) => electionId));
}

async function mixElection(parts: MixingParts, election: Mixable, leftOut: LeftOut): Promise<number> {
  const { intake, box, metrics } = parts;
  const { electionId, minBatch, final } = election;
  if (election.chosen === 0) {
    const count = ballotsToMix(election.waiting, minBatch, final);
    if (count === 0) return 0;
    await chooseBatch(intake, electionId, count, leftOut.slots());
  }
  const batch = await chosenBatch(intake, electionId);
  const open = await findLog(box, electionId);
  const log = open && checkedLog(parts.receipts, open);
  leftOut.checkOrigin(electionId, open?.origin ?? '');
  const { opened, closed, unsigned } = openBatch(parts.keys, { electionId, log }, batch);
  // Ballots that are left out must not make the anonymity set of the others too small.
  const tooFew = opened.length < Math.min(minBatch, batch.length) && !final;
  const waits = tooFew || closed.length + unsigned.length > leftOut.room();
  leftOut.add(electionId, 'not-opened', closed, !waits);
  leftOut.add(electionId, 'not-signed', unsigned, !waits);
  if (waits) return 0;
  await depositBatch(box, electionId, opened);
  const slots = opened.map(({ slot }) => slot);
  const movedCount = await finishBatch(intake, electionId, slots, [...closed, ...unsigned]);
  metrics.moved.inc(movedCount);
  return movedCount;
}
