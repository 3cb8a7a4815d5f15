// The health report that `herald` leaves in its folder, as findings of `api`: herald reaches no Redis.
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { readTextFile } from '../../platform/files.ts';
import { folderReportName, isFresh, reportOf } from '../../platform/health/health-reports.ts';
import type { Finding } from '../../protocol/control/system-api.ts';

/** Largest report that is read, in bytes. */
const reportBytesMax = 262_144;

export function heraldFindings(directory: string, clock: Clock): readonly Finding[] {
  const report = reportOf(textIn(directory));
  if (!isFresh(report, clock())) {
    return [
      {
        service: 'api',
        check: 'herald',
        state: 'failed',
        observed: 'has not reported lately',
        next: 'Start herald. If it is running, read its log, and compare HERALD_DIRECTORY with API_LOG_DIRECTORY.',
      },
    ];
  }
  return report.findings.map((finding) => ({ ...finding, service: 'api', check: `herald: ${finding.check}` }));
}

function textIn(directory: string): string | null {
  try {
    return readTextFile(join(directory, folderReportName), reportBytesMax);
  } catch {
    return null;
  }
}
