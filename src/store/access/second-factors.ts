// The encrypted secret of an authenticator, and keyed hashes of recovery codes. The database decides
// whether a code is accepted, so that each works once.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredSecondFactor = { readonly sealed: string; readonly confirmed: boolean };

export async function findSecondFactor(pool: Pool, user: string): Promise<StoredSecondFactor | null> {
  const { rows } = await pool.query<StoredSecondFactor>('select sealed, confirmed from pv.find_second_factor($1)', [
    user,
  ]);
  return rows[0] ?? null;
}

/** False where a confirmed one exists. */
export const offerSecondFactor = (pool: Pool, user: string, sealed: string): Promise<boolean> =>
  yes(pool, 'select pv.offer_second_factor($1, $2) as yes', [user, sealed]);

export async function confirmSecondFactor(
  pool: Pool,
  confirmed: {
    readonly user: string;
    /** The offered secret that the code was checked against. */
    readonly sealed: string;
    readonly step: number;
    readonly recovery: readonly Buffer[];
    /** The session that continues. */
    readonly keep: string;
  },
): Promise<{ readonly outcome: 'confirmed' | 'refused'; readonly ended: readonly string[] }> {
  const [row] = await certainRows<{ outcome: 'confirmed' | 'refused'; ended: string[] }>(pool, {
    text: 'select outcome, ended from pv.confirm_second_factor($1, $2, $3, $4, $5)',
    values: [confirmed.user, confirmed.sealed, confirmed.step, [...confirmed.recovery], confirmed.keep],
  });
  return row ?? { outcome: 'refused', ended: [] };
}

/** Whether the code of this time step is accepted: each once, in rising order. */
export const takeCode = (pool: Pool, user: string, step: number): Promise<boolean> =>
  yes(pool, 'select pv.take_code($1, $2) as yes', [user, step]);

/** Whether this was an unused recovery code. It is used up by this. */
export const takeRecoveryCode = (pool: Pool, user: string, tag: Buffer): Promise<boolean> =>
  yes(pool, 'select pv.take_recovery_code($1, $2) as yes', [user, tag]);

export const removeAuthenticator = (pool: Pool, user: string): Promise<boolean> =>
  yes(pool, 'select pv.remove_authenticator($1) as yes', [user]);

async function yes(pool: Pool, text: string, values: unknown[]): Promise<boolean> {
  const [row] = await certainRows<{ yes: boolean }>(pool, { text, values });
  return row?.yes === true;
}
