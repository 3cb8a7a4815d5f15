// The metrics that each service registers, by its own functions for it, with the names of their labels.
import { launchable } from '../../../src/cli/services.ts';
import { watchDatabaseCopies } from '../../../src/platform/backup-metrics.ts';
import { watchCertificate } from '../../../src/platform/certificate-metrics.ts';
import { watchDisks } from '../../../src/platform/disk-metrics.ts';
import { registerHealthMetrics } from '../../../src/platform/health/health-metrics.ts';
import { createProcessLifecycle } from '../../../src/platform/health/lifecycle.ts';
import { countRejection } from '../../../src/platform/http/rejections.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import { watchPools } from '../../../src/platform/pool-metrics.ts';
import { watchRedis } from '../../../src/platform/redis-metrics.ts';
import { createServiceTime } from '../../../src/platform/service-time.ts';
import { registerDocumentMetrics } from '../../../src/services/api/documents/document-metrics.ts';
import { createCastMetrics } from '../../../src/services/ballots/cast-metrics.ts';
import { createElectionKeyMetrics } from '../../../src/services/ballots/election-key-files.ts';
import { createMarks } from '../../../src/services/ballots/marks.ts';
import { createSealingKeys } from '../../../src/services/ballots/sealing-keys.ts';
import { registerRecordMetrics } from '../../../src/services/elections/audit/record-metrics.ts';
import { registerDoctorMetrics } from '../../../src/services/elections/monitoring/doctor-metrics.ts';
import { createCounting } from '../../../src/services/elections/results/counting.ts';
import { createHeraldMetrics } from '../../../src/services/herald/herald-metrics.ts';
import { createLogMetrics } from '../../../src/services/log/log-metrics.ts';
import { createMixerMetrics } from '../../../src/services/mixer/mixer-metrics.ts';
import { createSmsMetrics } from '../../../src/services/sms/sms-metrics.ts';
import { createWorkerMetrics } from '../../../src/services/worker/worker-metrics.ts';
import { createLogProbe } from '../log.ts';

type Register = (metrics: Metrics) => unknown;
type Service = (typeof launchable)[number];

const { logger } = createLogProbe('metrics');
const read = (): Promise<never> => Promise.reject(new Error('nothing is read here'));
const pools: Register = (metrics) => watchPools(metrics, {});
const redis: Register = (metrics) => watchRedis(metrics, {});
const disks: Register = (metrics) => watchDisks(metrics, {});
const backups: Register = (metrics) => watchDatabaseCopies(metrics, {});
const time: Register = (metrics) => createServiceTime({ reference: 'any', read, logger, metrics });
/** Registers with its metrics alone: it asks nothing of the rest before it works. */
const alone =
  (create: (parts: never) => unknown): Register =>
  (metrics) =>
    create({ metrics, logger } as never);

const everywhere: readonly Register[] = [
  (metrics) =>
    registerHealthMetrics(metrics, {
      examine: read,
      lifecycle: createProcessLifecycle(0),
      version: { version: '1', node: '24' },
    }),
  (metrics) => countRejection(metrics, 'busy'),
  (metrics) => watchCertificate(metrics, 'port', ''),
];
const ofServices: Readonly<Record<Service, readonly Register[]>> = {
  api: [
    time,
    redis,
    (metrics) =>
      registerDocumentMetrics(metrics, {
        documents: { current: () => [] },
        source: { ageMs: () => 0 },
        clock: () => 0,
      }),
  ],
  sms: [time, redis, createSmsMetrics],
  ballots: [
    time,
    pools,
    disks,
    createCastMetrics,
    createElectionKeyMetrics,
    alone(createMarks),
    alone(createSealingKeys),
  ],
  mixer: [time, pools, disks, backups, createMixerMetrics],
  access: [time, pools, backups, redis],
  elections: [
    time,
    pools,
    backups,
    redis,
    alone(createCounting),
    (metrics) => registerRecordMetrics(metrics, read, () => 0),
    (metrics) => registerDoctorMetrics(metrics, { show: read }, () => 0),
  ],
  officials: [time, redis, disks],
  worker: [time, pools, redis, createWorkerMetrics],
  panel: [time],
  log: [pools, disks, createLogMetrics],
  herald: [disks, createHeraldMetrics],
};

/** Of each service its metrics, and of each metric the names of its labels. */
export function registeredMetrics(): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  return new Map(
    launchable.map((service) => {
      const registry = createMetrics(service);
      for (const register of [...everywhere, ...ofServices[service]]) register(registry);
      const metrics = registry.getMetricsAsArray() as unknown as readonly { name: string; labelNames: string[] }[];
      return [service, new Map(metrics.map(({ name, labelNames }) => [name, labelNames]))];
    }),
  );
}
