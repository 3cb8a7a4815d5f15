// A port for a process that ends and starts again at it. The system draws ports of outgoing connections from a range of its own, in
// which such a port could be taken in between.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range of Linux, which begins at 32768. */
const firstPort = 12_000;
const endPort = 32_000;
const triesMax = 200;

const ports = new Set<number>();

export async function portOutsideOfDraws(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = randomInt(firstPort, endPort);
    if (ports.has(port) || !(await isFree(port))) continue;
    ports.add(port);
    return port;
  }
  throw new Error('No port is free.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
