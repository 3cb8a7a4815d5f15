// The metrics of mixing: ballots moved, failures, and whether the counts of both databases add up. Labels are ids of
// elections and places, and never anything of a ballot.
import { Counter, Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export type MixerMetrics = ReturnType<typeof createMixerMetrics>;

export function createMixerMetrics(registry: Metrics) {
  const registers = [registry];
  const metrics = {
    active: new Gauge({
      name: 'popvote_mixer_active',
      help: '1 if this mixer is active, 0 if it is on standby.',
      registers,
    }),
    moved: new Counter({ name: 'popvote_mixer_moved_total', help: 'Ballots moved to the box.', registers }),
    unopened: new Gauge({
      name: 'popvote_mixer_unopened',
      help: 'ALARM above 0: sealed ballots that no key can open. They stay in the outbox.',
      registers,
    }),
    unsigned: new Gauge({
      name: 'popvote_mixer_unsigned',
      help: 'ALARM above 0: sealed ballots that ballots did not sign for the log of their election. They stay in the outbox.',
      registers,
    }),
    trackerConflicts: new Counter({
      name: 'popvote_mixer_tracker_conflicts_total',
      help: 'ALARM above 0: steps with two different ballots under one tracker. Nothing of that batch was moved.',
      registers,
    }),
    interrupted: new Gauge({
      name: 'popvote_mixer_elections_interrupted',
      help: 'ALARM above 0: elections that lost recorded votes. They are not mixed until the loss is accepted.',
      registers,
    }),
    statementsRefused: new Gauge({
      name: 'popvote_mixer_statements_refused',
      help: 'ALARM above 0: statements of a closed intake that are not signed, or contradict the box. Its box stays open.',
      registers,
    }),
    copiesMissing: new Gauge({
      name: 'popvote_mixer_key_copies_missing',
      help: 'ALARM above 0: how many other mixers must still have the hourly keys. Until then no new key is used.',
      registers,
    }),
    failures: new Counter({
      name: 'popvote_mixer_failures_total',
      help: 'Steps that failed. They are repeated.',
      registers,
    }),
    ballots: new Gauge({
      name: 'popvote_ballots',
      help: 'Rows by election and place: participation, outbox, box (cast online), repeated (a cast tag that another ballot in the box has).',
      labelNames: ['election', 'place'],
      registers,
    }),
    mismatch: new Gauge({
      name: 'popvote_ballots_mismatch',
      help: 'ALARM other than 0: participation - outbox - box - repeated while no ballot moves, by election.',
      labelNames: ['election'],
      registers,
    }),
  };
  const { unopened, unsigned, interrupted, statementsRefused, ballots, mismatch } = metrics;
  return {
    ...metrics,
    /** Forgets what only the active mixer sees: its last numbers would stay beside those of the next one. */
    standby(): void {
      for (const gauge of [unopened, unsigned, interrupted, statementsRefused, ballots, mismatch]) gauge.reset();
    },
  };
}
