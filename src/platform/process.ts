// The lifecycle of a process: services start, run until a signal and close in order. The exit code reports the outcome.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { Finding } from '../protocol/control/system-api.ts';
import type { Clock } from './clock.ts';
import { ConfigurationError, configurationExitCode } from './environment.ts';
import type { Environment } from './environment.ts';
import type { Report } from './health/examination.ts';
import type { ProcessLifecycle } from './health/lifecycle.ts';
import { drainSecondsMax } from './service-environment.ts';

/** Longest graceful close after the drain, in milliseconds. Then the process ends in any case. */
export const closeMsMax = 15_000;

/** A running service: its addresses, and how to close it. */
export type Running = {
  readonly name: string;
  readonly addresses: Readonly<Record<string, string>>;
  /** The time by which the service acts. */
  readonly clock: Clock;
  /** What the process saw of its own work, for its health report. */
  findings?(): readonly Finding[];
  readonly lifecycle: ProcessLifecycle;
  close(): Promise<void>;
};

/** The `start` that every service's main.ts exports. `report` is for services that report their health. */
export type StartService = (environment: Environment, report?: Report) => Promise<Running>;

/**
 * Starts services in one process. On a signal they drain, and then close, last first. After a crash they close at once,
 * and a second signal ends the process at once.
 */
export async function runServices(starts: readonly StartService[], environment: Environment): Promise<void> {
  const running: Running[] = [];
  const closeAll = async (): Promise<void> => {
    for (const service of running.splice(0).reverse()) {
      // A service that fails to close must not keep the others from closing.
      await service.close().catch((error: unknown) => {
        process.stderr.write(`popvote: ${service.name} did not close: ${String(error)}\n`);
      });
    }
  };
  closeWithGrace({ delay: drainSecondsMax * 1_000 + closeMsMax, logger: false }, async ({ err }) => {
    if (err) process.stderr.write(`popvote: ${err.stack ?? err.message}\n`);
    else await drain(running);
    await Promise.race([closeAll(), pause(closeMsMax).then(() => Promise.reject(new Error('closing takes too long')))]);
  });
  if (environment['POPVOTE_END_WITH_PARENT'] === 'true') endWithParent();
  try {
    reportStage('connecting and opening its ports');
    for (const start of starts) running.push(await start(environment));
    process.send?.({ started: running.map(({ name, addresses }) => ({ name, addresses })) });
  } catch (error) {
    await closeAll();
    process.exit(reportStartFailure(error, sayOnStandardError, environment));
  }
}

/** The services announce their end and go on serving, so that balancers send no more requests when the ports close. */
async function drain(running: readonly Running[]): Promise<void> {
  for (const { lifecycle } of running) lifecycle.phase = 'draining';
  await pause(Math.max(0, ...running.map(({ lifecycle }) => lifecycle.drainMs)));
}

/** Tells the process that started this one, if any, how far the start is. */
export function reportStage(stage: string): void {
  process.send?.({ stage });
}

/**
 * Waits, with the code loaded, until the process that started this one needs another one. Ends with that process.
 */
export async function untilNeeded(): Promise<void> {
  const end = (): void => process.exit(0);
  process.once('disconnect', end);
  await once(process, 'message');
  process.off('disconnect', end);
}

/** Codes of addresses on which this machine or this user cannot listen. */
const listenCodes: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EINVAL']);

function isListenError(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return listenCodes.has(code) && (syscall === 'listen' || syscall === 'getaddrinfo');
}

/** An error of `listen` as a fault of the variable that holds the address or the port; null for any other. */
function listenFault(error: unknown, environment: Environment): ConfigurationError | null {
  if (!isListenError(error)) return null;
  const { code, hostname, address, port } = error as Readonly<Record<string, unknown>>;
  const suffix = code === 'EACCES' ? '_PORT' : '_HOST';
  const value = code === 'EACCES' ? String(port) : (hostname ?? address);
  const names = Object.keys(environment).filter((name) => name.endsWith(suffix) && environment[name] === value);
  if (names.length === 0) return null;
  return new ConfigurationError([`${names.join(' or ')}: this process cannot listen there (${String(code)}).`]);
}

/** Prints why a start failed and returns the exit code. */
export function reportStartFailure(error: unknown, say = sayOnStandardError, environment: Environment = {}): number {
  const fault = error instanceof ConfigurationError ? error : listenFault(error, environment);
  if (fault !== null) {
    const lines = fault.problems.map((problem, index) => ` ${index + 1}. ${problem}`);
    say(`popvote: ${fault.message}:\n${lines.join('\n')}`);
    return configurationExitCode;
  }
  const { code, port } = (error ?? {}) as { code?: string; port?: number };
  if (code === 'EADDRINUSE')
    say(`popvote: port ${port ?? '?'} is in use. Stop the program that uses it, or set another port.`);
  else if (isListenError(error)) say(`popvote: ${(error as Error).message}. Correct the address or the port.`);
  else say(`popvote: ${error instanceof Error ? (error.stack ?? error.message) : 'start failed'}`);
  return 1;
}

function sayOnStandardError(text: string): void {
  process.stderr.write(`${text}\n`);
}

// A supervisor that is killed outright cannot end its children: they detect the closed channel and end themselves.
function endWithParent(): void {
  const end = (): void => void process.kill(process.pid, 'SIGTERM');
  process.once('disconnect', end);
  // The parent may have ended while this process was still loading.
  if (process.send && !process.connected) end();
}
