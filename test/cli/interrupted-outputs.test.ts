// The outputs of a command that ends early: by a signal, by a reader that closed the pipe, or on a disk that is full.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCommand } from '../../src/local/build-stamp.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-outputs-'));
const built = builtCommand(fileURLToPath(new URL('../..', import.meta.url)));
const document = {
  openapi: '3.1.0',
  paths: {
    '/v1/file': { get: { operationId: 'readFile', responses: { 200: { content: { 'text/csv': {} } } } } },
    '/v1/events': { get: { operationId: 'watch', responses: { 200: { content: { 'text/event-stream': {} } } } } },
  },
};
/** Answers that go on until the client ends. */
const streams: ServerResponse[] = [];
const server = createServer((request, response) => {
  if (request.url?.endsWith('/openapi.json')) return void response.end(JSON.stringify(document));
  const isFile = request.url?.includes('/v1/file') === true;
  response.writeHead(200, { 'content-type': isFile ? 'text/csv' : 'text/event-stream' });
  const write = (): void => {
    while (!response.destroyed && response.write(isFile ? 'a,b\n'.repeat(10_000) : 'data: {"a":1}\n\n'));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
  streams.push(response);
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const run = (words: readonly string[], stdout: 'pipe' | number = 'pipe') =>
  spawn(process.execPath, [built, ...words], {
    stdio: ['ignore', stdout, 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  });

describe('Outputs that end early', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('A download that %s ends leaves no file', async (signal) => {
    const child = run(['call', 'readFile', '--origin', origin, '--out', join(folder, 'all.csv')]);
    await expect.poll(() => readdirSync(folder)).toEqual([expect.stringMatching(/^all\.csv\.\d+\.part$/)]);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['readFile', 'watch'])('The call of %s ends when the reader of its output has ended', async (name) => {
    const child = run(['call', name, '--origin', origin]);
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(streams.at(-1)).toBeDefined();
  });

  test.runIf(process.platform === 'linux')('Output that a full disk lost is a failure', async () => {
    const child = run(['election', 'example'], openSync('/dev/full', 'w'));
    let err = '';
    child.stderr!.on('data', (part: Buffer) => (err += part.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(err).toBe('popvote: standard output cannot be written (ENOSPC). What was printed is not all of it.\n');
  });
});
