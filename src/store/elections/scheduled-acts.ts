// Plans of administrators: acts that the service carries out at a moment. One statement each; the database's clock
// decides what is due, and every statement may be repeated.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type PlannedAct = 'announce' | 'close' | 'count' | 'publish';

export type StoredPlan = {
  readonly id: string;
  readonly act: PlannedAct;
  readonly dueAtMs: number;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly state: 'waiting' | 'done' | 'failed' | 'cancelled';
  readonly finishedAtMs: number | null;
  readonly code: string | null;
  readonly detail: string | null;
};

export type PlanOutcome =
  { readonly outcome: 'scheduled'; readonly id: string } | { readonly outcome: 'not-found' | 'planned' | 'past' };

/** Stores a plan. `planned`: another plan for this act waits. `past`: the moment is not in the future. */
export async function schedulePlan(
  pool: Pool,
  plan: Pick<StoredPlan, 'act' | 'reason' | 'requestedBy'> & {
    readonly electionId: string;
    readonly at: string;
    /** Whether the author signed in with a second factor. */
    readonly secondFactor: boolean;
  },
): Promise<PlanOutcome> {
  const [row] = await certainRows<{ outcome: 'scheduled' | 'not-found' | 'planned' | 'past'; id: string | null }>(
    pool,
    {
      text: 'select outcome, act_id as id from pv.schedule_act($1, $2, $3, $4, $5, $6)',
      values: [plan.electionId, plan.act, plan.at, plan.reason, plan.requestedBy, plan.secondFactor],
    },
  );
  if (!row) throw new Error('The database answered without a row.');
  if (row.outcome !== 'scheduled') return { outcome: row.outcome };
  return { outcome: 'scheduled', id: row.id ?? '' };
}

/** Cancels a plan that waits. */
export async function cancelPlan(
  pool: Pool,
  electionId: string,
  id: string,
): Promise<'cancelled' | 'not-found' | 'finished' | 'running'> {
  const [row] = await certainRows<{ outcome: 'cancelled' | 'not-found' | 'finished' | 'running' }>(pool, {
    text: 'select pv.cancel_act($1, $2) as outcome',
    values: [electionId, id],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row.outcome;
}

export type DueAct = Pick<StoredPlan, 'id' | 'requestedBy'> & {
  readonly electionId: string;
  /** The name of the act: that of a plan, or of a confirmed proposal. */
  readonly act: string;
  /** Null where the act takes none. */
  readonly reason: string | null;
  /** JSON text, exactly as proposed; null for the plan of one administrator. */
  readonly parameters: string | null;
  readonly confirmedBy: string | null;
  /** Time since its moment, in milliseconds, by the database's clock. */
  readonly overdueMs: number;
};

const dueColumns = `act_id as id, election_id as "electionId", act, overdue_ms as "overdueMs", reason,
  requested_by as "requestedBy", parameters, confirmed_by as "confirmedBy"`;

/** Takes at most `limit` acts that are due. No other process takes them for `leaseMs` milliseconds. */
export async function takeDueActs(pool: Pool, limit: number, leaseMs: number): Promise<DueAct[]> {
  return certainRows<DueAct>(pool, {
    text: `select ${dueColumns} from pv.take_due_acts_with_parameters($1, $2)`,
    values: [limit, leaseMs],
  });
}

/** Whether the author of a plan signed in with a second factor. */
export async function hasPlannerFactor(pool: Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query<{ yes: boolean | null }>('select pv.act_has_second_factor($1) as yes', [id]);
  return rows[0]?.yes === true;
}

/** An act that is leased to the caller. */
export async function findDueAct(pool: Pool, id: string): Promise<DueAct | null> {
  const { rows } = await pool.query<DueAct>(`select ${dueColumns} from pv.find_act($1)`, [id]);
  return rows[0] ?? null;
}

/** Records the end of a plan: done, or failed with a problem. */
export async function finishPlan(
  pool: Pool,
  id: string,
  failure: { readonly code: string; readonly detail: string } | null,
): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.finish_act($1, $2, $3)',
    values: [id, failure?.code ?? null, failure?.detail ?? null],
  });
}

/** Gives a plan back, to be taken again after `pauseMs` milliseconds. */
export async function releasePlan(pool: Pool, id: string, pauseMs: number): Promise<void> {
  await certainRows(pool, { text: 'select pv.release_act($1, $2)', values: [id, pauseMs] });
}

/** The plans of an election, those that wait first. */
export async function plansOf(pool: Pool, electionId: string, limit: number): Promise<StoredPlan[]> {
  const { rows } = await pool.query<StoredPlan>(
    `select act_id as id, act, due_at_ms as "dueAtMs", reason, requested_by as "requestedBy",
      requested_at_ms as "requestedAtMs", state, finished_at_ms as "finishedAtMs", code, detail
     from pv.acts_of($1, $2)`,
    [electionId, limit],
  );
  return rows;
}
