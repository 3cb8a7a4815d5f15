// A vote that is verified by a text and a code back: what the public API answers at each step, and what it asks of `sms`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { funnelKey } from '../../../src/protocol/funnel-counts.ts';
import type { ConfirmCall, NoticeCall } from '../../../src/protocol/sms-service.ts';
import { createSendNotice, noticesInFlightMax } from '../../../src/services/api/sessions/send-notice.ts';
import { ballot } from '../../support/elections.ts';
import { createGate } from '../../support/gate.ts';
import { hkid, phone } from '../../support/identities.ts';
import { createLogProbe } from '../../support/log.ts';
import { attestationByCode, bearer, codeOf, rejection, secret, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { until } from '../../support/until.ts';

const verification = { methods: ['text-in-confirmed' as const], verifiedSecondsMax: 900 };
const contact = '+852 2891 1001';

let api: Fixture;
let noticed: Fixture;
beforeAll(async () => {
  api = await startApi({ election: { verification } });
  const methods = ['text-in' as const, 'code' as const];
  noticed = await startApi({ election: { verification: { ...verification, methods, notice: { contact } } } });
});
afterAll(async () => {
  await noticed[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const counter = { n: Math.floor(Math.random() * 800_000) };
const person = () => ({ phone: phone((counter.n += 1)), identity: { number: hkid(counter.n) } });
const start = (voter: object) => api.session({ ...voter, method: 'text-in-confirmed' });
const wait = (token: string, seconds = 10, accept = 'application/json', from = api) =>
  from.app.inject({ url: `/v1/sessions/current?wait=${seconds}`, headers: { ...bearer(token), accept } });
const post = (path: string, token: string, payload: object, from = api) =>
  from.app.inject({ method: 'POST', url: `/v1/sessions/current/${path}`, headers: bearer(token), payload });
const cast = (token: string) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/ballots',
    headers: bearer(token),
    payload: { ballotKey: secret(), ballot: ballot() },
  });
/** The calls of a path until now. */
const callsOf = (path: string, from = api) => from.behind.contacts.filter((each) => each === `POST ${path}`).length;

describe('A vote by a text and a code back', () => {
  test('It starts like a text, is texted and not verified by it, and is verified by the code', async () => {
    const voter = person();
    const session = await start(voter);
    expect(session.verification).toMatchObject({ method: 'text-in', sendTo: '+85264500000' });
    const polling = wait(session.token);
    await api.text(voter.phone, codeOf(session));
    expect((await polling).json()).toEqual({ state: 'texted' });
    let call: ConfirmCall | undefined;
    api.behind.confirm = (body) => {
      call = body as ConfirmCall;
      const at = new Date(Date.now() + 60_000).toISOString();
      return { challenge: 'sealed', resendAfter: at, expiresAt: at };
    };
    const next = await post('resend', session.token, {});
    expect(next.json()).toMatchObject({
      state: 'pending',
      expiresAt: session.expiresAt,
      verification: { method: 'code' },
    });
    expect(call).toMatchObject({
      phone: voter.phone,
      text: { method: 'text-in', binding: api.tagOf(codeOf(session)) },
    });
    api.behind.check = () => ({ attestation: { ...attestationByCode(), method: 'text-in-confirmed' } });
    const { token } = next.json<{ token: string }>();
    const verified = await post('code', token, { code: '1234 5678' });
    expect(verified.json()).toMatchObject({ state: 'verified' });
    expect((await cast(verified.json<{ token: string }>().token)).statusCode).toBe(201);
    expect(JSON.parse(api.behind.casts.at(-1)!)).toMatchObject({ attestation: { method: 'text-in-confirmed' } });
    await until(async () => (await api.admin.hget(funnelKey(api.election.id), 'cast')) === '1');
    expect(await api.admin.hgetall(funnelKey(api.election.id))).toMatchObject({
      'started:text-in-confirmed': '1',
      'confirmed:text-in-confirmed': '1',
      confirmed: '1',
    });
  });

  test.each([
    ['at once', 0, 'application/json'],
    ['in a long-poll', 5, 'application/json'],
    ['as an event, which is the last', 5, 'text/event-stream'],
  ] as const)('A text that came before is reported %s, every time', async (_how, seconds, accept) => {
    const voter = person();
    const session = await start(voter);
    await api.text(voter.phone, codeOf(session), { silent: true });
    for (let n = 0; n < 2; n += 1) {
      const { body } = await wait(session.token, seconds, accept);
      expect(body).toContain('{"state":"texted"}');
      expect(body).not.toContain('token');
    }
  });

  test('Nothing is sent before the text: the next code is again one to text in', async () => {
    const session = await start(person());
    const before = callsOf('/private/confirmations');
    const again = (await post('resend', session.token, {})).json<typeof session>();
    expect(codeOf(again)).toMatch(/^\d{8}$/);
    expect((await post('code', again.token, { code: '12345678' })).json()).toMatchObject({ code: 'invalid-request' });
    expect((await cast(session.token)).statusCode).toBe(401);
    expect(callsOf('/private/confirmations')).toBe(before);
  });

  test('It passes on that too many codes were sent, until when, and that a text is too old', async () => {
    const voter = person();
    const session = await start(voter);
    await api.text(voter.phone, codeOf(session), { silent: true });
    api.behind.confirm = () => {
      throw rejection('too-many-codes', { retryAfterSeconds: 1_234 });
    };
    const refused = await post('resend', session.token, {});
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1234']);
    expect(refused.json()).toMatchObject({ code: 'too-many-codes' });
    api.behind.confirm = () => {
      throw rejection('code-expired');
    };
    expect((await post('resend', session.token, {})).json()).toMatchObject({
      code: 'code-expired',
      retry: 'new-session',
    });
  });

  test('It is not begun while no code can be sent back, nor in an election without it', async () => {
    await using apart = await startApi({ election: { verification } });
    apart.behind.confirms = false;
    const request = { electionId: apart.election.id, ...person(), castTag: secret() };
    const ask = async (method: string, electionId = apart.election.id) => {
      const payload = { ...request, electionId, method };
      return (await apart.app.inject({ method: 'POST', url: '/v1/sessions', payload })).json<{ code: string }>();
    };
    expect(await ask('text-in-confirmed')).toMatchObject({ code: 'code-unavailable' });
    expect(await ask('text-in')).toMatchObject({ code: 'method-not-offered' });
    expect(await ask('code')).toMatchObject({ code: 'method-not-offered' });
  });
});

describe('The notice to a verified phone', () => {
  const verify = async (): Promise<{ voter: ReturnType<typeof person> }> => {
    const voter = person();
    const session = await noticed.session({ ...voter, locale: 'sr-Latn' });
    await noticed.text(voter.phone, codeOf(session), { silent: true });
    expect((await wait(session.token, 0, 'application/json', noticed)).json()).toMatchObject({ state: 'verified' });
    return { voter };
  };

  test('It is asked for with the proof, the contact and the end of the election, by either method', async () => {
    const calls: NoticeCall[] = [];
    noticed.behind.notice = (body) => {
      calls.push(body as NoticeCall);
      return {};
    };
    const { voter } = await verify();
    const byCode = await noticed.session({ ...person(), method: 'code' });
    await post('code', byCode.token, { code: '12345678' }, noticed);
    await until(() => calls.length === 2, 'both notices');
    const { closesAt, timeZone } = noticed.election;
    expect(calls[0]).toMatchObject({ phone: voter.phone, locale: 'sr-Latn', contact, until: closesAt, timeZone });
    expect(calls.map(({ attestation }) => attestation.method).sort()).toEqual(['code', 'text-in']);
  });

  test('A voter does not wait for it, and none of its failures is the voter’s', async () => {
    const gate = createGate();
    const losses = async () => Number(/popvote_notices_lost_total\S* (\d+)/.exec(await noticed.metrics())?.[1]);
    const before = await losses();
    noticed.behind.notice = async () => {
      await gate.opened;
      throw new Error('no notices today');
    };
    // The gate is still closed.
    await verify();
    gate.open();
    await until(async () => (await losses()) === before + 1, 'the loss in the metric');
  });

  test('An election without the setting asks for none', async () => {
    const before = callsOf('/private/notices');
    const voter = person();
    const session = await start(voter);
    await api.text(voter.phone, codeOf(session), { silent: true });
    await wait(session.token, 0);
    expect(callsOf('/private/notices')).toBe(before);
  });

  test('Only so many are asked for at once, and those beyond are dropped and counted', async () => {
    const gate = createGate();
    let calls = 0;
    const metrics = createMetrics('api');
    const notify = () => {
      calls += 1;
      return gate.opened;
    };
    const send = createSendNotice({ sms: { notify }, logger: createLogProbe('api').logger, metrics });
    for (let n = 0; n <= noticesInFlightMax; n += 1) send({} as NoticeCall);
    expect(calls).toBe(noticesInFlightMax);
    expect(await metrics.metrics()).toMatch(/popvote_notices_lost_total\S* 1\n/);
    gate.open();
    await gate.opened;
    await until(() => {
      const before = calls;
      send({} as NoticeCall);
      return calls > before;
    }, 'room for the next');
  });
});
