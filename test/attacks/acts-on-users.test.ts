// The attacker has the session of one of two administrators, and its password, and calls every route of `access`. The
// second administrator does nothing. The attacker cannot get rid of the second one, and gets no other account to act with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserProposal } from '../../src/protocol/control/user-proposals-api.ts';
import { codeOf, goodPassword, someEmail, startAccess, userOf } from '../support/services/access.ts';
import type { Access, Answer, Person } from '../support/services/access.ts';

let access: Access;
let attacker: Person;
let second: Person;
let official: Person;
beforeAll(async () => {
  access = await startAccess({ policy: 'open' });
  attacker = await access.administrator();
  official = await access.person('official', attacker);
  second = await access.person('administrator', attacker);
  await access.secondFactor(second);
});
afterAll(() => access[Symbol.asyncDispose]());

const as = (by: Person, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<Answer> =>
  access.call(method, url, { token: by.tokens.accessToken, ...(body && { body }) });
const everyone = async () =>
  ((await as(second, 'GET', '/v1/users')).body as { users: { lastLoginAt: unknown }[] }).users.map((user) => ({
    ...user,
    lastLoginAt: null,
  }));
const proposals = async (): Promise<UserProposal[]> =>
  ((await as(second, 'GET', '/v1/proposals')).body as { proposals: UserProposal[] }).proposals;

describe('One session of an administrator', () => {
  test('It changes no account and makes none: everything waits for the second administrator', async () => {
    const before = await everyone();
    const acts: readonly [() => Promise<Answer>][] = [
      [() => as(attacker, 'POST', '/v1/invitations', { role: 'administrator' })],
      [() => as(attacker, 'POST', '/v1/invitations', { role: 'official' })],
      [() => as(attacker, 'PATCH', `/v1/users/${official.id}`, { role: 'administrator' })],
      [() => as(attacker, 'PATCH', `/v1/users/${second.id}`, { state: 'suspended' })],
      [() => as(attacker, 'PATCH', `/v1/users/${second.id}`, { role: 'auditor' })],
      [() => as(attacker, 'PATCH', `/v1/users/${second.id}`, { email: someEmail() })],
      [() => as(attacker, 'PATCH', `/v1/users/${second.id}`, { secondFactor: false, forename: 'Eve' })],
      [() => as(attacker, 'POST', `/v1/users/${second.id}/one-time-password`)],
      [() => as(attacker, 'POST', `/v1/users/${official.id}/one-time-password`)],
      [() => as(attacker, 'DELETE', `/v1/users/${second.id}`)],
    ];
    const answers = await Promise.all(acts.map(([act]) => act()));
    for (const { status, body } of answers) {
      expect([status, Object.keys(body as object)]).toEqual([202, ['proposal']]);
    }
    for (const { id } of await proposals()) {
      expect(codeOf(await as(attacker, 'POST', `/v1/proposals/${id}/confirm`))).toBe('conflict');
    }
    expect(await everyone()).toEqual(before);
    expect((await as(second, 'GET', '/v1/invitations')).body).toEqual({ invitations: [] });
    expect((await as(second, 'GET', '/v1/account')).status).toBe(200);
    expect((await proposals()).length).toBe(acts.length);
  });

  test('It cannot approve an account that registered by itself', async () => {
    const email = someEmail();
    const names = { forename: 'Eve', surname: 'Own' };
    const registered = await access.call('POST', '/v1/users', { body: { email, ...names, password: goodPassword } });
    const { id } = userOf(registered);
    const approval = await as(attacker, 'PATCH', `/v1/users/${id}`, { role: 'official', state: 'active' });
    expect([approval.status, codeOf(await access.login(email))]).toEqual([202, 'account-waiting']);
  });

  test('It cannot keep the second one from proposing, and cannot dodge its own suspension', async () => {
    const third = await access.together(second, 'PATCH', `/v1/users/${official.id}`, { role: 'administrator' });
    expect(third.status).toBe(200);
    official.tokens = (await access.login(official.email)).body as Person['tokens'];
    for (let days = 1; days <= 30; days += 1) {
      for (const role of ['administrator', 'official']) await as(attacker, 'POST', '/v1/invitations', { role, days });
    }
    expect(codeOf(await as(attacker, 'DELETE', `/v1/users/${official.id}`))).toBe('conflict');
    const suspension = await as(second, 'PATCH', `/v1/users/${attacker.id}`, { state: 'suspended' });
    const { id } = (suspension.body as { proposal: { id: string } }).proposal;
    expect(codeOf(await as(attacker, 'POST', `/v1/proposals/${id}/withdraw`))).toBe('conflict');
    expect((await as(attacker, 'PATCH', `/v1/users/${attacker.id}`, { forename: 'Other' })).status).toBe(200);
    expect((await as(official, 'POST', `/v1/proposals/${id}/confirm`)).status).toBe(200);
    expect((await as(attacker, 'GET', '/v1/account')).status).toBe(401);
    expect((await proposals()).filter(({ proposedBy }) => proposedBy === attacker.id)).toEqual([]);
  });
});
