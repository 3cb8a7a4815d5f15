// Child processes of a bench: generators, holders and the platform itself. Each is ended with the bench, politely first
// and then not, and none can outlive it.
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { endProcess, untilStarted } from '../../test/support/processes/child-process.ts';
import type { StartedService } from '../../test/support/processes/child-process.ts';
import type { Cleanup } from './cleanup.ts';

/** Time to end after SIGTERM, in milliseconds; then SIGKILL. */
const endMsMax = 20_000;
/** Characters of a failed child's log that are shown. */
const logCharactersMax = 3_000;

export type Child = {
  readonly pid: number;
  readonly process: ChildProcess;
  end(): Promise<void>;
};

/** A worker of the bench (TypeScript), which talks by messages and ends when the channel closes. */
export type Worker = Child & {
  /** Sends a command and waits for its answer. */
  ask<Result>(command: string, argument?: unknown): Promise<Result>;
};

const tsx = import.meta.resolve('tsx');
const root = fileURLToPath(new URL('../..', import.meta.url));

export type WorkerOptions = {
  readonly nodeOptions?: readonly string[];
  /** In a session of its own, which is also a share of the processors of its own (sched(7), autogroups). */
  readonly detached?: boolean;
};

export function startWorker(cleanup: Cleanup, name: string, options: WorkerOptions = {}): Worker {
  const path = join(import.meta.dirname, '..', 'workers', `${name}.ts`);
  const execArgv = [...(options.nodeOptions ?? []), '--import', tsx];
  const child = fork(path, [], { execArgv, serialization: 'advanced', detached: options.detached ?? false });
  const pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let count = 0;
  let ended = false;
  child.on('message', (message: { id: number; result?: unknown; error?: string }) => {
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (message.error !== undefined) waiting?.reject(new Error(`${name}: ${message.error}`));
    else waiting?.resolve(message.result as never);
  });
  child.on('exit', (code) => {
    ended = true;
    for (const { reject } of pending.values()) reject(new Error(`${name} ended with ${String(code)}`));
  });
  const handle = ending(child);
  cleanup.add(handle.end);
  return {
    ...handle,
    ask: (command, argument) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(new Error(`${name} has ended`));
          return;
        }
        count += 1;
        pending.set(count, { resolve, reject });
        child.send({ id: count, command, argument });
      }),
  };
}

/** The other side of `startWorker`: answers commands until the parent is gone. */
export function serveCommands(commands: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C goes to the whole group: the parent ends its workers itself.
  process.on('SIGINT', () => undefined);
  process.on('message', ({ id, command, argument }: { id: number; command: string; argument: never }) => {
    const work = commands[command];
    void Promise.resolve()
      .then(() => {
        if (!work) throw new Error(`no command ${command}`);
        return work(argument);
      })
      .then(
        (result) => process.send?.({ id, result }),
        (error: unknown) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? '') : String(error) }),
      );
  });
}

/** `command`: the built popvote command, where it is not that of this version. */
type ServicesOwner = {
  readonly cleanup: Cleanup;
  readonly nodeOptions: readonly string[];
  readonly command?: string;
};

/**
 * Starts services of the built platform in one process, as an operator does, and waits until they say where they
 * listen. Their log goes to a file; it is shown when they do not start.
 */
export async function startServices(
  { cleanup, nodeOptions, command = builtCommand(root) }: ServicesOwner,
  services: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<Child & { readonly started: readonly StartedService[] }> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...nodeOptions, command, 'serve', ...services], {
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      POPVOTE_END_WITH_PARENT: 'true',
      DRAIN_SECONDS: '0',
      ...environment,
    },
  });
  const handle = ending(child);
  cleanup.add(handle.end);
  const started = await untilStarted(child, () => readFileSync(logFile, 'utf8').slice(-logCharactersMax));
  return { ...handle, started };
}

/** How a child is ended: politely, then not. */
export function ending(child: ChildProcess): Child {
  const end = (): Promise<void> => endProcess(child, 'SIGTERM', endMsMax);
  return { pid: child.pid ?? 0, process: child, end };
}
