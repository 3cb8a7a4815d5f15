// Logging in: one answer to everything that is wrong, bounded tries, and the states in which an account may be.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createAccessLimits } from '../../../src/services/access/limits.ts';
import { createPasswords, hashesAtOnceMax, hashesWaitingMax } from '../../../src/services/access/passwords.ts';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { createLogProbe } from '../../support/log.ts';
import { codeOf, goodPassword, otherPassword, pairOf, someEmail, startAccess } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

let access: Access;
let admin: Person;
let person: Person;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
  person = await access.person('official', admin);
});
afterAll(() => access[Symbol.asyncDispose]());

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('A wrong login', () => {
  test('A wrong login is answered the same, whatever was wrong', async () => {
    const answers = [
      await access.login(person.email, 'not the password of this one'),
      await access.login(someEmail(), goodPassword),
      await access.login('not an address', goodPassword),
      await access.login(person.email.replace('@', ' '), goodPassword),
    ];
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(codeOf(answers[0]!)).toBe('wrong-credentials');
    expect(answers[0]!.headers['www-authenticate']).toBe('Bearer');
  });

  test('A wrong login takes as long for an unknown address as for a wrong password', { retry: 2 }, async () => {
    const timed = async (email: string): Promise<number> => {
      const start = performance.now();
      // An address of its own for each try, so that no limit is met.
      const address = `10.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.7`;
      const body = { email, password: 'not the password of this one' };
      const { status } = await access.call('POST', '/v1/login', { body, address });
      expect(status).toBe(401);
      return performance.now() - start;
    };
    const delays = [];
    const unknown = [];
    for (let round = 0; round < 15; round += 1) {
      delays.push(await timed(person.email));
      unknown.push(await timed(someEmail()));
    }
    const ratio = median(delays) / median(unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
    // And it is the hash that takes it: neither path is a short cut.
    expect(median(unknown)).toBeGreaterThan(8);
  });

  test('Wrong logins too often from one place are rejected, there and for this account only', async () => {
    await using own = await startAccess();
    const someone = await own.person('official', await own.administrator());
    const from = (address: string, password: string, email = someone.email) =>
      own.call('POST', '/v1/login', { body: { email, password }, address });
    const tries = await Promise.all(
      Array.from({ length: 14 }, (_, index) => from(`203.0.113.${index}`, 'wrong password here')),
    );
    // Sent at once, and still exactly ten were looked at.
    expect(tries.filter(({ status }) => status === 401).length).toBe(10);
    const late = tries.find(({ status }) => status === 429);
    expect(Number(late?.headers['retry-after'])).toBeGreaterThan(0);
    expect(codeOf(await from('203.0.113.99', goodPassword))).toBe('too-many-requests');
    expect((await from('198.51.100.1', goodPassword)).status).toBe(200);
    expect(codeOf(await from('203.0.113.5', 'wrong', someEmail()))).toBe('wrong-credentials');
  });

  test('A wrong login does not lock out an unknown account sooner or later than a real one', async () => {
    await using own = await startAccess();
    const someone = await own.person('official', await own.administrator());
    for (const email of [someone.email, someEmail()]) {
      const statuses: number[] = [];
      for (let round = 0; round < 12; round += 1) {
        const body = { email, password: 'wrong password here' };
        statuses.push((await own.call('POST', '/v1/login', { body, address: '192.0.2.1' })).status);
      }
      expect(statuses.filter((status) => status === 401).length).toBe(10);
    }
  });

  test('A correct login is not counted as a wrong one', async () => {
    for (let round = 0; round < 12; round += 1) expect((await access.login(person.email)).status).toBe(200);
  });
});

describe('The limits of logins', () => {
  const limitsOf = async (url: string, readyMsMax = 20_000) => {
    const redis = connectRedis(url, createLogProbe('access').logger);
    await redisReady(redis, readyMsMax);
    return { redis, limits: createAccessLimits({ redis, secret: newSecret(), clock: Date.now }) };
  };
  const refused = (work: Promise<void>): Promise<boolean> =>
    work.then(
      () => false,
      (error: unknown) => error instanceof Problem && error.code === 'too-many-requests',
    );

  test('Limits keep a flood from many places off an account, but not its owner out', async () => {
    const { redis, limits } = await limitsOf(inject('controlRedisUrls')['access']!);
    await limits.rememberLogin('owner', '192.0.2.1');
    const places = Array.from({ length: 120 }, (_, index) => `10.1.${index}.1`);
    const answers = await Promise.all(places.map((address) => refused(limits.countLogin('owner', address))));
    expect(answers.filter(Boolean).length).toBe(20);
    expect(await refused(limits.countLogin('owner', '192.0.2.77'))).toBe(false);
    expect(await refused(limits.countLogin('owner', '10.2.0.1'))).toBe(true);
    redis.disconnect();
  });

  test('Limits still hold, in the process, while Redis is unavailable', async () => {
    const { redis, limits } = await limitsOf('redis://access:nothing@127.0.0.1:1', 500);
    const answers = [];
    for (let count = 0; count < 15; count += 1) answers.push(await refused(limits.countLogin('a', '192.0.2.1')));
    expect(answers.filter(Boolean).length).toBe(5);
    redis.disconnect();
  });

  test('Limits put no name and no address into a key of Redis', async () => {
    await access.login(person.email, 'wrong password here');
    const redis = connectRedis(inject('controlRedisUrls')['admin']!, createLogProbe('admin').logger);
    await redisReady(redis, 20_000);
    const keys = (await redis.keys('*')).join('\n');
    expect(keys).toContain('limits:access:');
    expect(keys).not.toContain(person.email);
    expect(keys).not.toContain('127.0.0');
    redis.disconnect();
  });
});

describe('The hashing of passwords', () => {
  test('Hashing is limited: few at once, few waiting, and the rest are asked to come back', async () => {
    const passwords = await createPasswords();
    const hash = await passwords.hash(goodPassword);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const all = Array.from({ length: hashesAtOnceMax + hashesWaitingMax + 5 }, () =>
      passwords.isRight(hash, goodPassword).then(
        (right) => String(right),
        (error: unknown) => (error instanceof Problem ? error.code : 'broken'),
      ),
    );
    const answers = await Promise.all(all);
    expect(answers.filter((answer) => answer === 'busy').length).toBe(5);
    expect(answers.filter((answer) => answer === 'true').length).toBe(hashesAtOnceMax + hashesWaitingMax);
    expect(passwords.waiting()).toBe(0);
    expect(await passwords.isRight(hash, otherPassword)).toBe(false);
    expect(await passwords.isRight(null, goodPassword)).toBe(false);
  });
});

describe('An account', () => {
  test('An account that waits or is suspended says so only after its password', async () => {
    const email = someEmail();
    const registration = { email, forename: 'Ana', surname: 'Anić', password: goodPassword };
    const { body } = await access.call('POST', '/v1/users', { body: registration });
    const { id } = (body as { user: { id: string } }).user;
    expect(codeOf(await access.login(email))).toBe('account-waiting');
    expect(codeOf(await access.login(email, otherPassword))).toBe('wrong-credentials');
    const change = (state: string) =>
      access.call('PATCH', `/v1/users/${id}`, { body: { state }, token: admin.tokens.accessToken });
    await change('active');
    expect((await access.login(email)).status).toBe(200);
    await change('suspended');
    expect(codeOf(await access.login(email))).toBe('account-suspended');
    expect(codeOf(await access.login(email, otherPassword))).toBe('wrong-credentials');
    await change('active');
    expect((await access.login(email.toUpperCase())).status).toBe(200);
  });

  test('An account with a one-time password must set another, once, before any session', async () => {
    const { body } = await access.call('POST', `/v1/users/${person.id}/one-time-password`, {
      token: admin.tokens.accessToken,
    });
    const { password } = body as { password: string };
    expect(password).toMatch(/^([a-z2-7]{4}-){4}[a-z2-7]{4}$/);
    expect(codeOf(await access.login(person.email, goodPassword))).toBe('wrong-credentials');
    expect(codeOf(await access.login(person.email, password))).toBe('password-change-required');
    expect(codeOf(await access.login(person.email, password, { newPassword: 'short' }))).toBe('weak-password');
    expect(codeOf(await access.login(person.email, password, { newPassword: password }))).toBe('weak-password');
    const [one, two] = await Promise.all([
      access.login(person.email, password, { newPassword: goodPassword }),
      access.login(person.email, password, { newPassword: otherPassword }),
    ]);
    // Both at once: one of them set the password, and the other did not.
    expect([one.status, two.status].sort()).toEqual([200, 401]);
    const mine = one.status === 200 ? goodPassword : otherPassword;
    expect(codeOf(await access.login(person.email, password))).toBe('wrong-credentials');
    expect(codeOf(await access.login(person.email, mine, { newPassword: goodPassword }))).toBe('invalid-request');
    const tokens = pairOf(await access.login(person.email, mine));
    if (mine !== goodPassword) {
      const body = { currentPassword: mine, newPassword: goodPassword };
      await access.call('POST', '/v1/password', { body, token: tokens.accessToken });
    }
    expect((await access.login(person.email)).status).toBe(200);
  });

  test('An account whose password changes keeps the session that changed it, and no other', async () => {
    const someone = await access.person('auditor', admin);
    const other = pairOf(await access.login(someone.email));
    const change = (currentPassword: string, newPassword: string) =>
      access.call('POST', '/v1/password', {
        body: { currentPassword, newPassword },
        token: someone.tokens.accessToken,
      });
    expect(codeOf(await change(otherPassword, goodPassword))).toBe('wrong-credentials');
    expect(codeOf(await change(goodPassword, someone.email))).toBe('weak-password');
    expect(codeOf(await change(goodPassword, goodPassword))).toBe('weak-password');
    expect((await change(goodPassword, otherPassword)).status).toBe(204);
    const me = (token: string) => access.call('GET', '/v1/account', { token });
    expect((await me(someone.tokens.accessToken)).status).toBe(200);
    expect((await me(other.accessToken)).status).toBe(401);
    expect(codeOf(await access.login(someone.email, goodPassword))).toBe('wrong-credentials');
    expect((await access.login(someone.email, otherPassword)).status).toBe(200);
  });
});
