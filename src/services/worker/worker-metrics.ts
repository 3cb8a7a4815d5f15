// Metrics of batches for operators: checked rows by outcome, waiting uploads and dead-lettered entries. They contain
// nothing of a row, and no count by option.
import { Counter, Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { setApartReasons } from '../../protocol/control/batch-entries.ts';

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

export function createWorkerMetrics(registry: Metrics) {
  const registers = [registry];
  const deadLettered = new Counter({
    name: 'popvote_worker_set_apart_total',
    help: 'ALARM when it grows: queued data that was not stored, by reason.',
    labelNames: ['reason'],
    registers,
  });
  // An alert reads their increase, which a counter has only from its first value on.
  for (const reason of Object.keys(setApartReasons)) deadLettered.inc({ reason }, 0);
  return {
    rows: new Counter({
      name: 'popvote_worker_rows_total',
      help: 'Checked rows by outcome: counted, duplicate, invalid-number.',
      labelNames: ['outcome'],
      registers,
    }),
    uploads: new Counter({
      name: 'popvote_worker_uploads_total',
      help: 'Completed uploads by outcome: done, incomplete, withdrawn.',
      labelNames: ['outcome'],
      registers,
    }),
    deadLettered,
    failures: new Counter({
      name: 'popvote_worker_failures_total',
      help: 'Steps that failed and are repeated.',
      registers,
    }),
    restores: new Counter({
      name: 'popvote_worker_restores_total',
      help: 'How often the control Redis was empty or restarted, and its view of batches was written again from the ledger.',
      registers,
    }),
    queue: new Gauge({ name: 'popvote_worker_queue', help: 'Uploads that wait or are being checked.', registers }),
    dead: new Gauge({
      name: 'popvote_worker_dead_entries',
      help: 'ALARM above 0: dead-lettered entries, which are kept for examination.',
      registers,
    }),
  };
}
