// Acts of `access` in the chained record of `elections`: each once, in their order, by ids alone, and before the answer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEntry, AuditLogPage, AuditVerification } from '../../../../src/protocol/control/audit-log-api.ts';
import { appendAccessAct, lastAccessAct } from '../../../../src/store/elections/record-heads.ts';
import { createAccessActs } from '../../../../src/services/elections/audit/access-acts.ts';
import { startElections } from '../../../support/services/elections.ts';
import type { Elections } from '../../../support/services/elections.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

/** The record is brought up to date every two seconds. */
const slow = { timeout: 20_000 };
const entriesOf = async (query: string): Promise<AuditEntry[]> =>
  ((await elections.call('GET', `/v1/audit-log?${query}`, { as: 'auditor' })).body as AuditLogPage).entries.map(
    ({ entry }) => entry,
  );
const verify = async () =>
  (await elections.call('GET', '/v1/audit-log/verification', { as: 'auditor' })).body as AuditVerification;
const stored = () => elections.access.databases.query('access', 'select number, event from pv.act order by number');

test('A change of a role is in the record with its actor, its user and both roles, once', async () => {
  const { access } = elections;
  const { administrator } = elections.people;
  const person = await access.person('auditor', administrator);
  const token = administrator.tokens.accessToken;
  expect((await access.call('PATCH', `/v1/users/${person.id}`, { body: { role: 'official' }, token })).status).toBe(
    200,
  );
  // Before its answer, in the database of access.
  expect(JSON.stringify(await stored())).toContain(person.id);
  await expect.poll(() => entriesOf(`objectId=${person.id}&act=user.change`), slow).toHaveLength(1);
  const [entry] = await entriesOf(`objectId=${person.id}&act=user.change`);
  expect(entry).toMatchObject({
    outcome: 'done',
    attempt: null,
    actor: { kind: 'user', userId: administrator.id },
    object: { kind: 'user', id: person.id },
    changed: { role: { from: 'auditor', to: 'official' } },
  });
  expect((await verify()).broken).toBeNull();
});

test('A rejected act and a removed user are recorded, and failed logins of strangers are not', async () => {
  const { access } = elections;
  const { administrator } = elections.people;
  const token = administrator.tokens.accessToken;
  await access.login('stranger@example.org', 'this was never the one');
  await access.call('PATCH', `/v1/users/${administrator.id}`, { body: { role: 'auditor' }, token });
  const person = await access.person('auditor', administrator);
  await access.call('DELETE', `/v1/users/${person.id}`, { token });
  await expect.poll(() => entriesOf(`objectId=${person.id}&act=user.delete`), slow).toHaveLength(1);
  const [refused] = await entriesOf(`objectId=${administrator.id}&act=user.change`);
  expect(refused?.outcome).toBe('refused');
  expect(JSON.stringify(await stored())).not.toContain('wrong-credentials');
});

test('Several processes that take the same acts record each once and in order', async () => {
  const { access, pool } = elections;
  const before = (await stored()).length;
  for (let times = 0; times < 6; times += 1) await access.anotherSession(elections.people.official);
  const takers = Array.from({ length: 4 }, () => createAccessActs({ ...elections.outside, pool }));
  await Promise.all(takers.map((taker) => taker.take()));
  await expect.poll(() => lastAccessAct(pool), slow).toBe(before + 6);
  const logins = await entriesOf(`actor=${elections.people.official.id}&act=session.login&limit=200`);
  const inAccess = await elections.access.databases.query(
    'access',
    `select 1 from pv.act where event ->> 'act' = 'session.login' and event ->> 'actor' = '${elections.people.official.id}'`,
  );
  expect(logins).toHaveLength(inAccess.length);
  expect((await verify()).broken).toBeNull();
});

test('An act out of order is not recorded', async () => {
  const last = await lastAccessAct(elections.pool);
  const act = { outcome: 'done', actor: { kind: 'unknown' }, act: 'test', object: { kind: 'user', id: 'x' } } as const;
  for (const number of [last, last + 2])
    expect(await appendAccessAct(elections.pool, { ...act, number, code: null, changed: null })).toBe('not-next');
});

test('An act in the database is never changed, and has no name or address', async () => {
  const change = `update pv.act set event = '{}' where number = 1`;
  await expect(elections.access.databases.query('access', change)).rejects.toThrow('acts are only added');
  const text = JSON.stringify(await stored());
  for (const { email } of Object.values(elections.people)) expect(text).not.toContain(email);
  for (const secret of ['Anić', 'First', 'copper lantern']) expect(text).not.toContain(secret);
});
