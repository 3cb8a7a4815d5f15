// The metrics of casting: casts by outcome, and the size and time of batches. They contain nothing about a single cast.
import { Counter, Gauge, Histogram } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { ProblemCodeOf } from '../../protocol/problem.ts';
import type { CastOutcome } from '../../store/casts.ts';

/** A rejection of a cast. `api` forwards it to the voter. */
export type CastRejection = ProblemCodeOf<'cast'>;
/** The outcome in the database; `busy` also if the cast did not reach the database. */
export type CastingOutcome = CastOutcome<CastRejection>;

/** Outcomes of casts that the database took. An alert reads their increase, which a counter has only from its first value on. */
const acceptedOutcomes = ['recorded', 'replay', 'amended'] as const satisfies readonly CastingOutcome[];

export type CastMetrics = {
  readonly outcomes: { inc(labels: { outcome: CastingOutcome }): void };
  readonly batches: { observe(ballots: number): void };
  readonly commitSeconds: { observe(seconds: number): void };
  watchWaiting(read: () => number): void;
};

export function createCastMetrics(registry: Metrics): CastMetrics {
  const registers = [registry];
  const outcomes = new Counter({
    name: 'popvote_casts_total',
    help: 'Casts by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of acceptedOutcomes) outcomes.inc({ outcome }, 0);
  return {
    outcomes,
    batches: new Histogram({
      name: 'popvote_cast_batch_ballots',
      help: 'Ballots in one batch.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000],
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'popvote_cast_commit_seconds',
      help: 'Seconds from sending a batch to the database until its outcome is certain.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    watchWaiting(read) {
      new Gauge({
        name: 'popvote_casts_waiting',
        help: 'Ballots waiting for a batch.',
        registers,
        collect() {
          this.set(read());
        },
      });
    },
  };
}
