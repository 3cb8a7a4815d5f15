// `popvote admin create`: the way in for the first administrator, and back in for a platform that locked itself out.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
