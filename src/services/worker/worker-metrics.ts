// What operators see of batches: how many rows were checked and with what outcome, what waits, and what was set apart.
// Nothing of a row, and no count by option.
import { Counter, Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

export function createWorkerMetrics(registry: Metrics) {
  const registers = [registry];
  return {
    rows: new Counter({
      name: 'popvote_worker_rows_total',
      help: 'Rows that were checked: counted, duplicate, invalid-number.',
      labelNames: ['outcome'],
      registers,
    }),
    uploads: new Counter({
      name: 'popvote_worker_uploads_total',
      help: 'Uploads that were worked on to their end: done, incomplete.',
      labelNames: ['outcome'],
      registers,
    }),
    setApart: new Counter({
      name: 'popvote_worker_set_apart_total',
      help: 'ALARM when it grows: what came by the queue and was not stored, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    failures: new Counter({
      name: 'popvote_worker_failures_total',
      help: 'Steps that failed and are repeated.',
      registers,
    }),
    restores: new Counter({
      name: 'popvote_worker_restores_total',
      help: 'How often the control Redis was found empty and told again what the ledger knows.',
      registers,
    }),
    queue: new Gauge({ name: 'popvote_worker_queue', help: 'Uploads that wait or are worked on.', registers }),
    dead: new Gauge({
      name: 'popvote_worker_dead_entries',
      help: 'ALARM above 0: entries that were set apart and are kept for whoever looks into it.',
      registers,
    }),
  };
}
