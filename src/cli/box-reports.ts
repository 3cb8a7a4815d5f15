// The health reports of services that reach no Redis and have no port for calls: they are in the database box.
import { z } from 'zod';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import type { ReportKeeper } from '../platform/health/examination.ts';
import { postgresUrl } from '../platform/environment-fields.ts';
import { openPool } from '../store/database.ts';
import type { Pool } from '../store/database.ts';
import { forgetServiceReport, keepServiceReport } from '../store/service-reports.ts';
import type { BoxReporter } from '../store/service-reports.ts';

const boxVariables = {
  mixer: 'MIXER_BOX_DATABASE_URL',
  log: 'LOG_BOX_DATABASE_URL',
} as const satisfies Record<BoxReporter, string>;

export function boxReports(service: BoxReporter, environment: Environment): ReportKeeper {
  const variable = boxVariables[service];
  const url = readEnvironment(z.object({ [variable]: postgresUrl }), environment)[variable] ?? '';
  const connected = async (act: (pool: Pool) => Promise<void>): Promise<void> => {
    const pool = openPool(url, { name: `popvote-${service}-report`, connectionsMax: 1 });
    try {
      await act(pool);
    } finally {
      await pool.end();
    }
  };
  return {
    keep: (report) => connected((pool) => keepServiceReport(pool, service, report.instance, JSON.stringify(report))),
    forget: (instance) => connected((pool) => forgetServiceReport(pool, service, instance)),
  };
}
