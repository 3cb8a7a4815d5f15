// How long a connection to the server that takes writes may take to open, where a server is slow.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connectionMsMax, openPool } from '../../../src/store/database.ts';

/** Time after which the server admits a connection, in milliseconds. It answers nothing after that. */
const admitMs = 1_200;
/** PostgreSQL's AuthenticationOk and ReadyForQuery. */
const admitted = Buffer.from('520000000800000000' + '5a0000000549', 'hex');

test('A server that admits late and then says nothing delays a connection by less than a pool waits', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    setTimeout(() => socket.write(admitted), admitMs).unref();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hosts = `127.0.0.1:${port},127.0.0.1:${port}`;
  const pool = openPool(`postgres://one:x@${hosts}/none?target_session_attrs=read-write&sslmode=disable`, {
    name: 'test',
    connectionsMax: 1,
  });
  try {
    const sinceMs = performance.now();
    await expect(pool.connect()).rejects.toThrow();
    expect(performance.now() - sinceMs).toBeLessThan(connectionMsMax);
  } finally {
    await pool.end();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
