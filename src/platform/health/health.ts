// Health for operators and orchestrators: /livez reports that the process answers and what time it is, /readyz that it can
// take traffic, /version which program it is. Checks are named and bounded. No host, address or version of a dependency
// is revealed.
import type { FastifyInstance } from 'fastify';
import { systemClock } from '../clock.ts';
import type { ServiceTime } from '../service-time.ts';
import type { Metrics } from '../metrics.ts';
import { registerHealthMetrics } from './health-metrics.ts';
import type { ProcessLifecycle } from './lifecycle.ts';

/** Longest wait for one check, in milliseconds. */
const checkMsMax = 1_500;

export type HealthCheck = { readonly name: string; readonly check: () => Promise<boolean>; readonly required: boolean };
export type Version = { readonly version: string; readonly node: string };

/** Codes of errors that say why a check failed. */
const reasons = ['schema-too-old'] as const;
type Reason = (typeof reasons)[number];
type CheckResult = { name: string; state: 'ok' | 'failed'; required: boolean; reason?: Reason };

export function registerHealth(
  app: FastifyInstance,
  options: {
    checks: readonly HealthCheck[];
    version: Version;
    metrics: Metrics;
    lifecycle: ProcessLifecycle;
    /** Adds the check `clock`: whether the clock of this machine agrees with its reference. */
    time?: Pick<ServiceTime, 'clock' | 'agrees'> | undefined;
  },
): void {
  const { version, lifecycle, time } = options;
  const clock = time?.clock ?? systemClock;
  const checks = time ? options.checks.concat(clockCheck(time)) : options.checks;
  const undocumented = { schema: { hide: true } };
  app.get('/livez', undocumented, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok', at: new Date(clock()).toISOString() }),
  );
  app.get('/version', undocumented, () => version);
  const examine = async () => {
    const results = await Promise.all(checks.map(runCheck));
    const isEnding = lifecycle.phase !== 'serving';
    const ready = !isEnding && results.every(({ state, required }) => state === 'ok' || !required);
    return { ready, status: isEnding ? 'draining' : ready ? 'ready' : 'not-ready', checks: results };
  };
  registerHealthMetrics(options.metrics, { examine, lifecycle, version });
  app.get('/readyz', undocumented, async (_request, reply) => {
    const { ready, ...body } = await examine();
    if (!ready) reply.header('retry-after', 5);
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(body);
  });
}

// Not required: the service acts by the reference, and would be unavailable without need.
const clockCheck = ({ agrees }: Pick<ServiceTime, 'agrees'>): HealthCheck => ({
  name: 'clock',
  required: false,
  check: () => Promise.resolve(agrees()),
});

async function runCheck({ name, check, required }: HealthCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkMsMax);
  });
  // A check that throws before it waits has failed like any other.
  let reason: Reason | undefined;
  const answer = (async () => check())().catch((error: unknown) => {
    reason = reasonOf(error);
    return false;
  });
  const ok = await Promise.race([answer, late]);
  clearTimeout(timer);
  return { name, state: ok ? 'ok' : 'failed', required, ...(reason && { reason }) };
}

const reasonOf = (error: unknown): Reason | undefined => {
  const { code } = (error ?? {}) as { code?: unknown };
  return reasons.find((reason) => reason === code);
};
