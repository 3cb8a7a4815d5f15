// Metrics of what `elections` knows of the platform: the checks that services make on themselves, and the head of the record.
import { expect, test } from 'vitest';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import type { Metrics } from '../../../../src/platform/metrics.ts';
import { reportingServices } from '../../../../src/protocol/control/system-api.ts';
import type { ShownFinding, SystemAnswer } from '../../../../src/protocol/control/system-api.ts';
import { registerRecordMetrics } from '../../../../src/services/elections/audit/record-metrics.ts';
import { registerDoctorMetrics } from '../../../../src/services/elections/monitoring/doctor-metrics.ts';

const nowMs = Date.parse('2026-12-02T12:00:00.000Z');
const clock = () => nowMs;
const secondsAgo = (seconds: number): string => new Date(nowMs - seconds * 1_000).toISOString();

/** Values by the name of a metric, with its label if it has one. The first reading of the metrics only asks. */
async function valuesOf(metrics: Metrics, name: string): Promise<Record<string, string>> {
  await metrics.metrics();
  await Promise.resolve();
  const lines = (await metrics.metrics()).matchAll(
    new RegExp(`^${name}\\{(?:subject="(\\w+)",)?[^}]*\\} (\\S+)$`, 'gm'),
  );
  return Object.fromEntries([...lines].map(([, subject = '', value = '']) => [subject, value]));
}

test('Failed checks and the age of reports are shown for each service, and silence too', async () => {
  const metrics = createMetrics('elections');
  const report = (service: string, seconds: number, states: readonly ShownFinding['state'][]) => ({
    service: service as SystemAnswer['services'][number]['service'],
    instance: `${service}-${seconds}`,
    version: '1',
    reportedAt: secondsAgo(seconds),
    findings: states.map((state) => ({ check: 'clock', state, observed: 'any' })),
  });
  const quiet = reportingServices.filter((service) => service !== 'api' && service !== 'sms');
  const answer: SystemAnswer = {
    at: secondsAgo(0),
    services: [
      report('api', 50, ['ok', 'failed']),
      report('api', 20, ['failed', 'warning', 'failed']),
      report('sms', 5, ['ok']),
    ],
    silent: quiet.map((service) => ({ service, since: service === 'log' ? null : secondsAgo(900), next: 'Start it.' })),
  };
  registerDoctorMetrics(metrics, { show: () => Promise.resolve(answer) }, clock);
  expect(await valuesOf(metrics, 'popvote_doctor_failures')).toEqual({ api: '3', sms: '0' });
  expect(await valuesOf(metrics, 'popvote_doctor_age_seconds')).toEqual({
    ...Object.fromEntries(quiet.map((service) => [service, service === 'log' ? '+Inf' : '900'])),
    api: '20',
    sms: '5',
  });
});

test('The age of the signed head and of the oldest act without one are shown', async () => {
  for (const [state, age, unsigned] of [
    [{ signedAtMs: nowMs - 90_000, unsignedAtMs: nowMs - 7_000 }, '90', '7'],
    [{ signedAtMs: nowMs - 90_000, unsignedAtMs: null }, '90', '0'],
    [{ signedAtMs: null, unsignedAtMs: nowMs + 500 }, '+Inf', '0'],
  ] as const) {
    const metrics = createMetrics('elections');
    registerRecordMetrics(metrics, () => Promise.resolve(state), clock);
    expect(await valuesOf(metrics, 'popvote_record_head_age_seconds')).toEqual({ '': age });
    expect(await valuesOf(metrics, 'popvote_record_unsigned_seconds')).toEqual({ '': unsigned });
  }
});
