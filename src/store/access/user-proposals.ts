// Acts on users that wait for another administrator. A row exists while it waits. The database's clock decides what has
// expired.
import { certainRows } from '../certain-query.ts';
import type { Transaction } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredUserProposal = {
  readonly id: string;
  readonly act: string;
  readonly userId: string | null;
  /** JSON text. */
  readonly parameters: string;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
  readonly expiresAtMs: number;
};

/** Keeps every other act of an administrator waiting, and returns how many administrators can confirm. */
export async function beginUserAct(transaction: Transaction): Promise<number> {
  const text = 'select pv.begin_user_act() as confirmers';
  return (await oneRow<{ confirmers: number }>(transaction, { text, values: [] })).confirmers;
}

export type UserActProposed =
  | { readonly outcome: 'proposed'; readonly id: string; readonly expiresAtMs: number }
  | { readonly outcome: 'not-admitted' | 'not-found' | 'full' };

/** Stores a proposal, or returns the same one of this administrator that waits already. */
export async function proposeUserAct(
  pool: Pool,
  proposal: Pick<StoredUserProposal, 'id' | 'act' | 'userId' | 'parameters' | 'proposedBy'>,
  limits: { readonly lifeSeconds: number; readonly max: number },
): Promise<UserActProposed> {
  const { id, act, userId, parameters, proposedBy } = proposal;
  return oneRow<UserActProposed>(pool, {
    text: `select outcome, proposal_id as id, expires_at_ms as "expiresAtMs"
      from pv.propose_user_act($1, $2, $3, $4, $5, $6, $7)`,
    values: [id, proposedBy, act, userId, parameters, limits.lifeSeconds, limits.max],
  });
}

const columns = `proposal_id as id, act, user_id as "userId", parameters, proposed_by as "proposedBy",
  proposed_at_ms as "proposedAtMs", expires_at_ms as "expiresAtMs"`;

/** Those that can be confirmed, the newest first. */
export async function listUserProposals(pool: Pool): Promise<StoredUserProposal[]> {
  return (await pool.query<StoredUserProposal>(`select ${columns} from pv.user_proposals(null)`)).rows;
}

export async function findUserProposal(pool: Pool, id: string): Promise<StoredUserProposal | null> {
  const { rows } = await pool.query<StoredUserProposal>(`select ${columns} from pv.user_proposals($1)`, [id]);
  return rows[0] ?? null;
}

export type UserProposalTaken = 'taken' | 'not-admitted' | 'not-found' | 'own' | 'stale';

/** Confirms a proposal in the transaction of its act. `stale`: the account is not as it was. */
export async function takeUserProposal(transaction: Transaction, id: string, by: string): Promise<UserProposalTaken> {
  const text = 'select pv.take_proposal($1, $2) as outcome';
  return (await oneRow<{ outcome: UserProposalTaken }>(transaction, { text, values: [id, by] })).outcome;
}

export type UserProposalWithdrawn =
  { readonly outcome: 'withdrawn'; readonly userId: string | null } | { readonly outcome: 'not-found' | 'not-own' };

export async function withdrawUserProposal(pool: Pool, id: string, by: string): Promise<UserProposalWithdrawn> {
  const text = 'select outcome, user_id as "userId" from pv.withdraw_proposal($1, $2)';
  return oneRow<UserProposalWithdrawn>(pool, { text, values: [id, by] });
}

async function oneRow<Row extends object>(
  on: Pool | Transaction,
  query: { text: string; values: unknown[] },
): Promise<Row> {
  const [row] = await certainRows<Row>(on, query);
  if (!row) throw new Error('The database answered without a row.');
  return row;
}
