// Jaeger of the profile "tracing": it takes traces in one network from the services that can send them, and shows them in another.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeFile, openPorts } from '../../support/deploy/compose-file.ts';

const root = join(import.meta.dirname, '../../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const jaeger = composeFile.services['jaeger']!;
const endpoint = z.object({ endpoint: z.string() });
const file = z
  .object({
    service: z.object({
      extensions: z.array(z.string()),
      pipelines: z.object({ traces: z.record(z.enum(['receivers', 'processors', 'exporters']), z.array(z.string())) }),
    }),
    receivers: z.object({ otlp: z.strictObject({ protocols: z.strictObject({ http: endpoint }) }) }),
    processors: z.record(z.string(), z.object({})),
    exporters: z.record(z.string(), z.object({ trace_storage: z.string() })),
    extensions: z.object({
      jaeger_storage: z.object({
        backends: z.record(z.string(), z.object({ memory: z.object({ max_traces: z.int() }) })),
      }),
      jaeger_query: z.object({ storage: z.object({ traces: z.string() }), http: endpoint, grpc: endpoint }),
    }),
  })
  .parse(parse(textOf('deploy/monitoring/jaeger.yml')));

describe('Jaeger of Compose', () => {
  test('Jaeger listens in the two networks that Compose gives it, each port in one', () => {
    const addressOf = (text: string): string =>
      text.replace(/\$\{env:(\w+)\}/, (_, variable: string) => jaeger.environment[variable] ?? '');
    const ports = [file.receivers.otlp.protocols.http, file.extensions.jaeger_query.http];
    const listens = ports.map((each) => addressOf(each.endpoint));
    expect(listens).toEqual(
      openPorts()
        .filter(({ of }) => of === 'jaeger')
        .map(({ port, networks: [network = ''] }) => `${jaeger.networks[network]?.ipv4_address}:${port}`),
    );
    expect(listens).toHaveLength(2);
    expect(file.extensions.jaeger_query.grpc.endpoint).toMatch(/^127\.0\.0\.1:/);
  });

  test('What the pipeline of Jaeger names is in its file, and Compose mounts that', () => {
    const { traces } = file.service.pipelines;
    expect(traces.receivers).toEqual(Object.keys(file.receivers));
    expect(traces.processors).toEqual(Object.keys(file.processors));
    expect(traces.exporters).toEqual(Object.keys(file.exporters));
    expect([...file.service.extensions].sort()).toEqual(Object.keys(file.extensions).sort());
    const stores = Object.keys(file.extensions.jaeger_storage.backends);
    expect([file.extensions.jaeger_query.storage.traces]).toEqual(stores);
    expect(Object.values(file.exporters).map(({ trace_storage }) => trace_storage)).toEqual(stores);
    expect(jaeger.command).toEqual(['--config', jaeger.configs[0]?.target]);
    expect(composeFile.configs[jaeger.configs[0]?.source ?? '']?.file).toBe('./deploy/monitoring/jaeger.yml');
  });

  test('Every service that can send traces reaches Jaeger, by the address that the documentation names', () => {
    const senders = Object.entries(composeFile.services)
      .filter(([, { environment }]) => 'OTEL_EXPORTER_OTLP_ENDPOINT' in environment)
      .map(([name]) => name);
    const receiver = openPorts().find(({ of, port }) => of === 'jaeger' && port === 4318);
    expect(receiver?.by).toEqual(senders.sort());
    const [alias = ''] = jaeger.networks['traces']?.aliases ?? [];
    for (const path of ['docs/deployment.md', 'docker-compose.yml'])
      expect([path, textOf(path)]).toEqual([path, expect.stringContaining(`ENDPOINT=http://${alias}:4318`)]);
  });
});
