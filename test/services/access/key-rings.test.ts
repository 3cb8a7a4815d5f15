// The keys of `access` rotate: processes with older and newer rings run beside each other, no one is signed out, no person
// has two accounts, and after a while nothing is stored under the old keys.
import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashKey, keyedHash } from '../../../src/platform/keys/keyed-hash.ts';
import { newRing } from '../../../src/platform/keys/new-keys.ts';
import type { AccessKeys, KeyRing } from '../../../src/protocol/key-files.ts';
import { codeOf, goodPassword, pairOf, someEmail, startAccess, userOf } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';
import { hkid } from '../../support/identities.ts';
import { until } from '../../support/until.ts';

const rings = ['secrets', 'refresh', 'identity'] as const;
type Rings = Readonly<Record<(typeof rings)[number], KeyRing>>;
const fresh: Rings = { secrets: newRing('s2'), refresh: newRing('r2'), identity: newRing('i2') };

let old: Access;
let announced: Access;
let used: Access;
let admin: Person;
const withRings = (of: (ring: KeyRing, added: KeyRing) => KeyRing): AccessKeys => {
  const { access } = old.keys;
  return { ...access, ...Object.fromEntries(rings.map((name) => [name, of(access[name], fresh[name])])) };
};
const beside = (keys: AccessKeys) => startAccess({ beside: old, keys });
const dropped = () => beside(withRings((_before, added) => added));
beforeAll(async () => {
  old = await startAccess();
  admin = await old.administrator();
  announced = await beside(withRings((before, added) => [...before, ...added]));
  used = await beside(withRings((before, added) => [...added, ...before]));
});
afterAll(async () => {
  for (const access of [used, announced, old]) await access[Symbol.asyncDispose]();
});

const refresh = (access: Access, refreshToken: string) =>
  access.call('POST', '/v1/refresh', { body: { refreshToken } });
const register = (access: Access, more: object) => {
  const body = { email: someEmail(), forename: 'Ana', surname: 'Anić', password: goodPassword, ...more };
  return access.call('POST', '/v1/users', { body, address: `10.${randomInt(256)}.${randomInt(256)}.1` });
};
const invite = async (access: Access): Promise<string> => {
  const options = { body: { role: 'official' }, token: admin.tokens.accessToken };
  return ((await access.call('POST', '/v1/invitations', options)).body as { token: string }).token;
};
const numberOf = async (access: Access, user: string): Promise<unknown> => {
  const answer = await access.call('GET', `/v1/users/${user}`, { token: admin.tokens.accessToken });
  return (answer.body as { nationalId: { number: string } | null }).nationalId?.number;
};
const isRenewed = (access: Access) =>
  until(() => access.log().includes('"msg":"keys.renewed"'), 'the keys are renewed');

describe('A rotation of the keys of access', () => {
  test('No session ends: it goes on in every process, and a lost answer is the same from each', async () => {
    const person = await old.person('official', admin);
    const first = await refresh(used, person.tokens.refreshToken);
    expect((await refresh(announced, person.tokens.refreshToken)).body).toEqual(first.body);
    const second = pairOf(await refresh(announced, pairOf(first).refreshToken));
    expect((await refresh(used, second.refreshToken)).status).toBe(200);
    // A login with the new key goes on in a process that does not make with it.
    const login = pairOf(await used.login(person.email));
    const next = await refresh(announced, login.refreshToken);
    expect((await refresh(used, login.refreshToken)).body).toEqual(next.body);
    // Only the dropping of the old key ends what began under it.
    await using last = await dropped();
    expect((await refresh(last, pairOf(next).refreshToken)).status).toBe(200);
    const third = pairOf(await old.login(person.email));
    expect(codeOf(await refresh(last, third.refreshToken))).toBe('unauthenticated');
    expect((await refresh(used, third.refreshToken)).status).toBe(200);
    await used.call('POST', '/v1/logout', { body: { refreshToken: third.refreshToken } });
  });

  test('Invitations and recovery codes of before work in a process with the new ring, once', async () => {
    const token = await invite(old);
    expect((await register(used, { invitation: token })).status).toBe(201);
    expect(codeOf(await register(announced, { invitation: token }))).toBe('invitation-required');
    const person = await old.person('official', admin);
    const post = (url: string, body: object) => old.call('POST', url, { body, token: person.tokens.accessToken });
    const { secret } = (await post('/v1/second-factor', { password: goodPassword })).body as { secret: string };
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    const confirmed = await post('/v1/second-factor/confirm', { code });
    const [recoveryCode = ''] = (confirmed.body as { recoveryCodes: string[] }).recoveryCodes;
    expect((await used.login(person.email, goodPassword, { code: recoveryCode })).status).toBe(200);
    expect(codeOf(await announced.login(person.email, goodPassword, { code: recoveryCode }))).toBe(
      'wrong-second-factor',
    );
  });

  test('A national id is unique, whichever of the processes has it first', async () => {
    for (const [one, other] of [
      [old, announced],
      [announced, used],
      [used, announced],
    ] as const) {
      const nationalId = { scheme: 'hkid', number: hkid(randomInt(900_000)) };
      expect((await register(one, { nationalId })).status).toBe(201);
      expect(codeOf(await register(other, { nationalId }))).toBe('identity-taken');
    }
    const nationalId = { scheme: 'hkid', number: hkid(randomInt(900_000)) };
    const both = await Promise.all(
      [announced, used, announced, used].map((access) => register(access, { nationalId })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test('What was stored under old keys is stored under the new ones, and the old ones can be dropped', async () => {
    const number = hkid(randomInt(900_000));
    const user = userOf(await register(old, { nationalId: { scheme: 'hkid', number } }));
    const person = await old.person('administrator', admin);
    const post = (url: string, body: object) => old.call('POST', url, { body, token: person.tokens.accessToken });
    const { secret } = (await post('/v1/second-factor', { password: goodPassword })).body as { secret: string };
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await post('/v1/second-factor/confirm', { code: totp.generate() });

    // As after the restart with the new key in use.
    await using renewing = await beside(withRings((before, added) => [...added, ...before]));
    await isRenewed(renewing);
    await using last = await dropped();
    await isRenewed(last);
    expect(await numberOf(last, user.id)).toBe(number);
    const code = totp.generate({ timestamp: Date.now() + 30_000 });
    expect((await last.login(person.email, goodPassword, { code })).status).toBe(200);
    expect(codeOf(await register(last, { nationalId: { scheme: 'hkid', number } }))).toBe('identity-taken');
    const tagOf = (key = ''): string =>
      Buffer.from(keyedHash(hashKey(key), `popvote/national-id/v1|hkid|${number}`), 'base64url').toString('hex');
    const stored = await old.databases.query<{ tag: string }>(
      'access',
      `select encode(tag, 'hex') as tag from pv.identity_name where user_id = $1
       union all select encode(identity_tag, 'hex') from pv.account where user_id = $1`,
      [user.id],
    );
    const tag = tagOf(fresh.identity[0]?.key);
    expect(stored.map((row) => row.tag)).toEqual([tag, tag]);
    expect(tag).not.toBe(tagOf(old.keys.access.identity[0]?.key));
  });

  test('What cannot be read is logged, and does not prevent the renewal of the rest', async () => {
    const users: { readonly id: string; readonly number: string }[] = [];
    for (let count = 0; count < 3; count += 1) {
      const number = hkid(randomInt(900_000));
      users.push({ id: userOf(await register(old, { nationalId: { scheme: 'hkid', number } })).id, number });
    }
    const sealedOf = async (id: string): Promise<unknown> => {
      const text = 'select identity_sealed as sealed from pv.account where user_id = $1';
      return (await old.databases.query('access', text, [id]))[0]?.['sealed'];
    };
    const [first, unreadable, last] = users;
    if (!first || !unreadable || !last) throw new Error('There are three users.');
    const before = await sealedOf(unreadable.id);
    const lastBefore = await sealedOf(last.id);
    const store = (sealed: unknown) =>
      old.databases.query('access', 'update pv.account set identity_sealed = $2 where user_id = $1', [
        unreadable.id,
        sealed,
      ]);
    // That of another person.
    await store(await sealedOf(first.id));
    {
      await using renewing = await beside(withRings((ring, added) => [...added, ...ring]));
      await until(() => renewing.log().includes('keys.not-renewed'), 'the fault is logged');
      expect(renewing.log()).toContain(unreadable.id);
      expect(renewing.log()).not.toContain('keys.renewed');
      for (const { number } of users) expect(renewing.log()).not.toContain(number);
      await until(async () => (await sealedOf(last.id)) !== lastBefore, 'the last user is renewed');
    }
    await store(before);
    await using renewing = await beside(withRings((ring, added) => [...added, ...ring]));
    await isRenewed(renewing);
    await using after = await dropped();
    for (const { id, number } of users) expect(await numberOf(after, id)).toBe(number);
  });
});
