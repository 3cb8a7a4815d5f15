// Opens the traces of a service if its settings name a place for them. Otherwise no code of OpenTelemetry is loaded.
import { origin } from '../environment-fields.ts';
import { programVersion } from '../health/version.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { TracedService, Tracing } from './span.ts';

/** Fields of the environment of a service that may write traces. */
export const tracingFields = {
  OTEL_EXPORTER_OTLP_ENDPOINT: origin
    .optional()
    .describe('Address of a collector of traces, by OTLP over HTTP, such as http://collector:4318. Unset: no traces.'),
};

type Settings = { readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined };
type Parts = { readonly logger: Logger; readonly metrics: Metrics };

export async function openTracing(
  service: TracedService,
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Settings,
  parts: Parts,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { createTracing } = await import('./export-traces.ts');
  return createTracing({ ...parts, service, endpoint, version: programVersion().version });
}
