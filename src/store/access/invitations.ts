// Invitations: the holder of one may register once in its role. The database stores a keyed hash of each.
import type { UserRole } from '../../domain/user.ts';
import { certainRows } from '../certain-query.ts';
import type { Transaction } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredInvitation = {
  readonly id: string;
  readonly role: UserRole;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
};

export type InvitationCreated =
  | { readonly outcome: 'created'; readonly createdAtMs: number; readonly expiresAtMs: number }
  | { readonly outcome: 'not-admitted' | 'conflict' };

export async function createInvitation(
  on: Transaction,
  invitation: {
    readonly actor: string;
    readonly id: string;
    readonly tag: Buffer;
    readonly role: UserRole;
    readonly days: number;
    readonly invitationsMax: number;
  },
): Promise<InvitationCreated> {
  const { actor, id, tag, role, days, invitationsMax } = invitation;
  const [row] = await certainRows<InvitationCreated>(on, {
    text: `select outcome, created_at_ms as "createdAtMs", expires_at_ms as "expiresAtMs"
      from pv.create_invitation($1, $2, $3, $4, $5, $6)`,
    values: [actor, id, tag, role, days, invitationsMax],
  });
  return row ?? { outcome: 'conflict' };
}

/** Valid ones, the first to expire first. */
export async function listInvitations(pool: Pool): Promise<StoredInvitation[]> {
  const { rows } = await pool.query<StoredInvitation>(
    `select invitation_id as id, role, created_by as "createdBy", created_at_ms as "createdAtMs",
      expires_at_ms as "expiresAtMs" from pv.list_invitations()`,
  );
  return rows;
}

export async function withdrawInvitation(
  pool: Pool,
  by: { readonly actor: string; readonly invitation: string },
): Promise<'withdrawn' | 'not-admitted' | 'not-found'> {
  const [row] = await certainRows<{ outcome: 'withdrawn' | 'not-admitted' | 'not-found' }>(pool, {
    text: 'select pv.withdraw_invitation($1, $2) as outcome',
    values: [by.actor, by.invitation],
  });
  return row?.outcome ?? 'not-found';
}
