// Clients that are slow on purpose are cut off within the stated bounds: nothing said, half a head, half a body, and over
// TLS the same, while the service runs and while it ends. This file waits for real timeouts.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import { listenOn } from '../../../src/platform/http/listen.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { certificate } from '../../support/certificate.ts';
import { createLogProbe } from '../../support/log.ts';
import { until } from '../../support/until.ts';

async function listening(tls?: { key: string; cert: string }) {
  const { app } = await createHttp({
    logger: createLogProbe('api').logger,
    metrics: createMetrics('api'),
    checks: [],
    version: { version: '1', node: '20' },
    shedAtLoopDelayMs: 0,
    tls,
  });
  app.post('/v1/things', () => ({ ok: true }));
  const origin = await listenOn(app, { host: '127.0.0.1', port: 0 });
  return { app, port: Number(new URL(origin).port) };
}

const plain = await listening();
const secure = await listening(certificate());
afterAll(() => Promise.all([plain.app.close(), secure.app.close()]));

const open = {
  plain: (port: number) => connect(port, '127.0.0.1'),
  'TLS not begun': (port: number) => connect(port, '127.0.0.1'),
  TLS: (port: number) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }),
};

/** Sends the start at once and the drip twice a second, until it is cut off: after how long, and with what answer. */
async function untilCutOff(socket: Socket, start: string, drip: string): Promise<{ ms: number; text: string }> {
  const started = performance.now();
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  if (start) socket.write(start);
  const timer = setInterval(() => drip && socket.write(drip), 500);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return { ms: performance.now() - started, text };
}

const half = 'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

const cases = (['plain', 'TLS'] as const).flatMap((transport) => [
  { transport, name: 'silent', start: '', drip: '', msMax: 10_000, answered: false },
  { transport, name: 'with half a head', start: half, drip: '', msMax: 10_000, answered: true },
  { transport, name: 'that drips its head', start: half, drip: 'x-a: b\r\n', msMax: 10_000, answered: true },
  {
    transport,
    name: 'that drips its body',
    start: `${half}content-length: 60000\r\n\r\n`,
    drip: ' ',
    msMax: 15_000,
    answered: true,
  },
]);
const neverBegun = {
  transport: 'TLS not begun' as const,
  name: 'silent',
  start: '',
  drip: '',
  msMax: 10_000,
  answered: false,
};

test.concurrent.each([...cases, neverBegun])(
  'A client $name ($transport) is cut off in time',
  { timeout: 25_000 },
  async ({ transport, start, drip, msMax, answered }) => {
    const { port } = transport === 'plain' ? plain : secure;
    const { ms, text } = await untilCutOff(open[transport](port), start, drip);
    expect(ms).toBeLessThan(msMax);
    // Long enough for an honest client on a bad line.
    expect(ms).toBeGreaterThan(5_000);
    if (answered) {
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(text).toContain('"status":408');
    }
  },
);

// After the port is closed, Node itself no longer checks how long a client takes.
test.concurrent.each([...cases, neverBegun])(
  'A shutdown does not wait longer for a client $name ($transport)',
  { timeout: 30_000 },
  async ({ transport, name, start, drip, msMax }) => {
    const { app, port } = await listening(transport === 'plain' ? undefined : certificate());
    const accepted = once(app.server, transport === 'TLS' ? 'secureConnection' : 'connection');
    const cutOff = untilCutOff(open[transport](port), start, drip);
    const [socket] = (await accepted) as [Socket];
    if (start !== '') await until(() => Promise.resolve(socket.bytesRead > 0));
    const started = performance.now();
    await app.close();
    expect(performance.now() - started).toBeLessThan(name === 'silent' && transport === 'plain' ? 3_000 : msMax);
    await cutOff;
  },
);
