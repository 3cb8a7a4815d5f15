// Held-open requests: none lost, none doubled, none kept, bounded, and answered when the process ends.
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionTokens } from '../../../src/services/api/sessions/session-tokens.ts';
import { textsCompleteKey } from '../../../src/protocol/verification-events.ts';
import { bearer, sealer, startApi } from '../../support/services/api.ts';
import type { Fixture, FixtureOptions } from '../../support/services/api.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';

let redis: OwnRedis;
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(async () => {
  agent.destroy();
  await redis[Symbol.asyncDispose]();
});
const start = (options: FixtureOptions = {}) => startApi({ redisUrl: redis.url, ...options });

type Held = { answer: Promise<{ status: number; body: string; response: IncomingMessage }>; abort(): void };
function hold(api: Fixture, token: string, seconds: number, headers: Record<string, string> = {}): Held {
  const call = request(`${api.origin}/v1/sessions/current?wait=${seconds}`, {
    agent,
    headers: { ...bearer(token), ...headers },
  });
  call.end();
  const answer = (async () => {
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return { status: response.statusCode ?? 0, body, response };
  })();
  answer.catch(() => undefined);
  return { answer, abort: () => call.destroy() };
}

async function waitersOf(api: Fixture): Promise<number> {
  const answer = await api.metrics();
  return Number(/^popvote_waiters(?:\{[^}]*\})? (\d+)/m.exec(answer)?.[1]);
}
async function until(condition: () => Promise<boolean>, ms = 40_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('it did not come about');
    await pause(20);
  }
}

test(
  '300 pending long-polls lose no text while the subscription is cut four times a second',
  { timeout: 90_000, retry: 2 },
  async () => {
    await using api = await start();
    const seal = sealer(api);
    const voters = await Promise.all(Array.from({ length: 300 }, (_, n) => seal(n)));
    const polls = voters.map(({ token }) => hold(api, token, 30).answer);
    await until(async () => (await waitersOf(api)) === 300);
    let cuts = 0;
    const cutting = setInterval(
      () => void api.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub').then(() => (cuts += 1)),
      250,
    );
    const delays = await Promise.all(
      voters.map(async (voter, n) => {
        await pause((n * 4_000) / 300);
        const startedAt = performance.now();
        await api.text(voter.phone, voter.code);
        expect(JSON.parse((await polls[n]!).body)).toMatchObject({ state: 'verified' });
        return performance.now() - startedAt;
      }),
    );
    clearInterval(cutting);
    delays.sort((a, b) => a - b);
    expect(cuts).toBeGreaterThan(10);
    expect(delays.at(-4)).toBeLessThan(1_500);
  },
);

test('A text without an event is found by reading again', { timeout: 60_000, retry: 2 }, async () => {
  await using api = await start();
  const voter = await sealer(api)(1_000);
  const poll = hold(api, voter.token, 20);
  await until(async () => (await waitersOf(api)) === 1);
  await api.text(voter.phone, voter.code, { silent: true });
  const began = performance.now();
  expect(JSON.parse((await poll.answer).body)).toMatchObject({ state: 'verified' });
  expect(performance.now() - began).toBeLessThan(6_500);
});

describe('One session', () => {
  test('One session has one pending long-poll: a new one displaces the old, which asks again', async () => {
    await using api = await start();
    const voter = await sealer(api)(2_000);
    const first = hold(api, voter.token, 20);
    await until(async () => (await waitersOf(api)) === 1);
    const second = hold(api, voter.token, 20);
    expect(await first.answer).toMatchObject({ status: 200, body: '{"state":"pending"}' });
    expect(await waitersOf(api)).toBe(1);
    await api.text(voter.phone, voter.code);
    expect(JSON.parse((await second.answer).body)).toMatchObject({ state: 'verified' });
  });

  test('One session is forgotten the moment its client is gone', async () => {
    await using api = await start();
    const poll = hold(api, (await sealer(api)(2_001)).token, 30);
    await until(async () => (await waitersOf(api)) === 1);
    poll.abort();
    await until(async () => (await waitersOf(api)) === 0, 20_000);
  });

  test('One session can follow its states as events, until it is verified', async () => {
    await using api = await start();
    const voter = await sealer(api)(2_002);
    const other = await sealer(api)(2_003);
    const poll = hold(api, voter.token, 20, { accept: 'text/event-stream' });
    await until(async () => (await waitersOf(api)) === 1);
    await api.text(other.phone, voter.code);
    await api.text(voter.phone, other.code);
    await api.text(voter.phone, voter.code);
    const { body, response } = await poll.answer;
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store',
    });
    const states = [...body.matchAll(/^event: state\ndata: (.+)\n\n/gm)].map(
      ([, data = '']) => JSON.parse(data) as object,
    );
    expect(states).toMatchObject([{ state: 'pending' }, { state: 'wrong-sender' }, { state: 'verified' }]);
  });

  test(
    'One session followed as events has a heartbeat and ends when the wait is over',
    { timeout: 60_000, retry: 2 },
    async () => {
      await using api = await start();
      const { token } = await sealer(api)(2_004);
      const began = performance.now();
      const { body } = await hold(api, token, 16, { accept: 'text/event-stream' }).answer;
      expect(body).toContain(': held\n\n');
      expect(body).toContain('"pending"');
      expect(performance.now() - began).toBeGreaterThan(15_500);
      expect(performance.now() - began).toBeLessThan(18_000);
    },
  );

  test('One session with the code of another voter who texts it sees no wrong sender', async () => {
    await using api = await start();
    const one = await sealer(api)(2_005);
    const two = await sealer(api)(2_006);
    const { pending } = createSessionTokens(api.keys.api.tokens, Date.now);
    const claims = await pending.open(two.token);
    const duplicate = await pending.seal({ ...claims!, codeTag: api.tagOf(one.code) }, Date.now() + 60_000);
    const first = hold(api, one.token, 30);
    // It ends before the next slow reading, which would find the text of another phone.
    const second = hold(api, duplicate, 4);
    await until(async () => (await waitersOf(api)) === 2);
    await api.text(one.phone, one.code);
    expect(JSON.parse((await first.answer).body)).toMatchObject({ state: 'verified' });
    expect((await second.answer).body).toBe('{"state":"pending"}');
  });
});

describe('Texts that may be lost', () => {
  const lose = (api: Fixture, atMs: number) => api.admin.set(textsCompleteKey, atMs);

  test(
    'A pending session that is older than the complete texts is asked to send again, until it is verified',
    { retry: 2 },
    async () => {
      await using api = await start();
      const voter = await sealer(api)(7_000);
      await pause(5);
      await lose(api, Date.now());
      const younger = await pause(5).then(() => sealer(api)(7_001));
      expect((await hold(api, younger.token, 0).answer).body).toBe('{"state":"pending"}');
      expect((await hold(api, voter.token, 0).answer).body).toBe('{"state":"send-again"}');
      // The first wait is short, so that the page says so soon. The next is not: a client that asks at once never polls.
      const began = performance.now();
      expect((await hold(api, voter.token, 20).answer).body).toBe('{"state":"send-again"}');
      expect(performance.now() - began).toBeLessThan(7_000);
      const second = hold(api, voter.token, 20);
      await until(async () => (await waitersOf(api)) === 1);
      await pause(1_500);
      expect(await waitersOf(api)).toBe(1);
      await api.text(voter.phone, voter.code);
      expect(JSON.parse((await second.answer).body)).toMatchObject({ state: 'verified' });
    },
  );

  test('A pending long-poll is asked within seconds, in JSON and as events', { timeout: 60_000 }, async () => {
    await using api = await start();
    const seal = sealer(api);
    const one = await seal(7_002);
    const two = await seal(7_003);
    const json = hold(api, one.token, 20);
    const events = hold(api, two.token, 20, { accept: 'text/event-stream' });
    await until(async () => (await waitersOf(api)) === 2);
    await lose(api, Date.now() + 1);
    expect((await json.answer).body).toBe('{"state":"send-again"}');
    await until(async () => (await waitersOf(api)) === 1);
    await api.text(two.phone, two.code);
    expect((await events.answer).body).toMatch(/"pending".*"send-again".*"verified"/s);
  });
});

test('Beyond the bound a request is rejected with 503 and a time to come back', async () => {
  await using api = await start({ longPollsMax: 3 });
  const seal = sealer(api);
  const voters = await Promise.all([0, 1, 2, 3].map((n) => seal(3_000 + n)));
  const polls = voters.slice(0, 3).map(({ token }) => hold(api, token, 20));
  await until(async () => (await waitersOf(api)) === 3);
  const refused = await hold(api, voters[3]!.token, 20).answer;
  expect(refused).toMatchObject({ status: 503 });
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'busy' });
  expect(Number(refused.response.headers['retry-after'])).toBeGreaterThan(0);
  // One that waits already only changes places.
  const again = hold(api, voters[0]!.token, 1);
  expect((await polls[0]!.answer).body).toBe('{"state":"pending"}');
  expect((await again.answer).status).toBe(200);
});

test('A shutdown answers 2,000 held requests with their state within moments', { timeout: 150_000 }, async () => {
  const api = await start();
  const seal = sealer(api);
  const tokens = await Promise.all(Array.from({ length: 2_000 }, (_, n) => seal(4_000 + n)));
  let closing = false;
  // Until then a client asks again, because on a slow machine the first wait ends before the last begins.
  const polls = tokens.map(async ({ token }, n) => {
    for (;;) {
      const answer = await hold(api, token, 30, n % 10 === 0 ? { accept: 'text/event-stream' } : {}).answer;
      if (closing) return answer;
    }
  });
  await until(async () => (await waitersOf(api)) === 2_000, 90_000);
  closing = true;
  const began = performance.now();
  const closed = api[Symbol.asyncDispose]();
  const answers = await Promise.all(polls);
  await closed;
  expect(performance.now() - began).toBeLessThan(7_000);
  for (const [n, { status, response, body }] of answers.entries()) {
    expect(status).toBe(200);
    if (n % 10 === 0) continue;
    expect(response.headers).toMatchObject({ connection: 'close' });
    expect(JSON.parse(body)).toEqual({ state: 'pending' });
  }
});
