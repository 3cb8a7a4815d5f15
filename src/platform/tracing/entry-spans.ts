// Spans of entries of a queue, by the work that is done on them.
import { inSpan } from './span.ts';
import type { Tracing } from './span.ts';

/** Works on one entry in the first span of a trace: the entry does not say who added it. */
export const inEntrySpan = <Result>(
  tracing: Tracing | undefined,
  work: 'check' | 'register',
  run: () => Promise<Result>,
): Promise<Result> => (tracing ? inSpan(tracing.begin(`queue ${work}`, 'consumer', {}), run) : run());
