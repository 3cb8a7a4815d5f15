// Checks that the counts of both databases add up: every participant has exactly one ballot, in the outbox or in the
// box, or one that the box counts as repeated. It runs between two steps of the only mixer, so that no ballot is moving. It reads counts only.
import type { FaultMemory } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { countBox } from '../../store/box.ts';
import type { Pool } from '../../store/database.ts';
import { countElections, mixableElections } from '../../store/mixing.ts';
import type { MixerMetrics } from './mixer-metrics.ts';

export type Reconciliation = {
  readonly electionId: string;
  readonly participation: number;
  readonly outbox: number;
  readonly box: number;
  readonly repeated: number;
  /** 0 if the counts add up. */
  readonly mismatch: number;
};

type ReconcileParts = {
  readonly intake: Pool;
  readonly box: Pool;
  readonly logger: Logger;
  readonly metrics: MixerMetrics;
  /** By election. */
  readonly mismatches: FaultMemory;
};

export async function reconcile(parts: ReconcileParts): Promise<Reconciliation[]> {
  // A chosen batch may be in the box and still in the outbox, so its election is skipped.
  const moving = new Set<string>();
  for (const { electionId, chosen: batchSize } of await mixableElections(parts.intake, [])) {
    if (batchSize > 0) moving.add(electionId);
  }
  // The box is read first. Only this mixer adds to it, and participation and outbox come from one snapshot.
  const boxes = new Map<string, BoxNumbers>();
  for (const { electionId, channel, ballots } of await countBox(parts.box)) {
    if (channel === 'batch') continue;
    const numbers = boxes.get(electionId) ?? { box: 0, repeated: 0 };
    boxes.set(electionId, { ...numbers, [channel === 'online' ? 'box' : 'repeated']: ballots });
  }
  const registered = (await countElections(parts.intake)).map(({ electionId, participation, outbox }) => {
    const { box, repeated } = boxes.get(electionId) ?? { box: 0, repeated: 0 };
    boxes.delete(electionId);
    return { electionId, participation, outbox, box, repeated, mismatch: participation - outbox - box - repeated };
  });
  // Ballots of an election that is not in the intake, so it has no participation.
  const foreign = [...boxes].map(([electionId, { box, repeated }]) => ({
    electionId,
    box,
    repeated,
    participation: 0,
    outbox: 0,
    mismatch: -box - repeated,
  }));
  const all = [...registered, ...foreign].filter(({ electionId }) => !moving.has(electionId));
  for (const counts of all) report(parts, counts);
  return all;
}

type BoxNumbers = { readonly box: number; readonly repeated: number };

function report(parts: Omit<ReconcileParts, 'intake' | 'box'>, counts: Reconciliation): void {
  const { electionId: election, participation, outbox, box, repeated, mismatch } = counts;
  parts.metrics.ballots.set({ election, place: 'participation' }, participation);
  parts.metrics.ballots.set({ election, place: 'outbox' }, outbox);
  parts.metrics.ballots.set({ election, place: 'box' }, box);
  parts.metrics.ballots.set({ election, place: 'repeated' }, repeated);
  parts.metrics.mismatch.set({ election }, mismatch);
  if (mismatch === 0) {
    if (parts.mismatches.succeeded(election)) parts.logger.info(counts, 'mixer.counts-add-up-again');
  } else if (parts.mismatches.isNew(election, undefined, 'mixer.counts-do-not-add-up', { mismatch }))
    parts.logger.error(counts, 'mixer.counts-do-not-add-up');
}
