// Access tokens as every service of the control zone checks them: accepted ones, rejected ones, and keys that rotate.
import { createHmac, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  KeysUnavailable,
  createAccessTokenSigner,
  createAccessTokenVerifier,
  ownTokenKeys,
  publishedTokenKeys,
} from '../../../src/platform/keys/access-tokens.ts';
import { newAccessKeys, newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { accessTokenSeconds } from '../../../src/protocol/control/access-tokens.ts';
import { jwks as jwksSchema } from '../../../src/protocol/control/access-api.ts';
import { freePort } from '../../support/processes/ports.ts';
import { startAccess } from '../../support/services/access.ts';

const jwk = newSigningJwk('access-1');
const claims = {
  sub: '11111111-1111-4111-8111-111111111111',
  sid: '22222222-2222-4222-8222-222222222222',
  role: 'official',
  jti: 'j',
  amr: ['pwd'],
} as const;
const time = { ms: Date.parse('2026-06-20T08:00:00Z') };
const clock = () => time.ms;
const verify = createAccessTokenVerifier(ownTokenKeys([publicJwk(jwk)]), clock);
const good = async (): Promise<string> => (await createAccessTokenSigner(jwk).sign(claims, clock())).token;

/** A token with some of it changed; a change to undefined leaves the part out. */
async function altered(change: {
  header?: Record<string, unknown>;
  payload?: Record<string, unknown>;
  key?: Parameters<SignJWT['sign']>[0];
}): Promise<string> {
  const seconds = Math.floor(clock() / 1_000);
  const payload = {
    ...claims,
    iss: 'popvote:access',
    aud: 'popvote:control',
    iat: seconds,
    exp: seconds + accessTokenSeconds,
    ...change.payload,
  };
  const header = { alg: 'EdDSA', kid: 'access-1', typ: 'at+jwt', ...change.header };
  return new SignJWT(payload)
    .setProtectedHeader(header)
    .sign(change.key ?? createPrivateKey({ key: jwk, format: 'jwk' }));
}

describe('An access token', () => {
  test('A whole and current token is taken, with all its claims', async () => {
    expect(await verify(await good())).toMatchObject(claims);
    expect(await verify(await altered({}))).toMatchObject(claims);
  });

  test('A token of the same claims and time is the same, to the byte', async () => {
    expect(await good()).toBe(await good());
  });

  const seconds = () => Math.floor(clock() / 1_000);
  const none = `${Buffer.from('{"alg":"none","typ":"at+jwt","kid":"access-1"}').toString('base64url')}.`;
  const cases: [string, () => Promise<string> | string][] = [
    ['of no algorithm', async () => none + (await good()).split('.')[1]! + '.'],
    [
      'signed with the public key as a shared secret',
      async () => {
        const [, payload] = (await good()).split('.');
        const head = Buffer.from('{"alg":"HS256","typ":"at+jwt","kid":"access-1"}').toString('base64url');
        const mac = createHmac('sha256', Buffer.from(jwk.x, 'base64url')).update(`${head}.${payload!}`);
        return `${head}.${payload!}.${mac.digest('base64url')}`;
      },
    ],
    ['of another type', () => altered({ header: { typ: 'JWT' } })],
    ['of no type', () => altered({ header: { typ: undefined } })],
    ['of an unknown key', () => altered({ header: { kid: 'access-2' } })],
    ['of no key', () => altered({ header: { kid: undefined } })],
    [
      'signed by another key',
      () => altered({ key: createPrivateKey({ key: newSigningJwk('access-1'), format: 'jwk' }) }),
    ],
    [
      'signed by an RSA key',
      () => altered({ header: { alg: 'RS256' }, key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey }),
    ],
    [
      'with a key of its own',
      () =>
        altered({
          header: { jwk: publicJwk(newSigningJwk('x')) },
          key: createPrivateKey({ key: newSigningJwk('x'), format: 'jwk' }),
        }),
    ],
    ['for somebody else', () => altered({ payload: { aud: 'ballots' } })],
    ['by somebody else', () => altered({ payload: { iss: 'api' } })],
    ['of no user', () => altered({ payload: { sub: undefined } })],
    ['of no session', () => altered({ payload: { sid: undefined } })],
    ['of no role', () => altered({ payload: { role: undefined } })],
    ['of a role that there is not', () => altered({ payload: { role: 'king' } })],
    ['without an end', () => altered({ payload: { exp: undefined } })],
    ['without a beginning', () => altered({ payload: { iat: undefined } })],
    ['that gives itself a year', () => altered({ payload: { iat: seconds() - 1_000, exp: seconds() + 31_536_000 } })],
    ['of the future', () => altered({ payload: { iat: seconds() + 120, exp: seconds() + 900 } })],
    ['that is over', () => altered({ payload: { iat: seconds() - 931, exp: seconds() - 31 } })],
    ['that is longer than any', async () => (await good()) + 'A'.repeat(2_048)],
    ['that is none', () => 'a.b.c'],
    ['that is empty', () => ''],
  ];
  test.each(cases)('%s is rejected', async (_name, token) => {
    expect(await verify(await token())).toBeNull();
  });

  test('A token with any single character changed is rejected or the same', async () => {
    const token = await good();
    for (let at = 0; at < token.length; at += 1) {
      const swapped = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      const read = await verify(swapped);
      if (read !== null) expect([at, read]).toEqual([token.length - 1, await verify(token)]);
    }
  });

  test('A token lives fifteen minutes, and a little for clocks that differ', async () => {
    const token = await good();
    const start = time.ms;
    time.ms = start + (accessTokenSeconds + 25) * 1_000;
    expect(await verify(token)).not.toBeNull();
    time.ms = start + (accessTokenSeconds + 40) * 1_000;
    expect(await verify(token)).toBeNull();
    time.ms = start;
  });
});

describe('Published keys', () => {
  test('Published keys are the public halves, newest first, and nothing else', async () => {
    const old = newAccessKeys();
    const keys = { ...old, tokens: [newSigningJwk('access-new'), ...old.tokens] };
    await using access = await startAccess({ keys });
    const { status, body, headers } = await access.call('GET', '/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers['cache-control']).toContain('max-age');
    expect(jwksSchema.parse(body)).toEqual(body);
    expect((body as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)).toEqual([
      'access-new',
      old.tokens[0]!.kid,
    ]);
    expect(JSON.stringify(body)).not.toContain('"d"');
  });

  test('Published keys rotate while services run: new tokens work at once, old ones until a key is dropped', async () => {
    const first = newAccessKeys();
    const moment = { ms: Date.now() };
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const check = createAccessTokenVerifier(
      publishedTokenKeys(origin, () => moment.ms),
      () => Date.now(),
    );
    const second = { ...first, tokens: [newSigningJwk('access-second'), ...first.tokens] };
    const third = { ...first, tokens: [second.tokens[0]!] };
    const signed = async (keys: typeof first) =>
      (await createAccessTokenSigner(keys.tokens[0]!).sign(claims, Date.now())).token;

    await expect(check(await signed(first))).rejects.toThrow(KeysUnavailable);
    {
      await using access = await startAccess({ keys: first });
      await access.app.listen({ host: '127.0.0.1', port });
      expect(await check(await signed(first))).toMatchObject(claims);
      expect(await check(await altered({}))).toBeNull();
    }
    // access is down, and the known keys remain in use.
    expect(await check(await signed(first))).toMatchObject(claims);
    {
      await using access = await startAccess({ keys: second });
      await access.app.listen({ host: '127.0.0.1', port });
      // An unknown key makes us ask again, though not for each such token.
      await expect
        .poll(async () => (await check(await signed(second)))?.sub, { timeout: 6_000, interval: 100 })
        .toBe(claims.sub);
      expect(await check(await signed(first))).toMatchObject(claims);
    }
    {
      await using access = await startAccess({ keys: third });
      await access.app.listen({ host: '127.0.0.1', port });
      moment.ms += 61_000;
      expect(await check(await signed(second))).toMatchObject(claims);
      await expect.poll(async () => check(await signed(first)), { timeout: 6_000, interval: 100 }).toBeNull();
    }
  });
});
