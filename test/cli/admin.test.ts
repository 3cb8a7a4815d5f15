// `popvote admin`: the way in for the first administrator, back in for a platform that locked itself out, and out for an
// administrator who is not to be trusted.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listActs } from '../../src/store/access/acts.ts';
import { codeOf, goodPassword, startAccess } from '../support/services/access.ts';
import type { Access } from '../support/services/access.ts';
import { command } from '../support/processes/command.ts';

let access: Access;
beforeAll(async () => {
  access = await startAccess();
});
afterAll(() => access[Symbol.asyncDispose]());

const someEmail = (): string => `${randomBytes(6).toString('hex')}@example.org`;
const create = (...words: string[]) =>
  command(['admin', 'create', ...words], { ACCESS_DATABASE_URL: access.databases.url('access', 'popvote_access') });

test('Prints only a password, which opens one login as administrator', async () => {
  const email = someEmail();
  const { code, out, err } = await create('--email', email, '--forename', 'Ada', '--surname', 'First');
  expect(code).toBe(0);
  expect(out).toMatch(/^[a-z0-9]{4}(-[a-z0-9]{4}){4}$/);
  expect(err).toContain(email);
  expect(err).not.toContain(out);
  expect(codeOf(await access.login(email, out))).toBe('password-change-required');
  const entered = await access.login(email, out, { newPassword: goodPassword });
  expect(entered.body).toMatchObject({ user: { role: 'administrator' } });
  const names = 'select forename, surname from pv.account where email = $1';
  expect(await access.databases.query('access', names, [email])).toEqual([{ forename: 'Ada', surname: 'First' }]);
  expect(codeOf(await access.login(email, out))).toBe('wrong-credentials');
});

test('Voids an unused password, and refuses an address that somebody uses', async () => {
  const email = someEmail();
  const first = await create('--email', email, '--json');
  const { password } = JSON.parse(first.out) as { password: string };
  const again = await create('--email', email.toUpperCase());
  expect(again.err).toContain('another password');
  expect(codeOf(await access.login(email, password))).toBe('wrong-credentials');
  expect((await access.login(email, again.out, { newPassword: goodPassword })).status).toBe(200);
  const used = await create('--email', email);
  expect({ code: used.code, out: used.out }).toEqual({ code: 1, out: '' });
  expect(used.err).toContain('issueOneTimePassword');
});

test('Names what is wrong with its arguments and environment, and creates no user', async () => {
  const before = await access.databases.query('access', 'select 1 from pv.account');
  for (const words of [['--email', 'nonsense'], ['--email', someEmail(), '--forename', ' '], []]) {
    expect(await create(...words)).toMatchObject({ code: 2, out: '' });
  }
  const nowhere = await command(['admin', 'create', '--email', someEmail()]);
  expect(nowhere).toMatchObject({ code: 78, out: '' });
  expect(nowhere.err).toContain('ACCESS_DATABASE_URL');
  expect(await access.databases.query('access', 'select 1 from pv.account')).toEqual(before);
});

test('Suspends an administrator with the sessions and proposals, keeps the last one, and records it', async () => {
  await using own = await startAccess();
  const suspend = (...words: string[]) =>
    command(['admin', 'suspend', ...words], { ACCESS_DATABASE_URL: own.databases.url('access', 'popvote_access') });
  const first = await own.administrator();
  const rogue = await own.person('administrator', first);
  const token = rogue.tokens.accessToken;
  expect((await own.call('DELETE', `/v1/users/${first.id}`, { token })).status).toBe(202);
  const { code, err } = await suspend('--email', rogue.email.toUpperCase());
  expect([code, err]).toEqual([0, expect.stringContaining('Suspended')]);
  expect((await own.call('GET', '/v1/account', { token })).status).toBe(401);
  expect(codeOf(await own.login(rogue.email))).toBe('account-suspended');
  expect(await own.databases.query('access', 'select 1 from pv.proposal')).toEqual([]);
  expect((await suspend('--email', rogue.email)).err).toContain('already');
  expect((await suspend('--email', first.email)).err).toContain('only administrator');
  expect((await suspend('--email', someEmail())).code).toBe(1);
  expect((await suspend('--email', 'nonsense')).code).toBe(2);
  expect((await own.call('GET', '/v1/account', { token: first.tokens.accessToken })).status).toBe(200);
  const acts = await listActs(own.pool, 0, 200);
  expect(acts.map(({ event }) => event)).toContainEqual({
    act: 'operator.suspend-administrator',
    outcome: 'done',
    actor: null,
    user: rogue.id,
  });
});
