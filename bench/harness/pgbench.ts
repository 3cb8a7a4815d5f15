// The peer of the commit benches: PostgreSQL's own load generator, sending one prepared statement per ballot from 32
// clients. It is what a good programmer without batches would reach.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Clients of the peer, and its threads. */
export const pgbenchClients = 32;
const pgbenchThreads = 2;

export type PgbenchResult = {
  readonly perSecond: number;
  readonly transactions: number;
  readonly failed: number;
};

export type PgbenchScript = { readonly path: string };

export function writeScript(directory: string, name: string, text: string): PgbenchScript {
  const path = join(directory, `${name}.sql`);
  writeFileSync(path, text);
  return { path };
}

export async function runPgbench(url: string, script: PgbenchScript, seconds: number): Promise<PgbenchResult> {
  const words = ['-n', '-M', 'prepared', '-c', String(pgbenchClients), '-j', String(pgbenchThreads)];
  let output: string;
  try {
    const { stdout } = await promisify(execFile)('pgbench', [...words, '-T', String(seconds), '-f', script.path, url]);
    output = stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      'pgbench is not on the PATH. It comes with PostgreSQL (Debian: apt-get install postgresql-contrib).',
    );
  }
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  return {
    perSecond: number(/tps = ([\d.]+) \(without initial/),
    transactions: number(/transactions actually processed: (\d+)/),
    failed: number(/number of failed transactions: (\d+)/) || 0,
  };
}

/** A random tag of 32 bytes that costs the server a microsecond; `variable` was set by \set. */
export const tagOf = (variable: string): string => `sha256(int8send(:${variable}))`;
export const randomVariables = (...names: string[]): string =>
  names.map((name) => `\\set ${name} random(1, 9000000000000000000)\n`).join('');
