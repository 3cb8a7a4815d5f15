// Metrics of the TLS certificates of a process, as it loaded them.
import { X509Certificate } from 'node:crypto';
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

const metricName = 'popvote_certificate_end_seconds';

/** `port`: shown to callers. `calls`: shown to services that are called. */
type CertificateUse = 'port' | 'calls';

/** The earliest end of each use, in seconds: two ports may have two certificates. */
const ends = new WeakMap<Metrics, Map<CertificateUse, number>>();

/** Shows when the first certificate of this use ends. A process may call it for each port and each client. */
export function watchCertificate(registry: Metrics, use: CertificateUse, pem: string): void {
  const gauge =
    (registry.getSingleMetric(metricName) as Gauge<'use'> | undefined) ??
    new Gauge({
      name: metricName,
      help: 'Unix time at which the TLS certificate ends that this process loaded, by use: port, calls.',
      labelNames: ['use'],
      registers: [registry],
    });
  const own = ends.get(registry) ?? new Map<CertificateUse, number>();
  ends.set(registry, own);
  const end = Math.min(own.get(use) ?? Infinity, ...chainOf(pem).map(endSeconds));
  own.set(use, end);
  gauge.set({ use }, end);
}

const chainOf = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];

const endSeconds = (pem: string): number => Date.parse(new X509Certificate(pem).validTo) / 1_000;
