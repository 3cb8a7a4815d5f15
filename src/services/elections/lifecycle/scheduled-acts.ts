// Carries out acts that administrators planned for a moment (announce, close, count, publish), and confirmed proposals.
// They are stored in the database, so a restart loses none, and several processes share the work. Each act takes effect
// once, because the acts themselves change nothing when they are repeated, and one that is finished is never taken again.
import type { Logger } from '../../../platform/logger.ts';
import { createFaultLog } from '../../../platform/fault-log.ts';
import { createLoop } from '../../../platform/loop.ts';
import type { Loop } from '../../../platform/loop.ts';
import { Counter } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { PlanRequest, ScheduledAct } from '../../../protocol/control/election-lifecycle-api.ts';
import { Problem, isTemporary, problems } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { Pool } from '../../../store/database.ts';
import { findElection } from '../../../store/elections/elections.ts';
import {
  cancelPlan,
  findDueAct,
  finishPlan,
  hasPlannerFactor,
  plansOf,
  releasePlan,
  schedulePlan,
  takeDueActs,
} from '../../../store/elections/scheduled-acts.ts';
import type { DueAct, PlannedAct, StoredPlan } from '../../../store/elections/scheduled-acts.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { StoredAct } from '../proposals/election-act.ts';
import { requireSecondFactor } from '../proposals/second-factor.ts';
import { isRehearsal } from '../proposals/second-person.ts';
import type { SecondPerson } from '../proposals/second-person.ts';
import { parametersOfPlan, storedAct } from '../proposals/stored-acts.ts';

/** Between two polls, in milliseconds: the longest delay of an act. */
const pollMs = 500;
/** Most acts in one poll. */
const plansMax = 20;
/** Time in which no other process takes an act, in milliseconds. It is longer than any act but a long count. */
export const leaseMs = 120_000;
/** Pause before a plan is tried again, in milliseconds: the first, and the longest. Each doubles the one before. */
const pauseMsMin = 500;
const pauseMsMax = 20_000;
/**
 * How long an act is tried again that must wait for something else, in milliseconds: a count waits for the closing and
 * for ballots on their way, publishing waits for the count.
 */
const waitingMsMax = 30 * 60_000;
/** Most plans of an election in one answer. */
const plansShownMax = 50;

export type ScheduledActs = Pick<Loop, 'start' | 'stop'> & {
  /** Stores a plan. Throws `election-not-found`, and `conflict` for a past moment or a second plan for the act. */
  plan(caller: Caller, electionId: string, request: PlanRequest): Promise<ScheduledAct>;
  /** Cancels a plan that waits. Throws `plan-not-found`, and `conflict` if it is finished or being carried out. */
  cancel(caller: Caller, electionId: string, id: string): Promise<void>;
  /** The plans of an election, those that wait first. Throws `election-not-found`. */
  list(electionId: string): Promise<readonly ScheduledAct[]>;
  /** Carries out what is due, now. Never rejects. */
  poll(): Promise<void>;
  /**
   * Carries out an act that is leased to this process. Throws the problem with which it failed. An act that must wait is
   * tried again later.
   */
  carryOut(actId: string): Promise<void>;
  /** Records the end of an act that was carried out elsewhere: done where `error` is null. */
  finish(actId: string, error: unknown): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly acts: Readonly<Record<string, StoredAct>>;
  readonly secondPerson: Pick<SecondPerson, 'isNeeded'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export function createScheduledActs(parts: Parts): ScheduledActs {
  const { pool, logger } = parts;
  const outcomes = new Counter({
    name: 'popvote_elections_scheduled_acts_total',
    help: 'Scheduled acts by act and outcome: done, failed, or again if it is tried again later.',
    labelNames: ['act', 'outcome'],
    registers: [parts.metrics],
  });
  const faults = createFaultLog(logger, 'warn');
  const tries = new Map<string, number>();
  const carryOut = async (due: DueAct): Promise<Attempted> => {
    const attempted = await attempt(parts, due, tries);
    outcomes.inc({ act: due.act, outcome: attempted.outcome });
    return attempted;
  };
  const loop = createLoop({
    async turn() {
      const due = await takeDueActs(pool, plansMax, leaseMs);
      await Promise.all(due.map(carryOut));
      faults.succeeded('poll');
      return due.length === plansMax ? 0 : pollMs;
    },
    failureMs: pollMs,
    onError: (error) => faults.failed('poll', error, 'scheduled-acts.poll-failed'),
  });
  return {
    plan: (caller, electionId, request) => storePlan(parts, caller, electionId, request),
    async cancel(caller, electionId, id) {
      const election = await findElection(pool, electionId);
      if (election !== null) requireSecondFactor(caller, election);
      return cancel(parts, caller, electionId, id);
    },
    async list(electionId) {
      if ((await findElection(pool, electionId)) === null) throw new Problem('election-not-found');
      return (await plansOf(pool, electionId, plansShownMax)).map(shownPlan);
    },
    poll: () => loop.turnNow(),
    async carryOut(actId) {
      const due = await findDueAct(pool, actId);
      if (due === null) return;
      const attempted = await carryOut(due);
      if (attempted.outcome === 'failed') throw attempted.problem;
    },
    finish: (actId, error) => finishPlan(pool, actId, error === null ? null : failureOf(problemOf(error))),
    start: () => loop.start(),
    stop: () => loop.stop(),
  };
}

async function storePlan(
  { pool, audit }: Parts,
  { actor, secondFactor = false, request }: Caller,
  id: string,
  { act, at, reason }: PlanRequest,
): Promise<ScheduledAct> {
  if (actor.kind !== 'user') throw new Error('only users plan acts');
  const action = { actor, request, act: 'election.schedule-act', object: { kind: 'election', id }, reason } as const;
  return audit.record(action, async () => {
    const plan = { electionId: id, act, at, reason, requestedBy: actor.userId, secondFactor };
    const stored = await schedulePlan(pool, plan);
    if (stored.outcome === 'not-found') throw new Problem('election-not-found');
    if (stored.outcome !== 'scheduled') throw new Problem('conflict', { detail: planDetails[stored.outcome] });
    const row = (await plansOf(pool, id, plansShownMax)).find((one) => one.id === stored.id);
    if (!row) throw new Error('the stored plan is missing');
    return { result: shownPlan(row), changed: { [act]: { to: at } } };
  });
}

const planDetails = {
  past: 'The time is not in the future. Carry out the act now instead. Nothing was scheduled.',
  planned: 'This act is scheduled already. Cancel that plan first. Nothing was changed.',
  finished: 'This plan is finished or cancelled already. Nothing was changed.',
  running: 'This act is being carried out. Nothing was changed.',
} as const;

async function cancel({ pool, audit }: Parts, { actor, request }: Caller, id: string, planId: string): Promise<void> {
  const action = { actor, request, act: 'election.cancel-scheduled-act', object: { kind: 'election', id } } as const;
  await audit.record(action, async () => {
    const outcome = await cancelPlan(pool, id, planId);
    if (outcome === 'not-found') throw new Problem('plan-not-found');
    if (outcome !== 'cancelled') throw new Problem('conflict', { detail: planDetails[outcome] });
    return { result: undefined, changed: { plan: { from: planId } } };
  });
}

type Attempted = { readonly outcome: 'done' | 'again' } | { readonly outcome: 'failed'; readonly problem: Problem };

async function attempt(parts: Parts, due: DueAct, tries: Map<string, number>): Promise<Attempted> {
  const { pool, logger } = parts;
  const { id, electionId, act } = due;
  try {
    await carryOutOnce(parts, due);
    await finishPlan(pool, id, null);
    tries.delete(id);
    return { outcome: 'done' };
  } catch (error) {
    if (canWait(due, error)) {
      const count = tries.get(id) ?? 0;
      tries.set(id, count + 1);
      await releasePlan(pool, id, Math.min(pauseMsMax, pauseMsMin * 2 ** count));
      return { outcome: 'again' };
    }
    tries.delete(id);
    const problem = problemOf(error);
    logger.error({ err: error, electionId, act }, 'scheduled-act.failed');
    await finishPlan(pool, id, failureOf(problem));
    return { outcome: 'failed', problem };
  }
}

const problemOf = (error: unknown): Problem => (error instanceof Problem ? error : new Problem('internal'));

const failureOf = ({ code, extras }: Problem) => ({ code, detail: extras.detail ?? problems[code].detail });

async function carryOutOnce({ pool, acts, secondPerson }: Parts, due: DueAct): Promise<void> {
  const { id, electionId, act, requestedBy, confirmedBy } = due;
  if (confirmedBy === null) {
    // The election, or the number of administrators, may have changed since one person made the plan.
    const election = await findElection(pool, electionId);
    if (election !== null && (await secondPerson.isNeeded(election)))
      throw new Problem('conflict', { detail: unconfirmed });
    if (election !== null && !isRehearsal(election) && !(await hasPlannerFactor(pool, id)))
      throw new Problem('second-factor-missing');
  }
  // The act is that of the administrator who planned or proposed it. The request id names the plan.
  const confirmation = confirmedBy === null ? {} : { confirmedBy };
  const actor = { kind: 'user', userId: requestedBy, role: 'administrator', ...confirmation } as const;
  const parameters = due.parameters ?? parametersOfPlan(act as PlannedAct, due.reason ?? '');
  await storedAct(acts, act).carryOut({ actor, request: `scheduled-act-${id}` }, electionId, parameters);
}

const unconfirmed =
  'One administrator planned this act, and another must confirm it now. Propose it again. Nothing was changed.';

/** Whether a failed act is tried again: the outcome is not known yet, or it waits for something else. */
function canWait({ act, overdueMs }: DueAct, error: unknown): boolean {
  // An error that is no problem is a dependency that does not answer, or a fault of ours: an operator may fix both.
  if (!(error instanceof Problem)) return overdueMs < waitingMsMax;
  if (isTemporary(error.code)) return true;
  const waits = act === 'count' || act === 'publish';
  const stateMayChange = error.code === 'conflict' || problems[error.code].retry === 'after-change';
  return waits && stateMayChange && overdueMs < waitingMsMax;
}

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instantOf(ms));

function shownPlan(plan: StoredPlan): ScheduledAct {
  const { id, act, reason, state, requestedBy, code, detail } = plan;
  return {
    id,
    act,
    at: instantOf(plan.dueAtMs),
    reason,
    state,
    requestedBy,
    requestedAt: instantOf(plan.requestedAtMs),
    finishedAt: instantOrNull(plan.finishedAtMs),
    problem: code === null ? null : { code, detail: detail ?? '' },
  };
}
