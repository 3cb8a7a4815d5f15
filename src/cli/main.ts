#!/usr/bin/env node
// The `popvote` command. The only place of the program that reads the process's environment and arguments; from here on
// both are values that are passed down.
import { fileURLToPath } from 'node:url';
import { runCommand } from './program.ts';

const write =
  (stream: NodeJS.WriteStream) =>
  (text: string): void =>
    void stream.write(`${text}\n`);

// A reader that closed the pipe (`popvote … | head`, a closed terminal) is no failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  out: write(process.stdout),
  say: write(process.stderr),
  // Opened only when something reads it: a service does not use it.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  entry: fileURLToPath(import.meta.url),
});
