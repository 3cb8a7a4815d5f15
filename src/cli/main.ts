#!/usr/bin/env node
// The `popvote` command. The only place of the program that reads the process's environment and arguments; from here on
// both are values that are passed down.
import { fileURLToPath } from 'node:url';
import { runCommand } from './program.ts';

const write =
  (stream: NodeJS.WriteStream) =>
  (text: string): void =>
    void stream.write(`${text}\n`);

// A reader that closed the pipe (`popvote … | head`, a closed terminal) is no failure. A full disk is one.
process.stderr.on('error', () => undefined);
// Node opens a standard output again that was destroyed by an error.
let isOutputClosed = false;
process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
  isOutputClosed = true;
  if (code === 'EPIPE') return;
  process.stderr.write(`popvote: standard output cannot be written (${code}). What was printed is not all of it.\n`);
  process.once('exit', () => (process.exitCode ||= 1));
});

process.exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  out: write(process.stdout),
  say: write(process.stderr),
  // Opened only when something reads it: a service does not use it.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  isOutputClosed: () => isOutputClosed,
  entry: fileURLToPath(import.meta.url),
});
