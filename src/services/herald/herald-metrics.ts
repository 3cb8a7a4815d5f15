// The metrics of publishing the public logs. Labels are ids of elections.
import { Counter, Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export function createHeraldMetrics(registry: Metrics) {
  const registers = [registry];
  return {
    entries: new Gauge({
      name: 'popvote_herald_entries',
      help: 'Entries in the published tree, by election.',
      labelNames: ['election'],
      registers,
    }),
    late: new Gauge({
      name: 'popvote_herald_late',
      help: 'ALARM above 0: logs whose newest checkpoint has waited for its witnesses for more than ten minutes.',
      registers,
    }),
    refused: new Gauge({
      name: 'popvote_herald_refused',
      help: 'ALARM above 0: logs that are not published further, because files or a witness contradict the published tree.',
      registers,
    }),
    failures: new Counter({
      name: 'popvote_herald_failures_total',
      help: 'Steps that failed. They are repeated.',
      registers,
    }),
  };
}
