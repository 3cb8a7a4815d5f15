// Servers of the distribution that a drill runs, and the account of PostgreSQL, which does not run as root.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync } from 'node:fs';
import type { Bench } from './run.ts';

type Account = { readonly uid: number; readonly gid: number };

/** The distribution's account for databases, if this process is root; otherwise its own. */
export function databaseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
  );
  if (!uid || !gid) throw new Error('There is no account postgres.');
  return { uid, gid };
}

/** A folder of its own for a server, below that of the bench. */
export function ownedFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const account = databaseAccount();
  if (account) chownSync(path, account.uid, account.gid);
  return path;
}

type ServerOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly logFile: string;
  /** That of this process without it. */
  readonly account?: Account | undefined;
};

/** Runs a program of the distribution until the bench ends. Its log goes to a file. */
export function spawnServer(
  { cleanup }: Pick<Bench, 'cleanup'>,
  command: readonly [string, ...string[]],
  { environment, directory, logFile, account }: ServerOptions,
): ChildProcess {
  const log = openSync(logFile, 'a');
  const [program, ...words] = command;
  const child = spawn(program, words, {
    stdio: ['ignore', log, log],
    cwd: directory,
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', ...environment },
    ...account,
  });
  closeSync(log);
  child.on('error', () => undefined);
  cleanup.add(() => void child.kill('SIGKILL'));
  return child;
}
