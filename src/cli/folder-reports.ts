// The health report of `herald`, which reaches no Redis and no database: it is a file in the folder that `api` reads.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceDurably } from '../platform/durable-folder.ts';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { directory } from '../platform/environment-fields.ts';
import type { ReportKeeper } from '../platform/health/examination.ts';
import { folderReportName } from '../platform/health/health-reports.ts';

export function folderReports(environment: Environment): ReportKeeper {
  const { HERALD_DIRECTORY: folder } = readEnvironment(z.object({ HERALD_DIRECTORY: directory }), environment);
  const file = join(folder, folderReportName);
  return {
    keep: (report) => replaceDurably(file, Buffer.from(JSON.stringify(report))),
    forget: () => rm(file, { force: true }),
  };
}
