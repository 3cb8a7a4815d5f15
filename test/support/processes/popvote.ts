// The built `popvote` command as a process of its own, as an operator runs it.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtCommand } from '../../../src/local/build-stamp.ts';
import { freePorts } from './child-process.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Longest run of a command that ends by itself, in milliseconds. */
const commandMsMax = 30_000;

type Variables = Readonly<Record<string, string>>;
export type Ran = { readonly code: number; readonly out: string; readonly err: string };

const environmentOf = (variables: Variables): Variables => ({ PATH: process.env['PATH'] ?? '', ...variables });

/** Runs a command to its end. */
export function popvote(words: readonly string[], variables: Variables = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: environmentOf(variables), timeout: commandMsMax };
    const child = execFile(process.execPath, [builtCommand(root), ...words], options, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

export type StartedPlatform = {
  readonly child: ChildProcess;
  readonly ports: Readonly<Record<string, number>>;
  readonly pids: Readonly<Record<string, number>>;
  readonly rehearsal: { readonly id: string };
  /** Addresses of the control APIs. */
  readonly control: Readonly<Record<string, string>>;
  readonly administrator: { readonly email: string; readonly password: string } | null;
  /** Talk so far, and a wait for a line of it. */
  err(): string;
  untilSaid(pattern: RegExp): Promise<void>;
  /** Sends a signal and returns the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
};

export type StartWords = {
  readonly words?: readonly string[];
  /** Is called with all that was said so far, whenever there is more of it. */
  readonly listen?: (text: string) => void;
  /** Is called with the process, which may never be ready. */
  readonly spawned?: (child: ChildProcess) => void;
};

/** `popvote start` on free ports, when it is ready. */
export async function startPlatform(
  directory: string,
  variables: Variables = {},
  { words = [], listen = () => undefined, spawned = () => undefined }: StartWords = {},
): Promise<StartedPlatform> {
  const env = environmentOf({
    ...freePorts,
    POPVOTE_DIRECTORY: directory,
    // Each release line of Node is tested with itself.
    POPVOTE_NODE: 'own',
    ...variables,
  });
  const child = spawn(process.execPath, [builtCommand(root), 'start', '--json', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  spawned(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    listen(err);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (out.includes('\n')) resolve();
    });
    void ended.then(() => reject(new Error(`popvote start ended before it was ready:\n${err}`)));
  });
  const { ports, pids, rehearsal, control, administrator } = JSON.parse(out) as Omit<StartedPlatform, 'child'>;
  return {
    child,
    ports,
    pids,
    rehearsal,
    control,
    administrator,
    err: () => err,
    untilSaid: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!pattern.test(err)) return;
          child.stderr.off('data', look);
          resolve();
        };
        child.stderr.on('data', look);
        look();
      }),
    end(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}
