// The audit log of administrative actions: every attempt with its outcome. It is append-only, and any change is detected.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditLine } from '../../../src/protocol/control/audit-log-api.ts';
import type { AuditEntry, AuditLogPage, AuditVerification } from '../../../src/protocol/control/audit-log-api.ts';
import { sqlState } from '../../../src/store/certain-query.ts';
import { appendAudit } from '../../../src/store/elections/audit.ts';
import { codeOf, electionOf, motion, participantOf, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const entriesOf = async (query: string): Promise<AuditEntry[]> => {
  const { status, body } = await elections.call('GET', `/v1/audit-log?${query}`, { as: 'auditor' });
  expect(status).toBe(200);
  return (body as AuditLogPage).entries.map(({ entry }) => entry);
};
const verify = async (query = ''): Promise<AuditVerification> =>
  (await elections.call('GET', `/v1/audit-log/verification${query}`, { as: 'auditor' })).body as AuditVerification;
const owner = (text: string): Promise<unknown[]> => elections.databases.query('elections', text);
/** As a superuser who gets past every trigger. */
const forced = (text: string): Promise<unknown[]> =>
  owner(`begin; set local session_replication_role = replica; ${text}; commit`);
const newName = (): string => `Party ${randomUUID()}`;
const create = (name = newName()) => elections.call('POST', '/v1/participants', { body: { name, kind: 'party' } });

describe('An audited action', () => {
  test('An action has an entry of its attempt and one of its outcome, with actor, time and values', async () => {
    const before = newName();
    const after = newName();
    const creation = await create(before);
    const { id } = participantOf(creation);
    const renamed = await elections.call('PATCH', `/v1/participants/${id}`, { body: { name: after } });
    const [done, attempted] = await entriesOf(`objectId=${id}&act=participant.rename`);
    const actor = { kind: 'user', userId: elections.people.administrator.id, role: 'administrator' };
    const entry = { actor, act: 'participant.rename', object: { kind: 'participant', id }, reason: null };
    const request = renamed.headers['x-request-id'];
    expect(attempted).toMatchObject({
      ...entry,
      outcome: 'attempted',
      attempt: null,
      request,
      code: null,
      changed: null,
    });
    expect(done).toMatchObject({ ...entry, outcome: 'done', attempt: attempted?.number, request, code: null });
    expect(done?.changed).toEqual({ name: { from: before, to: after } });
    expect(Math.abs(Date.parse(done?.at ?? '') - Date.now())).toBeLessThan(600_000);
  });

  test('A rejected action has an entry with the code of the rejection', async () => {
    const name = newName();
    await create(name);
    expect(codeOf(await create(name))).toBe('conflict');
    const [refused] = await entriesOf('act=participant.create&limit=1');
    expect(refused).toMatchObject({ outcome: 'refused', code: 'conflict', changed: null });
  });

  test('An action that breaks has an entry of the failure, without its cause', async () => {
    const object = { kind: 'settings', id: randomUUID() } as const;
    const act = { actor: { kind: 'clock' }, act: 'test.break', object } as const;
    const attempt = elections.logic.audit.record(act, () => Promise.reject(new Error('secret of the machine')));
    await expect(attempt).rejects.toThrow('secret of the machine');
    const [failed, attempted] = await entriesOf(`objectId=${object.id}`);
    expect([attempted?.outcome, failed?.outcome, failed?.code, failed?.changed]).toEqual([
      'attempted',
      'failed',
      null,
      null,
    ]);
  });

  test('An action that cannot be recorded is not tried', async () => {
    await owner('revoke execute on function pv.append_audit from popvote_elections');
    try {
      const name = newName();
      const refused = await create(name);
      expect(refused.status).toBe(500);
      expect((await elections.call('GET', `/v1/participants?search=${encodeURIComponent(name)}`)).body).toMatchObject({
        participants: [],
      });
    } finally {
      await owner('grant execute on function pv.append_audit to popvote_elections');
    }
  });

  test('An action of any size fits: too large values are reduced to their field names', async () => {
    const options = Array.from({ length: 400 }, (_, index) => ({ title: { en: `${index} ${'x'.repeat(300)}` } }));
    const contests = [{ title: { en: 'Long' }, method: 'plurality', options }];
    const { id } = electionOf(await elections.call('POST', '/v1/elections', { body: motion({ contests }) }));
    const [done] = await entriesOf(`objectId=${id}&act=election.create`);
    expect(done?.changed).toEqual({ tooLargeToShow: expect.arrayContaining(['title', 'contests']) as string[] });
  });

  test('An action of the service or of an operator says so, with its reason to the letter', async () => {
    const object = { kind: 'election', id: randomUUID() } as const;
    const reason = 'Court order "12/26", \\ and ünïcode 選 \u{1F5F3}';
    const act = { actor: { kind: 'operator' }, act: 'test.reason', object, reason } as const;
    await elections.logic.audit.record(act, () =>
      Promise.resolve({ result: undefined, changed: { a: { from: null } } }),
    );
    const [done] = await entriesOf('actor=operator&limit=1');
    expect(done).toMatchObject({ actor: { kind: 'operator' }, reason, changed: { a: { from: null } } });
    expect((await verify()).broken).toBeNull();
  });
});

describe('The list of entries', () => {
  test('The list is newest first, page by page, by actor, action, object and time', async () => {
    const { id } = participantOf(await create());
    for (let index = 0; index < 3; index += 1) {
      await elections.call('PATCH', `/v1/participants/${id}`, { body: { name: newName() } });
    }
    const all = await entriesOf(`objectId=${id}&objectKind=participant`);
    expect(all.map(({ number }) => number)).toEqual(all.map(({ number }) => number).sort((a, b) => b - a));
    expect(all.length).toBe(8);
    const page = await entriesOf(`objectId=${id}&limit=3&before=${all[2]?.number ?? 0}`);
    expect(page).toEqual(all.slice(3, 6));
    const at = all[3]?.at ?? '';
    expect(await entriesOf(`objectId=${id}&from=${at}`)).toEqual(all.filter((entry) => entry.at >= at));
    expect(await entriesOf(`objectId=${id}&until=${at}`)).toEqual(all.filter((entry) => entry.at < at));
    expect(await entriesOf(`objectId=${id}&actor=${elections.people.administrator.id}`)).toEqual(all);
    expect(await entriesOf(`objectId=${id}&actor=${randomUUID()}`)).toEqual([]);
  });

  test.each(['limit=0', 'before=0', 'from=yesterday', 'until=2026-01-01', 'actor=', 'what=1', `act=${'x'.repeat(65)}`])(
    'The list refuses %s',
    async (query) => {
      expect((await elections.call('GET', `/v1/audit-log?${query}`)).status).toBe(400);
    },
  );
});

describe('The table of entries', () => {
  test.each([
    'update pv.audit_entry set hash = hash',
    'delete from pv.audit_entry',
    'truncate pv.audit_entry',
    'delete from pv.audit_head',
    'truncate pv.audit_head',
  ])('The table refuses "%s" to its owner and to a superuser', async (text) => {
    await create();
    for (const role of ['popvote_owner', 'postgres']) {
      const attempt = owner(`begin; set local role ${role}; ${text}; rollback`);
      expect(sqlState(await attempt.catch((error: unknown) => error))).toBe('42501');
    }
  });

  test('The table numbers entries without a gap when twenty come at the same moment', async () => {
    const { entries } = await verify();
    await Promise.all(Array.from({ length: 10 }, () => create()));
    const after = await verify();
    expect([after.entries, after.broken]).toEqual([entries + 20, null]);
  });
});

describe('The export', () => {
  test('The export has every entry in its exact text, so that anybody can compute the chain', async () => {
    await create();
    const { status, body, headers } = await elections.call('GET', '/v1/audit-log/export', { as: 'auditor' });
    expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const lines = (body as string)
      .trimEnd()
      .split('\n')
      .map((line) => auditLine.parse(JSON.parse(line)));
    let previous = '0'.repeat(64);
    for (const [index, line] of lines.entries()) {
      const hash = createHash('sha256').update(Buffer.from(previous, 'hex')).update(line.text).digest('hex');
      expect([line.number, line.previous, line.hash]).toEqual([index + 1, previous, hash]);
      expect(JSON.parse(line.text)).toMatchObject({ number: line.number });
      previous = hash;
    }
    expect((JSON.parse(lines.at(-1)?.text ?? '') as AuditEntry).act).toBe('audit-log.export');
    expect((await verify(`?entry=${lines.length}`)).noted).toEqual({ number: lines.length, hash: previous });
  });

  test('The export and the verification read more entries than one page', async () => {
    const entry = { outcome: 'attempted', attempt: null, actor: { kind: 'clock' }, act: 'test.many' } as const;
    const rest = { object: { kind: 'settings', id: 'many' }, reason: null, request: null, code: null, changed: null };
    for (let index = 0; index < 60; index += 1) {
      await Promise.all(Array.from({ length: 10 }, () => appendAudit(elections.pool, { ...entry, ...rest })));
    }
    const { entries, broken: fault, head } = await verify();
    expect(entries).toBeGreaterThan(600);
    expect([fault, head.number]).toEqual([null, entries]);
    const { body } = await elections.call('GET', '/v1/audit-log/export');
    expect((body as string).trimEnd().split('\n').length).toBe(entries + 1);
  });
});

describe('An attack past the triggers', () => {
  let last: number;
  beforeEach(async () => {
    await create();
    // An act of `access` that comes meanwhile would be one more entry.
    await elections.logic.recordUpkeep.stop();
    await create();
    const { entries, broken: fault } = await verify();
    expect(fault).toBeNull();
    last = entries;
    await owner('create table if not exists kept_entry as table pv.audit_entry with no data');
    await owner('create table if not exists kept_head as table pv.audit_head with no data');
    await owner(
      'truncate kept_entry; insert into kept_entry select * from pv.audit_entry; truncate kept_head; insert into kept_head select * from pv.audit_head',
    );
    return async () => {
      await forced(
        `delete from pv.audit_entry; insert into pv.audit_entry (number, entry, hash) select number, entry, hash from kept_entry;
         delete from pv.audit_head; insert into pv.audit_head select * from kept_head`,
      );
      expect((await verify()).broken).toBeNull();
    };
  });

  const tampering: [string, (at: number) => string, (at: number, last: number) => [number, string]][] = [
    [
      'changes a text',
      (at) => `update pv.audit_entry set entry = replace(entry, 'participant', 'Participant') where number = ${at}`,
      (at) => [at, 'changed'],
    ],
    [
      'changes one space of a text',
      (at) => `update pv.audit_entry set entry = replace(entry, ' : ', ':') where number = ${at}`,
      (at) => [at, 'changed'],
    ],
    [
      'changes a hash',
      (at) => `update pv.audit_entry set hash = sha256('x') where number = ${at}`,
      (at) => [at, 'changed'],
    ],
    [
      'changes a text and makes its hash fit',
      (at) =>
        `update pv.audit_entry e set entry = replace(e.entry, 'participant', 'Participant'),
           hash = sha256(p.hash || convert_to(replace(e.entry, 'participant', 'Participant'), 'UTF8'))
         from pv.audit_entry p where p.number = e.number - 1 and e.number = ${at}`,
      (at) => [at + 1, 'changed'],
    ],
    ['removes an entry', (at) => `delete from pv.audit_entry where number = ${at}`, (at) => [at, 'missing']],
    [
      'removes an entry and closes the gap',
      (at) =>
        `delete from pv.audit_entry where number = ${at}; update pv.audit_entry set number = number - 1 where number > ${at}`,
      (at) => [at, 'changed'],
    ],
    ['removes the first entries', () => 'delete from pv.audit_entry where number <= 2', () => [1, 'missing']],
    ['cuts off the end', (at) => `delete from pv.audit_entry where number >= ${at}`, (at) => [at, 'cut-off']],
    [
      'cuts off the end and moves the head back',
      (at) => `delete from pv.audit_entry where number > ${at}; update pv.audit_head set number = ${at}`,
      (at) => [at, 'changed'],
    ],
    [
      'adds an entry at the end',
      () =>
        `insert into pv.audit_entry (number, entry, hash) select max(number) + 1, '{}', sha256('x') from pv.audit_entry`,
      (_at, end) => [end + 1, 'foreign'],
    ],
    [
      'inserts an entry in the middle',
      (at) =>
        `update pv.audit_entry set number = number + 1000000 where number >= ${at};
         update pv.audit_entry set number = number - 999999 where number > 1000000;
         insert into pv.audit_entry (number, entry, hash) values (${at}, '{"number": ${at}}', sha256('x'))`,
      (at) => [at, 'changed'],
    ],
    [
      'swaps two entries',
      (at) =>
        `update pv.audit_entry set number = -number where number in (${at}, ${at + 1});
         update pv.audit_entry set number = case -number when ${at} then ${at + 1} else ${at} end where number < 0`,
      (at) => [at, 'changed'],
    ],
    [
      'puts a copy of another entry in its place, with a hash that fits',
      (at) =>
        `update pv.audit_entry e set entry = c.entry, hash = sha256(p.hash || convert_to(c.entry, 'UTF8'))
         from pv.audit_entry p, pv.audit_entry c where p.number = ${at} - 1 and c.number = 1 and e.number = ${at}`,
      (at) => [at, 'foreign'],
    ],
    ['empties the log', () => 'delete from pv.audit_entry', () => [1, 'cut-off']],
  ];
  test.each(tampering)('%s is found, with the place', async (_what, statement, expected) => {
    const at = last - 3;
    // A constraint requires positive numbers. An attacker who rewrites the table would drop it first.
    await forced(`alter table pv.audit_entry drop constraint if exists audit_entry_number_check; ${statement(at)}`);
    const { broken: first, entries } = await verify();
    expect([first?.number, first?.fault]).toEqual(expected(at, last));
    expect(entries).toBe((first?.number ?? 0) - 1);
  });

  test('A recomputed chain is found by the head that somebody noted', async () => {
    const noted = await verify();
    await forced(
      `do $do$ declare v record; h bytea := decode(repeat('00', 32), 'hex'); begin
         update pv.audit_entry set entry = replace(entry, 'participant', 'Participant') where number = ${last - 3};
         for v in select number, entry from pv.audit_entry order by number loop
           h := sha256(h || convert_to(v.entry, 'UTF8'));
           update pv.audit_entry set hash = h where number = v.number;
         end loop;
         update pv.audit_head set hash = h; end $do$`,
    );
    const after = await verify(`?entry=${noted.head.number}`);
    expect(after.broken).toBeNull();
    expect(after.noted?.hash).not.toBe(noted.head.hash);
    // And by the service's own log, which the database cannot reach.
    expect(elections.log()).toContain(noted.head.hash);
  });
});
