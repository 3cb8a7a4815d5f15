// Counters exist before their first event: an increase from nothing is none for Prometheus.
import { expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createCallMetrics } from '../../../../src/platform/private-calls/call-metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

test('Sheds of each order and reason are counted from the start', async () => {
  const metrics = createMetrics('api');
  const version = { version: '1', node: '20' };
  const { app } = await createHttp({ logger: createLogProbe('api').logger, metrics, checks: [], version });
  const text = await metrics.metrics();
  for (const order of ['first', 'last', 'never'])
    for (const reason of ['share', 'event-loop', 'queue', 'gone'])
      expect(text).toMatch(
        new RegExp(`popvote_sheds_total\\{(?=[^}]*order="${order}")[^}]*reason="${reason}"[^}]*\\} 0`),
      );
  await app.close();
});

test('Calls of a service that were answered and not answered are counted from the start', async () => {
  const metrics = createMetrics('api');
  createCallMetrics(metrics, 'ballots');
  const text = await metrics.metrics();
  for (const outcome of ['answered', 'not-sent', 'no-answer'])
    expect(text).toMatch(
      new RegExp(`private_call_seconds_count\\{(?=[^}]*callee="ballots")[^}]*outcome="${outcome}"[^}]*\\} 0`),
    );
});
