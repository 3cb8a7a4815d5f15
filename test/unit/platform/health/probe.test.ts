// The health check of containers: deploy/probe.sh.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import type { Http } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

const script = join(import.meta.dirname, '../../../../deploy/probe.sh');

async function exitOf(words: readonly string[], command = script): Promise<{ code: number; out: string }> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}
const probe = async (...words: readonly string[]): Promise<number> => (await exitOf(words)).code;

let http: Http;
let port: string;
beforeAll(async () => {
  const { logger } = createLogProbe('probe');
  http = await createHttp({
    logger,
    metrics: createMetrics('probe'),
    checks: [],
    version: { version: '1', node: '24' },
  });
  port = new URL(await http.app.listen({ host: '127.0.0.1', port: 0 })).port;
});
afterAll(() => http.app.close());

test('The probe succeeds while the service is alive, and tells alive from ready', async () => {
  expect(await probe(port)).toBe(0);
  expect(await probe(port, '/readyz')).toBe(0);
  http.lifecycle.phase = 'draining';
  expect(await probe(port)).toBe(0);
  expect(await probe(port, '/readyz')).toBe(1);
  http.lifecycle.phase = 'serving';
  expect(await probe(port, '/nowhere')).toBe(1);
});

test('The probe fails in bounded time where nothing listens and where no answer comes', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port: silentPort } = silent.address() as AddressInfo;
  const startedMs = performance.now();
  expect(await probe(String(silentPort))).not.toBe(0);
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeGreaterThan(3_900);
  expect(tookMs).toBeLessThan(20_000);
  silent.close();
  expect(await probe(String(silentPort))).toBe(1);
});

test('The probe costs a few milliseconds of processor', async () => {
  const rounds = 20;
  const loop = `for i in {1..${rounds}}; do ${script} ${port} 2>/dev/null; done`;
  const { out } = await exitOf(['-c', `TIMEFORMAT='%U %S'; { time ${loop}; } 2>&1`], '/bin/bash');
  const seconds = out.trim().split(/\s+/).map(Number);
  expect(seconds).toHaveLength(2);
  // A start of Node costs two hundred.
  expect((seconds.reduce((sum, each) => sum + each, 0) / rounds) * 1_000).toBeLessThan(30);
});
