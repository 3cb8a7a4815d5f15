// What every launcher of the built platform needs, in tests and in benches: free ports, the wait for the first message,
// and the end of a process.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Port 0 of each service: any free port. */
export const freePorts: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'API',
    'API_PRIVATE',
    'SMS',
    'SMS_PRIVATE',
    'BALLOTS',
    'MIXER',
    'ACCESS',
    'ACCESS_PRIVATE',
    'ELECTIONS',
    'ELECTIONS_PRIVATE',
    'OFFICIALS',
    'OFFICIALS_PRIVATE',
    'WORKER',
    'LOG',
    'HERALD',
    'PANEL',
    'PANEL_PRIVATE',
    'POPVOTE_POSTGRES',
    'POPVOTE_REDIS',
    'POPVOTE_CONTROL_REDIS',
  ].map((name) => [`${name}_PORT`, '0']),
);

export type StartedService = { readonly name: string; readonly addresses: Readonly<Record<string, string>> };

/** The services of a process once they listen. Throws with the output if it ends before. */
export async function untilStarted(child: ChildProcess, output: () => string): Promise<readonly StartedService[]> {
  const failure = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.slice(2).join(' ')} ended with ${String(code)}:\n${output()}`);
  });
  const serving = new Promise<readonly StartedService[]>((resolve) => {
    // Before it, the process reports the stages of its start.
    child.on('message', (message: { started?: StartedService[] }) => {
      if (message.started) resolve(message.started);
    });
  });
  const services = await Promise.race([serving, failure]);
  failure.catch(() => undefined);
  return services;
}

/** Ends a process that still runs and waits for its exit; after `killAfterMs` it is killed. */
export async function endProcess(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
  killAfterMs?: number,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const late = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  await exit;
  clearTimeout(late);
}
