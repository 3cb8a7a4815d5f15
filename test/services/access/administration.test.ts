// What administrators do to users: it takes effect at once, and there is always one of them left.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueAdministrator } from '../../../src/services/access/operator-acts.ts';
import type { User } from '../../../src/protocol/control/access-api.ts';
import { sqlState } from '../../../src/store/certain-query.ts';
import { codeOf, goodPassword, pairOf, someEmail, startAccess, userOf } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

let access: Access;
let admin: Person;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
});
afterAll(() => access[Symbol.asyncDispose]());

const as = (by: Person, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, at = access) =>
  method === 'GET' ? at.call(method, url, { token: by.tokens.accessToken }) : at.together(by, method, url, body);
const me = (person: Person, at = access) => as(person, 'GET', '/v1/account', undefined, at);

describe('The registered users', () => {
  test('Users are listed page by page in the order of registration, each once', async () => {
    await using own = await startAccess();
    const first = await own.administrator();
    const people = [first];
    for (let count = 0; count < 6; count += 1) people.push(await own.person(count % 2 ? 'auditor' : 'official', first));
    const ids: string[] = [];
    let next: string | null = '0';
    let pages = 0;
    while (next !== null) {
      const answer = await as(first, 'GET', `/v1/users?limit=3&after=${next}`, undefined, own);
      const page = answer.body as { users: User[]; next: string | null };
      ids.push(...page.users.map(({ id }) => id));
      next = page.next;
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(ids).toEqual(people.map(({ id }) => id));
    const auditors = (await as(first, 'GET', '/v1/users?role=auditor&state=active', undefined, own)).body as {
      users: User[];
    };
    expect(auditors.users.map(({ role }) => role)).toEqual(['auditor', 'auditor', 'auditor']);
    for (const query of ['limit=0', 'limit=201', 'after=x', 'role=king', 'sort=1']) {
      expect((await as(first, 'GET', `/v1/users?${query}`, undefined, own)).status).toBe(400);
    }
  });

  test('Missing users are reported as missing', async () => {
    const unknownId = '00000000-0000-4000-8000-000000000000';
    for (const [method, url, body] of [
      ['GET', `/v1/users/${unknownId}`, undefined],
      ['PATCH', `/v1/users/${unknownId}`, { state: 'active' }],
      ['DELETE', `/v1/users/${unknownId}`, undefined],
      ['POST', `/v1/users/${unknownId}/one-time-password`, undefined],
      ['DELETE', `/v1/users/${unknownId}/sessions`, undefined],
    ] as const) {
      expect(codeOf(await as(admin, method, url, body))).toBe('user-not-found');
    }
    expect((await as(admin, 'GET', '/v1/users/x')).status).toBe(400);
  });

  test.each([
    [{}],
    [{ role: 'king' }],
    [{ state: 'waiting' }],
    [{ email: 'nonsense' }],
    [{ forename: '' }],
    [{ surname: 'A\u0007' }],
    [{ password: goodPassword }],
    [{ secondFactor: true }],
  ])('Users are not changed by %j', async (change) => {
    const person = await access.person('official', admin);
    expect((await as(admin, 'PATCH', `/v1/users/${person.id}`, change)).status).toBe(400);
    expect((await me(person)).status).toBe(200);
  });
});

describe('A correction of names and addresses', () => {
  const correct = (person: Person, body: object) => as(admin, 'PATCH', `/v1/users/${person.id}`, body);

  test('A corrected name is shown from then on, and ends no session', async () => {
    const person = await access.person('official', admin);
    const answer = await correct(person, { forename: '  Ana  Marija ', surname: 'Anić' });
    expect([answer.status, userOf(answer)]).toEqual([
      200,
      expect.objectContaining({ forename: 'Ana Marija', surname: 'Anić', email: person.email }),
    ]);
    expect((await me(person)).body).toMatchObject({ user: { forename: 'Ana Marija', surname: 'Anić' } });
  });

  test('A corrected address ends the sessions, and signs in with the old password', async () => {
    const person = await access.person('official', admin);
    const address = someEmail();
    const answer = await correct(person, { email: address.toUpperCase(), surname: 'Novak' });
    expect(userOf(answer)).toMatchObject({ email: address, surname: 'Novak' });
    expect((await me(person)).status).toBe(401);
    const body = { refreshToken: person.tokens.refreshToken };
    expect((await access.call('POST', '/v1/refresh', { body })).status).toBe(401);
    expect((await access.login(person.email)).status).toBe(401);
    expect((await access.login(address)).status).toBe(200);
    const line = access
      .log()
      .split('\n')
      .find((each) => each.includes('"act":"user.change"') && each.includes(person.id));
    expect(JSON.parse(line!)).toMatchObject({
      audit: { actor: admin.id, user: person.id, outcome: 'done', corrected: ['email', 'surname'] },
    });
    for (const value of [address, person.email, 'Novak']) expect(line).not.toContain(value);
  });

  test('An address of another account is named as a conflict, and nothing of the change is kept', async () => {
    const person = await access.person('official', admin);
    const other = await access.person('official', admin);
    const answer = await correct(person, { email: other.email, surname: 'Novak', role: 'auditor' });
    expect([answer.status, codeOf(answer), answer.body]).toEqual([
      409,
      'email-taken',
      expect.objectContaining({ detail: expect.stringContaining('Another account has this e-mail address') as string }),
    ]);
    expect((await me(person)).body).toMatchObject({ user: { email: person.email, role: 'official' } });
    expect(userOf(await as(admin, 'GET', `/v1/users/${person.id}`)).surname).not.toBe('Novak');
    // Of several that want one address at once, one gets it.
    const people = await Promise.all([1, 2, 3].map(() => access.person('official', admin)));
    const email = someEmail();
    const answers = await Promise.all(people.map((each) => correct(each, { email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test('One’s own address may be corrected, and only administrators correct any', async () => {
    const own = await access.person('administrator', admin);
    const address = someEmail();
    const answer = await as(own, 'PATCH', `/v1/users/${own.id}`, { email: address });
    expect([answer.status, userOf(answer).email]).toEqual([200, address]);
    own.email = address;
    expect((await me(own)).status).toBe(401);
    const auditor = await access.person('auditor', admin);
    expect((await as(auditor, 'PATCH', `/v1/users/${auditor.id}`, { forename: 'Vera' })).status).toBe(403);
  });
});

describe('An immediate effect', () => {
  const acts: [string, (person: Person) => Promise<{ status: number }>, number][] = [
    ['removal', (person) => as(admin, 'DELETE', `/v1/users/${person.id}`), 204],
    ['suspension', (person) => as(admin, 'PATCH', `/v1/users/${person.id}`, { state: 'suspended' }), 200],
    ['another role', (person) => as(admin, 'PATCH', `/v1/users/${person.id}`, { role: 'auditor' }), 200],
    ['the end of every session', (person) => as(admin, 'DELETE', `/v1/users/${person.id}/sessions`), 204],
    ['a one-time password', (person) => as(admin, 'POST', `/v1/users/${person.id}/one-time-password`), 200],
  ];
  test.each(acts)('The change takes effect at once: %s', async (_name, act, status) => {
    const person = await access.person('official', admin);
    const second = pairOf(await access.login(person.email));
    expect((await me(person)).status).toBe(200);
    expect((await act(person)).status).toBe(status);
    expect((await me(person)).status).toBe(401);
    for (const { refreshToken } of [person.tokens, second]) {
      expect((await access.call('POST', '/v1/refresh', { body: { refreshToken } })).status).toBe(401);
    }
  });

  test('A login that races with the removal leaves no valid session', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await access.person('official', admin);
      const [login] = await Promise.all([access.login(person.email), as(admin, 'DELETE', `/v1/users/${person.id}`)]);
      if (login.status === 200) {
        const { accessToken } = pairOf(login);
        expect((await access.call('GET', '/v1/account', { token: accessToken })).status).toBe(401);
      }
    }
  });

  test('What changes nothing ends no session', async () => {
    const person = await access.person('official', admin);
    const answer = await as(admin, 'PATCH', `/v1/users/${person.id}`, { role: 'official', state: 'active' });
    expect(userOf(answer)).toMatchObject({ role: 'official', state: 'active' });
    expect((await me(person)).status).toBe(200);
  });

  test('Each action is audited with who did it to whom, and no personal value', async () => {
    const person = await access.person('official', admin);
    await as(admin, 'PATCH', `/v1/users/${person.id}`, { role: 'auditor' });
    const line = access
      .log()
      .split('\n')
      .find((each) => each.includes('"act":"user.change"') && each.includes(person.id));
    expect(JSON.parse(line!)).toMatchObject({
      audit: { actor: admin.id, user: person.id, roleBefore: 'official', role: 'auditor', outcome: 'done' },
    });
    expect(line).not.toContain(person.email);
  });
});

describe('One’s own role', () => {
  test.each(['official', 'auditor'] as const)(
    'One’s own role is not changed to %s by an administrator',
    async (role) => {
      const other = await access.person('administrator', admin);
      const answer = await as(other, 'PATCH', `/v1/users/${other.id}`, { role });
      expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
      expect((answer.body as { detail: string }).detail).toContain('another administrator');
      expect((await as(other, 'GET', `/v1/users/${other.id}`)).status).toBe(200);
      const line = access
        .log()
        .split('\n')
        .find((each) => each.includes('"outcome":"conflict"') && each.includes(other.id));
      expect(JSON.parse(line!)).toMatchObject({ audit: { act: 'user.change', actor: other.id, user: other.id, role } });
      // Another one may, and naming the role that one has is no change.
      expect((await as(other, 'PATCH', `/v1/users/${other.id}`, { role: 'administrator' })).status).toBe(200);
      expect((await as(admin, 'PATCH', `/v1/users/${other.id}`, { role })).status).toBe(200);
    },
  );
});

describe('The last administrator', () => {
  test('The last administrator stays, whatever is tried', async () => {
    await using own = await startAccess();
    const only = await own.administrator();
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { state: 'suspended' }],
    ] as const) {
      const answer = await as(only, method, `/v1/users/${only.id}`, body, own);
      expect([answer.status, codeOf(answer)]).toEqual([409, 'last-administrator']);
    }
    expect((await me(only, own)).status).toBe(200);
    // A suspended administrator is none.
    const second = await own.person('administrator', only);
    await as(only, 'PATCH', `/v1/users/${second.id}`, { state: 'suspended' }, own);
    expect(codeOf(await as(only, 'DELETE', `/v1/users/${only.id}`, undefined, own))).toBe('last-administrator');
    await as(only, 'PATCH', `/v1/users/${second.id}`, { state: 'active' }, own);
    expect((await as(only, 'DELETE', `/v1/users/${only.id}`, undefined, own)).status).toBe(204);
    expect((await own.login(second.email)).status).toBe(200);
  });

  test('Only one administrator can be removed when the last two try it at the same moment', async () => {
    await using own = await startAccess();
    await using beside = await startAccess({ beside: own });
    const first = await own.administrator();
    let remaining = first;
    for (let round = 0; round < 9; round += 1) {
      const a = remaining;
      const b = await own.person('administrator', remaining);
      const leave = (by: Person, at: Access) =>
        round % 3 === 0
          ? as(by, 'DELETE', `/v1/users/${by.id}`, undefined, at)
          : as(by, 'PATCH', `/v1/users/${by.id}`, { state: 'suspended' }, at);
      // One leaves while the other leaves too, or confirms that it is removed.
      const proposal = await own.call('DELETE', `/v1/users/${b.id}`, { token: a.tokens.accessToken });
      const { id } = (proposal.body as { proposal: { id: string } }).proposal;
      const confirm = () => beside.call('POST', `/v1/proposals/${id}/confirm`, { token: b.tokens.accessToken });
      const answers = await Promise.all([leave(a, own), round % 2 === 0 ? leave(b, beside) : confirm()]);
      expect(answers.filter(({ status }) => status < 300).length).toBe(1);
      for (const answer of answers.filter(({ status }) => status >= 300)) {
        expect(['last-administrator', 'proposal-not-found', 'conflict', 'unauthenticated']).toContain(codeOf(answer));
      }
      const rows = await own.databases.query<{ user_id: string }>(
        'access',
        `select user_id from pv.account where role = 'administrator' and state = 'active'`,
      );
      expect(rows.length).toBe(1);
      const survivor = rows[0]!.user_id === a.id ? a : b;
      remaining = { ...survivor, tokens: pairOf(await own.login(survivor.email)) };
    }
  });

  test('The last administrator is kept: a second removal sees what the first one did', async () => {
    await using own = await startAccess();
    const first = await own.administrator();
    const second = await own.person('administrator', first);
    const url = own.databases.url('access');
    const one = new pg.Client({ connectionString: url });
    const two = new pg.Client({ connectionString: url });
    await Promise.all([one.connect(), two.connect()]);
    try {
      await one.query('begin');
      await one.query('delete from pv.account where user_id = $1', [first.id]);
      const { rows } = await two.query<{ pid: number }>('select pg_backend_pid() as pid');
      const later = two.query('delete from pv.account where user_id = $1', [second.id]).then(
        () => 'removed',
        (error: unknown) => sqlState(error),
      );
      const waiting = async (): Promise<string> => {
        const activity = await own.databases.query<{ wait: string | null; state: string }>(
          'access',
          'select wait_event as wait, state from pg_stat_activity where pid = $1',
          [rows[0]!.pid],
        );
        return activity[0]!.state === 'active' ? (activity[0]!.wait ?? 'running') : 'done';
      };
      await expect.poll(waiting).toMatch(/advisory|done/);
      await one.query('commit');
      expect(await later).toBe('PV010');
    } finally {
      await Promise.all([one.end(), two.end()]);
    }
    expect((await own.login(second.email)).status).toBe(200);
  });

  test('The last administrator cannot be removed by an SQL statement of the owner or a superuser', async () => {
    await using own = await startAccess();
    await own.person('administrator', await own.administrator());
    const client = new pg.Client({ connectionString: own.databases.url('access') });
    await client.connect();
    try {
      for (const role of ['popvote_owner', 'postgres']) {
        for (const [text, state] of [
          [`delete from pv.account`, 'PV010'],
          [`update pv.account set role = 'auditor'`, 'PV010'],
          [`update pv.account set state = 'suspended' where role = 'administrator'`, 'PV010'],
          [`truncate pv.account cascade`, '42501'],
        ] as const) {
          await client.query('begin');
          const error = await client.query(`set local role ${role}; ${text}`).catch((cause: unknown) => cause);
          expect([text, sqlState(error)]).toEqual([text, state]);
          await client.query('rollback');
        }
      }
      // An older snapshot would not show that the other one is gone.
      await client.query('begin isolation level repeatable read');
      const one = `select user_id from pv.account where role = 'administrator' limit 1`;
      const error = await client
        .query(`delete from pv.account where user_id = (${one})`)
        .catch((cause: unknown) => cause);
      expect(sqlState(error)).toBe('25001');
      await client.query('rollback');
    } finally {
      await client.end();
    }
  });

  test('A former administrator can do nothing, though the token was valid a moment ago', async () => {
    const other = await access.person('administrator', admin);
    const victim = await access.person('official', admin);
    // As if the token had been checked just before.
    await access.databases.query('access', `update pv.account set role = 'official' where user_id = $1`, [other.id]);
    const { administration, proposals } = access.logic;
    for (const act of [
      () => proposals.act('remove-user', other.id, victim.id, {}),
      () => proposals.act('change-user', other.id, victim.id, { role: 'administrator' }),
      () => proposals.act('issue-one-time-password', other.id, victim.id, {}),
      () => administration.endSessions(other.id, victim.id),
      () => proposals.act('invite', other.id, null, { role: 'administrator', days: 1 }),
      () => administration.withdraw(other.id, '00000000-0000-4000-8000-000000000000'),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'role-not-allowed' });
    }
    expect((await me(victim)).status).toBe(200);
  });
});

describe('The first administrator', () => {
  test('The first administrator gets a password for one login; an operator can make another or renew it', async () => {
    await using own = await startAccess();
    const account = {
      databaseUrl: own.databases.url('access', 'popvote_access'),
      email: 'First@Example.org',
      forename: 'Ada',
      surname: 'First',
    };
    const results = await Promise.all(
      Array.from({ length: 4 }, () => issueAdministrator({ ...account, onlyFirst: true })),
    );
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['created', 'present', 'present', 'present']);
    const created = results.find((each) => 'password' in each);
    if (!created || !('password' in created)) throw new Error('none was made');
    expect(created.email).toBe('first@example.org');
    const renewed = await issueAdministrator({ ...account, onlyFirst: false });
    if (renewed.outcome !== 'renewed') throw new Error(renewed.outcome);
    expect(codeOf(await own.login(created.email, created.password))).toBe('wrong-credentials');
    expect(codeOf(await own.login(created.email, renewed.password))).toBe('password-change-required');
    expect((await own.login(created.email, renewed.password, { newPassword: goodPassword })).status).toBe(200);
    expect((await issueAdministrator({ ...account, onlyFirst: false })).outcome).toBe('email-taken');
    expect((await issueAdministrator({ ...account, email: someEmail(), onlyFirst: false })).outcome).toBe('created');
    expect((await issueAdministrator({ ...account, email: 'nonsense', onlyFirst: false })).outcome).toBe(
      'email-invalid',
    );
    expect(own.log()).not.toContain(renewed.password);
  });
});
