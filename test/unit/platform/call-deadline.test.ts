// The time that the caller of a private route still waits, over real sockets: it travels with the call, and work for whose
// answer no caller waits is dropped.
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { waiterOf } from '../../../src/platform/private-calls/call-deadline.ts';
import type { AnswerWaiter } from '../../../src/platform/private-calls/call-deadline.ts';
import {
  CallFailed,
  admits,
  createCallVerifier,
  createPrivateClient,
  registerCallGuard,
} from '../../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { remainingMsHeader } from '../../../src/protocol/private-calls.ts';
import { createGate } from '../../support/gate.ts';
import type { Gate } from '../../support/gate.ts';
import { createLogProbe } from '../../support/log.ts';

const key = newSigningJwk('api');
const clock = () => Date.now();
const { app } = await createHttp({
  logger: createLogProbe('ballots').logger,
  metrics: createMetrics('ballots'),
  checks: [],
  version: { version: '1', node: '20' },
  shedAtLoopDelayMs: 0,
});
let token = '';
app.addHook('onRequest', (request, _reply, done) => {
  token = request.headers.authorization ?? '';
  done();
});
registerCallGuard(app, createCallVerifier({ service: 'ballots', callers: [publicJwk(key)], clock }));
const handled: { remaining: unknown; waiter: AnswerWaiter }[] = [];
let gate: Gate | undefined;
app.post('/private/work', { config: admits('api') }, async (request) => {
  handled.push({ remaining: request.headers[remainingMsHeader], waiter: waiterOf(request) });
  await gate?.opened;
  return { done: true };
});
const origin = await app.listen({ host: '127.0.0.1', port: 0 });
const clients: PrivateClient[] = [];
afterEach(async () => {
  gate?.open();
  gate = undefined;
  handled.length = 0;
  for (const client of clients.splice(0)) await client.close();
});
afterAll(() => app.close());

function clientOf(connectionsMax: number): PrivateClient {
  const client = createPrivateClient({
    origin,
    clock,
    connectionsMax,
    service: 'ballots',
    caller: { name: 'api', jwk: key },
  });
  clients.push(client);
  return client;
}
const work = {
  method: 'POST',
  path: '/private/work',
  body: { a: 1 },
  answer: z.object({ done: z.boolean() }),
  msMax: 5_000,
} as const;
const failureOf = (call: Promise<unknown>): Promise<CallFailed> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as CallFailed,
  );

test('The time that is left travels with the call, less the wait for a free connection', async () => {
  const client = clientOf(1);
  gate = createGate();
  const first = client.call(work);
  const second = client.call({ ...work, msMax: 2_000 });
  await expect.poll(() => handled.length).toBe(1);
  await pause(300);
  gate.open();
  await Promise.all([first, second]);
  const remaining = handled.map((each) => Number(each.remaining));
  expect(remaining[0]).toBeGreaterThan(4_000);
  expect(remaining[0]).toBeLessThanOrEqual(5_000);
  expect(remaining[1]).toBeLessThanOrEqual(1_700);
});

test('A call that found no free connection in time was certainly not sent', async () => {
  const client = clientOf(1);
  gate = createGate();
  const first = client.call(work);
  await expect.poll(() => handled.length).toBe(1);
  const began = performance.now();
  const failure = await failureOf(client.call({ ...work, msMax: 200 }));
  expect(failure).toBeInstanceOf(CallFailed);
  expect(failure.nothingChanged).toBe(true);
  expect(performance.now() - began).toBeLessThan(2_000);
  gate.open();
  await first;
  expect(handled).toHaveLength(1);
  // And the connection serves the next.
  expect(await client.call(work)).toEqual({ done: true });
});

test('A call that was sent and not answered may have changed something', async () => {
  gate = createGate();
  expect((await failureOf(clientOf(1).call({ ...work, msMax: 200 }))).nothingChanged).toBe(false);
});

test('The handler learns when its caller stops waiting, by time or by closing the connection', async () => {
  gate = createGate();
  await failureOf(clientOf(1).call({ ...work, msMax: 300 }));
  const [late] = handled;
  await expect.poll(() => late!.waiter.waits()).toBe(false);
  const patient = clientOf(1).call(work);
  await expect.poll(() => handled.length).toBe(2);
  expect(handled[1]!.waiter.waits()).toBe(true);
  expect(handled[1]!.waiter.waits(6_000)).toBe(false);
  const socket = await send('', '{"a":1}');
  await expect.poll(() => handled.length).toBe(3);
  // Without the header it waits while the connection is open.
  expect(handled[2]!.waiter.waits(1e9)).toBe(true);
  socket.destroy();
  await expect.poll(() => handled[2]!.waiter.waits()).toBe(false);
  gate.open();
  await patient;
});

/** Sends a call by hand, with the token of the last one. */
async function send(headers: string, body: string, length = body.length) {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(
    `POST /private/work HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\ncontent-type: application/json\r\n` +
      `${headers}content-length: ${length}\r\n\r\n${body}`,
  );
  return socket;
}

test('A call whose time is over when it has been read is dropped, and one in time is served', async () => {
  await clientOf(1).call(work);
  handled.length = 0;
  const answerTo = async (headers: string): Promise<string> => {
    const socket = await send(headers, '{"a"', 7);
    await pause(300);
    socket.write(':1}');
    const text = await new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    socket.destroy();
    return text;
  };
  const late = await answerTo(`${remainingMsHeader}: 200\r\n`);
  expect(late).toMatch(/^HTTP\/1.1 503 /);
  expect(late).toContain('"code":"busy"');
  expect(handled).toHaveLength(0);
  expect(await answerTo(`${remainingMsHeader}: 20000\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  // What is not a time is none.
  expect(await answerTo(`${remainingMsHeader}: soon\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  expect(handled).toHaveLength(2);
});
