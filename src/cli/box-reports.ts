// The mixer's health report: it reaches no Redis and has no port, so its report is in the database box.
import { z } from 'zod';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import type { ReportKeeper } from '../platform/health/examination.ts';
import { postgresUrl } from '../platform/environment-fields.ts';
import { openPool } from '../store/database.ts';
import type { Pool } from '../store/database.ts';
import { forgetMixerReport, keepMixerReport } from '../store/mixer-reports.ts';

export function boxReports(environment: Environment): ReportKeeper {
  const fields = z.object({ MIXER_BOX_DATABASE_URL: postgresUrl });
  const { MIXER_BOX_DATABASE_URL: url } = readEnvironment(fields, environment);
  const connected = async (act: (pool: Pool) => Promise<void>): Promise<void> => {
    const pool = openPool(url, { name: 'popvote-mixer-report', connectionsMax: 1 });
    try {
      await act(pool);
    } finally {
      await pool.end();
    }
  };
  return {
    keep: (report) => connected((pool) => keepMixerReport(pool, report.instance, JSON.stringify(report))),
    forget: (instance) => connected((pool) => forgetMixerReport(pool, instance)),
  };
}
