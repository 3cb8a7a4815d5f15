// A TCP proxy that can lose answers and go silent, as a network can between two processes.
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type Proxy = {
  readonly port: number;
  /** Once: lets the next request through and cuts the connection instead of handing back what answers it. */
  loseNextAnswer(matching?: (request: Buffer) => boolean): void;
  /** From now on nothing passes, and no connection is cut; or everything passes again. */
  silent(on: boolean): void;
  /** Cuts every connection. */
  cut(): void;
  /** How many answers were lost. */
  readonly lost: number;
  close(): Promise<void>;
};

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let losing: ((request: Buffer) => boolean) | null = null;
  let dropped = 0;
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    let cut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      if (isSilent) socket.pause();
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk: Buffer) => {
      if (losing?.(chunk)) {
        losing = null;
        cut = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!cut) {
        client.write(chunk);
        return;
      }
      // The other side has answered, so it has acted: now the answer is lost.
      dropped += 1;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    loseNextAnswer(matching = () => true) {
      losing = matching;
    },
    silent(on) {
      isSilent = on;
      for (const socket of sockets) {
        if (on) socket.pause();
        else socket.resume();
      }
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    get lost() {
      return dropped;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
