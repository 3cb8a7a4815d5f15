// Files and folders that exist while a command works. They are removed at its end, also where a signal ends it.
import { rmSync } from 'node:fs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does the work, and removes what is at the path after it. */
export async function withTemporary<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const onSignal = (signal: NodeJS.Signals): void => {
    remove();
    // Without a listener the signal ends the process.
    for (const name of signals) process.off(name, onSignal);
    process.kill(process.pid, signal);
  };
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work();
  } finally {
    for (const name of signals) process.off(name, onSignal);
    remove();
  }
}
