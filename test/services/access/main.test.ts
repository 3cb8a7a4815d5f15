// The service as it is started, and what it leaves in logs: ids of users and nothing else of a person.
import { readFileSync } from 'node:fs';
import { Secret, TOTP } from 'otpauth';
import { expect, inject, test } from 'vitest';
import { start } from '../../../src/services/access/main.ts';
import { ConfigurationError } from '../../../src/platform/environment.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { TokenPair } from '../../../src/protocol/control/access-api.ts';
import { createDatabases } from '../../support/database.ts';
import { hkid } from '../../support/identities.ts';
import { codeOf, pairOf, startAccess } from '../../support/services/access.ts';

test('The service starts from its environment alone, answers on both ports, and ends', async () => {
  await using databases = await createDatabases(['access']);
  const keys = newKeyFiles();
  const running = await start({
    ACCESS_PORT: '0',
    ACCESS_PRIVATE_PORT: '0',
    ACCESS_KEYS: JSON.stringify(keys.access),
    PUBLIC_KEYS: JSON.stringify(keys.public),
    ACCESS_DATABASE_URL: databases.url('access', 'popvote_access'),
    CONTROL_REDIS_URL: inject('controlRedisUrls')['access'],
    LOG_LEVEL: 'silent',
  });
  const { access, private: privatePort } = running.addresses as { access: string; private: string };
  try {
    const ready = await fetch(`${access}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      {
        status: 'ready',
        checks: [
          { name: 'database', state: 'ok', required: true },
          { name: 'redis', state: 'ok', required: false },
          { name: 'clock', state: 'ok', required: false },
        ],
      },
    ]);
    expect(await (await fetch(`${privatePort}/metrics`)).text()).toContain('popvote_service="access"');
    const registration = {
      email: 'a@example.org',
      forename: 'A',
      surname: 'B',
      password: 'copper lantern by the river',
    };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${access}/v1/users`, { method: 'POST', headers, body: JSON.stringify(registration) });
    // By default registration requires an invitation.
    expect(((await answer.json()) as { code: string }).code).toBe('invitation-required');
  } finally {
    await running.close();
  }
  await expect(fetch(`${access}/livez`)).rejects.toThrow();
});

test('The service lists all faults of its environment at once, and quotes none of its values', async () => {
  const secret = 'hunter2hunter2hunter2';
  const error: unknown = await start({
    ACCESS_KEYS: `{"tokens": "${secret}"}`,
    ACCESS_REGISTRATION: 'maybe',
    ACCESS_DATABASE_URL: `mysql://root:${secret}@host/x`,
    ACCESS_TLS_KEY: '-----BEGIN x',
  }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConfigurationError);
  const { problems } = error as ConfigurationError;
  const text = problems.join('\n');
  for (const name of [
    'ACCESS_KEYS',
    'PUBLIC_KEYS',
    'ACCESS_REGISTRATION',
    'ACCESS_DATABASE_URL',
    'CONTROL_REDIS_URL',
  ]) {
    expect(text).toContain(name);
  }
  expect(text).not.toContain(secret);
});

test('No address, name, number, password, code or token is in a log or in a name in Redis', async () => {
  await using access = await startAccess({ approvalRequired: false });
  const canary = {
    email: 'canary.jelena.kanarinac@example.org',
    forename: 'Jelenacanary',
    surname: 'Kanarinaccanary',
    password: 'canary copper lantern by the river',
    newPassword: 'canary seven otters borrow a violin',
    number: hkid(424_242),
  };
  const { email, forename, surname, password, newPassword, number } = canary;
  const nationalId = { scheme: 'hkid', number };
  const secrets: string[] = Object.values(canary);
  const keep = (pair: TokenPair): TokenPair => {
    secrets.push(pair.accessToken, pair.refreshToken);
    return pair;
  };

  const admin = await access.administrator();
  secrets.push(admin.email, admin.tokens.accessToken, admin.tokens.refreshToken);
  const register = (body: object) => access.call('POST', '/v1/users', { body });
  const registration = { email, forename, surname, password, nationalId };
  await register({ ...registration, nationalId: { scheme: 'hkid', number: `${number}0` } });
  await register({ ...registration, surname: 5 });
  await register({ ...registration, unknown: number });
  await register({ ...registration, password: 'canary' });
  const registered = await register(registration);
  const { id } = (registered.body as { user: { id: string } }).user;
  expect(codeOf(await register(registration))).toBe('email-taken');
  expect(codeOf(await register({ ...registration, email: `x.${email}` }))).toBe('identity-taken');
  await access.login(email, 'wrong canary password');
  await access.login(`unknown.${email}`, password);
  const first = keep(pairOf(await access.login(email, password)));
  const second = keep(pairOf(await access.call('POST', '/v1/refresh', { body: { refreshToken: first.refreshToken } })));
  const token = second.accessToken;
  await access.call('POST', '/v1/password', { body: { currentPassword: password, newPassword }, token });
  const offer = await access.call('POST', '/v1/second-factor', { body: { password: newPassword }, token });
  const { secret } = offer.body as { secret: string };
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const confirmed = await access.call('POST', '/v1/second-factor/confirm', { body: { code }, token });
  secrets.push(secret, code, ...(confirmed.body as { recoveryCodes: string[] }).recoveryCodes);
  const asAdmin = { token: admin.tokens.accessToken };
  const details = await access.call('GET', `/v1/users/${id}`, asAdmin);
  expect(details.body).toMatchObject({ nationalId });
  const once = await access.call('POST', `/v1/users/${id}/one-time-password`, asAdmin);
  secrets.push((once.body as { password: string }).password);
  const invitation = await access.call('POST', '/v1/invitations', { ...asAdmin, body: { role: 'auditor' } });
  secrets.push((invitation.body as { token: string }).token);
  await access.call('DELETE', '/v1/sessions', { token });
  await access.call('DELETE', `/v1/users/${id}/sessions`, asAdmin);
  await access.call('DELETE', `/v1/users/${id}`, asAdmin);
  await access.app.inject(`/v1/users/${email}?email=${email}`);

  const redis = connectRedis(inject('controlRedisUrls')['admin'] ?? '', createLogger('admin', 'silent'));
  await redisReady(redis, 1_000);
  const places = {
    log: access.log(),
    database: readFileSync(inject('postgresLog'), 'utf8'),
    redis: (await redis.keys('*')).join('\n'),
    metrics: await access.metrics.metrics(),
  };
  redis.disconnect();
  expect(places.log).toContain('"act":"user.delete"');
  expect(places.log).toContain(id);
  for (const [place, text] of Object.entries(places)) {
    for (const value of secrets) expect([place, text.includes(value)]).toEqual([place, false]);
  }
});
