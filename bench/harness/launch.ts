// `popvote start` of a built version of the platform, this one or another one, as an operator runs it.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { freePorts } from '../../test/support/processes/child-process.ts';
import { ending } from './child.ts';
import type { Child } from './child.ts';
import type { Bench } from './run.ts';

/** Longest wait for the platform to be ready, in milliseconds: the first start makes a database. */
const readyMsMax = 180_000;
/** Characters of a failed start's log that are shown. */
const logCharactersShown = 3_000;

export type Launch = {
  /** The file of the built popvote command. */
  readonly command: string;
  /** The folder of its data. */
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
};

export type Launched<Ready> = {
  readonly supervisor: Child;
  /** What `popvote start --json` prints. Rejects with the end of its log if it ends before. */
  readonly ready: Promise<Ready>;
};

/** The platform runs with the Node of the bench, so that a figure belongs to the Node that its report names. */
export function launch<Ready>(bench: Bench, { command, directory, environment, words = [] }: Launch): Launched<Ready> {
  const logFile = `${directory}.log`;
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...bench.nodeOptions, command, 'start', '--json', ...words], {
    stdio: ['ignore', 'pipe', log],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      POPVOTE_DIRECTORY: directory,
      POPVOTE_NODE: 'own',
      ...freePorts,
      LOG_LEVEL: 'warn',
      API_SESSIONS_PER_ADDRESS_BLOCK: '0',
      ...environment,
    },
  });
  closeSync(log);
  const supervisor = ending(child);
  bench.cleanup.add(supervisor.end);
  const ready = new Promise<Ready>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('the platform was not ready in time')), readyMsMax);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split('\n').find((candidate) => candidate.startsWith('{'));
      if (line === undefined || !text.includes('\n')) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      const tail = readFileSync(logFile, 'utf8').slice(-logCharactersShown);
      reject(new Error(`popvote start ended with ${String(code)}:\n${tail}`));
    });
  });
  return { supervisor, ready };
}
