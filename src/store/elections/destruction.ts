// The certificate of the destruction of an election's data, and what is left of the data in this database. One statement each.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/** Stores the certificate with documents of a higher revision; false where it is stored, or others signed meanwhile. */
export async function storeDestruction(
  pool: Pool,
  stamp: {
    readonly id: string;
    readonly destruction: object;
    readonly revision: number;
    readonly documents: readonly object[];
  },
): Promise<boolean> {
  const [row] = await certainRows<{ stored: boolean }>(pool, {
    text: 'select pv.store_destruction($1, $2, $3, $4) as stored',
    values: [stamp.id, JSON.stringify(stamp.destruction), stamp.revision, JSON.stringify(stamp.documents)],
  });
  return row?.stored === true;
}

/** The signed certificate; null before. */
export async function findDestruction(pool: Pool, electionId: string): Promise<unknown> {
  const { rows } = await pool.query<{ destruction: unknown }>('select pv.read_destruction($1) as destruction', [
    electionId,
  ]);
  return rows[0]?.destruction ?? null;
}

/** Sealed numbers of people: on the roll, and in files that are being compared with it. */
export async function countSealedNumbers(pool: Pool, electionId: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select pv.count_sealed_numbers($1) as count', [electionId]);
  return rows[0]?.count ?? 0;
}
