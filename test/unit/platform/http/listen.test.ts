// A port on some of the machine's addresses: which connections are accepted, and that a shutdown ends all of them.
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import type { App } from '../../../../src/platform/http/http.ts';
import { listenOn } from '../../../../src/platform/http/listen.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

const apps: App[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function server(): Promise<App> {
  const { app } = await createHttp({
    logger: createLogProbe('api').logger,
    metrics: createMetrics('api'),
    checks: [],
    version: { version: '1', node: '20' },
    shedAtLoopDelayMs: 0,
  });
  app.get('/who', (request) => ({ at: request.socket.localAddress }));
  apps.push(app);
  return app;
}

/** What an address answers, or the code of its error. */
function asks(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port });
    socket
      .on('connect', () => socket.write('GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'))
      .on('data', (bytes) => (answer += bytes.toString()))
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      .on('close', () => resolve(/\{.*\}/.exec(answer)?.[0] ?? ''));
  });
}
const portOf = (origin: string): number => Number(new URL(origin).port);

describe('Listening on a list of addresses', () => {
  test('Each address of the list answers on the same port, and no other does', async () => {
    const port = portOf(await listenOn(await server(), { host: '127.0.0.1,127.0.0.3', port: 0 }));
    expect(await asks('127.0.0.1', port)).toBe('{"at":"127.0.0.1"}');
    expect(await asks('127.0.0.3', port)).toBe('{"at":"127.0.0.3"}');
    expect(await asks('127.0.0.2', port)).toBe('ECONNREFUSED');
  });

  test('A network means the address of the machine in it', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((all = []) => all)
      .find(({ family, internal }) => family === 'IPv4' && !internal);
    const address = own?.address ?? '127.0.0.1';
    const network = own?.cidr ?? '127.0.0.0/8';
    const origin = await listenOn(await server(), { host: network, port: 0 });
    expect(new URL(origin).hostname).toBe(address);
    expect(await asks(address, portOf(origin))).toBe(`{"at":"${address}"}`);
  });

  test('A network that the machine is not in is a fault of the variable', async () => {
    const listening = listenOn(await server(), { host: '127.0.0.1,198.51.100.0/24', port: 0 });
    await expect(listening).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
      syscall: 'listen',
      hostname: '127.0.0.1,198.51.100.0/24',
    });
  });

  test('A shutdown closes every address', async () => {
    const app = await server();
    const port = portOf(await listenOn(app, { host: '127.0.0.1,127.0.0.3', port: 0 }));
    await app.close();
    for (const host of ['127.0.0.1', '127.0.0.3']) expect(await asks(host, port)).toBe('ECONNREFUSED');
  });
});
