// Services that the developer runs in place of the local platform: under a debugger, or from another checkout. The
// start prints the command, and continues when the service accepts connections.
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Zone } from './zone-environments.ts';

/** Pause between two attempts to connect, in milliseconds. */
const attemptMs = 300;

/**
 * The command that runs one service under the debugger of Node, in the environment that the platform created for it.
 */
export function inspectCommand(zone: Zone, directory: string, entry: string): string {
  const loader = entry.endsWith('.ts') ? ' --import tsx' : '';
  const file = join(directory, 'environment', `${zone}.env`);
  return `node --inspect${loader} --env-file=${file} ${entry} serve ${zone}`;
}

/** Resolves when a server accepts connections at the address. Rejects when `stop` aborts. */
export async function untilAccepting(origin: string, stop: AbortSignal): Promise<void> {
  while (!(await accepts(origin))) await pause(attemptMs, undefined, { signal: stop });
}

function accepts(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const answer = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
