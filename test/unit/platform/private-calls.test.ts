// Calls between services over real sockets: the admitted callers, the life of a token, and the result for the caller
// when the other side rejects, answers with nonsense, is late, or is down.
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import {
  CallFailed,
  admits,
  createCallVerifier,
  createPrivateClient,
  registerCallGuard,
} from '../../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import type { PrivateJwk } from '../../../src/protocol/key-files.ts';
import type { ServiceName } from '../../../src/protocol/private-calls.ts';
import { Problem, problemBodyOf } from '../../../src/protocol/problem.ts';
import { createLogProbe } from '../../support/log.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import { freePort } from '../../support/processes/ports.ts';

const apiKey = newSigningJwk('api');
const rotatedKey = newSigningJwk('api.2027');
const electionsKey = newSigningJwk('elections');
const wrongLine = { line: 2, row: 1, text: 'x', detail: 'Not it.' };
const answer = z.object({ done: z.boolean() });
/** The callee's clock runs this far from ours, in milliseconds. */
const skew = { ms: 0 };
const clock = () => Date.now() + skew.ms;

const probe = createLogProbe('ballots');
async function bareApp(): Promise<App> {
  const { app } = await createHttp({
    logger: probe.logger,
    metrics: createMetrics('ballots'),
    checks: [],
    version: { version: '1', node: '20' },
    shedAtLoopDelayMs: 0,
  });
  return app;
}

const app = await bareApp();
let bodiesRead = 0;
app.addHook('preParsing', (_request, _reply, payload, done) => {
  bodiesRead += 1;
  done(null, payload);
});
registerCallGuard(
  app,
  createCallVerifier({ service: 'ballots', callers: [apiKey, rotatedKey, electionsKey].map(publicJwk), clock }),
);
app.post('/private/casts', { config: admits('api') }, () => ({ done: true }));
app.post('/private/rejections', { config: admits('api') }, () => {
  throw new Problem('wrong-code', { triesLeft: 2, detail: 'Not it.' });
});
app.post('/private/files', { config: admits('api') }, () => {
  throw new Problem('invalid-batch', { lines: [wrongLine], linesTotal: 7 });
});
app.post('/private/undeclared', { config: admits('api') }, (_request, reply) =>
  reply.code(409).send({ ...problemBodyOf('already-recorded'), triesLeft: 1, lines: [wrongLine], unheardOf: true }),
);
app.get('/private/publications', { config: admits('api', 'elections') }, () => ({ done: true }));
app.get('/open', () => ({ done: true }));
const origin = await app.listen({ host: '127.0.0.1', port: 0 });

const clients: PrivateClient[] = [];
const servers: Server[] = [];
afterEach(async () => {
  skew.ms = 0;
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});
afterAll(() => app.close());

function clientOf(
  changes: { origin?: string; name?: ServiceName; jwk?: PrivateJwk; service?: ServiceName; clock?: Clock } = {},
) {
  const client = createPrivateClient({
    origin: changes.origin ?? origin,
    service: changes.service ?? 'ballots',
    caller: { name: changes.name ?? 'api', jwk: changes.jwk ?? apiKey },
    clock: changes.clock ?? Date.now,
  });
  clients.push(client);
  return client;
}

const cast = { method: 'POST', path: '/private/casts', body: { some: 'body' }, answer, msMax: 2_000 } as const;

async function rejection(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Problem ? error.code : error instanceof CallFailed ? 'call-failed' : `none: ${String(error)}`;
}

describe('A caller', () => {
  test('A caller that the route admits is served', async () => {
    expect(await clientOf().call(cast)).toEqual({ done: true });
    expect(
      await clientOf({ name: 'elections', jwk: electionsKey }).call({
        ...cast,
        method: 'GET',
        path: '/private/publications',
        body: undefined,
      }),
    ).toEqual({ done: true });
  });

  test('A caller is known by each key of its name while its keys rotate', async () => {
    expect(await clientOf({ jwk: rotatedKey }).call(cast)).toEqual({ done: true });
  });

  test('A caller that the route does not admit is rejected', async () => {
    expect(await rejection(clientOf({ name: 'elections', jwk: electionsKey }).call(cast))).toBe('not-admitted');
  });

  test('A caller with a key of its own making is rejected', async () => {
    expect(await rejection(clientOf({ jwk: newSigningJwk('api') }).call(cast))).toBe('not-admitted');
    expect(await rejection(clientOf({ jwk: newSigningJwk('stranger') }).call(cast))).toBe('not-admitted');
  });

  test('A caller that takes the name of another is rejected', async () => {
    expect(await rejection(clientOf({ name: 'api', jwk: electionsKey }).call(cast))).toBe('not-admitted');
  });

  test('A caller that meant another service is rejected', async () => {
    expect(await rejection(clientOf({ service: 'sms' }).call(cast))).toBe('not-admitted');
  });

  test('A caller is rejected before its body is read', async () => {
    bodiesRead = 0;
    const client = clientOf({ name: 'elections', jwk: electionsKey });
    await rejection(client.call({ ...cast, body: { filler: 'x'.repeat(60_000) } }));
    expect(bodiesRead).toBe(0);
  });
});

describe('A token', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  type Changes = { issuer?: string; audience?: string; issued?: number; expires?: number | null; alg?: string };

  async function post(token: string | null, path = '/private/casts'): Promise<number> {
    const response = await fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: '{}',
    });
    await response.arrayBuffer();
    return response.status;
  }

  function tokenOf({ issuer = 'api', audience = 'ballots', issued = now(), expires }: Changes = {}): Promise<string> {
    const jwt = new SignJWT().setProtectedHeader({ alg: 'EdDSA', kid: 'api' }).setIssuer(issuer).setAudience(audience);
    jwt.setIssuedAt(issued);
    if (expires !== null) jwt.setExpirationTime(expires ?? issued + 60);
    return jwt.sign(createPrivateKey({ key: apiKey, format: 'jwk' }));
  }

  test('A token may be shown again while it lives', async () => {
    const token = await tokenOf();
    expect([await post(token), await post(token), await post(token)]).toEqual([200, 200, 200]);
  });

  test.each([
    ['is missing', null],
    ['is nonsense', 'nonsense'],
    ['is of an unknown caller', tokenOf({ issuer: 'unknown' })],
    ['is for another', tokenOf({ audience: 'sms' })],
    ['has expired', tokenOf({ issued: now() - 200 })],
    ['is from the future', tokenOf({ issued: now() + 200 })],
    ['never expires', tokenOf({ expires: null })],
    ['was made long ago to live for ever', tokenOf({ issued: now() - 200, expires: now() + 86_400 })],
  ])('A token that %s is rejected', async (_name, token) => {
    expect(await post(await token)).toBe(403);
  });

  test('A token of another algorithm is rejected', async () => {
    const header = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: 'api' })).toString('base64url');
    const claims = Buffer.from(JSON.stringify({ iss: 'api', aud: 'ballots', iat: now(), exp: now() + 60 })).toString(
      'base64url',
    );
    expect(await post(`${header('none')}.${claims}.`)).toBe(403);
    const keyed = await new SignJWT({ iss: 'api', aud: 'ballots' })
      .setProtectedHeader({ alg: 'HS256', kid: 'api' })
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(Buffer.from(apiKey.x, 'base64url'));
    expect(await post(keyed)).toBe(403);
  });

  test('A token with another signature is rejected, also beside a good one', async () => {
    const good = await tokenOf();
    expect(await post(good)).toBe(200);
    const [header, , signature] = good.split('.');
    const [, claims] = (await tokenOf({ issued: now() - 1 })).split('.');
    expect(await post([header, claims, signature].join('.'))).toBe(403);
  });

  test('A token that was used before ends with its life, whatever end it claims', async () => {
    const token = await tokenOf({ expires: now() + 86_400 });
    expect(await post(token)).toBe(200);
    skew.ms = 100_000;
    expect(await post(token)).toBe(403);
  });

  test('A token is good between machines whose clocks differ by half a minute', async () => {
    skew.ms = -25_000;
    expect(await post(await tokenOf())).toBe(200);
    skew.ms = 80_000;
    expect(await post(await tokenOf())).toBe(200);
  });

  test.each([
    ['an hour ahead', 3_600_000],
    ['an hour back', -3_600_000],
    ['a day ahead', 86_400_000],
    ['a day back', -86_400_000],
  ])('A token of a clock that is %s is rejected, with one log line, and not used again', async (_step, stepMs) => {
    const caller = { aheadMs: stepMs };
    const name = 'elections';
    const client = clientOf({ name, jwk: electionsKey, clock: () => Date.now() + caller.aheadMs });
    const list = { method: 'GET', path: '/private/publications', answer, msMax: 2_000 } as const;
    const own = await bareApp();
    registerCallGuard(own, createCallVerifier({ service: 'ballots', callers: [publicJwk(electionsKey)], clock }));
    own.get('/private/publications', { config: admits('elections') }, () => ({ done: true }));
    const before = probe.text().length;
    const far = clientOf({
      name,
      jwk: electionsKey,
      clock: () => Date.now() + caller.aheadMs,
      origin: await own.listen(),
    });
    for (let call = 0; call < 3; call += 1) expect(await rejection(far.call(list))).toBe('not-admitted');
    expect(
      probe
        .text()
        .slice(before)
        .match(/clock\.caller-differs/g),
    ).toHaveLength(1);
    expect(probe.text()).toContain('"caller":"elections"');
    expect(await rejection(client.call(list))).toBe('not-admitted');
    caller.aheadMs = 0;
    expect(await client.call(list)).toEqual({ done: true });
    expect(await far.call(list)).toEqual({ done: true });
    await own.close();
  });

  test('A token that was accepted is rejected after the clock was set back before its issue', async () => {
    const token = await tokenOf();
    expect(await post(token)).toBe(200);
    skew.ms = -3_600_000;
    expect(await post(token)).toBe(403);
  });

  test('A token is asked for on private routes only', async () => {
    expect((await fetch(`${origin}/open`)).status).toBe(200);
    expect(await post(await tokenOf(), '/private/nothing')).toBe(404);
  });
});

test('A private route that names no callers does not start', async () => {
  for (const config of [undefined, {}, admits()]) {
    await using unguarded = await bareApp();
    registerCallGuard(unguarded, createCallVerifier({ service: 'ballots', callers: [], clock }));
    expect(() => unguarded.get('/private/secrets', { ...(config && { config }) }, () => ({}))).toThrow(
      'The private route /private/secrets names no callers.',
    );
  }
});

/** A server that answers every connection's first bytes with this text, or not at all. */
async function serverThatSays(text: string | null, thenEnd = true): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (text === null) return;
      if (thenEnd) socket.end(text);
      else socket.write(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = (status: string, body: string, type = 'application/json'): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;

describe('The answer to a caller', () => {
  test('A rejection arrives as the same rejection, with all its fields', async () => {
    const error: unknown = await clientOf()
      .call({ ...cast, path: '/private/rejections' })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      code: 'wrong-code',
      extras: { triesLeft: 2, detail: 'Not it.' },
    });
    const file: unknown = await clientOf()
      .call({ ...cast, path: '/private/files' })
      .catch((reason: unknown) => reason);
    expect(file).toMatchObject({ code: 'invalid-batch', extras: { lines: [wrongLine], linesTotal: 7 } });
  });

  test('A field that the problem code does not declare is dropped', async () => {
    const error: unknown = await clientOf()
      .call({ ...cast, path: '/private/undeclared' })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'already-recorded', extras: { detail: expect.any(String) as string } });
    expect(Object.keys((error as Problem).extras)).toEqual(['detail']);
  });

  test.each([
    ['an answer that is not JSON', http('200 OK', '<html>canary-secret</html>', 'text/html')],
    ['an answer of another form', http('200 OK', '{"done":"canary-secret"}')],
    ['a rejection that is no problem document', http('502 Bad Gateway', '{"error":"canary-secret"}')],
    [
      'a problem of an unknown code',
      http('418 Teapot', '{"type":"x","title":"x","status":418,"code":"canary","detail":"x"}'),
    ],
    ['an answer cut short', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"done":'],
    ['something that is not HTTP', 'SSH-2.0-canary-secret\r\n'],
    ['a connection closed without a word', ''],
  ])('%s leaves the outcome unknown', async (_name, text) => {
    const error: unknown = await clientOf({ origin: await serverThatSays(text) })
      .call(cast)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CallFailed);
    expect((error as CallFailed).message).toBe('no answer from ballots');
    expect(String((error as CallFailed).cause)).not.toContain('canary-secret');
  });

  test.each([
    ['no answer at all', null],
    ['a head without a body', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\n'],
  ])('%s ends within the time that the call was given', async (_name, text) => {
    const client = clientOf({ origin: await serverThatSays(text, false) });
    const started = performance.now();
    expect(await rejection(client.call({ ...cast, msMax: 300 }))).toBe('call-failed');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('A body that drips ends within that time too', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
        const drip = setInterval(() => socket.write(' '), 50);
        socket.once('close', () => clearInterval(drip));
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = clientOf({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const started = performance.now();
    expect(await rejection(client.call({ ...cast, msMax: 300 }))).toBe('call-failed');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('A call that waits for a free connection ends within that time too', async () => {
    const client = createPrivateClient({
      origin: await serverThatSays(null),
      service: 'ballots',
      caller: { name: 'api', jwk: apiKey },
      clock,
      connectionsMax: 1,
    });
    clients.push(client);
    const started = performance.now();
    const calls = Array.from({ length: 5 }, () => rejection(client.call({ ...cast, msMax: 300 })));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['call-failed']));
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('A missing service is reported at once', async () => {
    const client = clientOf({ origin: `http://127.0.0.1:${await freePort()}` });
    const started = performance.now();
    expect(await rejection(client.call(cast))).toBe('call-failed');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
