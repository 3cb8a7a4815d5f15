// Time and outcome of private calls, by the service that is called.
import { Problem } from '../../protocol/problem.ts';
import type { ServiceName } from '../../protocol/private-calls.ts';
import { Histogram } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';

const metricName = 'popvote_private_call_seconds';

/** `answered`; the code of the problem with which the service answered; `not-sent`; `no-answer`: it may have acted. */
type Outcome = string;

/** Observes calls to one service. Clients of one process share a registry. */
export function createCallMetrics(
  registry: Metrics,
  callee: ServiceName,
): (startedMs: number, error?: unknown) => void {
  const seconds =
    (registry.getSingleMetric(metricName) as Histogram<'callee' | 'outcome'> | undefined) ??
    new Histogram({
      name: metricName,
      help: 'Seconds of private calls by callee and outcome: answered, a code of the problem table, not-sent, no-answer.',
      labelNames: ['callee', 'outcome'],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 2.5, 10, 60],
      registers: [registry],
    });
  for (const outcome of ['answered', 'not-sent', 'no-answer']) seconds.zero({ callee, outcome });
  return (startedMs, error) =>
    seconds.observe({ callee, outcome: callOutcome(error) }, (performance.now() - startedMs) / 1_000);
}

/** Makes a call, and observes it if the client has metrics. */
export async function observedCall<Answer>(
  observe: ReturnType<typeof createCallMetrics> | undefined,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const startedMs = performance.now();
  try {
    const answer = await call();
    observe?.(startedMs);
    return answer;
  } catch (error) {
    observe?.(startedMs, error);
    throw error;
  }
}

/** The outcome of a call, by its error if it has one. */
export function callOutcome(error?: unknown): Outcome {
  if (error === undefined) return 'answered';
  if (error instanceof Problem) return error.code;
  return (error as { nothingChanged?: unknown }).nothingChanged === true ? 'not-sent' : 'no-answer';
}
