// The ports of the local platform, checked before anything is started: a port in use is reported with its variable.
import { createServer } from 'node:net';

export type WantedPort = { readonly variable: string; readonly host: string; readonly port: number };

/** Ports are in use, or may not be listened on. */
export class PortsUnusable extends Error {
  constructor(faults: readonly string[]) {
    super([...faults, 'Nothing was started.'].join('\n'));
    this.name = 'PortsUnusable';
  }
}

/** The ports by variable; a requested port of 0 becomes a free one. Throws `PortsUnusable` with every unusable port. */
export async function claimPorts<Name extends string>(
  requested: Readonly<Record<Name, WantedPort>>,
): Promise<Readonly<Record<Name, number>>> {
  const faults: string[] = [];
  const claimed: [string, number][] = [];
  const variables = new Map<number, string>();
  // Open until all ports are checked, so that two of them never get the same free port.
  const closings: (() => Promise<void>)[] = [];
  for (const [name, { variable, host, port }] of Object.entries<WantedPort>(requested)) {
    const other = variables.get(port);
    if (other !== undefined) {
      faults.push(`${other} and ${variable} are both ${port}. Set one of them to another port.`);
      continue;
    }
    if (port !== 0) variables.set(port, variable);
    const listener = await listen(host, port);
    if (typeof listener === 'string') {
      faults.push(
        listener === 'EADDRINUSE'
          ? `Port ${port} on ${host} is in use. Stop the program that uses it, or set ${variable} to another port (0: any free one).`
          : `Port ${port} on ${host} cannot be listened on (${listener}). Set ${variable} to another port.`,
      );
      continue;
    }
    closings.push(listener.close);
    claimed.push([name, listener.port]);
  }
  await Promise.all(closings.map((close) => close()));
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
