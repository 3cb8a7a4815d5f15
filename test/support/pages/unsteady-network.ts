// A network between a browser and the service that breaks at a chosen byte, in whichever direction it flows, and comes
// back a moment later.
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type UnsteadyNetwork = AsyncDisposable & {
  readonly origin: string;
  /** From the next request that matches: breaks when so many bytes have passed, and refuses for so many milliseconds. */
  breakAt(byte: number, refuseMs: number, matching: string): void;
  /** From now on nothing breaks. */
  calm(): void;
  /** How often it broke. */
  readonly breaks: number;
  /** Bytes that passed since the last request that matched. */
  readonly passed: number;
};

export async function startUnsteadyNetwork(target: string): Promise<UnsteadyNetwork> {
  const port = Number(new URL(target).port);
  const sockets = new Set<Socket>();
  let armed: { byte: number; refuseMs: number; matching: string } | null = null;
  let counting = false;
  let passed = 0;
  let breaks = 0;
  let refuseUntil = 0;

  const breakNow = (): void => {
    breaks += 1;
    counting = false;
    refuseUntil = Date.now() + (armed?.refuseMs ?? 0);
    armed = null;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const pass = (chunk: Buffer, to: Socket): void => {
    if (!counting || !armed) {
      if (counting) passed += chunk.length;
      to.write(chunk);
      return;
    }
    const room = armed.byte - passed;
    passed += chunk.length;
    if (room >= chunk.length) to.write(chunk);
    // What came before the break has arrived.
    else to.write(chunk.subarray(0, Math.max(0, room)), breakNow);
  };
  const server = createServer((client) => {
    if (Date.now() < refuseUntil) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk: Buffer) => {
      if (armed && chunk.includes(armed.matching)) [counting, passed] = [true, 0];
      pass(chunk, upstream);
    });
    upstream.on('data', (chunk: Buffer) => pass(chunk, client));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    breakAt(byte, refuseMs, matching) {
      armed = { byte, refuseMs, matching };
      counting = false;
    },
    calm() {
      [armed, counting, refuseUntil] = [null, false, 0];
    },
    get breaks() {
      return breaks;
    },
    get passed() {
      return passed;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
