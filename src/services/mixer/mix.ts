// One step of mixing. For each election, a batch of sealed ballots is chosen and that choice is committed. Then the
// batch is opened, inserted into the box, and only then removed from the outbox. If the process is killed in between,
// the next step continues with the same batch, so each ballot arrives once and in an anonymity set that is never
// smaller. An opened ballot is never logged.
import { ballotsToMix } from '../../domain/mixing.ts';
import type { Logger } from '../../platform/logger.ts';
import { epochOf } from '../../platform/keys/sealed-boxes.ts';
import { readSealedBallot, sealedBallotContext } from '../../protocol/sealed-ballot.ts';
import { TrackerConflict, depositOnline } from '../../store/box.ts';
import type { BoxBallot } from '../../store/box.ts';
import type { Pool } from '../../store/database.ts';
import { interruptedElections } from '../../store/marks.ts';
import { chooseBatch, chosenBatch, finishBatch, mixableElections } from '../../store/mixing.ts';
import type { Mixable, SealedBallot } from '../../store/mixing.ts';
import type { EpochKeys } from './epoch-keys.ts';
import type { MixerMetrics } from './mixer-metrics.ts';

/**
 * Most ballots that cannot be opened and are left out of later batches. More than this means that keys are lost, not
 * that a ballot is broken. Mixing then waits until an operator restores the keys.
 */
const unopenedMax = 1_000;

export type MixingParts = {
  readonly intake: Pool;
  readonly box: Pool;
  readonly keys: EpochKeys;
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
  // Slots of ballots that could not be opened. They stay in the outbox and are tried again after a restart.
  const unopened = new Set<string>();
  return {
    async mixOnce() {
      const errors: unknown[] = [];
      let moved = 0;
      const mixable = await mixableElections(parts.intake, [...unopened]);
      const interrupted = await findInterrupted(parts);
      for (const election of mixable.filter(({ electionId }) => !interrupted.has(electionId))) {
        try {
          moved += await mixElection(parts, election, unopened);
        } catch (error) {
          if (error instanceof TrackerConflict) parts.metrics.trackerConflicts.inc();
          parts.logger.error({ err: error, electionId: election.electionId }, 'mixer.election-failed');
          errors.push(error);
        }
      }
      parts.metrics.unopened.set(unopened.size);
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

async function mixElection(parts: MixingParts, election: Mixable, unopened: Set<string>): Promise<number> {
  const { intake, box, metrics } = parts;
  const { electionId, minBatch, final } = election;
  if (election.chosen === 0) {
    const count = ballotsToMix(election.waiting, minBatch, final);
    if (count === 0) return 0;
    await chooseBatch(intake, electionId, count, [...unopened]);
  }
  const batch = await chosenBatch(intake, electionId);
  const { opened, closed } = openBatch(parts.keys, electionId, batch);
  if (closed.length > 0) alarm(parts, electionId, closed, unopened);
  // Unopened ballots must not make the anonymity set of the others too small.
  const tooFew = opened.length < Math.min(minBatch, batch.length) && !final;
  if (tooFew || unopened.size + closed.length > unopenedMax) return 0;
  if (opened.length > 0) {
    await depositOnline(
      box,
      electionId,
      opened.map(({ ballot }) => ballot),
    );
  }
  const movedCount = await finishBatch(
    intake,
    electionId,
    opened.map(({ slot }) => slot),
    closed,
  );
  for (const slot of closed) unopened.add(slot);
  metrics.moved.inc(movedCount);
  return movedCount;
}

function alarm(parts: MixingParts, electionId: string, closed: readonly string[], unopened: ReadonlySet<string>): void {
  parts.metrics.unopened.set(unopened.size + closed.length);
  parts.logger.error({ electionId, ballots: closed.length }, 'mixer.ballots-not-opened');
}

type Opened = { readonly slot: string; readonly ballot: BoxBallot };

function openBatch(
  keys: EpochKeys,
  electionId: string,
  batch: readonly SealedBallot[],
): { opened: Opened[]; closed: string[] } {
  const context = sealedBallotContext(electionId);
  const opened: Opened[] = [];
  const closed: string[] = [];
  for (const { slot, sealed } of batch) {
    const epoch = epochOf(sealed);
    const content = epoch && keys.openerOf(epoch)?.(sealed, context);
    const ballot = content ? readSealedBallot(content) : null;
    if (ballot) opened.push({ slot, ballot });
    else closed.push(slot);
  }
  return { opened, closed };
}
