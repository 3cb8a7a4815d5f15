// A port on some of the machine's addresses: which connections are accepted, and that a shutdown ends all of them.
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import type { App } from '../../../../src/platform/http/http.ts';
import { listenOn } from '../../../../src/platform/http/listen.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createLogProbe } from '../../../support/log.ts';
import { until } from '../../../support/until.ts';

const apps: App[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

/** Answers say by `asked` that they wait for `answer`, and by `answered` that they are given. */
const slow = new EventEmitter();

async function server(connectionsMax?: number): Promise<App> {
  const { app } = await createHttp({
    logger: createLogProbe('api').logger,
    metrics: createMetrics('api'),
    checks: [],
    version: { version: '1', node: '20' },
    shedAtLoopDelayMs: 0,
    ...(connectionsMax !== undefined && { connectionsMax }),
  });
  app.get('/who', (request) => ({ at: request.socket.localAddress }));
  app.get('/slow', async () => {
    slow.emit('asked');
    await once(slow, 'answer');
    slow.emit('answered');
    return {};
  });
  app.get('/begun', async (_request, reply) => {
    reply.hijack().raw.write('{');
    slow.emit('asked');
    await once(slow, 'answer');
    slow.emit('answered');
    reply.raw.end('}');
  });
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

  test.each([
    ['first', '127.0.0.1', '/slow'],
    ['second', '127.0.0.3', '/slow'],
    ['second', '127.0.0.3', '/begun'],
  ])('A shutdown waits for an answer by the %s address (%s%s), and not for a next request', async (_, host, path) => {
    const app = await server();
    const order: string[] = [];
    app.addHook('onClose', () => void order.push('closed'));
    const port = portOf(await listenOn(app, { host: '127.0.0.1,127.0.0.3', port: 0 }));
    const waiting = once(slow, 'asked');
    const socket = await request(host, port, path);
    await waiting;
    slow.once('answered', () => order.push('answered'));
    const ended = once(socket, 'close');
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes.toString()));
    const closing = app.close();
    // The port is closed, so the shutdown waits for the answer alone.
    await until(async () => (await asks(host, port)) === 'ECONNREFUSED');
    slow.emit('answer');
    await Promise.all([ended, closing]);
    expect(order).toEqual(['answered', 'closed']);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('}');
  });

  test('The bound of connections is that of all addresses together', async () => {
    const hosts = ['127.0.0.1', '127.0.0.3', '127.0.0.4'];
    const app = await server(3);
    const port = portOf(await listenOn(app, { host: hosts.join(','), port: 0 }));
    const open: Socket[] = [];
    for (const host of ['127.0.0.3', '127.0.0.3', '127.0.0.1']) {
      const waiting = once(slow, 'asked');
      open.push(await request(host, port, '/slow'));
      await waiting;
    }
    for (const host of ['127.0.0.1', '127.0.0.3']) expect(await asks(host, port), host).toBe('');
    // A probe of an address without connections is answered.
    expect(await asks('127.0.0.4', port)).toBe('{"at":"127.0.0.4"}');
    const [first] = open;
    first?.destroy();
    await until(async () => (await asks('127.0.0.1', port)) !== '');
    slow.emit('answer');
    for (const socket of open) socket.destroy();
  });
});

/** A connection that stays open after the answer. */
async function request(host: string, port: number, path: string): Promise<Socket> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  return socket;
}
