// Sealed ballots that are left out of batches, because they cannot go into the box. They stay in the outbox, raise an alarm,
// and are tried again after a restart, or when a key comes that was not here.
import { createFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import type { MixerMetrics } from './mixer-metrics.ts';

/**
 * Most ballots that are left out. More than this means that keys are lost, not that a ballot is broken. Mixing then waits
 * until an operator restores the keys.
 */
const leftOutMax = 1_000;

/** `not-opened`: no key opens it. `not-signed`: `ballots` did not sign it for the log of the election. */
export type LeftOutReason = 'not-opened' | 'not-signed';
const events: Readonly<Record<LeftOutReason, string>> = {
  'not-opened': 'mixer.ballots-not-opened',
  'not-signed': 'mixer.ballots-not-signed',
};

export type LeftOut = {
  /** The slots of all of them. */
  slots(): string[];
  /** How many more there may be. */
  room(): number;
  /** `keep`: leave them out of later batches. Otherwise their batch waits as it is. */
  add(electionId: string, reason: LeftOutReason, slots: readonly string[], keep: boolean): void;
  /** Tries the unsigned ones of an election again where its log has another name than before. */
  checkOrigin(electionId: string, origin: string): void;
  /** Begins a round of batches. Those that no key opened are tried again when a key came that was not here before. */
  begin(keyAdditions: number): void;
  /** Shows how many there are. */
  show(): void;
};

export function createLeftOut({
  metrics,
  logger,
}: {
  readonly metrics: MixerMetrics;
  readonly logger: Logger;
}): LeftOut {
  const bySlot = new Map<string, { readonly electionId: string; readonly reason: LeftOutReason }>();
  const faults = createFaultLog(logger);
  const origins = new Map<string, string>();
  /** Of batches that wait, in this round. */
  let waiting: LeftOutReason[] = [];
  let additions = 0;
  return {
    slots: () => [...bySlot.keys()],
    room: () => leftOutMax - bySlot.size,
    add(electionId, reason, slots, keep) {
      const part = `${electionId} ${reason}`;
      const about = { electionId, ballots: slots.length };
      // A batch that waits is found in each round.
      if (slots.length > 0 && !keep) faults.failed(part, undefined, events[reason], about);
      else faults.succeeded(part);
      if (!keep) waiting.push(...slots.map(() => reason));
      else if (slots.length > 0) {
        logger.error(about, events[reason]);
        for (const slot of slots) bySlot.set(slot, { electionId, reason });
      }
    },
    checkOrigin(electionId, origin) {
      const before = origins.get(electionId);
      origins.set(electionId, origin);
      if (before === undefined || before === origin) return;
      for (const [slot, ballot] of bySlot) {
        if (ballot.electionId === electionId && ballot.reason === 'not-signed') bySlot.delete(slot);
      }
    },
    begin(keyAdditions) {
      waiting = [];
      if (keyAdditions === additions) return;
      additions = keyAdditions;
      for (const [slot, { reason }] of bySlot) if (reason === 'not-opened') bySlot.delete(slot);
    },
    show() {
      const all = [...[...bySlot.values()].map(({ reason }) => reason), ...waiting];
      const count = (reason: LeftOutReason): number => all.filter((each) => each === reason).length;
      metrics.unopened.set(count('not-opened'));
      metrics.unsigned.set(count('not-signed'));
    },
  };
}
