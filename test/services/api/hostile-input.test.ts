// What strangers send: tokens that are not ours, bodies that are not JSON, connections that never finish.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSealedTokens } from '../../../src/platform/keys/sealed-tokens.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { tokenKinds, verifiedClaims } from '../../../src/protocol/tokens.ts';
import type { VerifiedClaims } from '../../../src/protocol/tokens.ts';
import { ballot } from '../../support/elections.ts';
import { attestationByCode, bearer, codeOf, secret, startApi } from '../../support/services/api.ts';
import { newSid } from '../../support/voter/proofs.ts';
import type { Fixture } from '../../support/services/api.ts';

let api: Fixture;
let pending: string;
let verified: string;
beforeAll(async () => {
  api = await startApi();
  const session = await api.session({ phone: '+85261239999' });
  pending = session.token;
  await api.text('+85261239999', codeOf(session));
  const answer = await api.app.inject({ url: '/v1/sessions/current', headers: bearer(pending) });
  verified = answer.json<{ token: string }>().token;
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const cast = () => ({ ballotKey: secret(), ballot: ballot() });
const calls = [
  { name: 'wait', method: 'GET', url: '/v1/sessions/current', opens: 'pending', payload: undefined },
  { name: 'code', method: 'POST', url: '/v1/sessions/current/code', opens: 'pending', payload: { code: '12345678' } },
  { name: 'resend', method: 'POST', url: '/v1/sessions/current/resend', opens: 'pending', payload: {} },
  { name: 'cast', method: 'POST', url: '/v1/ballots', opens: 'verified', payload: cast() },
] as const;
type Call = (typeof calls)[number];

const send = ({ method, url, payload }: Call, headers: Record<string, string>) =>
  api.app.inject({ method, url, headers, ...(payload && { payload }) });

describe('Tokens of the API', () => {
  test('Each token opens its own calls and no other', async () => {
    for (const call of calls) {
      for (const [kind, token] of [
        ['pending', pending],
        ['verified', verified],
      ] as const) {
        const { statusCode } = await send(call, bearer(token));
        if (kind === call.opens) expect(statusCode, `${call.name} by ${kind}`).not.toBe(401);
        else expect(statusCode, `${call.name} by ${kind}`).toBe(401);
      }
    }
  });

  test('Tokens of another ring or kind, or past their time, are all rejected alike', async () => {
    const claims: VerifiedClaims = {
      sid: newSid(),
      electionId: api.election.id,
      identity: secret(),
      phoneKey: secret(),
      attestation: attestationByCode(),
    };
    const seal = (
      ring = api.keys.api.tokens,
      kind: { typ: string; audience: string } = tokenKinds.verified,
      ms = 60_000,
    ) =>
      createSealedTokens<VerifiedClaims>({
        ring,
        kind,
        claims: verifiedClaims,
        secondsMax: 900,
        clock: Date.now,
      }).seal(claims, Date.now() + ms);
    expect((await send(calls[3], bearer(await seal()))).statusCode).toBe(201);
    const tokens = [
      await seal(newKeyFiles().api.tokens),
      await seal(undefined, tokenKinds.pending),
      await seal(undefined, { typ: tokenKinds.verified.typ, audience: tokenKinds.pending.audience }),
      await seal(undefined, undefined, -2_000),
    ];
    const answers = await Promise.all([...tokens, 'x', ''].map((token) => send(calls[3], bearer(token))));
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401);
      expect(answer.rawPayload.equals(answers[0]!.rawPayload)).toBe(true);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  test(
    '10,000 mutated tokens and headers are 401, and nothing behind the API hears of them',
    { timeout: 180_000 },
    async () => {
      const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const [original = '', ...rest] = verified.split('.');
      const parts = JSON.parse(Buffer.from(original, 'base64url').toString()) as Record<string, unknown>;
      const forged = [
        { alg: 'none' },
        { alg: 'A256KW' },
        { alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31 },
        { enc: 'A128GCM' },
        { zip: 'DEF' },
        { jku: 'https://x.invalid' },
        { crit: ['exp'] },
        { kid: '../../etc/passwd' },
        { kid: '' },
        { typ: tokenKinds.pending.typ },
        { aud: 'x' },
        { alg: 'RSA-OAEP' },
        { epk: {} },
        { b64: false },
      ].map((change) => [header({ ...parts, ...change }), ...rest].join('.'));
      const before = api.behind.contacts.length;
      const started = performance.now();
      const alphabet = 'ABCDwxyz0189-_.=';
      for (let i = 0; i < 10_000; i += 1) {
        const at = Math.floor(Math.random() * verified.length);
        const other = alphabet[Math.floor(Math.random() * alphabet.length)] ?? 'A';
        const mutant = verified.slice(0, at) + other + verified.slice(at + (i % 3 === 0 ? 0 : 1));
        const token = i % 50 === 0 ? (forged[(i / 50) % forged.length] ?? '') : mutant;
        if (token === verified) continue;
        const { statusCode } = await api.app.inject({
          method: 'POST',
          url: '/v1/ballots',
          headers: bearer(token),
          payload: '{',
        });
        if (statusCode !== 401) expect.fail(`${statusCode} for ${token}`);
      }
      for (const authorization of [
        '',
        'Bearer',
        'Basic x',
        `bearer  ${verified}x`,
        verified,
        'Bearer a b',
        'Bearer \u00e9',
      ]) {
        expect((await send(calls[3], { authorization })).statusCode).toBe(401);
      }
      expect((await send(calls[3], bearer('e'.repeat(12_000)))).statusCode).toBe(401);
      expect(api.behind.contacts.length).toBe(before);
      expect(performance.now() - started).toBeLessThan(150_000);
    },
  );

  test('Tokens are opened before the body is read: a huge body without one is 401', async () => {
    const payload = 'x'.repeat(1_000_000);
    const answer = await api.app.inject({ method: 'POST', url: '/v1/ballots', headers: bearer('x'), payload });
    expect(answer.statusCode).toBe(401);
  });
});

describe('Bodies of requests', () => {
  const deep = (open: string, close: string, n = 4_000) => `{"ballot":${open.repeat(n)}${close.repeat(n)}}`;
  const key = 'A'.repeat(43);
  const corpus: [string, string | Buffer][] = [
    ['nothing', ''],
    ['half', '{"ballotKey":'],
    ['nested lists', deep('[', ']')],
    ['nested objects', `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`],
    ['many members', `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":1`).join(',')}}`],
    ['a NUL', `{"ballotKey":"${key}\\u0000","ballot":{"contests":[]}}`],
    ['a raw NUL', Buffer.from([123, 0, 125])],
    ['__proto__', '{"__proto__":{"polluted":1},"ballotKey":"x"}'],
    ['escaped __proto__', '{"\\u005f_proto__":{"polluted":1}}'],
    ['constructor', '{"constructor":{"prototype":{"polluted":1}}}'],
    [
      'proto inside',
      `{"ballotKey":"${key}","ballot":{"contests":[{"contestId":"a","choices":[],"__proto__":{"polluted":1}}]}}`,
    ],
    ['duplicate keys', `{"ballotKey":1,"ballotKey":"${key}","ballot":[]}`],
    ['two choices by one name', JSON.stringify(cast()).replace('"choices":', '"choices":["no"],"choices":')],
    ['lone surrogate', `{"ballotKey":"\\ud800","ballot":{"contests":[{"contestId":"\\ud800","choices":[]}]}}`],
    ['1e400', `{"ballotKey":1e400}`],
    ['BOM', `\ufeff{"ballotKey":"${key}"}`],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['a long text', JSON.stringify('x'.repeat(15_000))],
    ['17 KiB', JSON.stringify({ ballotKey: 'x'.repeat(17_000) })],
    ['1 MB', JSON.stringify({ ballotKey: 'x'.repeat(1_000_000) })],
  ];
  test.each(corpus)('%s is rejected with a 4xx at every call that takes a body', async (_name, payload) => {
    for (const [url, token] of [
      ['/v1/ballots', verified],
      ['/v1/sessions', ''],
      ['/v1/sessions/current/code', pending],
      ['/v1/sessions/current/resend', pending],
    ] as const) {
      const headers = { ...(token && bearer(token)), 'content-type': 'application/json' };
      const answer = await api.app.inject({ method: 'POST', url, headers, payload });
      expect(answer.statusCode, url).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode, url).toBeLessThan(500);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
    'The type %s is 415',
    async (type) => {
      const headers = { ...bearer(verified), 'content-type': type };
      const answer = await api.app.inject({
        method: 'POST',
        url: '/v1/ballots',
        headers,
        payload: JSON.stringify(cast()),
      });
      expect(answer.statusCode).toBe(415);
    },
  );

  test.each([
    '/v1/elections/%00',
    '/v1/elections/%ff',
    '/v1/elections/..%2f',
    `/v1/elections/${'a'.repeat(500)}`,
    '/v1/x',
  ])('The address %s is a 4xx', async (url) => {
    const { statusCode } = await api.app.inject(url);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
  });
});

describe('Connections to the API', () => {
  const open = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(api.origin).port), '127.0.0.1', () => resolve(socket));
      socket.on('error', () => undefined);
    });
  const untilClosed = (socket: Socket): Promise<{ ms: number; text: string }> => {
    const began = performance.now();
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return new Promise((resolve) => socket.once('close', () => resolve({ ms: performance.now() - began, text })));
  };

  test('Slow headers and a slow body are cut off', { timeout: 60_000 }, async () => {
    const headers = await open();
    const body = await open();
    const post = await open();
    const closed = Promise.all([headers, body, post].map(untilClosed));
    headers.write('GET /v1/elections HTTP/1.1\r\nhost: x\r\n');
    body.write(
      'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{',
    );
    post.write(
      'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n',
    );
    const drip = setInterval(() => {
      headers.write('x-a: b\r\n');
      body.write(' ');
      post.write('1\r\n \r\n');
    }, 500);
    const [slowHeaders, slowBody, slowChunks] = await closed;
    clearInterval(drip);
    expect(slowHeaders!.ms).toBeLessThan(25_000);
    expect(slowBody!.ms).toBeLessThan(25_000);
    expect(slowChunks!.ms).toBeLessThan(25_000);
    expect(slowHeaders!.text).toMatch(/^HTTP\/1\.1 408/);
  });

  test.each([
    ['two lengths', 'content-length: 1\r\ncontent-length: 2\r\n'],
    ['a length and chunks', 'content-length: 1\r\ntransfer-encoding: chunked\r\n'],
    ['a folded field', 'x-a: b\r\n c\r\n'],
    ['a head of 100 KB', `x-a: ${'b'.repeat(100_000)}\r\n`],
    ['a space before the colon', 'content-length : 1\r\n'],
  ])('%s is a 4xx and the end of the connection', async (_name, field) => {
    const socket = await open();
    const closed = untilClosed(socket);
    socket.write(`POST /v1/sessions HTTP/1.1\r\nhost: x\r\n${field}\r\n`);
    const { text } = await closed;
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});
