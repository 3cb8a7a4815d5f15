// Proposals of administrators: acts that wait for another administrator. One statement each; the database's clock
// decides what is expired, and a constraint that another person confirms.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type NewProposal = {
  readonly electionId: string;
  readonly act: string;
  /** JSON text. */
  readonly parameters: string;
  readonly reason: string | null;
  /** RFC 3339; null for an act that is carried out when it is confirmed. */
  readonly at: string | null;
  readonly by: string;
};

export type ProposalStored =
  { readonly outcome: 'proposed'; readonly id: string } | { readonly outcome: 'not-found' | 'past' | 'full' };

/** Stores a proposal, or returns the same one that waits already. */
export async function proposeAct(
  pool: Pool,
  { electionId, act, parameters, reason, at, by }: NewProposal,
  limits: { readonly lifeSeconds: number; readonly max: number },
): Promise<ProposalStored> {
  const row = await oneRow<{ outcome: ProposalStored['outcome']; id: string | null }>(pool, {
    text: 'select outcome, proposal_id as id from pv.propose_act($1, $2, $3, $4, $5, $6, $7, $8)',
    values: [electionId, act, parameters, reason, at, by, limits.lifeSeconds, limits.max],
  });
  return row.outcome === 'proposed' ? { outcome: 'proposed', id: row.id ?? '' } : { outcome: row.outcome };
}

export type ProposalDecided = 'not-found' | 'expired' | 'decided';
export type ProposalConfirmed =
  | { readonly outcome: 'confirmed'; readonly actId: string; readonly immediate: boolean }
  | { readonly outcome: ProposalDecided | 'own' | 'past' | 'planned' };

/** Confirms a proposal. `immediate`: the act is leased to the caller, who carries it out now. */
export async function confirmProposal(pool: Pool, id: string, by: string, leaseMs: number): Promise<ProposalConfirmed> {
  return oneRow<ProposalConfirmed>(pool, {
    text: 'select outcome, act_id as "actId", immediate from pv.confirm_proposal($1, $2, $3)',
    values: [id, by, leaseMs],
  });
}

export async function rejectProposal(pool: Pool, id: string, by: string): Promise<'rejected' | ProposalDecided> {
  const { outcome } = await oneRow<{ outcome: 'rejected' | ProposalDecided }>(pool, {
    text: 'select pv.reject_proposal($1, $2) as outcome',
    values: [id, by],
  });
  return outcome;
}

export type StoredProposal = {
  readonly id: string;
  readonly electionId: string;
  readonly act: string;
  /** JSON text; null in a list. */
  readonly parameters: string | null;
  readonly reason: string | null;
  readonly dueAtMs: number | null;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
  readonly expiresAtMs: number;
  readonly state: 'proposed' | 'confirmed' | 'rejected' | 'expired';
  readonly decidedBy: string | null;
  readonly decidedAtMs: number | null;
  /** Of the act that a confirmed proposal became. */
  readonly actState: 'waiting' | 'done' | 'failed' | 'cancelled' | null;
  readonly code: string | null;
  readonly detail: string | null;
};

const proposalColumns = `proposal_id as id, election_id as "electionId", act, parameters, reason, due_at_ms as "dueAtMs",
  proposed_by as "proposedBy", proposed_at_ms as "proposedAtMs", expires_at_ms as "expiresAtMs", state,
  decided_by as "decidedBy", decided_at_ms as "decidedAtMs", act_state as "actState", code, detail`;

/** The newest proposals, without their parameters. */
export async function listProposals(
  pool: Pool,
  filter: { readonly electionId: string | null; readonly waiting: boolean },
  limit: number,
): Promise<StoredProposal[]> {
  const { rows } = await pool.query<StoredProposal>(
    `select ${proposalColumns} from pv.seen_proposals(null, $1, $2, false, $3)`,
    [filter.electionId, filter.waiting, limit],
  );
  return rows;
}

export async function findProposal(pool: Pool, id: string): Promise<StoredProposal | null> {
  const { rows } = await pool.query<StoredProposal>(
    `select ${proposalColumns} from pv.seen_proposals($1, null, false, true, 1)`,
    [id],
  );
  return rows[0] ?? null;
}

async function oneRow<Row extends object>(pool: Pool, query: { text: string; values: unknown[] }): Promise<Row> {
  const [row] = await certainRows<Row>(pool, query);
  if (!row) throw new Error('The database answered without a row.');
  return row;
}
