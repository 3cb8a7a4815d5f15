// What operators watch on the day of an election: how long it still is to the next opening and closing, and whether this
// process sees changes of the documents.
import type { Clock } from '../../../platform/clock.ts';
import { Gauge } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { Documents } from './documents.ts';
import type { PublicationSource } from './publication-source.ts';

export function registerDocumentMetrics(
  metrics: Metrics,
  parts: {
    readonly documents: Pick<Documents, 'current'>;
    readonly source: Pick<PublicationSource, 'ageMs'>;
    readonly clock: Clock;
  },
): void {
  const { documents, source, clock } = parts;
  const add = (name: string, help: string, valueOf: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(valueOf());
      },
    });
  };
  const secondsTo = (timeOf: (election: PublicElection) => string): number => {
    const nowMs = clock();
    const times = documents.current(nowMs).map((election) => Date.parse(timeOf(election)));
    return (Math.min(...times.filter((ms) => ms > nowMs)) - nowMs) / 1_000;
  };
  add('popvote_seconds_to_next_opening', 'Until the next election opens; +Inf if none is scheduled.', () =>
    secondsTo(({ opensAt }) => opensAt),
  );
  add('popvote_seconds_to_next_closing', 'Until the next election closes; +Inf if none is open or scheduled.', () =>
    secondsTo(({ closesAt }) => closesAt),
  );
  add('popvote_elections_open', 'Elections that are open.', () => {
    const current = documents.current(clock());
    return current.filter(({ phase }) => phase === 'open').length;
  });
  add(
    'popvote_publications_age_seconds',
    'Since this process last read the publications; +Inf before the first time.',
    () => source.ageMs() / 1_000,
  );
}
