// The ports of the local platform, looked at before anything is started: one in use is said with its variable.
import { createServer } from 'node:net';

export type WantedPort = { readonly variable: string; readonly host: string; readonly port: number };

/** Ports are in use, or may not be listened on. */
export class PortsUnusable extends Error {
  constructor(faults: readonly string[]) {
    super([...faults, 'Nothing was started.'].join('\n'));
    this.name = 'PortsUnusable';
  }
}

/** The ports by variable; a wanted port of 0 becomes a free one. Throws `PortsUnusable` with every port that is not. */
export async function claimPorts<Name extends string>(
  wanted: Readonly<Record<Name, WantedPort>>,
): Promise<Readonly<Record<Name, number>>> {
  const faults: string[] = [];
  const claimed: [string, number][] = [];
  const seen = new Map<number, string>();
  // Held until all are looked at, so that two of them never get the same free port.
  const held: (() => Promise<void>)[] = [];
  for (const [name, { variable, host, port }] of Object.entries<WantedPort>(wanted)) {
    const twin = seen.get(port);
    if (twin !== undefined) {
      faults.push(`${twin} and ${variable} are both ${port}. Set one of them to another port.`);
      continue;
    }
    if (port !== 0) seen.set(port, variable);
    const found = await listen(host, port);
    if (typeof found === 'string') {
      faults.push(
        found === 'EADDRINUSE'
          ? `Port ${port} on ${host} is in use. Stop what uses it, or set ${variable} to another port (0: any free one).`
          : `Port ${port} on ${host} cannot be listened on (${found}). Set ${variable} to another port.`,
      );
      continue;
    }
    held.push(found.close);
    claimed.push([name, found.port]);
  }
  await Promise.all(held.map((close) => close()));
  if (faults.length > 0) throw new PortsUnusable(faults);
  return Object.fromEntries(claimed) as Record<Name, number>;
}

function listen(host: string, port: number): Promise<{ port: number; close: () => Promise<void> } | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const close = (): Promise<void> => new Promise((done) => server.close(() => done()));
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port, close });
    });
  });
}
