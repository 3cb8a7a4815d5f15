// Acts on users that need two administrators: which ones, when, and that each takes effect once, exactly as proposed.
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import type { UserProposal } from '../../../src/protocol/control/user-proposals-api.ts';
import { accessAct } from '../../../src/protocol/control/access-acts.ts';
import { listActs } from '../../../src/store/access/acts.ts';
import { codeOf, goodPassword, pairOf, someEmail, startAccess, userOf } from '../../support/services/access.ts';
import type { Access, Answer, Person } from '../../support/services/access.ts';

let access: Access;
let first: Person;
let second: Person;
let target: Person;
beforeEach(async () => {
  access = await startAccess();
  first = await access.administrator();
  target = await access.person('official', first);
  second = await access.person('administrator', first);
});
afterEach(() => access[Symbol.asyncDispose]());

const as = (by: Person, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, at = access) =>
  at.call(method, url, { token: by.tokens.accessToken, ...(body && { body }) });
const idOf = ({ body }: Answer): string => (body as { proposal: { id: string } }).proposal.id;
const confirm = (by: Person, id: string, at = access) => as(by, 'POST', `/v1/proposals/${id}/confirm`, undefined, at);
const withdraw = (by: Person, id: string) => as(by, 'POST', `/v1/proposals/${id}/withdraw`);
const waiting = async (): Promise<UserProposal[]> =>
  ((await as(first, 'GET', '/v1/proposals')).body as { proposals: UserProposal[] }).proposals;
const showTarget = async () => userOf(await as(first, 'GET', `/v1/users/${target.id}`));
const recorded = async () =>
  (await listActs(access.pool, 0, 200)).map(({ event }) => accessAct.parse(event)).filter((act) => act.proposal);
const user = () => `/v1/users/${target.id}`;

type Act = readonly [name: string, act: (by: Person, on: string, at?: Access) => Promise<Answer>, alone: number];
const onOthers: readonly Act[] = [
  ['another role', (by, on, at) => as(by, 'PATCH', `/v1/users/${on}`, { role: 'auditor' }, at), 200],
  [
    'the office of an administrator',
    (by, on, at) => as(by, 'PATCH', `/v1/users/${on}`, { role: 'administrator' }, at),
    200,
  ],
  ['a suspension', (by, on, at) => as(by, 'PATCH', `/v1/users/${on}`, { state: 'suspended' }, at), 200],
  ['another address', (by, on, at) => as(by, 'PATCH', `/v1/users/${on}`, { email: someEmail() }, at), 200],
  ['no second factor', (by, on, at) => as(by, 'PATCH', `/v1/users/${on}`, { secondFactor: false }, at), 200],
  ['a removal', (by, on, at) => as(by, 'DELETE', `/v1/users/${on}`, undefined, at), 204],
  ['a one-time password', (by, on, at) => as(by, 'POST', `/v1/users/${on}/one-time-password`, undefined, at), 200],
];
const invitations: readonly Act[] = (['administrator', 'official'] as const).map((role) => [
  `an invitation: ${role}`,
  (by, _on, at) => as(by, 'POST', '/v1/invitations', { role }, at),
  201,
]);

describe('The number of administrators', () => {
  test.each([...onOthers, ...invitations])('It decides about: %s', async (_name, act, alone) => {
    await access.secondFactor(target);
    const before = await showTarget();
    const proposed = await act(first, target.id);
    expect([proposed.status, Object.keys(proposed.body as object)]).toEqual([202, ['proposal']]);
    expect(await showTarget()).toEqual(before);
    expect((await as(first, 'GET', '/v1/invitations')).body).toEqual({ invitations: [] });
    expect((await confirm(second, idOf(proposed))).status).toBe(200);
    expect(await waiting()).toEqual([]);

    await using own = await startAccess();
    const only = await own.administrator();
    const one = await own.person('official', only);
    await own.secondFactor(one);
    // An administrator who has not signed in yet confirms nothing.
    const issued = await own.person('administrator', only);
    await own.databases.query('access', `update pv.account set one_time = true where user_id = $1`, [issued.id]);
    expect((await act(only, one.id, own)).status).toBe(alone);
  });

  test('What people do to themselves needs no other, but for a new secret without a proof', async () => {
    const own = `/v1/users/${second.id}`;
    await access.secondFactor(second);
    expect((await as(second, 'PATCH', own, { secondFactor: false })).status).toBe(202);
    expect((await as(second, 'POST', `${own}/one-time-password`)).status).toBe(202);
    const password = { currentPassword: goodPassword, newPassword: 'seven otters borrow a violin' };
    expect((await as(second, 'POST', '/v1/password', password)).status).toBe(204);
    expect((await as(second, 'PATCH', own, { forename: 'Vera', surname: 'Nova' })).status).toBe(200);
    expect((await as(second, 'DELETE', own)).status).toBe(204);
  });

  test('A name, an auditor and the end of sessions need one administrator', async () => {
    expect((await as(first, 'PATCH', user(), { forename: 'Vera' })).status).toBe(200);
    expect((await as(first, 'POST', '/v1/invitations', { role: 'auditor' })).status).toBe(201);
    expect((await as(first, 'DELETE', `${user()}/sessions`)).status).toBe(204);
  });
});

describe('A proposal', () => {
  test('It is confirmed by another administrator only, once, in two processes at the same moment', async () => {
    await using beside = await startAccess({ beside: access });
    const third = await access.person('administrator', first);
    for (let round = 0; round < 5; round += 1) {
      const id = idOf(await as(first, 'POST', `${user()}/one-time-password`));
      expect(codeOf(await confirm(first, id))).toBe('conflict');
      expect((await confirm(target, id)).status).toBe(403);
      const answers = await Promise.all([confirm(second, id), confirm(third, id, beside), confirm(second, id, beside)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
      const passwords = answers.flatMap(({ body }) => (body as { password?: string }).password ?? []);
      expect(passwords.length).toBe(1);
      const login = await access.login(target.email, passwords[0], { newPassword: goodPassword });
      expect(login.status).toBe(200);
      target.tokens = pairOf(login);
    }
  });

  test('Both names and the exact act are recorded, and no value of a person', async () => {
    const id = idOf(await as(first, 'PATCH', user(), { role: 'auditor', surname: 'Secretname' }));
    expect(await waiting()).toEqual([
      expect.objectContaining({ id, act: 'change-user', userId: target.id, proposedBy: first.id }),
    ]);
    expect((await waiting())[0]!.parameters).toEqual({ role: 'auditor', surname: 'Secretname' });
    const answer = await confirm(second, id);
    expect(answer.body).toMatchObject({ act: 'change-user', user: { role: 'auditor', surname: 'Secretname' } });
    expect((await recorded()).filter(({ proposal }) => proposal === id)).toMatchObject([
      { act: 'proposal.create', proposes: 'user.change', actor: first.id, user: target.id, role: 'auditor' },
      { act: 'user.change', actor: first.id, confirmedBy: second.id, user: target.id, role: 'auditor' },
    ]);
    expect(access.log()).not.toContain('Secretname');
    expect(JSON.stringify(await access.databases.query('access', 'select * from pv.proposal'))).toBe('[]');
  });

  test('The one who proposed it withdraws it, and no one else', async () => {
    const id = idOf(await as(first, 'DELETE', user()));
    expect(codeOf(await withdraw(second, id))).toBe('conflict');
    expect((await withdraw(first, id)).status).toBe(204);
    expect(codeOf(await withdraw(first, id))).toBe('proposal-not-found');
    expect(codeOf(await confirm(second, id))).toBe('proposal-not-found');
    expect((await showTarget()).state).toBe('active');
  });

  test('After a day it cannot be confirmed', async () => {
    const id = idOf(await as(first, 'DELETE', user()));
    await access.databases.query(
      'access',
      `update pv.proposal set proposed_at = proposed_at - interval '86401 s', expires_at = expires_at - interval '86401 s'`,
    );
    expect(await waiting()).toEqual([]);
    expect(codeOf(await confirm(second, id))).toBe('proposal-not-found');
    expect(codeOf(await withdraw(first, id))).toBe('proposal-not-found');
    expect(idOf(await as(first, 'DELETE', user()))).not.toBe(id);
  });

  test('It is refused when the account or its author is not as before, and nothing is changed', async () => {
    const promotion = idOf(await as(first, 'PATCH', user(), { role: 'administrator' }));
    expect((await access.together(first, 'PATCH', user(), { role: 'auditor' })).status).toBe(200);
    expect(codeOf(await confirm(second, promotion))).toBe('conflict');
    expect((await showTarget()).role).toBe('auditor');
    // The same act is another proposal now.
    expect(idOf(await as(first, 'PATCH', user(), { role: 'administrator' }))).not.toBe(promotion);

    const third = await access.person('administrator', first);
    const late = idOf(await as(third, 'DELETE', user()));
    await access.databases.query('access', `update pv.account set role = 'auditor' where user_id = $1`, [third.id]);
    expect(codeOf(await confirm(second, late))).toBe('proposal-not-found');
    const mine = idOf(await as(first, 'DELETE', user()));
    expect(codeOf(await confirm(third, mine))).toBe('role-not-allowed');

    const email = someEmail();
    const address = idOf(await as(first, 'PATCH', user(), { email }));
    await access.together(first, 'PATCH', `/v1/users/${third.id}`, { email });
    expect(codeOf(await confirm(second, address))).toBe('email-taken');
    expect((await waiting()).map(({ id }) => id)).toContain(address);
  });

  test('What can never be done is refused before it is proposed, and what changes nothing is not proposed', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(codeOf(await as(first, 'DELETE', `/v1/users/${unknown}`))).toBe('user-not-found');
    expect(codeOf(await as(first, 'PATCH', user(), { email: second.email }))).toBe('email-taken');
    expect((await as(first, 'PATCH', user(), { role: 'official', state: 'active' })).status).toBe(200);
    expect(await waiting()).toEqual([]);
  });

  test('Fifty of one administrator wait and no more, the same one once, and others may still propose', async () => {
    const days = (count: number) => as(first, 'POST', '/v1/invitations', { role: 'official', days: count });
    const again = idOf(await days(1));
    expect(idOf(await days(1))).toBe(again);
    await access.databases.query(
      'access',
      `insert into pv.proposal (proposal_id, act, parameters, proposed_by, expires_at)
       select gen_random_uuid(), 'invite', json_build_object('role', 'auditor', 'days', n)::text, $1, now() + interval '1 day'
       from generate_series(1, 48) n`,
      [first.id],
    );
    expect((await days(2)).status).toBe(202);
    expect(codeOf(await days(3))).toBe('conflict');
    expect((await days(2)).status).toBe(202);
    expect((await as(second, 'POST', '/v1/invitations', { role: 'official' })).status).toBe(202);
  });
});
