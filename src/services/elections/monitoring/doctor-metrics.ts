// The result of `popvote doctor`, which each service runs on itself and reports (see system.ts).
import type { Clock } from '../../../platform/clock.ts';
import { createPacedReading } from '../../../platform/health/paced-reading.ts';
import { Gauge } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { reportingServices } from '../../../protocol/control/system-api.ts';
import type { ReportingService, SystemAnswer } from '../../../protocol/control/system-api.ts';
import type { System } from './system.ts';

export function registerDoctorMetrics(metrics: Metrics, system: System, clock: Clock): void {
  const reading = createPacedReading(() => system.show());
  const add = (
    name: string,
    help: string,
    valueOf: (answer: SystemAnswer, service: ReportingService) => number | null,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['subject'],
      registers: [metrics],
      collect() {
        this.reset();
        const answer = reading();
        if (!answer) return;
        for (const subject of reportingServices) {
          const value = valueOf(answer, subject);
          if (value !== null) this.set({ subject }, value);
        }
      },
    });
  add(
    'popvote_doctor_failures',
    'Checks of `popvote doctor` that fail in all processes of this service; none while no process reports.',
    (answer, subject) => {
      const reports = answer.services.filter(({ service }) => service === subject);
      const findings = reports.flatMap((report) => report.findings);
      return reports.length === 0 ? null : findings.filter(({ state }) => state === 'failed').length;
    },
  );
  add(
    'popvote_doctor_age_seconds',
    'Since a process of this service last reported its checks; +Inf if no report is known.',
    (answer, subject) => {
      const times = answer.services.flatMap((each) => (each.service === subject ? Date.parse(each.reportedAt) : []));
      const silent = answer.silent.find(({ service }) => service === subject)?.since ?? null;
      if (silent !== null) times.push(Date.parse(silent));
      return times.length === 0 ? Infinity : Math.max(0, (clock() - Math.max(...times)) / 1_000);
    },
  );
}
