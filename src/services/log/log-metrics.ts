// The metrics of the public logs. Labels are ids of elections.
import { Counter, Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export function createLogMetrics(registry: Metrics) {
  const registers = [registry];
  return {
    active: new Gauge({
      name: 'popvote_log_active',
      help: '1 if this process writes the logs, 0 if it is on standby.',
      registers,
    }),
    entries: new Gauge({
      name: 'popvote_log_entries',
      help: 'Entries in the last signed tree, by election.',
      labelNames: ['election'],
      registers,
    }),
    differs: new Gauge({
      name: 'popvote_log_differs',
      help: 'ALARM above 0: logs that are not signed further, because the box or the folder contradicts their checkpoint.',
      registers,
    }),
    failures: new Counter({
      name: 'popvote_log_failures_total',
      help: 'Steps that failed. They are repeated.',
      registers,
    }),
  };
}
