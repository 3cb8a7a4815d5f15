// Signing out everywhere: a user sees and ends only their own sessions, an administrator ends those of a user, and an
// ended session is rejected at once, in this service and in others.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createLogger } from '../../../src/platform/logger.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { revokedKey } from '../../../src/protocol/control/access-tokens.ts';
import type { Session, TokenPair } from '../../../src/protocol/control/access-api.ts';
import { codeOf, pairOf, startAccess } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

let access: Access;
let admin: Person;
/** As another service of the control zone reads it. */
let elsewhere: Redis;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
  elsewhere = connectRedis(inject('controlRedisUrls')['elections'] ?? '', createLogger('elections', 'silent'));
  await redisReady(elsewhere, 2_000);
});
afterAll(async () => {
  elsewhere.disconnect();
  await access[Symbol.asyncDispose]();
});

const login = async (person: Person): Promise<TokenPair> => pairOf(await access.login(person.email));
const call = (pair: TokenPair, method: 'GET' | 'DELETE', url: string) =>
  access.call(method, url, { token: pair.accessToken });
const sessionsOf = async (pair: TokenPair): Promise<Session[]> =>
  ((await call(pair, 'GET', '/v1/sessions')).body as { sessions: Session[] }).sessions;
const sessionIdOf = async (pair: TokenPair): Promise<string> =>
  ((await call(pair, 'GET', '/v1/account')).body as { sessionId: string }).sessionId;
const isOpen = async (pair: TokenPair): Promise<boolean> => {
  const { status } = await call(pair, 'GET', '/v1/account');
  // A session that is over gives no further pair either.
  if (status !== 200) {
    const refreshed = await access.call('POST', '/v1/refresh', { body: { refreshToken: pair.refreshToken } });
    expect(codeOf(refreshed)).toBe('unauthenticated');
  }
  return status === 200;
};
const toldElsewhere = async (...ids: string[]): Promise<boolean[]> =>
  (await elsewhere.mget(ids.map(revokedKey))).map((value) => value !== null);
const actsOn = (value: string): { act: string; actor: string; user?: string; session?: string }[] =>
  access
    .log()
    .split('\n')
    .filter((line) => line.includes('"audit"') && line.includes(value))
    .map((line) => (JSON.parse(line) as { audit: { act: string; actor: string } }).audit);

describe.each(['administrator', 'official', 'auditor'] as const)('The sessions of an %s', (role) => {
  test('Sessions are listed with their times, the newest first, and this one is marked', async () => {
    const person = await access.person(role, admin);
    const second = await login(person);
    const refreshed = pairOf(await access.call('POST', '/v1/refresh', { body: { refreshToken: second.refreshToken } }));
    const sessions = await sessionsOf(refreshed);
    expect(sessions.map(({ id, current }) => [id, current])).toEqual([
      [await sessionIdOf(refreshed), true],
      [await sessionIdOf(person.tokens), false],
    ]);
    const [now, before] = sessions as [Session, Session];
    expect(now.expiresAt).toBe(second.refreshExpiresAt);
    expect(Date.parse(now.lastUsedAt)).toBeGreaterThan(Date.parse(now.createdAt));
    expect(before.lastUsedAt).toBe(before.createdAt);
    expect(Date.parse(now.createdAt)).toBeGreaterThan(Date.parse(before.createdAt));
    expect((await call(second, 'GET', '/v1/sessions')).headers['cache-control']).toBe('no-store');
  });

  test('All sessions end at once, this one too, and the next login begins another', async () => {
    const person = await access.person(role, admin);
    const pairs = [person.tokens, await login(person), await login(person)];
    const ids = (await sessionsOf(person.tokens)).map(({ id }) => id);
    const ended = await call(person.tokens, 'DELETE', '/v1/sessions');
    expect([ended.status, ended.body]).toEqual([204, null]);
    for (const pair of pairs) expect(await isOpen(pair)).toBe(false);
    // Other services look there with their next request.
    expect(await toldElsewhere(...ids)).toEqual([true, true, true]);
    expect(actsOn(person.id).at(-1)).toEqual({ act: 'session.end-all', outcome: 'done', actor: person.id });
    expect(await sessionsOf(await login(person))).toHaveLength(1);
  });

  test('Sessions end one by one, and the others continue', async () => {
    const person = await access.person(role, admin);
    const first = person.tokens;
    const second = await login(person);
    const id = await sessionIdOf(second);
    for (let time = 0; time < 2; time += 1) {
      expect((await call(first, 'DELETE', `/v1/sessions/${id}`)).status).toBe(204);
    }
    expect([await isOpen(second), await isOpen(first)]).toEqual([false, true]);
    expect(await toldElsewhere(id)).toEqual([true]);
    // Audited once, because the second time there was nothing to end.
    expect(actsOn(id).filter(({ act }) => act === 'session.end')).toEqual([
      { act: 'session.end', outcome: 'done', actor: person.id, session: id },
    ]);
  });
});

describe('The sessions of others', () => {
  test('The sessions of others are not listed, and no user ends them as their own', async () => {
    const victim = await access.person('official', admin);
    const other = await access.person('auditor', admin);
    const id = await sessionIdOf(victim.tokens);
    for (const by of [other.tokens, admin.tokens]) {
      expect((await sessionsOf(by)).map((each) => each.id)).not.toContain(id);
      expect((await call(by, 'DELETE', `/v1/sessions/${id}`)).status).toBe(204);
      expect(await isOpen(victim.tokens)).toBe(true);
    }
    await call(other.tokens, 'DELETE', '/v1/sessions');
    expect(await isOpen(victim.tokens)).toBe(true);
    expect(await toldElsewhere(id)).toEqual([false]);
    expect((await call(other.tokens, 'DELETE', '/v1/sessions/x')).status).toBe(401);
    expect((await call(victim.tokens, 'DELETE', '/v1/sessions/x')).status).toBe(400);
  });

  test('The sessions of others are ended by an audited administrator, and the user may log in again', async () => {
    const person = await access.person('official', admin);
    const second = await login(person);
    expect((await call(admin.tokens, 'DELETE', `/v1/users/${person.id}/sessions`)).status).toBe(204);
    expect([await isOpen(person.tokens), await isOpen(second)]).toEqual([false, false]);
    expect(await isOpen(admin.tokens)).toBe(true);
    expect(actsOn(person.id).at(-1)).toEqual({
      act: 'session.end-all',
      outcome: 'done',
      actor: admin.id,
      user: person.id,
    });
    expect(await isOpen(await login(person))).toBe(true);
  });
});

test('A login that races with signing out everywhere ends or is valid after it, nothing in between', async () => {
  const person = await access.person('official', admin);
  for (let round = 0; round < 5; round += 1) {
    const mine = await login(person);
    const [begin, ended] = await Promise.all([login(person), call(mine, 'DELETE', '/v1/sessions')]);
    expect(ended.status).toBe(204);
    const remaining = await access.databases.query<{ session_id: string }>(
      'access',
      'select session_id from pv.session where user_id = $1',
      [person.id],
    );
    expect(remaining.length).toBe((await isOpen(begin)) ? 1 : 0);
    expect(await isOpen(mine)).toBe(false);
  }
});

test('A session that is over is not shown', async () => {
  const person = await access.person('official', admin);
  const over = await sessionIdOf(person.tokens);
  const mine = await login(person);
  await access.databases.query(
    'access',
    `update pv.session set began_at = began_at - interval '31 days', expires_at = clock_timestamp() where session_id = $1`,
    [over],
  );
  expect((await sessionsOf(mine)).map(({ current }) => current)).toEqual([true]);
});
