// The last health reports of services that reach no Redis, in the box, as text that this floor does not parse.
import type { Pool } from './database.ts';

/** Services that report in the box, each with functions of its own. */
export type BoxReporter = 'mixer' | 'log';

export async function keepServiceReport(
  pool: Pool,
  service: BoxReporter,
  instance: string,
  report: string,
): Promise<void> {
  await pool.query(`select pv.keep_${service}_report($1, $2)`, [instance, report]);
}

export async function forgetServiceReport(pool: Pool, service: BoxReporter, instance: string): Promise<void> {
  await pool.query(`select pv.forget_${service}_report($1)`, [instance]);
}

/** The newest first, at most 50. */
export async function listServiceReports(pool: Pool, service: BoxReporter): Promise<readonly string[]> {
  const { rows } = await pool.query<{ report: string }>(`select report from pv.list_${service}_reports()`);
  return rows.map(({ report }) => report);
}
