// When the certificates of a process end, as Prometheus reads it.
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { watchCertificate } from '../../../../src/platform/certificate-metrics.ts';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { certificate } from '../../../support/certificate.ts';
import { createLogProbe } from '../../../support/log.ts';

const endOf = (pem: string): number => Date.parse(new X509Certificate(pem).validTo) / 1_000;
const short = certificate();
const long = certificate(30);

test('The first certificate of a use that ends is shown, of two ports and of a chain', async () => {
  const metrics = createMetrics('api');
  const ends = async (): Promise<Record<string, number>> => {
    const lines = (await metrics.metrics()).matchAll(/^popvote_certificate_end_seconds\{.*use="(\w+)".*\} (\S+)$/gm);
    return Object.fromEntries([...lines].map(([, use = '', end]) => [use, Number(end)]));
  };
  expect(await ends()).toEqual({});
  watchCertificate(metrics, 'calls', long.cert);
  watchCertificate(metrics, 'port', `${long.cert}\n${short.cert}`);
  watchCertificate(metrics, 'port', long.cert);
  expect(await ends()).toEqual({ calls: endOf(long.cert), port: endOf(short.cert) });
});

test('Each port with TLS shows the end of its certificate, and a port without TLS shows none', async () => {
  for (const tls of [undefined, long]) {
    const metrics = createMetrics('api');
    const { logger } = createLogProbe('api');
    const { app } = await createHttp({ logger, metrics, checks: [], version: { version: '1', node: '20' }, tls });
    const value = /^popvote_certificate_end_seconds\{.*use="port".*\} (\S+)$/m.exec(await metrics.metrics())?.[1];
    expect(value).toBe(tls && String(endOf(long.cert)));
    await app.close();
  }
});
