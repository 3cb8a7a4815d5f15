// Whether both databases add up: everybody who took part has exactly one ballot, waiting or in the box. Read between two
// steps of the only mixer, so that no ballot is on its way; only counts are read.
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
  /** 0 when everything adds up. */
  readonly mismatch: number;
};

export async function reconcile(parts: {
  readonly intake: Pool;
  readonly box: Pool;
  readonly logger: Logger;
  readonly metrics: MixerMetrics;
}): Promise<Reconciliation[]> {
  // A batch that is chosen may be in the box already and in the outbox still: its election is not quiet.
  const moving = new Set<string>();
  for (const { electionId, chosen } of await mixableElections(parts.intake, [])) {
    if (chosen > 0) moving.add(electionId);
  }
  // The box first: it grows by this mixer alone, and participation and outbox come from one snapshot.
  const boxes = new Map<string, number>();
  for (const { electionId, channel, ballots } of await countBox(parts.box)) {
    if (channel === 'online') boxes.set(electionId, ballots);
  }
  const known = (await countElections(parts.intake)).map(({ electionId, participation, outbox }) => {
    const box = boxes.get(electionId) ?? 0;
    boxes.delete(electionId);
    return { electionId, participation, outbox, box, mismatch: participation - outbox - box };
  });
  // Ballots of an election that the intake does not know: nobody took part in it.
  const foreign = [...boxes].map(([electionId, box]) => ({
    electionId,
    box,
    participation: 0,
    outbox: 0,
    mismatch: -box,
  }));
  const all = [...known, ...foreign].filter(({ electionId }) => !moving.has(electionId));
  for (const found of all) report(parts, found);
  return all;
}

function report(parts: { logger: Logger; metrics: MixerMetrics }, found: Reconciliation): void {
  const { electionId: election, participation, outbox, box, mismatch } = found;
  parts.metrics.ballots.set({ election, place: 'participation' }, participation);
  parts.metrics.ballots.set({ election, place: 'outbox' }, outbox);
  parts.metrics.ballots.set({ election, place: 'box' }, box);
  parts.metrics.mismatch.set({ election }, mismatch);
  if (mismatch !== 0) parts.logger.error(found, 'mixer.counts-do-not-add-up');
}
