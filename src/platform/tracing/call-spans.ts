// Spans of private calls, by the service that is called and the outcome. A path may hold an id, so it is not shown.
import type { ServiceName } from '../../protocol/private-calls.ts';
import { callOutcome } from '../private-calls/call-metrics.ts';
import { inSpan } from './span.ts';
import type { Tracing } from './span.ts';

type Call = { readonly callee: ServiceName; readonly method: string };

/** Makes a call in a span, within a request or an entry of a queue. */
export function inCallSpan<Answer>(
  tracing: Tracing | undefined,
  { callee, method }: Call,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!tracing?.isRunning()) return work();
  const values = { 'popvote.callee': callee, 'http.request.method': method };
  return inSpan(tracing.begin(`call ${callee}`, 'client', values), work, {
    ofResult: () => ({ 'popvote.outcome': callOutcome() }),
    ofError: (error) => ({ 'popvote.outcome': callOutcome(error) }),
  });
}
