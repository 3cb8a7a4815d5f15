// The server's manners on real sockets: bodies that are wrong, bytes that are not HTTP, bugs that must not show, load that
// is shed and a shutdown that answers. Slow clients are in slow-clients.test.ts.
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { HttpOptions } from '../../../src/platform/http/http.ts';
import { sheds } from '../../../src/platform/http/shedding.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { Problem, problemBody } from '../../../src/protocol/problem.ts';
import { createGate } from '../../support/gate.ts';
import { createLogProbe } from '../../support/log.ts';

const canary = 'Z9876543-canary';
const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

async function server(changes: Partial<HttpOptions> = {}) {
  const probe = createLogProbe('api');
  const { app, lifecycle } = await createHttp({
    logger: probe.logger,
    metrics: createMetrics('api'),
    checks: [],
    version: { version: '1', node: '20' },
    shedAtLoopDelayMs: 0,
    ...changes,
  });
  return { app, lifecycle, log: () => probe.text() };
}

const { app, log } = await server();
const bodies: unknown[] = [];
app.post('/v1/things', { schema: { body: z.strictObject({ name: z.string().max(60_000) }) } }, ({ body }) => {
  bodies.push(body);
  return { recorded: true };
});
app.get('/v1/things/:thingId', ({ params }) => params as object);
app.post('/v1/anything', ({ body }) => body);
app.get('/v1/bugs', () => {
  throw new Error(`cannot read ${canary}`, { cause: new Error(`database ${canary} is down`) });
});
app.get('/v1/thrown-texts', () => {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a careless library may do
  throw canary;
});
app.get('/v1/thrown-nothings', () => {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- as above
  throw null;
});
app.get(
  '/v1/leaks',
  { schema: { response: { 200: z.object({ count: z.number(), note: z.string().optional() }) } } },
  () => ({ count: canary }) as never,
);
app.get('/v1/rejections', () => {
  throw new Problem('too-many-requests', { retryAfterSeconds: 7 });
});
const origin = await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
afterAll(() => app.close());

/** Sends bytes and returns all that comes back until the other side closes. */
function exchange(bytes: string, at = port): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(at, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(5_000, () => socket.destroy(new Error('the server did not close')));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(text) : reject(error)));
    socket.on('close', () => resolve(text));
  });
}

async function send(body: string, type = 'application/json', path = '/v1/things') {
  const response = await fetch(origin + path, { method: 'POST', headers: { 'content-type': type }, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** Expects a problem document of this code, complete and consistent. */
function expectProblem({ status, text }: { status: number; text: string }, code: string): void {
  const body = problemBody.parse(JSON.parse(text));
  expect([status, body.status, body.code]).toEqual([body.status, status, code]);
}

describe('The body of a request', () => {
  test('A body of the right form is read, and its answer names the request', async () => {
    const { status, headers, text } = await send('{"name":"a"}');
    expect([status, JSON.parse(text)]).toEqual([200, { recorded: true }]);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['no JSON', '{"name":'],
    ['nothing', ''],
    ['another kind of JSON', '"name"'],
    ['a missing member', '{}'],
    ['an unknown member', '{"name":"a","extra":1}'],
    ['a member of another kind', '{"name":1}'],
    ['a number too large', '{"name":1e400}'],
    ['thirty thousand lists in one another', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['ten thousand members', `{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":1`).join()}}`],
    ['a poisoned prototype', '{"name":"a","__proto__":{"polluted":true}}'],
    ['a poisoned prototype, escaped', String.raw`{"name":"a","\u005f_proto__":{"polluted":true}}`],
    ['a poisoned constructor', '{"name":"a","constructor":{"prototype":{"polluted":true}}}'],
    ['a zero byte between', '{"name":\0"a"}'],
    ['a comment', '{"name":"a"}// a'],
  ])('A body with %s is rejected as invalid', async (_name, body) => {
    bodies.length = 0;
    const started = performance.now();
    const answer = await send(body);
    expectProblem(answer, 'invalid-request');
    expect(performance.now() - started).toBeLessThan(500);
    expect(bodies).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('A rejected body lists its faults, by field', async () => {
    const { text } = await send('{"nome":"a"}');
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ path: 'body/name' }, { detail: expect.stringContaining('nome') as string }],
    });
  });

  test('A body with a thousand faults is answered with a few', async () => {
    const { text } = await send(JSON.stringify({ name: 1, ...Object.fromEntries(bodies.entries()) }));
    expect((JSON.parse(text) as { errors: unknown[] }).errors.length).toBeLessThanOrEqual(20);
  });

  test('A body of another type is rejected by its type', async () => {
    for (const type of ['text/plain', 'text/xml', 'application/jsonp', 'multipart/form-data; boundary=x', 'nonsense']) {
      expectProblem(
        await send('{"name":"a"}', type),
        type === 'text/plain' ? 'invalid-request' : 'unsupported-media-type',
      );
    }
  });

  test('A body that is too large is rejected by its size, declared or measured', async () => {
    expectProblem(await send(JSON.stringify({ name: 'x'.repeat(65_536) })), 'payload-too-large');
    const chunk = 'x'.repeat(0x8000);
    const chunked = `8000\r\n${chunk}\r\n`.repeat(3);
    const text = await exchange(
      `POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunked}0\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('A body of half characters and marks is read as text or rejected, and breaks nothing', async () => {
    for (const body of [
      String.raw`{"name":"\ud800"}`,
      '\ufeff{"name":"a"}',
      '{"name":"\u202e\u0000"}',
      '{"name":"a","name":"b"}',
    ]) {
      expect([200, 400]).toContain((await send(body)).status);
    }
  });
});

describe('The address of a request', () => {
  test.each([
    ['/nothing', 'not-found'],
    ['/v1/things/%zz', 'invalid-request'],
    ['/v1/things/%ff', 'invalid-request'],
    [`/v1/things/${'x'.repeat(129)}`, 'not-found'],
    ['/v1/../etc/passwd', 'not-found'],
  ])('%s is rejected by a problem', async (path, code) => {
    const text = await exchange(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expectProblem({ status: Number(head.split(' ')[1]), text: body }, code);
    expect(body).not.toContain('%');
  });

  test('A known address with another method is refused with the methods that it has', async () => {
    const allowed: [path: string, allow: string][] = [
      ['/v1/things', 'OPTIONS, POST'],
      ['/v1/things?a=1', 'OPTIONS, POST'],
      ['/v1/th%69ngs', 'OPTIONS, POST'],
      ['http://elsewhere/v1/things', 'OPTIONS, POST'],
      ['/v1/things/5', 'GET, HEAD, OPTIONS'],
      ['/livez', 'GET, HEAD, OPTIONS'],
    ];
    // Methods that Node 20 reads. QUERY is one from Node 22 on, and the answer of its parser before is 400.
    for (const method of ['DELETE', 'PUT', 'PATCH', 'PROPFIND', 'TRACE', 'LOCK', 'M-SEARCH', 'UNBIND']) {
      for (const [path, allow] of allowed) {
        const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`;
        for (const rest of ['\r\n', 'content-type: application/json\r\ncontent-length: 1\r\n\r\n{']) {
          const text = await exchange(head + rest);
          expect([method, path, text.slice(0, 12)]).toEqual([method, path, 'HTTP/1.1 405']);
          expect(text).toContain(`\r\nallow: ${allow}\r\n`);
          expect(text).toContain('"code":"method-not-allowed"');
        }
      }
    }
  });

  test('OPTIONS of a known address answers the methods, and HEAD answers what GET does without a body', async () => {
    const options = await exchange('OPTIONS /v1/things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(options).toMatch(/^HTTP\/1\.1 204 [^]*\r\nallow: OPTIONS, POST\r\n/);
    const head = await exchange('HEAD /v1/things/5 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  });

  test('An unknown address is not found with any method', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'HEAD', 'PROPFIND', 'TRACE']) {
      for (const path of ['/v1', '/v1/thing', '/v1/things/1/2', '/V1/things', '/v1/things%2F5', '/*']) {
        const text = await exchange(`${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
        expect([method, path, text.slice(0, 12)]).toEqual([method, path, 'HTTP/1.1 404']);
      }
    }
  });
});

describe('A text that cannot be stored', () => {
  test.each([
    ['a member of the body', 'POST', '/v1/anything', String.raw`{"name":"a\u0000b"}`, 'body/name'],
    ['half of a character', 'POST', '/v1/anything', String.raw`{"name":"\ud800"}`, 'body/name'],
    ['the other half', 'POST', '/v1/anything', String.raw`{"name":"a\udc00b"}`, 'body/name'],
    ['the name of a member', 'POST', '/v1/anything', String.raw`{"a":{"b\u0000":1}}`, 'body/a'],
    ['a list in the depth', 'POST', '/v1/anything', String.raw`{"a":[1,{"b":["x","\u0000"]}]}`, 'body/a/1/b/1'],
    ['the body itself', 'POST', '/v1/anything', String.raw`"\u0000"`, 'body'],
    ['the address', 'GET', '/v1/things/a%00', undefined, 'params/thingId'],
    ['the query', 'GET', '/v1/things/5?a=1&b=%00', undefined, 'querystring/b'],
    ['a list in the query', 'GET', '/v1/things/5?b=1&b=%00', undefined, 'querystring/b/1'],
    ['the name of a parameter', 'GET', '/v1/things/5?b%00=1', undefined, 'querystring'],
  ] as const)('A request is invalid with one in %s, whatever its schema', async (_name, method, path, body, at) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(origin + path, body === undefined ? { method } : { method, body, headers });
    const text = await answer.text();
    expectProblem({ status: answer.status, text }, 'invalid-request');
    expect((JSON.parse(text) as { errors: { path: string }[] }).errors[0]?.path).toBe(at);
  });

  test('Every other character is taken', async () => {
    const name = '\u0001\u001f\u007f\u00a0\ufffd\ufffe\u{1f5f3}\u{10ffff}';
    const body = JSON.stringify({ name });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    expect(await (await fetch(`${origin}/v1/anything`, init)).json()).toEqual({ name });
  });
});

describe('Bytes that are not HTTP', () => {
  const post = 'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  test.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['an unknown method', 'STEAL /v1/things HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['two lengths', `${post}content-length: 12\r\ncontent-length: 13\r\n\r\n{"name":"a"}`, 400],
    ['a length beside chunks', `${post}content-length: 12\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunks beside a length', `${post}transfer-encoding: chunked\r\ncontent-length: 12\r\n\r\n0\r\n\r\n`, 400],
    ['an unknown transfer coding', `${post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['a length that is no number', `${post}content-length: +12\r\n\r\n{"name":"a"}`, 400],
    ['a chunk length that is no number', `${post}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['a folded header', 'GET /livez HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n', 400],
    ['bare line feeds', 'GET /livez HTTP/1.1\nhost: x\n\n', 400],
    ['a space before a colon', 'GET /livez HTTP/1.1\r\nhost : x\r\n\r\n', 400],
    ['a head too large', `GET /livez HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['an address too large', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
  ])('The connection is closed after bytes that are not HTTP: %s', async (_name, bytes, status) => {
    bodies.length = 0;
    const text = await exchange(bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text.toLowerCase()).toContain('connection: close');
    expect(bodies).toEqual([]);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    expectProblem({ status, text: body }, 'invalid-request');
  });

  test('A request without a host is rejected', async () => {
    expect(await exchange('GET /livez HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*connection: close/i);
  });

  test('A second request hidden in the body of the first is never served', async () => {
    const smuggled =
      'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"name":"h"}';
    bodies.length = 0;
    await exchange(
      `${post}content-length: ${smuggled.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    await exchange(`${post}content-length: ${smuggled.length}\r\nconnection: close\r\n\r\n${smuggled}`);
    expect(bodies).toEqual([]);
  });

  test('A thousand requests at once on one connection are each served once', async () => {
    const one =
      'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"name":"a"}';
    const last = one.replace('host: x', 'host: x\r\nconnection: close');
    bodies.length = 0;
    const text = await exchange(one.repeat(999) + last);
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(1_000);
    expect(bodies).toHaveLength(1_000);
  });
});

test('Bytes that are not HTTP behind a request that is being served are not answered in its place', async () => {
  const { app: slow } = await server();
  const served = createGate();
  const arrived = createGate();
  slow.post('/v1/ballots', async () => {
    arrived.open();
    await served.opened;
    return { recorded: true };
  });
  closes.push(() => slow.close());
  await slow.listen({ host: '127.0.0.1', port: 0 });
  const { port: at } = slow.server.address() as AddressInfo;
  const cast = 'POST /v1/ballots HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
  const answer = exchange(`${cast}nonsense\r\n\r\n`, at);
  await arrived.opened;
  served.open();
  // A rejection that says "nothing was recorded" would be a lie: the ballot behind it is being recorded.
  expect(await answer).not.toContain('400');
});

describe('A bug', () => {
  test('A bug is `internal` outside, and its cause is in the log', async () => {
    const response = await fetch(`${origin}/v1/bugs`);
    const text = await response.text();
    expectProblem({ status: response.status, text }, 'internal');
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(text).not.toContain('canary');
    expect(log()).toContain(`"message":"database ${canary} is down"`);
    expect(log()).toContain('"msg":"request.failed"');
  });

  test.each(['/v1/thrown-texts', '/v1/thrown-nothings'])(
    'A thrown value that is no error is `internal` too: %s',
    async (path) => {
      const response = await fetch(origin + path);
      const text = await response.text();
      expectProblem({ status: response.status, text }, 'internal');
      expect(text).not.toContain('canary');
    },
  );

  test('An answer of another form than declared is `internal`, and is not sent', async () => {
    const response = await fetch(`${origin}/v1/leaks`);
    const text = await response.text();
    expectProblem({ status: response.status, text }, 'internal');
    expect(text).not.toContain('canary');
  });

  test('A bug shows no header that names the server', async () => {
    const { headers } = await fetch(`${origin}/v1/bugs`);
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  });
});

test('A rejection says when to come back, and is never kept by a cache', async () => {
  const response = await fetch(`${origin}/v1/rejections`);
  expectProblem({ status: response.status, text: await response.text() }, 'too-many-requests');
  expect([response.headers.get('retry-after'), response.headers.get('cache-control')]).toEqual(['7', 'no-store']);
});

test('An address, a body and a header of a request are in no line of the log', async () => {
  const probe = await server();
  probe.app.post('/v1/sessions/:sid', () => ({}));
  await probe.app.inject({
    method: 'POST',
    url: `/v1/sessions/${canary}?number=${canary}`,
    headers: { authorization: `Bearer ${canary}`, cookie: canary, 'user-agent': canary },
    payload: { number: canary },
  });
  await probe.app.inject(`/${canary}?${canary}`);
  await probe.app.close();
  expect(probe.log()).toContain('"route":"/v1/sessions/:sid"');
  expect(probe.log()).not.toContain('canary');
});

test('The address of a client is the connection’s, unless a named proxy says otherwise', async () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  for (const [trustedProxies, expected] of [
    [[], '127.0.0.1'],
    [['10.0.0.0/8'], '127.0.0.1'],
    [['127.0.0.0/8'], '203.0.113.9'],
  ] as const) {
    const { app: proxied } = await server({ trustedProxies });
    proxied.get('/ip', ({ ip }) => ({ ip }));
    expect((await proxied.inject({ url: '/ip', headers: forwarded })).json()).toEqual({ ip: expected });
    await proxied.close();
  }
});

describe('A service that drains', () => {
  async function draining() {
    const started = await server();
    started.app.get('/v1/things', () => ({ ok: true }));
    closes.push(() => started.app.close());
    const at = await started.app.listen({ host: '127.0.0.1', port: 0 });
    return { ...started, at };
  }

  test('A service that drains is not ready, serves everything, and keeps no connection', async () => {
    const { lifecycle, at } = await draining();
    expect((await fetch(`${at}/v1/things`)).headers.get('connection')).toBe('keep-alive');
    lifecycle.phase = 'draining';
    const response = await fetch(`${at}/v1/things`);
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    expect((await fetch(`${at}/readyz`)).status).toBe(503);
    expect((await fetch(`${at}/livez`)).status).toBe(200);
  });

  test('A service that drains answers what is in flight before it ends', async () => {
    const { app: closing, lifecycle } = await server();
    const arrived = createGate();
    const release = createGate();
    closing.get('/held', async () => {
      arrived.open();
      await release.opened;
      return { ok: true };
    });
    const at = await closing.listen({ host: '127.0.0.1', port: 0 });
    const pending = fetch(`${at}/held`);
    await arrived.opened;
    const closed = closing.close();
    release.open();
    const response = await pending;
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    await closed;
    expect(lifecycle.phase).toBe('closing');
    await expect(fetch(`${at}/held`)).rejects.toThrow();
  });
});

test('Voters who begin are rejected by share while work is late, and no one else is', async () => {
  const lateness = { now: 0 };
  const { app: late } = await server({ shedAtLoopDelayMs: 60_000, shedAfterMs: 0, lateness: () => lateness.now });
  closes.push(() => late.close());
  for (const order of ['first', 'last'] as const) late.post(`/v1/${order}`, { config: sheds(order) }, () => ({}));
  late.post('/v1/ballots', () => ({}));
  const answers = (path: string) =>
    Promise.all(Array.from({ length: 100 }, () => late.inject({ method: 'POST', url: `/v1/${path}`, payload: {} })));
  const rejected = async (path: string): Promise<number> =>
    (await answers(path)).filter(({ statusCode }) => statusCode === 503).length;
  expect(await rejected('first')).toBe(0);
  lateness.now = 10;
  await expect.poll(() => rejected('first'), { timeout: 10_000 }).toBeGreaterThan(90);
  const [one] = (await answers('first')).filter(({ statusCode }) => statusCode === 503);
  expect(one!.json()).toMatchObject({ code: 'busy', recorded: 'no' });
  // One in twenty is admitted, so that a voter comes in after twenty tries.
  expect(Number(one!.headers['retry-after'])).toBeGreaterThanOrEqual(10);
  expect(await rejected('last')).toBe(0);
  expect(await rejected('ballots')).toBe(0);
  lateness.now = 0;
  await expect.poll(() => rejected('first'), { timeout: 20_000 }).toBe(0);
}, 40_000);

test('A process that cannot keep up rejects work before it reads a body, and still reports that it lives', async () => {
  const { app: busy } = await server({ shedAtLoopDelayMs: 10, shedAfterMs: 0 });
  closes.push(() => busy.close());
  let read = 0;
  busy.addHook('preParsing', (_request, _reply, payload, done) => {
    read += 1;
    done(null, payload);
  });
  busy.post('/v1/things', { config: sheds('first') }, () => ({ ok: true }));
  busy.get('/v1/control', () => ({ ok: true }));
  const at = await busy.listen({ host: '127.0.0.1', port: 0 });
  const post = () =>
    fetch(`${at}/v1/things`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  // The loop is blocked for most of the time, as by a flood; the sampler needs a few turns to see it.
  let response = await post();
  const until = Date.now() + 25_000;
  let isOccupied = true;
  const occupy = (): void => {
    const end = performance.now() + 120;
    while (performance.now() < end);
    if (isOccupied) setImmediate(occupy);
  };
  setImmediate(occupy);
  try {
    while (response.status === 200 && Date.now() < until) {
      await response.arrayBuffer();
      read = 0;
      response = await post();
    }
    expectProblem({ status: response.status, text: await response.text() }, 'busy');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(read).toBe(0);
    expect((await fetch(`${at}/livez`)).status).toBe(200);
    expect((await fetch(`${at}/readyz?probe=1`)).status).toBe(200);
    expect((await fetch(`${at}/v1/control`)).status).toBe(200);
  } finally {
    isOccupied = false;
  }
  // And it takes work again when the load is gone.
  await expect.poll(async () => (await post()).status, { timeout: 20_000 }).toBe(200);
});
