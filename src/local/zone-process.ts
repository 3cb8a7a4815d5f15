// One zone as a separate process: `popvote serve <service>` with only its own environment, in a separate process group
// (the terminal's Ctrl-C reaches the supervisor alone, which ends everything in order), its output in a log file.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Environment } from '../platform/environment.ts';
import { nodeOptionsOf } from '../platform/node-options.ts';
import { closeMsMax } from '../platform/process.ts';
import type { ZoneAccounts } from './accounts/zone-accounts.ts';
import { endOfLog } from './bounded-logs.ts';
import type { Instance } from './keep-running.ts';
import { passOnPriority } from './scheduling.ts';
import { untilServing } from './start-progress.ts';
import type { StartBounds } from './start-progress.ts';

/** Longest wait for its graceful end after the drain, in milliseconds. That end has its own limit, which is shorter. */
const stopMsMax = closeMsMax + 2_000;

export type ZoneOptions = {
  readonly service: string;
  /** The file of the popvote command. */
  readonly entry: string;
  /** The Node that runs it; without it the one that runs this process. */
  readonly node?: string;
  readonly environment: Environment;
  /** Without them the zone runs as the user of this process. */
  readonly accounts?: ZoneAccounts;
  readonly logFile: string;
  /** Whether the process loads its code and waits for a message before it begins. */
  readonly isSpare?: boolean;
  readonly onSpawn: (pid: number) => void;
  readonly say: (line: string) => void;
  readonly bounds?: StartBounds;
};

/** A process of a zone, with the reason of its end. */
export type ZoneProcess = { readonly child: ChildProcess; readonly ended: Promise<string> };

/**
 * Starts a zone and returns when it serves. Throws, with the end of its log, if it ends before that or makes no progress.
 */
export async function startZone(options: ZoneOptions): Promise<Instance> {
  return instanceOf(forkZone(options), options);
}

/** Starts a process of a zone, which may not serve yet. */
export function forkZone(options: ZoneOptions): ZoneProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  const words = ['serve', options.service, ...(options.isSpare === true ? ['--spare'] : [])];
  const child = fork(options.entry, words, {
    env: { ...(options.accounts?.environmentOf(options.environment) ?? options.environment) },
    ...options.accounts?.accountOf(options.service),
    execArgv: [...process.execArgv, ...nodeOptionsOf(options.service)],
    ...(options.node !== undefined && { execPath: options.node }),
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  void passOnPriority(child.pid);
  if (child.pid !== undefined) options.onSpawn(child.pid);
  return { child, ended: endOf(child) };
}

/** The running zone, once the process serves. Throws as `startZone`. */
export async function instanceOf({ child, ended }: ZoneProcess, options: ZoneOptions): Promise<Instance> {
  const serving = untilServing(child, options);
  const outcome = await Promise.race([ended, serving]);
  if (outcome !== null) {
    child.kill('SIGKILL');
    await ended;
    throw new Error(
      `${options.service} did not start (${outcome}). The end of ${options.logFile}:\n${endOfLog(options.logFile)}`,
    );
  }
  return {
    pid: child.pid ?? 0,
    ended,
    async stop(hurry) {
      const kill = (): void => void child.kill('SIGKILL');
      const drainMs = Number(options.environment['DRAIN_SECONDS'] ?? 0) * 1_000;
      const late = setTimeout(kill, drainMs + stopMsMax);
      hurry.addEventListener('abort', kill, { once: true });
      if (hurry.aborted) kill();
      else child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code ?? '?'}`));
  });
}
