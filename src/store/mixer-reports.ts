// The last health reports of the mixer's processes, in the box, as text that this floor does not parse.
import type { Pool } from './database.ts';

export async function keepMixerReport(pool: Pool, instance: string, report: string): Promise<void> {
  await pool.query('select pv.keep_mixer_report($1, $2)', [instance, report]);
}

export async function forgetMixerReport(pool: Pool, instance: string): Promise<void> {
  await pool.query('select pv.forget_mixer_report($1)', [instance]);
}

/** The newest first, at most 50. */
export async function listMixerReports(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ report: string }>('select report from pv.list_mixer_reports()');
  return rows.map(({ report }) => report);
}
