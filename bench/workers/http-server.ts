// The servers of the http bench: each answers the same request with the same body, and knows its own processor time.
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fastify from 'fastify';
import { serveCommands } from '../harness/child.ts';
import { resultsDirectory } from '../harness/report.ts';

export type HttpServerKind = 'socket' | 'node:http' | 'Fastify' | 'createHttp';

const state = { state: 'pending' };
const body = JSON.stringify(state);
const headEnd = '\r\n\r\n';
const path = '/v1/things';

/** Nothing but the socket: a request is a head and as many bytes as the generator always sends. */
function socketServer(): Server {
  const answer = `HTTP/1.1 201 Created\r\ncontent-length: ${body.length}${headEnd}${body}`;
  return createSocketServer((socket) => {
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      if (String(text).includes(headEnd)) socket.write(answer);
    });
    socket.on('error', () => socket.destroy());
  });
}

function nodeServer(): Server {
  return createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      JSON.parse(text);
      const head = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
      response.writeHead(201, head).end(body);
    });
  });
}

async function fastifyServer(): Promise<Server> {
  const app = fastify();
  app.post(path, (_request, reply) => reply.code(201).send(state));
  await app.ready();
  return app.server;
}

/** Of the platform, below its folder. */
const parts = ['http/http.ts', 'http/security-headers.ts', 'http/shedding.ts', 'logger.ts', 'metrics.ts'] as const;
type Parts = typeof import('../../src/platform/http/http.ts') &
  typeof import('../../src/platform/http/security-headers.ts') &
  typeof import('../../src/platform/http/shedding.ts') &
  typeof import('../../src/platform/logger.ts') &
  typeof import('../../src/platform/metrics.ts');

/** Compiled as in the build. As it is developed, the loader of TypeScript would name each closure whenever it is made. */
async function compiled(): Promise<Parts> {
  const outfile = join(resultsDirectory, `http-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: parts.map((path) => `export * from './${path}';\n`).join(''),
      resolveDir: join(import.meta.dirname, '../../src/platform'),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  try {
    return (await import(pathToFileURL(outfile).href)) as Parts;
  } finally {
    rmSync(outfile);
  }
}

/** As the services build theirs, with a route as theirs are, but without a schema. */
async function ourServer(): Promise<Server> {
  const { answerHeaders, createHttp, createLogger, createMetrics, sheds } = await compiled();
  const { app } = await createHttp({
    logger: createLogger('bench', 'warn'),
    metrics: createMetrics('bench'),
    checks: [],
    version: { version: '0', node: process.versions.node },
    headers: answerHeaders({ tls: false }),
  });
  app.post(path, { config: sheds('last') }, (_request, reply) =>
    reply.code(201).header('cache-control', 'no-store').send(state),
  );
  await app.ready();
  return app.server;
}

const servers: Readonly<Record<HttpServerKind, () => Server | Promise<Server>>> = {
  socket: socketServer,
  'node:http': nodeServer,
  Fastify: fastifyServer,
  createHttp: ourServer,
};

serveCommands({
  listen: async (kind: HttpServerKind) => {
    const server = await servers[kind]();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  microseconds: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
