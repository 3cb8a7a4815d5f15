// The status of the platform, from the reports that every service writes about itself. An unavailable source is
// reported and does not prevent the answer. Reports are validated, and no other service is examined here.
import type { Clock } from '../../../platform/clock.ts';
import { isFresh, readReports, reportOf } from '../../../platform/health/health-reports.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../../platform/redis.ts';
import { healthReport, reportingServices } from '../../../protocol/control/system-api.ts';
import type { HealthReport, ReportingService, SystemAnswer } from '../../../protocol/control/system-api.ts';
import type { Pool } from '../../../store/database.ts';
import { listServiceReports } from '../../../store/service-reports.ts';
import type { BoxReporter } from '../../../store/service-reports.ts';

/** Longest wait for one source of reports, in milliseconds, so that the page loads while a source is unavailable. */
const placeMsMax = 5_000;

export type System = { show(): Promise<SystemAnswer> };

type Parts = {
  readonly controlRedis: Redis;
  readonly edgeRedis: Redis;
  readonly boxPool: Pool;
  readonly ballots: PrivateClient;
  readonly clock: Clock;
};
/** The source of a service's reports: its name in texts, and how to read it. */
type Place = { readonly name: string; read(): Promise<readonly HealthReport[]> };

export function createSystem(parts: Parts): System {
  const { clock } = parts;
  const places = placesOf(parts);
  return {
    async show() {
      const answers = await Promise.all(
        reportingServices.map(async (service) => ({ service, ...(await readPlace(places[service])) })),
      );
      const nowMs = clock();
      const answer: SystemAnswer = { at: new Date(nowMs).toISOString(), services: [], silent: [] };
      for (const { service, reports, unavailable } of answers) {
        const fresh = reports.filter((report) => isFresh(report, nowMs));
        fresh.sort((a, b) => (a.instance < b.instance ? -1 : 1));
        answer.services.push(...fresh.map((report) => ({ service, ...report })));
        if (fresh.length > 0) continue;
        const since = reports.map(({ reportedAt }) => reportedAt).sort();
        answer.silent.push({
          service,
          since: since.at(-1) ?? null,
          next: adviceOn(service, unavailable, places[service]),
        });
      }
      return answer;
    },
  };
}

function placesOf({ controlRedis, edgeRedis, boxPool, ballots }: Parts): Readonly<Record<ReportingService, Place>> {
  const inRedis = (redis: Redis, name: string, service: ReportingService): Place => ({
    name,
    read: () => readReports(redis, service),
  });
  const inBox = (service: BoxReporter): Place => ({
    name: 'the database box (ELECTIONS_BOX_DATABASE_URL)',
    read: async () => (await listServiceReports(boxPool, service)).flatMap((text) => reportOf(text) ?? []),
  });
  const edge = 'the edge Redis (EDGE_REDIS_URL)';
  const control = 'the control Redis (CONTROL_REDIS_URL)';
  return {
    api: inRedis(edgeRedis, edge, 'api'),
    sms: inRedis(edgeRedis, edge, 'sms'),
    ballots: { name: 'ballots', read: async () => [await askBallots(ballots)] },
    mixer: inBox('mixer'),
    log: inBox('log'),
    access: inRedis(controlRedis, control, 'access'),
    elections: inRedis(controlRedis, control, 'elections'),
    officials: inRedis(controlRedis, control, 'officials'),
    worker: inRedis(controlRedis, control, 'worker'),
  };
}

const askBallots = (ballots: PrivateClient): Promise<HealthReport> =>
  ballots.call({ method: 'GET', path: '/private/examination', answer: healthReport, msMax: placeMsMax });

async function readPlace(place: Place): Promise<{ reports: readonly HealthReport[]; unavailable: boolean }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), placeMsMax);
  });
  try {
    return { reports: await Promise.race([place.read(), late]), unavailable: false };
  } catch {
    return { reports: [], unavailable: true };
  } finally {
    clearTimeout(timer);
  }
}

function adviceOn(service: ReportingService, unavailable: boolean, place: Place): string {
  if (!unavailable) return `Start ${service}. If it is running, read its log. It reports once a minute.`;
  if (service === 'ballots') return 'It does not report its status. Start it, or correct BALLOTS_ORIGIN of elections.';
  return `Its reports are in ${place.name}, which elections cannot read. Start it or correct its address.`;
}
