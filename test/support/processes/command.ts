// A command run inside the test's own process: what it prints and its exit code.
import { PassThrough, Writable } from 'node:stream';
import { runCommand } from '../../../src/cli/program.ts';
import type { Ran } from './popvote.ts';

/** `input`: what comes through a pipe; a terminal is a stream that says so (see `terminal`). */
export async function command(
  words: readonly string[],
  environment: Record<string, string> = {},
  input: string | Terminal = '',
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const stdin = typeof input === 'string' ? new PassThrough().end(input) : input;
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out.push(chunk.toString());
      done();
    },
  });
  const code = await runCommand(words, {
    environment,
    out: (text) => out.push(`${text}\n`),
    say: (text) => err.push(`${text}\n`),
    stdin,
    stdout,
    isOutputClosed: () => false,
    entry: '',
  });
  return { code, out: out.join('').replace(/\n$/, ''), err: err.join('').replace(/\n$/, '') };
}

export type Terminal = PassThrough & { readonly isTTY: true };

/** A terminal on which a user types these lines. */
export function terminal(...lines: readonly string[]): Terminal {
  const stream = Object.assign(new PassThrough(), { isTTY: true as const });
  for (const line of lines) stream.write(`${line}\r`);
  return stream;
}
