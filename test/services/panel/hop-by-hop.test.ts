// Headers about one connection end at the panel, in both directions, on every route that it passes on. Uploads are tried
// with the real curl, which asks `Expect: 100-continue` for a large body.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headersForService } from '../../../src/services/panel/forwarded-headers.ts';
import { csvOf, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { startPanel, startUpstream } from '../../support/services/panel.ts';
import type { Panel, Upstream } from '../../support/services/panel.ts';

let batches: Batches;
let upstream: Upstream;
/** Before servers that say what reached them, and before the real `officials`. */
let panel: Panel;
let real: Panel;
const folder = mkdtempSync(join(tmpdir(), 'popvote-curl-'));
const largeFile = join(folder, 'ballots.csv');
beforeAll(async () => {
  batches = await startBatches();
  upstream = await startUpstream();
  const { origin } = upstream;
  panel = await startPanel({ access: origin, elections: origin, officials: origin });
  real = await startPanel({
    access: batches.accessOrigins.control,
    elections: origin,
    officials: batches.officials.origin,
  });
  writeFileSync(largeFile, csvOf(Array.from({ length: 52_000 }, () => `${randomUUID()},1`)));
});
afterAll(async () => {
  await panel[Symbol.asyncDispose]();
  await real[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await batches[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const services = ['access', 'elections', 'officials'] as const;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const routes = services.flatMap((service) => methods.map((method) => ({ service, method })));
const token = 'Bearer a.b.c';

/** Of one connection, by RFC 9110, section 7.6.1, and the headers that are handled like them. */
const ofOneConnection = {
  expect: '100-continue',
  te: 'trailers',
  'keep-alive': 'timeout=5',
  'proxy-connection': 'keep-alive',
  'proxy-authorization': 'Basic YTpi',
  upgrade: 'websocket',
  'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA',
  'x-named': 'by connection',
};

type Seen = { readonly status: number; readonly headers: IncomingHttpHeaders };
/** Sends through the panel, on a connection of its own or one that is kept. */
function ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const sent = request(panel.origin + path, {
      method,
      agent: false,
      headers: { authorization: token, ...headers, ...(body !== undefined && { 'content-length': body.length }) },
    });
    sent.on('error', reject).on('response', (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
    });
    // Without waiting for `100 Continue`, as curl does after a second.
    sent.end(body);
  });
}

describe('Headers about one connection', () => {
  test.each(routes)('No header of the connection reaches $service by $method', async ({ service, method }) => {
    const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const headers = { ...ofOneConnection, connection: 'close, X-Named, te' };
    const before = upstream.reached.length;
    const { status } = await ask(method, `/api/${service}/v1/x`, headers, hasBody ? '{}' : undefined);
    expect(status).toBe(200);
    expect(upstream.reached).toHaveLength(before + 1);
    const reached = upstream.reached.at(-1)?.headers ?? {};
    for (const name of Object.keys(ofOneConnection)) expect(reached).not.toHaveProperty(name);
    expect(reached.connection).toMatch(/^(keep-alive|close)$/);
    expect(reached.authorization).toBe(token);
  });

  test.each(services)('Each of them alone is no fault of a request to %s, with and without a body', async (service) => {
    for (const [name, value] of Object.entries(ofOneConnection)) {
      const headers = { [name]: value };
      const post = await ask('POST', `/api/${service}/v1/x`, headers, '{}');
      const get = await ask('GET', `/api/${service}/v1/x`, headers);
      expect([name, post.status, get.status]).toEqual([name, 200, 200]);
      if (name !== 'x-named') expect(upstream.reached.at(-1)?.headers).not.toHaveProperty(name);
    }
  });

  test('A body that a reading request carries is not passed on, and neither is its length', async () => {
    const { status } = await ask('GET', '/api/elections/v1/x', { 'content-type': 'application/json' }, '{"a":1}');
    expect([status, upstream.reached.at(-1)?.headers['content-length']]).toEqual([200, undefined]);
  });

  test('A client cannot remove what the panel adds by naming it in Connection', async () => {
    await ask('GET', '/api/access/v1/x', { connection: 'x-forwarded-for, authorization' });
    expect(upstream.reached.at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1');
    const named = headersForService(
      { connection: 'authorization, X-FORWARDED-FOR', authorization: 'Bearer theirs', accept: '*/*', trailer: 'x' },
      { address: '192.0.2.1', token: 'ours', hasBody: false },
    );
    expect(named).toEqual({ accept: '*/*', 'x-forwarded-for': '192.0.2.1', authorization: 'Bearer ours' });
  });

  test.each(services)('The connection of %s is not announced as that of the client', async (service) => {
    upstream.next((_incoming, response) => {
      response.setHeader('keep-alive', 'timeout=999').setHeader('x-named', '1').setHeader('x-kept', '2');
      response.setHeader('connection', ['keep-alive', 'x-named']).setHeader('proxy-authenticate', 'Basic').end('{}');
    });
    const { headers } = await ask('GET', `/api/${service}/v1/x`, {});
    expect(headers['keep-alive'] ?? '').not.toContain('999');
    expect(headers).not.toHaveProperty('x-named');
    expect(headers).not.toHaveProperty('proxy-authenticate');
    expect(headers['x-kept']).toBe('2');
  });

  test.each(routes)('The panel closes after Connection: close, $method to $service', async ({ service, method }) => {
    const { port } = new URL(panel.origin);
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const length = method === 'GET' || method === 'HEAD' ? '' : 'content-length: 0\r\n';
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`${method} /api/${service}/v1/x HTTP/1.1\r\nhost: x\r\n${length}connection: close\r\n\r\n`),
      );
      socket.setTimeout(5_000, () => socket.destroy(new Error('The panel did not close the connection.')));
      socket.on('data', (bytes) => (received += bytes.toString('latin1')));
      socket.on('error', reject).on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/i);
    expect(text).not.toMatch(/connection: keep-alive/i);
  });
});

describe('Uploads by curl', () => {
  const run = promisify(execFile);
  const curl = async (...words: string[]): Promise<{ status: number; body: string }> => {
    const { stdout } = await run('curl', ['-sS', '--max-time', '50', '-w', '\n%{http_code}', ...words]);
    const [, body = '', status = ''] = /^([^]*)\n(\d+)$/.exec(stdout) ?? [];
    return { status: Number(status), body };
  };
  const upload = (electionId: string, ...words: string[]) =>
    curl(
      `${real.origin}/api/officials/v1/batches?electionId=${electionId}`,
      '-H',
      `authorization: Bearer ${batches.people.official.tokens.accessToken}`,
      ...words,
    );
  const csv = ['-H', 'content-type: text/csv', '--data-binary', `@${largeFile}`];
  const ways: readonly [string, readonly string[]][] = [
    ['as the documents say', csv],
    ['with Expect in any case', [...csv, '-H', 'Expect: 100-continue']],
    ['in a form', ['-F', `file=@${largeFile};type=text/csv`]],
    ['in chunks', [...csv, '-H', 'Transfer-Encoding: chunked']],
    ['by HTTP/1.0', [...csv, '-0']],
  ];
  test.each(ways)('A file of 2 MB is accepted through the panel %s', async (_name, words) => {
    const { status, body } = await upload(await batches.election(), ...words);
    expect([status, body.slice(0, 200)]).toEqual([202, expect.stringContaining('"batch"')]);
    expect(JSON.parse(body)).toMatchObject({ batch: { rows: { received: 52_000 } } });
  });

  test('A small body with Expect is accepted too', async () => {
    const words = ['-H', 'Expect: 100-continue', '-H', 'content-type: text/csv', '--data-binary', csvOf(['x,1'])];
    expect((await upload(await batches.election(), ...words)).status).toBe(422);
  });

  test('An expectation that nobody knows is refused by its own status', async () => {
    expect((await upload('x', ...csv, '-H', 'Expect: miracles')).status).toBe(417);
  });
});
