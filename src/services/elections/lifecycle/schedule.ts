// Background work for elections: completes pending changes, closes intakes after the grace period, counts turnouts, and
// restores publications that Redis or `ballots` has lost. Every step is idempotent, so several processes may run the
// schedule at the same time. Its errors never end the process.
import type { Logger } from '../../../platform/logger.ts';
import { createFaultLog } from '../../../platform/fault-log.ts';
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

/** Between two polls of the database, in milliseconds. After a full poll the next one follows sooner. */
const pollMs = 1_000;
const nextPollMs = 50;
/** Between two repairs of Redis, in milliseconds. */
const repairMs = 3_000;
/** Most elections in one poll. What people wait for comes first. */
const electionsMax = 64;
/** Most elections that are processed at the same time. Requests need the other connections to the database. */
const atOnceMax = 4;
/** Pause after a failure of an election, in milliseconds. Each further failure doubles it, up to `pauseMsMax`. */
const pauseMsMin = 1_000;
const pauseMsMax = 30_000;
/** Most elections that pause. Beyond it the one that failed first is tried again. */
const pausesMax = 2_000;

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
  const faults = createFaultLog(logger, 'warn');
  let repairedAtMs = -Infinity;

  const processDue = async (due: DueElection): Promise<void> => {
    try {
      await processElection(parts, due);
      pauses.delete(due.id);
    } catch (error) {
      const ms = Math.min(pauseMsMax, (pauses.get(due.id)?.ms ?? pauseMsMin / 2) * 2);
      pauses.delete(due.id);
      pauses.set(due.id, { untilMs: performance.now() + ms, ms });
      const [oldest] = pauses.size > pausesMax ? pauses.keys() : [];
      if (oldest !== undefined) pauses.delete(oldest);
      logger.warn({ err: error, electionId: due.id, againInMs: ms }, 'schedule.failed');
    }
  };

  // Returns whether more elections may be due.
  const pollOnce = async (): Promise<boolean> => {
    const now = performance.now();
    const excluded = [...pauses].flatMap(([id, { untilMs }]) => (now < untilMs ? [id] : []));
    const intervals = { turnoutMs: turnoutMsMin, rehearsalTurnoutMs: rehearsalTurnoutMsMin };
    const due = await dueElections(pool, { limit: electionsMax, ...intervals, excluded }).catch((error: unknown) => {
      faults.failed('database', error, 'schedule.no-database');
      return null;
    });
    if (due !== null) faults.succeeded('database');
    const waiting = (due ?? []).values();
    // The iterator is shared, so each worker takes the next election.
    const worker = async (): Promise<void> => {
      for (const each of waiting) await processDue(each);
    };
    await Promise.all(Array.from({ length: atOnceMax }, worker));
    if (performance.now() - repairedAtMs >= repairMs) {
      repairedAtMs = performance.now();
      if (!(await publishing.repair())) repairedAtMs = -Infinity;
    }
    faults.succeeded('poll');
    return due?.length === electionsMax;
  };
  const loop = createLoop({
    turn: () => pollOnce().then((more) => (more ? nextPollMs : pollMs)),
    failureMs: pollMs,
    onError: (error) => faults.failed('poll', error, 'schedule.poll-failed'),
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
