// Traces, as the parts of a service use them. Only services of the control zone have any: a trace in the voters' zone would
// tie a ballot to a time and an address. Names and values are words of the program, never those of a request.
import type { ServiceName } from '../../protocol/private-calls.ts';

/** The services that may write traces, and to which a trace continues. */
export const tracedServices = ['access', 'elections', 'officials', 'worker', 'panel'] as const;
export type TracedService = (typeof tracedServices)[number];

/** Header by which a call carries the trace (W3C Trace Context). */
export const traceHeader = 'traceparent';

/** `server`: a request. `client`: a call or a statement. `consumer`: an entry of a queue. */
export type SpanKind = 'server' | 'client' | 'consumer';

/** All that a span may say. */
export type SpanValues = {
  readonly 'http.request.method'?: string;
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  readonly 'db.operation.name'?: string;
  readonly 'db.response.status_code'?: string;
  readonly 'popvote.callee'?: string;
  readonly 'popvote.problem'?: string;
  readonly 'popvote.outcome'?: string;
};

export type Span = {
  /** Runs work whose spans are children of this one. */
  within<Result>(work: () => Result): Result;
  end(values: SpanValues, failed: boolean): void;
};

export type Tracing = {
  /** Whether a request may continue the trace of its caller. Those of the panel come from browsers. */
  readonly continuesTraces: boolean;
  /** Begins a span: in the trace of a header, or as a child of the one that runs, or as the first of a trace. */
  begin(name: string, kind: SpanKind, values: SpanValues, header?: string): Span;
  /** Whether a span runs. Work of the process itself has none. */
  isRunning(): boolean;
  /** The header of the span that runs, or undefined if none does. */
  header(): string | undefined;
  /** Sends what is left, for a bounded time. */
  stop(): Promise<void>;
};

/** Headers by which a call continues the trace. A trace ends at the voters' zone. */
export function traceHeaders(tracing: Tracing | undefined, callee: ServiceName): Readonly<Record<string, string>> {
  const header = isTraced(callee) ? tracing?.header() : undefined;
  return header === undefined ? {} : { [traceHeader]: header };
}

const isTraced = (service: ServiceName): boolean => (tracedServices as readonly string[]).includes(service);

/** Runs work in a span of its own, which ends with the values of its result, or of its error. */
export async function inSpan<Result>(
  span: Span,
  work: () => Promise<Result>,
  { ofResult, ofError }: { ofResult?: (result: Result) => SpanValues; ofError?: (error: unknown) => SpanValues } = {},
): Promise<Result> {
  try {
    const result = await span.within(work);
    span.end(ofResult?.(result) ?? {}, false);
    return result;
  } catch (error) {
    span.end(ofError?.(error) ?? {}, true);
    throw error;
  }
}
