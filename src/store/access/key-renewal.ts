// What the database has under keys of `access`, and the same under newer keys.
import type { NationalIdScheme } from '../../domain/user.ts';
import type { Pool } from '../database.ts';

export type SealedUser = {
  readonly number: number;
  readonly id: string;
  readonly scheme: NationalIdScheme | null;
  readonly identity: string | null;
  /** Keyed hashes of the national id, in their order. */
  readonly tags: readonly Buffer[];
  readonly factor: string | null;
};

/** At most `limit` users with something sealed who registered after the one with this number. */
export async function listSealed(pool: Pool, after: number, limit: number): Promise<SealedUser[]> {
  const { rows } = await pool.query<SealedUser>(
    `select number, user_id as id, identity_scheme as scheme, identity_sealed as identity, identity_tags as tags,
      factor_sealed as factor from pv.list_sealed($1, $2)`,
    [after, limit],
  );
  return rows;
}

/** False where another user has the same national id. */
export async function renewIdentity(
  pool: Pool,
  user: string,
  identity: { readonly before: string; readonly sealed: string; readonly tags: readonly Buffer[] },
): Promise<boolean> {
  const { before, sealed, tags } = identity;
  const text = 'select pv.renew_identity($1, $2, $3, $4) as renewed';
  const { rows } = await pool.query<{ renewed: boolean }>(text, [user, before, sealed, tags]);
  return rows[0]?.renewed === true;
}

export async function renewFactor(
  pool: Pool,
  user: string,
  factor: { readonly before: string; readonly sealed: string },
): Promise<void> {
  await pool.query('select pv.renew_factor($1, $2, $3)', [user, factor.before, factor.sealed]);
}
