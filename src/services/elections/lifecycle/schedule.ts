// Background work for elections: completes pending changes, closes intakes after the grace period, counts turnouts, and
// restores publications that Redis or `ballots` has lost. Every step is idempotent, so several processes may run the
// schedule at the same time. Its errors never end the process.
import type { Logger } from '../../../platform/logger.ts';
import { createLoop } from '../../../platform/loop.ts';
import type { Loop } from '../../../platform/loop.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import { Problem, isTemporary } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { dueElections } from '../../../store/elections/lifecycle.ts';
import type { DueElection } from '../../../store/elections/lifecycle.ts';
import type { Audit } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Publishing } from '../publishing/publishing.ts';
import type { PendingChanges } from './pending-changes.ts';
import { rehearsalTurnoutMsMin, turnoutMsMin } from '../turnout/turnout.ts';
import type { Turnouts } from '../turnout/turnout.ts';

/** Between two polls of the database, in milliseconds. */
const pollMs = 1_000;
/** Between two repairs of Redis, in milliseconds. */
const repairMs = 3_000;
/** Most elections in one poll: more than can be published at once, so that a failing election does not delay others. */
const electionsMax = 200;
/** Pause after a failure of an election, in milliseconds. Each further failure doubles it, up to `pauseMsMax`. */
const pauseMsMin = 1_000;
const pauseMsMax = 30_000;

export type Schedule = Pick<Loop, 'start' | 'stop'> & {
  /** Polls once, now. Never rejects. */
  poll(): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: BallotsCalls;
  readonly pendingChanges: PendingChanges;
  readonly lifecycle: Pick<Lifecycle, 'closeIntake'>;
  readonly turnouts: Turnouts;
  readonly publishing: Publishing;
  readonly logger: Logger;
};

export function createSchedule(parts: Parts): Schedule {
  const { pool, publishing, logger } = parts;
  const pauses = new Map<string, { untilMs: number; ms: number }>();
  let repairedAtMs = -Infinity;

  const processDue = async (due: DueElection): Promise<void> => {
    const pause = pauses.get(due.id);
    if (pause && performance.now() < pause.untilMs) return;
    try {
      await processElection(parts, due);
      pauses.delete(due.id);
    } catch (error) {
      const ms = Math.min(pauseMsMax, (pause?.ms ?? pauseMsMin / 2) * 2);
      pauses.set(due.id, { untilMs: performance.now() + ms, ms });
      logger.warn({ err: error, electionId: due.id, againInMs: ms }, 'schedule.failed');
    }
  };

  const pollOnce = async (): Promise<void> => {
    const bounds = { limit: electionsMax, turnoutMs: turnoutMsMin, rehearsalTurnoutMs: rehearsalTurnoutMsMin };
    const due = await dueElections(pool, bounds).catch((error: unknown) => {
      logger.warn({ err: error }, 'schedule.no-database');
      return [];
    });
    await Promise.all(due.map(processDue));
    if (performance.now() - repairedAtMs < repairMs) return;
    repairedAtMs = performance.now();
    await publishing.repair();
  };
  const loop = createLoop({
    turn: () => pollOnce().then(() => pollMs),
    failureMs: pollMs,
    onError: (error) => logger.error({ err: error }, 'schedule.poll-failed'),
  });
  return {
    poll: () => loop.turnNow(),
    start: () => loop.start(),
    stop: () => loop.stop(),
  };
}

async function processElection(parts: Parts, due: DueElection): Promise<void> {
  const { id } = due;
  if (due.pending) await completePendingChange(parts, id);
  if (due.ended && (await answers(parts.ballots, id))) await parts.lifecycle.closeIntake(id);
  if (due.uncounted) await parts.turnouts.refresh(id);
  if (due.unkept) await parts.publishing.keep(id);
}

// While `ballots` is unavailable nothing is attempted, to keep failed attempts out of the audit log.
async function completePendingChange({ audit, pendingChanges, ballots }: Parts, id: string): Promise<void> {
  if (!(await answers(ballots, id))) throw new Problem('busy');
  const action = { actor: { kind: 'clock' }, act: 'election.settle', object: { kind: 'election', id } } as const;
  try {
    await audit.record(action, async () => {
      await pendingChanges.complete({ id });
      return { result: undefined };
    });
  } catch (error) {
    // `ballots` rejected the change, and it was withdrawn. It is no longer pending.
    if (!(error instanceof Problem) || isTemporary(error.code)) throw error;
  }
}

async function answers(ballots: BallotsCalls, id: string): Promise<boolean> {
  try {
    await ballots.counts(id);
    return true;
  } catch (error) {
    if (error instanceof CallFailed) return false;
    return error instanceof Problem && !isTemporary(error.code);
  }
}
