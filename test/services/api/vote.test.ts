// The three steps through the public API, with their exact answers.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { problems } from '../../../src/protocol/problem.ts';
import { castBounds } from '../../../src/services/api/cast-calls.ts';
import { ballot } from '../../support/elections.ts';
import { createGate } from '../../support/gate.ts';
import { hkid, phone } from '../../support/identities.ts';
import { freePort } from '../../support/processes/ports.ts';
import {
  attestationByCode,
  bearer,
  codeOf,
  receiptOf,
  rejection,
  secret,
  startApi,
} from '../../support/services/api.ts';
import { until } from '../../support/until.ts';
import { anyCastTag } from '../../support/voter/proofs.ts';
import type { Fixture } from '../../support/services/api.ts';

let api: Fixture;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const counter = { n: Math.floor(Math.random() * 800_000) };
const person = () => ({ phone: phone((counter.n += 1)), identity: { number: hkid(counter.n) } });

const wait = (token: string, seconds = 10, headers = {}) =>
  api.app.inject({ url: `/v1/sessions/current?wait=${seconds}`, headers: { ...bearer(token), ...headers } });
const castBody = (key = secret()) => ({ ballotKey: key, ballot: ballot() });
const cast = (token: string, payload: object | string) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/ballots',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    payload,
  });

async function verified(): Promise<string> {
  const voter = person();
  const session = await api.session(voter);
  await api.text(voter.phone, codeOf(session));
  return (await wait(session.token)).json<{ token: string }>().token;
}

describe('A vote by text', () => {
  test('A vote by text starts with a six-digit code that holds from the named phone', async () => {
    const session = await api.session(person());
    expect(session).toMatchObject({ state: 'pending', verification: { method: 'text-in', sendTo: '+85264500000' } });
    expect(codeOf(session)).toMatch(/^\d{8}$/);
    expect(Date.parse(session.expiresAt) - Date.now()).toBeGreaterThan(890_000);
  });

  test('A vote by text is verified at once when the text arrived before the poll', { retry: 2 }, async () => {
    const voter = person();
    const session = await api.session(voter);
    await api.text(voter.phone, codeOf(session), { silent: true });
    const began = performance.now();
    const answer = await wait(session.token);
    // At the first reading, and not at the next of the slow ones.
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.json()).toMatchObject({ state: 'verified' });
    expect((await wait(session.token, 0)).json()).toMatchObject({ state: 'verified' });
  });

  test('A vote by text is verified within moments when the text arrives during the poll', { retry: 2 }, async () => {
    const voter = person();
    const session = await api.session(voter);
    const polling = wait(session.token, 20);
    await pause(100);
    const startedAt = performance.now();
    await api.text(voter.phone, codeOf(session));
    expect((await polling).json()).toMatchObject({ state: 'verified' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('A vote by text waits in vain for as long as was asked, no longer', async () => {
    const session = await api.session(person());
    const began = performance.now();
    const answer = await wait(session.token, 1);
    expect(answer.json()).toEqual({ state: 'pending' });
    // Waits end on the ticks of a wheel, and a busy machine is late.
    const waitedMs = performance.now() - began;
    expect(waitedMs).toBeGreaterThan(700);
    expect(waitedMs).toBeLessThan(10_000);
  });

  test('A vote by text gets its receipt, the same bytes each time', async () => {
    const token = await verified();
    const body = castBody();
    const first = await cast(token, body);
    const second = await cast(token, body);
    expect(first.statusCode).toBe(201);
    expect(first.json()).toEqual({ receipt: receiptOf(api.election.id) });
    expect(second.rawPayload.equals(first.rawPayload)).toBe(true);
    expect(api.behind.casts.at(-1)).toBe(api.behind.casts.at(-2));
    expect(JSON.parse(api.behind.casts.at(-1) ?? '{}')).toMatchObject({ electionId: api.election.id, ...body });
  });

  test('A vote by text reports a wrong sender, and still takes the right text', async () => {
    const voter = person();
    const other = person();
    const session = await api.session(voter);
    const polling = wait(session.token);
    await pause(50);
    await api.text(other.phone, codeOf(session));
    expect((await polling).json()).toEqual({ state: 'wrong-sender' });
    await api.text(voter.phone, codeOf(session));
    expect((await wait(session.token)).json()).toMatchObject({ state: 'verified' });
  });

  test(
    'A vote by text learns within two seconds of a wrong sender that came between two polls',
    { retry: 2 },
    async () => {
      const session = await api.session(person());
      await api.text(person().phone, codeOf(session), { silent: true });
      const began = performance.now();
      expect((await wait(session.token, 20)).json()).toEqual({ state: 'wrong-sender' });
      expect(performance.now() - began).toBeGreaterThan(500);
      expect(performance.now() - began).toBeLessThan(2_500);
    },
  );

  test('A vote by text takes no account of texts from before the session', async () => {
    const voter = person();
    const session = await api.session(voter);
    await api.text(voter.phone, codeOf(session), { silent: true, atMs: Date.now() - 120_000 });
    expect((await wait(session.token, 0)).json()).toEqual({ state: 'pending' });
  });

  test('A vote by text answers `verification-unavailable` when no inbound channel is healthy', async () => {
    const apart = await startApi();
    apart.behind.sendTo = null;
    const payload = { electionId: apart.election.id, ...person(), method: 'text-in', castTag: anyCastTag };
    const answer = await apart.app.inject({ method: 'POST', url: '/v1/sessions', payload });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'verification-unavailable' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    await apart[Symbol.asyncDispose]();
  });
});

describe('A vote by a one-time code', () => {
  const post = (path: string, token: string, payload: object) =>
    api.app.inject({ method: 'POST', url: `/v1/sessions/current/${path}`, headers: bearer(token), payload });

  test('A vote by a one-time code is verified by the code, spaces and all, and never shows it', async () => {
    let question: unknown;
    api.behind.check = (body) => {
      question = body;
      return { attestation: attestationByCode() };
    };
    const session = await api.session({ ...person(), method: 'code' });
    expect(session.verification).toMatchObject({ method: 'code' });
    expect(session.verification).not.toHaveProperty('code');
    const answer = await post('code', session.token, { code: '1234 5678' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ state: 'verified' });
    expect(question).toMatchObject({ code: '12345678' });
    expect((await cast(answer.json<{ token: string }>().token, castBody())).statusCode).toBe(201);
  });

  test('A vote by a one-time code passes a wrong code through with the remaining tries', async () => {
    const session = await api.session({ ...person(), method: 'code' });
    api.behind.check = () => {
      throw rejection('wrong-code', { triesLeft: 2 });
    };
    const answer = await post('code', session.token, { code: '00000000' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'wrong-code', triesLeft: 2 });
  });

  test('A vote by a one-time code passes on how long to wait before another code', async () => {
    const session = await api.session({ ...person(), method: 'code' });
    api.behind.resend = () => {
      throw rejection('too-many-requests', { retryAfterSeconds: 37 });
    };
    const answer = await post('resend', session.token, {});
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('37');
  });

  test('A vote by a one-time code can switch to a text and back; the session keeps its end', async () => {
    const voter = person();
    const session = await api.session({ ...voter, method: 'code' });
    const switched = await post('resend', session.token, { method: 'text-in' });
    expect(switched.statusCode).toBe(200);
    const pending = switched.json<typeof session>();
    expect(pending.expiresAt).toBe(session.expiresAt);
    await api.text(voter.phone, codeOf(pending));
    expect((await wait(pending.token)).json()).toMatchObject({ state: 'verified' });
    const back = await post('resend', pending.token, { method: 'code' });
    expect(back.json()).toMatchObject({ state: 'pending', verification: { method: 'code' } });
  });

  test('A poll simply waits, and a text-in session takes no code', async () => {
    const session = await api.session({ ...person(), method: 'code' });
    expect((await wait(session.token, 1)).json()).toEqual({ state: 'pending' });
    const textIn = await api.session(person());
    const answer = await post('code', textIn.token, { code: '123456' });
    expect(answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: 'body/code' }] });
  });
});

describe('Rejections of a cast', () => {
  const withCast = async (behave: () => Promise<unknown>) => {
    const before = api.behind.cast;
    api.behind.cast = behave;
    try {
      return await cast(await verified(), castBody());
    } finally {
      api.behind.cast = before;
    }
  };

  test.each([
    ['already-recorded', 409],
    ['not-open', 403],
    ['not-eligible', 403],
  ] as const)('%s is the same bytes whatever the server behind adds', async (code, status) => {
    const plain = await withCast(() => Promise.reject(rejection(code)));
    const detailed = await withCast(() => Promise.reject(rejection(code, { detail: 'by phone' })));
    expect(plain.statusCode).toBe(status);
    expect(detailed.rawPayload.equals(plain.rawPayload)).toBe(true);
    expect(plain.headers['content-type']).toBe('application/problem+json');
  });

  test('A ballot that breaks a rule is rejected with the rule', async () => {
    const errors = [{ path: 'ballot/contests/motion', detail: 'Choose at most 1.' }];
    const answer = await withCast(() => Promise.reject(rejection('invalid-ballot', { errors })));
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'invalid-ballot', errors });
  });

  test('A server that answers nonsense or breaks leaves the outcome unknown', async () => {
    for (const behave of [() => Promise.resolve({ receipt: {} }), () => Promise.reject(new Error('broken'))]) {
      const answer = await withCast(behave);
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'outcome-unknown' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(5);
    }
  });

  test('A lost answer is asked for once more with the same bytes', async () => {
    let dropNext = true;
    const before = api.behind.casts.length;
    const answer = await withCast(() => {
      const value = dropNext ? { nonsense: true } : { receipt: receiptOf(api.election.id) };
      dropNext = false;
      return Promise.resolve(value);
    });
    expect(answer.statusCode).toBe(201);
    const [first, second, ...rest] = api.behind.casts.slice(before);
    expect(first).toBe(second);
    expect(rest).toEqual([]);
  });

  test('A server that never answers costs one bounded attempt, then the outcome is unknown', async () => {
    const began = performance.now();
    const before = api.behind.casts.length;
    const answer = await withCast(() => pause(4_000, { receipt: receiptOf(api.election.id) }));
    expect(answer.json()).toMatchObject({ code: 'outcome-unknown' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(2_450);
    expect(api.behind.casts).toHaveLength(before + 1);
  });

  test('A cast that the server behind refused as busy is not recorded, and has its Retry-After', async () => {
    const before = api.behind.casts.length;
    const answer = await withCast(() => Promise.reject(rejection('busy', { retryAfterSeconds: 17 })));
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'busy', recorded: 'no', retry: 'same-bytes' });
    expect(answer.headers['retry-after']).toBe('17');
    // An answer is not asked for again.
    expect(api.behind.casts).toHaveLength(before + 1);
  });

  test('After a lost answer busy says nothing about the first attempt, so the outcome is unknown', async () => {
    const answers = [Promise.resolve({ nonsense: true }), null];
    const answer = await withCast(() => answers.shift() ?? Promise.reject(rejection('busy')));
    expect(answer.json()).toMatchObject({ code: 'outcome-unknown' });
  });
});

describe('Casts that wait', () => {
  test('While many casts wait, few voters may begin, and each cast is still sent', async () => {
    await using late = await startApi({ http: { shedAtLoopDelayMs: 60_000, shedAfterMs: 0 } });
    const begin = () =>
      late.app.inject({
        method: 'POST',
        url: '/v1/sessions',
        payload: { electionId: late.election.id, method: 'text-in', castTag: anyCastTag, ...person() },
      });
    const tokens: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      const voter = person();
      const session = await late.session(voter);
      await late.text(voter.phone, codeOf(session));
      const url = '/v1/sessions/current?wait=10';
      const verified = await late.app.inject({ url, headers: bearer(session.token) });
      tokens.push(verified.json<{ token: string }>().token);
    }
    expect((await begin()).statusCode).toBe(201);
    const first = createGate();
    const gate = createGate();
    let isFirst = true;
    late.behind.cast = async () => {
      await (isFirst ? first : gate).opened;
      return { receipt: receiptOf(late.election.id) };
    };
    const cast = (token: string) =>
      late.app.inject({ method: 'POST', url: '/v1/ballots', headers: bearer(token), payload: castBody() });
    // Each call that may be under way has one cast. All others wait, and are in the next one.
    const casts: ReturnType<typeof cast>[] = [];
    for (const token of tokens.splice(0, castBounds.batchesInFlightMax)) {
      casts.push(cast(token));
      await until(() => late.behind.casts.length === casts.length, 'a call');
    }
    casts.push(...tokens.map(cast));
    // What came before a session that has begun has come.
    let refused = await begin();
    isFirst = false;
    first.open();
    const endsMs = performance.now() + 2_200;
    while (refused.statusCode === 201 && performance.now() < endsMs) refused = await begin();
    gate.open();
    expect(refused.json()).toMatchObject({ code: 'busy' });
    expect(new Set((await Promise.all(casts)).map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(late.behind.casts).toHaveLength(casts.length);
  });

  test('Without a server behind a cast is busy at once, because it was never sent', async () => {
    const client = createPrivateClient({
      origin: `http://127.0.0.1:${await freePort()}`,
      service: 'ballots',
      caller: { name: 'api', jwk: newKeyFiles().api.caller },
      clock: Date.now,
    });
    await using alone = await startApi({ ballots: client });
    const voter = person();
    const session = await alone.session(voter);
    await alone.text(voter.phone, codeOf(session));
    const verified = await alone.app.inject({
      url: '/v1/sessions/current?wait=10',
      headers: bearer(session.token),
    });
    const { token } = verified.json<{ token: string }>();
    const answer = await alone.app.inject({
      method: 'POST',
      url: '/v1/ballots',
      headers: bearer(token),
      payload: castBody(),
    });
    expect(answer.json()).toMatchObject({ code: 'busy', recorded: 'no' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });
});

describe('The rejections of the first step', () => {
  const start = (payload: object) => api.app.inject({ method: 'POST', url: '/v1/sessions', payload });
  const good = () => ({ electionId: api.election.id, method: 'text-in', castTag: anyCastTag, ...person() });

  test.each([
    ['A123456(4)', 'invalid-identity', 'body/identity/number'],
    ['hello', 'invalid-identity', 'body/identity/number'],
  ])('The number %s is %s, and is not repeated', async (number, code, path) => {
    const answer = await start({ ...good(), identity: { number } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code, errors: [{ path }] });
    expect(answer.body).not.toContain(number);
  });

  test('A missing number is rejected where one is required', async () => {
    const answer = await start({ ...good(), identity: undefined });
    expect(answer.json()).toMatchObject({ code: 'invalid-identity', errors: [{ path: 'body/identity' }] });
  });

  test('A phone that cannot be texted is rejected', async () => {
    const answer = await start({ ...good(), phone: '12345' });
    expect(answer.json()).toMatchObject({ code: 'invalid-phone', errors: [{ path: 'body/phone' }] });
    expect(answer.body).not.toContain('12345"');
  });

  test('An unknown election is rejected, and so are unknown fields', async () => {
    expect((await start({ ...good(), electionId: 'no-such' })).json()).toMatchObject({ code: 'election-not-found' });
    expect((await start({ ...good(), vote: 'yes' })).statusCode).toBe(400);
  });

  test('The answer has one length and form for every person', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(good())));
    const shape = ({ statusCode, headers, body }: (typeof answers)[0]) => ({
      statusCode,
      length: body.length,
      headers: Object.keys(headers).sort(),
    });
    for (const answer of answers) expect(shape(answer)).toEqual(shape(answers[0]!));
  });
});

describe('The phases of a session', () => {
  const hour = 3_600_000;
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const startIn = async (opensAt: string, closesAt: string, verifiedSecondsMax = 900) => {
    const verification = { methods: ['text-in' as const], verifiedSecondsMax };
    await using apart = await startApi({ election: { opensAt, closesAt, verification } });
    const payload = { electionId: apart.election.id, ...person(), method: 'text-in', castTag: anyCastTag };
    const answer = await apart.app.inject({ method: 'POST', url: '/v1/sessions', payload });
    const code = await apart.app.inject({
      method: 'POST',
      url: '/v1/sessions',
      payload: { ...payload, method: 'code' },
    });
    return [answer.statusCode, code.statusCode === 201 ? 'ok' : code.json<{ code: string }>().code];
  };

  test('Before the opening a session starts only if its verified token would last into it', async () => {
    expect(await startIn(at(hour), at(2 * hour))).toEqual([problems['not-open'].status, 'not-open']);
    expect(await startIn(at(hour), at(2 * hour), 7_200)).toEqual([201, 'method-not-offered']);
  });
  test('After the closing no session starts', async () => {
    expect(await startIn(at(-2 * hour), at(-hour))).toEqual([403, 'not-open']);
  });
});

test('Nothing that identifies, chooses or proves is in the log or in a key of Redis', async () => {
  const voter = { phone: phone(7_654_321), identity: { number: 'Z683365(5)' } };
  const session = await api.session({ ...voter, identity: { number: hkid(424_242) } });
  await api.text(voter.phone, codeOf(session));
  const token = (await wait(session.token)).json<{ token: string }>().token;
  const body = castBody(randomBytes(32).toString('base64url'));
  await cast(token, body);
  await cast(token, '{"ballotKey":"' + body.ballotKey);
  await api.app.inject({ method: 'POST', url: '/v1/sessions', payload: { ...voter, phone: 'x'.repeat(20) } });
  const keys = (await api.admin.keys('*')).join(' ');
  for (const value of [voter.phone, '17654321', hkid(424_242), codeOf(session), body.ballotKey, session.token, token]) {
    expect(api.log()).not.toContain(value);
    if (value.length > 6) expect(keys).not.toContain(value);
  }
  expect(api.log()).toContain('"route":"/v1/ballots"');
});
