// Traces by OpenTelemetry, sent to a collector by OTLP over HTTP. Only this file loads its libraries. No library watches
// other code, and nothing is global: each span is begun by the program itself.
import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanKind as Kinds, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Context, Span as OpenSpan, TextMapGetter } from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createFaultLog } from '../fault-log.ts';
import type { Logger } from '../logger.ts';
import { Counter } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import { traceHeader } from './span.ts';
import type { Span, TracedService, Tracing } from './span.ts';

/** Spans that wait to be sent. Further ones are dropped. */
export const spansWaitingMax = 2_048;
/** Spans of one message to the collector. */
const spansAtOnceMax = 512;
/** Pause between two messages, in milliseconds. */
const sendMs = 2_000;
/** Longest wait for the collector, in milliseconds. */
const collectorMsMax = 2_000;
/** Longest time for one message with its repetitions, in milliseconds. It bounds the end of a process too. */
const messageMsMax = 3_000;

const kinds = { server: Kinds.SERVER, client: Kinds.CLIENT, consumer: Kinds.CONSUMER };

type Parts = {
  readonly service: TracedService;
  readonly endpoint: string;
  readonly version: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export function createTracing({ service, endpoint, version, logger, metrics }: Parts): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: collectorMsMax });
  const processor = createProcessor(exporter, logger, metrics);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `popvote-${service}`, 'service.version': version }),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('popvote', version);
  const running = new AsyncLocalStorage<Context>();
  return {
    continuesTraces: service !== 'panel',
    begin(name, kind, values, header) {
      const parent = header === undefined ? (running.getStore() ?? ROOT_CONTEXT) : contextOf(header);
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes: values }, parent);
      return spanOf(span, running);
    },
    isRunning: () => running.getStore() !== undefined,
    header() {
      const span = trace.getSpanContext(running.getStore() ?? ROOT_CONTEXT);
      return span && `00-${span.traceId}-${span.spanId}-0${TraceFlags.SAMPLED}`;
    },
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

function spanOf(span: OpenSpan, running: AsyncLocalStorage<Context>): Span {
  // Without what the header of the caller said beside the ids.
  const context = trace.setSpan(ROOT_CONTEXT, span);
  return {
    within: (work) => running.run(context, work),
    end(values, failed) {
      span.setAttributes(values);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

const propagator = new W3CTraceContextPropagator();
const headerGetter: TextMapGetter<string> = {
  get: (header, name) => (name === traceHeader ? header : undefined),
  keys: () => [traceHeader],
};
/** A header that is not well-formed begins a new trace. */
const contextOf = (header: string): Context => propagator.extract(ROOT_CONTEXT, header, headerGetter);

/**
 * Sends the spans to the collector and counts each by its outcome. It logs when the collector takes nothing; what the collector
 * answers is not logged.
 */
function createProcessor(exporter: SpanExporter, logger: Logger, metrics: Metrics): SpanProcessor {
  const spansTotal = new Counter({
    name: 'popvote_trace_spans_total',
    help:
      'Spans by outcome: sent to the collector of traces, lost, because it did not take them, or dropped, because ' +
      'too many waited for it.',
    labelNames: ['outcome'],
    registers: [metrics],
  });
  for (const outcome of ['sent', 'lost', 'dropped']) spansTotal.inc({ outcome }, 0);
  const faults = createFaultLog(logger, 'warn');
  let waiting = 0;
  const counted: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length;
      exporter.export(spans, (result) => {
        const isTaken = result.code === ExportResultCode.SUCCESS;
        spansTotal.inc({ outcome: isTaken ? 'sent' : 'lost' }, spans.length);
        if (isTaken) faults.succeeded('traces');
        else faults.failed('traces', undefined, 'traces.not-sent');
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
  const batches = new BatchSpanProcessor(counted, {
    maxQueueSize: spansWaitingMax,
    maxExportBatchSize: spansAtOnceMax,
    scheduledDelayMillis: sendMs,
    exportTimeoutMillis: messageMsMax,
  });
  return {
    onStart: (span, context) => batches.onStart(span, context),
    // The library drops spans beyond its bound and counts none of them, so none reaches it beyond the bound.
    onEnd(span) {
      if (waiting >= spansWaitingMax) {
        spansTotal.inc({ outcome: 'dropped' });
        return;
      }
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
}
