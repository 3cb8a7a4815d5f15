// Another service of the control zone, which checks tokens by itself. A session that `access` ends is ended there at once.
// No ended session is admitted while Redis is down or empty, or while `access` is down.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { revokedSeconds } from '../../../src/services/access/revocations.ts';
import { startRedis } from '../../../src/local/redis.ts';
import type { LocalRedis } from '../../../src/local/redis.ts';
import { createAccessTokenVerifier, publishedTokenKeys } from '../../../src/platform/keys/access-tokens.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { connectRedis, connectSubscriber, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { allows, registerRoleGuard } from '../../../src/platform/http/role-guard.ts';
import { createSessionStatusLookup, watchRevocations } from '../../../src/platform/session-status.ts';
import { revocationsCompleteKey, revokedKey } from '../../../src/protocol/control/access-tokens.ts';
import { controlUsers } from '../../../src/protocol/redis-users.ts';
import { createLogProbe } from '../../support/log.ts';
import { freePort } from '../../support/processes/ports.ts';
import { bearer, pairOf, startAccess } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-session-status-'));
const { logger } = createLogProbe('elections');
let redisPort = 0;
let redis: LocalRedis;
let operator: Redis;
let access: Access;
let admin: Person;
/** How often `access` was called for the status of a session. */
let questions = 0;
let elections: App;
let follower: Redis;
let accessOrigin: { api: string; private: string };

async function startControlRedis(): Promise<LocalRedis> {
  const names = ['admin', ...controlUsers.map(({ name }) => name)];
  return startRedis({
    directory,
    port: redisPort,
    server: redisServers.control,
    logFile: join(directory, 'log'),
    passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  });
}

beforeAll(async () => {
  redisPort = await freePort();
  redis = await startControlRedis();
  operator = connectRedis(redis.url('admin'), logger);
  access = await startAccess({ redisUrl: redis.url('access') });
  access.privateApp.addHook('onResponse', (request, _reply, done) => {
    if (request.url.startsWith('/private/sessions')) questions += 1;
    done();
  });
  accessOrigin = {
    api: await access.app.listen({ host: '127.0.0.1', port: 0 }),
    private: await access.privateApp.listen({ host: '127.0.0.1', port: 0 }),
  };
  admin = await access.administrator();
  follower = connectRedis(redis.url('elections'), logger);
  elections = await startElections(accessOrigin, follower);
  await Promise.all([redisReady(operator, 20_000), redisReady(follower, 20_000)]);
});
afterAll(async () => {
  await elections.close();
  await access[Symbol.asyncDispose]();
  operator.disconnect();
  follower.disconnect();
  await redis.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  questions = 0;
});

async function startElections(origin: typeof accessOrigin, connection: Redis): Promise<App> {
  const { app } = await createHttp({
    logger,
    metrics: createMetrics('elections'),
    checks: [],
    version: { version: '0', node: '0' },
    shedAtLoopDelayMs: 0,
  });
  const caller = { name: 'elections', jwk: access.keys.elections.caller } as const;
  const client = createPrivateClient({ origin: origin.private, service: 'access', caller, clock: Date.now });
  registerRoleGuard(app, {
    verify: createAccessTokenVerifier(publishedTokenKeys(origin.api, Date.now), Date.now),
    sessionStatus: createSessionStatusLookup({ redis: connection, access: client, logger }),
  });
  app.get('/v1/things', { config: allows('administrator', 'official', 'auditor') }, () => ({ things: [] }));
  app.post('/v1/things', { config: allows('administrator', 'official') }, () => ({ thing: 1 }));
  app.addHook('onClose', () => client.close());
  return app;
}

const use = async (token: string, method: 'GET' | 'POST' = 'GET', app = elections): Promise<number> =>
  (await app.inject({ method, url: '/v1/things', headers: bearer(token) })).statusCode;
const asAdmin = (method: 'PATCH' | 'DELETE', id: string, body?: object) =>
  access.together(admin, method, `/v1/users/${id}`, body);
/** The service trusts its Redis again: everything was written since it connected. */
const trusted = async (token: string): Promise<void> => {
  await use(token);
  await access.logic.revocations.repeat();
  questions = 0;
  expect(await use(token)).toBe(200);
  expect(questions).toBe(0);
};

describe('A healthy Redis', () => {
  const ends: [string, (person: Person) => Promise<unknown>][] = [
    ['removal', (person) => asAdmin('DELETE', person.id)],
    ['suspension', (person) => asAdmin('PATCH', person.id, { state: 'suspended' })],
    ['a change of role', (person) => asAdmin('PATCH', person.id, { role: 'auditor' })],
    ['a logout', (person) => access.call('POST', '/v1/logout', { body: { refreshToken: person.tokens.refreshToken } })],
    ['signing out everywhere', (person) => access.call('DELETE', '/v1/sessions', { token: person.tokens.accessToken })],
    ['an administrator, who ends all sessions of a user,', (person) => asAdmin('DELETE', `${person.id}/sessions`)],
    [
      'a refresh token used twice',
      async ({ tokens: { refreshToken } }) => {
        const next = pairOf(await access.call('POST', '/v1/refresh', { body: { refreshToken } }));
        await access.call('POST', '/v1/refresh', { body: { refreshToken: next.refreshToken } });
        await access.call('POST', '/v1/refresh', { body: { refreshToken } });
      },
    ],
  ];
  test.each(ends)('%s ends the very next request elsewhere, without a question to access', async (_name, end) => {
    const person = await access.person('official', admin);
    await trusted(person.tokens.accessToken);
    expect(await use(person.tokens.accessToken, 'POST')).toBe(200);
    expect(questions).toBe(1);
    await end(person);
    expect(await use(person.tokens.accessToken)).toBe(401);
    expect(await use(person.tokens.accessToken, 'POST')).toBe(401);
    expect(questions).toBe(1);
  });

  test('A new login after a change of role works at once, in the new role', async () => {
    const person = await access.person('official', admin);
    await asAdmin('PATCH', person.id, { role: 'auditor' });
    const { accessToken } = pairOf(await access.login(person.email));
    expect(await use(accessToken)).toBe(200);
    expect(await use(accessToken, 'POST')).toBe(403);
  });

  test('A pending response learns of the end of its session', async () => {
    const person = await access.person('official', admin);
    const { sessionId } = (await access.call('GET', '/v1/account', { token: person.tokens.accessToken })).body as {
      sessionId: string;
    };
    const subscriber = connectSubscriber(redis.url('officials'), logger);
    await redisReady(subscriber, 20_000);
    const messages: string[] = [];
    const watch = watchRevocations(subscriber, (session) => messages.push(session));
    await expect.poll(() => operator.pubsub('NUMSUB', 'revocations')).toEqual(['revocations', 1]);
    await operator.publish('revocations', 'not JSON');
    await operator.publish('revocations', '{"sessionId":5}');
    await asAdmin('DELETE', person.id);
    await expect.poll(() => messages).toEqual([sessionId]);
    watch.stop();
    subscriber.disconnect();
  });

  test('A service may read revocations in Redis, and write none', async () => {
    for (const user of ['elections', 'officials']) {
      const connection = connectRedis(redis.url(user), logger);
      await redisReady(connection, 20_000);
      for (const attempt of [
        () => connection.set(revokedKey('x'), '1'),
        () => connection.del(revocationsCompleteKey),
        () => connection.set(revocationsCompleteKey, '1'),
        () => connection.publish('revocations', '{}'),
        () => connection.get('limits:access:account:x'),
        () => connection.flushall(),
        () => connection.keys('*'),
      ]) {
        await expect(attempt()).rejects.toThrow('NOPERM');
      }
      connection.disconnect();
    }
  });
});

describe('An unhealthy Redis', () => {
  test('When Redis lost everything, access is asked, and a user who is out stays out', async () => {
    const out = await access.person('official', admin);
    const inside = await access.person('official', admin);
    await trusted(inside.tokens.accessToken);
    await asAdmin('DELETE', out.id);
    await operator.flushall();
    expect(await use(out.tokens.accessToken)).toBe(401);
    expect(await use(inside.tokens.accessToken, 'POST')).toBe(200);
    expect(questions).toBe(2);
    // And soon it is whole again, from the database.
    await access.logic.revocations.repeat();
    expect(await use(out.tokens.accessToken)).toBe(401);
    expect(await use(inside.tokens.accessToken)).toBe(200);
    expect(questions).toBe(2);
  });

  test('When Redis returns with older data, it is not trusted until everything was written again', async () => {
    const person = await access.person('official', admin);
    await trusted(person.tokens.accessToken);
    await access.logic.revocations.stop();
    const session = (await access.call('GET', '/v1/account', { token: person.tokens.accessToken })).body as {
      sessionId: string;
    };
    await asAdmin('DELETE', person.id);
    // The mark is there, as in a copy of a moment ago, and the revocation is not.
    await operator.del(revokedKey(session.sessionId));
    expect(await operator.exists(revocationsCompleteKey)).toBe(1);
    const back = new Promise((resolve) => follower.once('ready', resolve));
    await operator.call('CLIENT', 'KILL', 'USER', 'elections');
    await back;
    expect(await use(person.tokens.accessToken)).toBe(401);
    expect(questions).toBe(1);
    access.logic.revocations.start();
    await access.logic.revocations.repeat();
    expect(await operator.exists(revokedKey(session.sessionId))).toBe(1);
  });

  test('When Redis gets no more updates, it is not trusted for long', async () => {
    const person = await access.person('official', admin);
    await trusted(person.tokens.accessToken);
    expect(await operator.pttl(revocationsCompleteKey)).toBeLessThanOrEqual(15_000);
    await operator.del(revocationsCompleteKey);
    expect(await use(person.tokens.accessToken)).toBe(200);
    expect(questions).toBe(1);
    await access.logic.revocations.repeat();
  });

  test('When Redis is unavailable, access is asked; without both, only reading continues', async () => {
    const out = await access.person('official', admin);
    const inside = await access.person('administrator', admin);
    // Another service whose access can be stopped separately.
    await using own = await startAccess({ beside: access, redisUrl: redis.url('access') });
    const origin = {
      api: await own.app.listen({ host: '127.0.0.1', port: 0 }),
      private: await own.privateApp.listen({ host: '127.0.0.1', port: 0 }),
    };
    const connection = connectRedis(redis.url('officials'), logger);
    await redisReady(connection, 20_000);
    const service = await startElections(origin, connection);
    await use(inside.tokens.accessToken, 'GET', service);
    await redis.stop();
    expect((await asAdmin('DELETE', out.id)).status).toBe(204);
    expect(await use(out.tokens.accessToken, 'POST', service)).toBe(401);
    expect(await use(inside.tokens.accessToken, 'POST', service)).toBe(200);
    await Promise.all([own.app.close(), own.privateApp.close()]);
    expect(await use(inside.tokens.accessToken, 'POST', service)).toBe(503);
    expect(await use(inside.tokens.accessToken, 'GET', service)).toBe(200);
    // A wrong token is still rejected.
    expect(await use(`${inside.tokens.accessToken.slice(0, -8)}AAAAAAAA`, 'GET', service)).toBe(401);
    redis = await startControlRedis();
    await expect.poll(() => operator.status).toBe('ready');
    await expect.poll(async () => operator.exists(revocationsCompleteKey)).toBe(1);
    connection.disconnect();
    await service.close();
  });
});

test('Before the keys arrive no token can be judged, which is reported, and no one is let in', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const service = await startElections({ api: nowhere, private: nowhere }, follower);
  expect(await use(admin.tokens.accessToken, 'GET', service)).toBe(503);
  await service.close();
});

test('An ended session is remembered as long as a token of it could be used, and no longer', async () => {
  const early = await access.person('official', admin);
  const late = await access.person('official', admin);
  const sessionOf = async (person: Person) =>
    ((await access.call('GET', '/v1/account', { token: person.tokens.accessToken })).body as { sessionId: string })
      .sessionId;
  const first = await sessionOf(early);
  const second = await sessionOf(late);
  await asAdmin('DELETE', early.id);
  await asAdmin('DELETE', late.id);
  await access.databases.query(
    'access',
    `update pv.revocation set revoked_at = revoked_at - make_interval(secs => case session_id when $1 then $2::float8 else 100 end)
     where session_id in ($1, $3)`,
    [first, revokedSeconds, second],
  );
  await operator.flushall();
  await access.logic.revocations.repeat();
  expect(await operator.exists(revokedKey(first))).toBe(0);
  const ttl = await operator.ttl(revokedKey(second));
  expect(ttl).toBeGreaterThan(revokedSeconds - 115);
  expect(ttl).toBeLessThanOrEqual(revokedSeconds - 99);
});
