// A TCP proxy that can lose answers, go silent and close one direction, as a network can between two processes.
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
  /**
   * Closes one direction of every connection. The other stays open: what is sent into the closed one is lost, and the
   * near end does not learn when the far end closes.
   */
  halfClose(direction: 'requests' | 'answers'): void;
  /** From now on connections go to another server. Those that exist are cut. */
  pointTo(target: { host: string; port: number }): void;
  /** How many answers were lost. */
  readonly lost: number;
  close(): Promise<void>;
};

type Pair = { readonly client: Socket; readonly upstream: Socket; closed: 'requests' | 'answers' | null };

export async function startProxy(first: { host: string; port: number }): Promise<Proxy> {
  let target = first;
  const sockets = new Set<Socket>();
  const pairs = new Set<Pair>();
  let losing: ((request: Buffer) => boolean) | null = null;
  let dropped = 0;
  let isSilent = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true });
    const pair: Pair = { client, upstream, closed: null };
    pairs.add(pair);
    let cut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      if (isSilent) socket.pause();
      socket
        .on('error', () => undefined)
        .on('end', () => {
          if (pair.closed === null) (socket === client ? upstream : client).end();
        })
        .on('close', () => {
          sockets.delete(socket);
          if (pair.closed === 'requests' && socket === upstream) return;
          pairs.delete(pair);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk: Buffer) => {
      if (pair.closed === 'requests') return;
      if (losing?.(chunk)) {
        losing = null;
        cut = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (pair.closed === 'answers') return;
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
    halfClose(direction) {
      for (const pair of pairs) {
        if (pair.closed !== null) continue;
        pair.closed = direction;
        (direction === 'requests' ? pair.upstream : pair.client).end();
      }
    },
    pointTo(next) {
      target = next;
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
