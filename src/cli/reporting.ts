// Makes a running service report its health: the checks of `popvote doctor` need its own environment, so its own
// process runs them and stores the findings where `elections` can read them. Services do not know of this, except
// `ballots`, which has no such place and answers on request.
import { z } from 'zod';
import { systemClock } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { createReport, startReporting } from '../platform/health/examination.ts';
import type { ReportKeeper } from '../platform/health/examination.ts';
import { redisReports } from '../platform/health/health-reports.ts';
import { createLogger } from '../platform/logger.ts';
import type { StartService } from '../platform/process.ts';
import { connectRedis, redisReady } from '../platform/redis.ts';
import { redisUrl } from '../platform/environment-fields.ts';
import { logLevel } from '../platform/service-environment.ts';
import { programVersion } from '../platform/health/version.ts';
import type { Finding, ReportingService } from '../protocol/control/system-api.ts';
import { checkService, nodeFinding } from './checks.ts';
import { folderReports } from './folder-reports.ts';
import type { Launchable } from './services.ts';

/** Longest wait for Redis, in milliseconds. */
const redisMsMax = 2_000;

/** The variable with the Redis for a service's reports. */
const redisVariables = {
  api: 'EDGE_REDIS_URL',
  sms: 'EDGE_REDIS_URL',
  access: 'CONTROL_REDIS_URL',
  elections: 'CONTROL_REDIS_URL',
  officials: 'CONTROL_REDIS_URL',
  worker: 'CONTROL_REDIS_URL',
} as const satisfies Partial<Record<ReportingService, string>>;

/** The same service, with health reports while it runs. */
export function reporting(service: Launchable, start: StartService): StartService {
  return async (environment) => {
    let findings = (): readonly Finding[] => [];
    const examine = async () => [
      nodeFinding(service, 'node version'),
      ...(await checkService(service, environment)),
      ...findings(),
    ];
    // The time by which the service acts: a report that a wrong clock dates would be taken for an old one.
    let clock = systemClock;
    const report = createReport({ examine, version: programVersion().version, clock: () => clock() });
    const running = await start(environment, report);
    clock = running.clock;
    findings = () => running.findings?.() ?? [];
    const keeper = await keeperOf(service, environment, clock);
    if (keeper === null) return running;
    const { LOG_LEVEL } = readEnvironment(z.object({ LOG_LEVEL: logLevel }), environment);
    const reports = startReporting({ report, keeper, logger: createLogger(service, LOG_LEVEL) });
    // In parallel: the service defines the order of its own end.
    const close = async (): Promise<void> => {
      await Promise.all([reports.stop(), running.close()]);
    };
    return { ...running, close };
  };
}

async function keeperOf(service: Launchable, environment: Environment, clock: Clock): Promise<ReportKeeper | null> {
  // Services without a database never load code that opens one.
  if (service === 'mixer' || service === 'log')
    return (await import('./box-reports.ts')).boxReports(service, environment);
  if (service === 'herald') return folderReports(environment);
  if (service === 'ballots' || service === 'panel') return null;
  const variable = redisVariables[service];
  const url = readEnvironment(z.object({ [variable]: redisUrl }), environment)[variable] ?? '';
  return connectedReports(url, service, clock);
}

// A new connection each time, because one report a minute does not justify an open one.
function connectedReports(url: string, service: ReportingService, clock: Clock): ReportKeeper {
  const connected = async (act: (keeper: ReportKeeper) => Promise<void>): Promise<void> => {
    const redis = connectRedis(url, createLogger(service, 'silent'));
    try {
      if (!(await redisReady(redis, redisMsMax))) throw new Error('Redis does not answer');
      await act(redisReports(redis, service, clock));
    } finally {
      redis.disconnect();
    }
  };
  return {
    keep: (report) => connected((keeper) => keeper.keep(report)),
    forget: (instance) => connected((keeper) => keeper.forget(instance)),
  };
}
