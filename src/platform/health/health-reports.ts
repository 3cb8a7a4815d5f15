// Reports of the processes of a service, in Redis: each process writes a field of its service's key. Readers take
// bounded amounts and check the form, because a writer may face the public and may be compromised.
import { parseJson } from '../json.ts';
import { healthKey, healthReport } from '../../protocol/control/system-api.ts';
import type { HealthReport, ReportingService } from '../../protocol/control/system-api.ts';
import { isWithin } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { ReportKeeper } from './examination.ts';
import type { Redis } from '../redis.ts';

/** Age from which a report is outdated, in milliseconds: two examinations were missed. */
const reportMsMax = 180_000;
/** How long the last report is stored, in seconds, to show since when there is none. */
const keptSeconds = 86_400;
/** Processes of one service that are read, and bytes of one report: more than all its texts at their maximum length. */
const instancesMax = 100;
const reportBytesMax = 262_144;

/** The file with the report of a service that reaches no Redis and no database, in a folder that another one reads. */
export const folderReportName = 'health.json';

/** Stores the reports of one service. */
export function redisReports(redis: Redis, service: ReportingService, clock: Clock): ReportKeeper {
  const key = healthKey(service);
  return {
    async keep(report) {
      // Fields cannot expire by themselves: each report also deletes those of processes that ended without notice.
      const old = Object.entries(await redis.hgetall(key)).filter(([, text]) => !isFresh(reportOf(text), clock()));
      if (old.length > 0) await redis.hdel(key, ...old.map(([instance]) => instance));
      await redis.hset(key, report.instance, JSON.stringify(report));
      await redis.expire(key, keptSeconds);
    },
    async forget(instance) {
      await redis.hdel(key, instance);
    },
  };
}

// A script in the server, so that it never returns more than the limits, whatever is stored there.
const readBounded = `
  local found = {}
  for _, field in ipairs(redis.call('HRANDFIELD', KEYS[1], ${instancesMax})) do
    if redis.call('HSTRLEN', KEYS[1], field) <= ${reportBytesMax} then
      found[#found + 1] = redis.call('HGET', KEYS[1], field)
    end
  end
  return found`;

/** The reports of a service, old ones too, without values that are not reports. Rejects while Redis is unavailable. */
export async function readReports(redis: Redis, service: ReportingService): Promise<readonly HealthReport[]> {
  const texts = await redis.call('EVAL_RO', readBounded, 1, healthKey(service));
  if (!Array.isArray(texts)) return [];
  return texts.flatMap((text) => reportOf(text) ?? []);
}

/** A report from its text, or null. */
export function reportOf(text: unknown): HealthReport | null {
  return typeof text === 'string' ? (healthReport.safeParse(parseJson(text)).data ?? null) : null;
}

/** Whether a report is recent enough to describe its process. */
export function isFresh(report: HealthReport | null, nowMs: number): report is HealthReport {
  return report !== null && isWithin(nowMs, Date.parse(report.reportedAt), reportMsMax + 1, reportMsMax);
}
