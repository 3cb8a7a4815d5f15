// The peer of the hold bench: the least that node:http needs to hold a request until its time is over. It knows the
// bearer token of each request and nothing else.
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveCommands } from '../harness/child.ts';

const tickMs = 250;
const polls = new Map<string, { readonly response: ServerResponse; readonly endsAtMs: number }>();
const body = JSON.stringify({ state: 'pending' });

const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 12_000 }, (request, response) => {
  const token = request.headers.authorization ?? '';
  const seconds = Number(/[?&]wait=(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  polls.set(token, { response, endsAtMs: performance.now() + seconds * 1_000 });
  response.once('close', () => polls.delete(token));
});
setInterval(() => {
  const now = performance.now();
  for (const [token, { response, endsAtMs }] of polls) {
    if (endsAtMs > now) continue;
    polls.delete(token);
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  }
}, tickMs).unref();

serveCommands({
  listen: () =>
    new Promise<number>((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
        resolve((server.address() as AddressInfo).port),
      );
    }),
  heap: () => process.memoryUsage().heapUsed,
  collect: () => (globalThis as { gc?: () => void }).gc?.(),
});
