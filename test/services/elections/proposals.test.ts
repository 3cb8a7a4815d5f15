// Acts that one administrator proposes and another confirms, over the API beside a real `access` and a real `ballots`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallFailed } from '../../../src/platform/private-calls/private-calls.ts';
import type { Proposal } from '../../../src/protocol/control/proposals-api.ts';
import { codeOf, detailOf, electionOf, inHours, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import { logoOf } from '../../support/pages/pictures.ts';
import type { Person } from '../../support/services/access.ts';
import { sealable } from '../../support/services/voting-election.ts';
import {
  actTogether,
  confirmAs,
  countingDraft,
  detailsOf,
  proposedOf,
  secondAdministrator,
} from '../../support/services/two-administrators.ts';

let elections: Elections;
let first: Person;
let second: Person;
beforeAll(async () => {
  elections = await startElections();
  first = elections.people.administrator;
  second = await secondAdministrator(elections);
  await sealable(elections);
});
afterAll(() => elections[Symbol.asyncDispose]());

const reason = 'The court has stopped this vote.';
const announce = (id: string): Promise<Answer> => elections.call('POST', `/v1/elections/${id}/announce`);
const announcedTogether = async (changes: object = {}): Promise<string> => {
  const id = await countingDraft(elections, changes);
  await actTogether(elections, second, `/v1/elections/${id}/announce`);
  return id;
};
const stateOf = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`)).state;
const proposalsOf = async (id: string, state = 'proposed'): Promise<Proposal[]> => {
  const { body } = await elections.call('GET', `/v1/proposals?electionId=${id}&state=${state}`);
  return (body as { proposals: Proposal[] }).proposals;
};
const auditOf = (id: string) =>
  elections.databases.query<{ act: string; outcome: string; actor: { userId: string; confirmedBy?: string } }>(
    'elections',
    `select act, entry::jsonb ->> 'outcome' as outcome, entry::jsonb -> 'actor' as actor from pv.audit_entry
     where object_id = $1 order by number`,
    [id],
  );

describe('A proposal', () => {
  test('An announcement takes effect when another administrator confirms it, and both names are audited', async () => {
    const id = await countingDraft(elections);
    const answer = await announce(id);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    const { id: proposal, act, expiresAt } = proposedOf(answer);
    expect(act).toBe('announce');
    const hours = (Date.parse(expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect(await stateOf(id)).toBe('draft');
    expect(await proposalsOf(id)).toMatchObject([{ id: proposal, state: 'proposed', proposedBy: first.id }]);
    const own = await confirmAs(elections, first, proposal);
    expect([own.status, detailOf(own)]).toEqual([409, expect.stringContaining('Another administrator')]);
    expect(await stateOf(id)).toBe('draft');
    const details = detailsOf(await confirmAs(elections, second, proposal));
    expect(details.proposal).toMatchObject({ state: 'done', decidedBy: second.id, problem: null });
    expect(await stateOf(id)).toBe('announced');
    expect(await auditOf(id)).toContainEqual({
      act: 'election.announce',
      outcome: 'done',
      actor: { kind: 'user', role: 'administrator', userId: first.id, confirmedBy: second.id },
    });
    expect(await auditOf(id)).toContainEqual({
      act: 'election.confirm-proposal',
      outcome: 'done',
      actor: { kind: 'user', role: 'administrator', userId: second.id },
    });
  });

  test('The same proposal again is the same one, and a confirmation works once', async () => {
    const id = await announcedTogether();
    const body = { text: { en: 'Option 2 is of the board.' }, reason };
    const propose = (by: Person) => elections.call('POST', `/v1/elections/${id}/notices`, { body, by });
    const { id: proposal } = proposedOf(await propose(first));
    expect(proposedOf(await propose(first)).id).toBe(proposal);
    expect(proposedOf(await propose(second)).id).toBe(proposal);
    const answers = await Promise.all(Array.from({ length: 4 }, () => confirmAs(elections, second, proposal)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const { definition } = electionOf(await elections.call('GET', `/v1/elections/${id}`));
    expect((definition as { notices?: unknown[] }).notices).toHaveLength(1);
    const entries = (await auditOf(id)).filter(({ act }) => act === 'election.add-notice');
    expect(entries.map(({ outcome }) => outcome)).toEqual(['attempted', 'done']);
  });

  test('What is confirmed is what was proposed, also after the draft or a name has changed', async () => {
    const party = await elections.call('POST', '/v1/participants', { body: { kind: 'party', name: 'River Party' } });
    const { id: participantId } = (party.body as { participant: { id: string } }).participant;
    const contests = [
      {
        title: { en: 'Seats' },
        method: 'plurality',
        options: [{ participantId }, { title: { en: 'None of them' } }],
      },
    ];
    const byNameId = await countingDraft(elections, { contests });
    const byName = proposedOf(await announce(byNameId));
    const name = { body: { name: 'Another Party' }, headers: { 'if-match': '*' } };
    expect((await elections.call('PATCH', `/v1/participants/${participantId}`, name)).status).toBe(200);
    expect(detailOf(await confirmAs(elections, second, byName.id))).toContain('name of a participant');
    expect(await stateOf(byNameId)).toBe('draft');

    const byVersionId = await countingDraft(elections);
    const byVersion = proposedOf(await announce(byVersionId));
    const end = { body: { closesAt: inHours(2) }, headers: { 'if-match': '*' } };
    expect((await elections.call('PATCH', `/v1/elections/${byVersionId}`, end)).status).toBe(200);
    const answer = await confirmAs(elections, second, byVersion.id);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
    expect(await stateOf(byVersionId)).toBe('draft');
    expect(await proposalsOf(byVersionId, 'all')).toMatchObject([{ state: 'failed', problem: { code: 'conflict' } }]);
  });

  test('A change that removes something is confirmed, and one that removes the organiser is not proposed', async () => {
    const id = await announcedTogether({ colour: '#083b73', resultHours: 24 });
    const propose = (body: object) =>
      elections.call('PATCH', `/v1/elections/${id}`, { body, headers: { 'if-match': '*' } });
    const logo = logoOf().toString('base64');
    const answer = await propose({ colour: null, resultHours: null, logo });
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    const details = detailsOf(await confirmAs(elections, second, proposedOf(answer).id));
    expect(details.proposal).toMatchObject({ state: 'done', problem: null });
    const { definition } = electionOf(await elections.call('GET', `/v1/elections/${id}`));
    expect(definition).not.toHaveProperty('colour');
    expect(definition).not.toHaveProperty('resultHours');
    expect(definition.logo, 'what is added too').toBe(logo);
    const impossible = await propose({ organiser: null });
    expect([impossible.status, codeOf(impossible)]).toEqual([422, 'invalid-election']);
    expect(await proposalsOf(id)).toEqual([]);
  });

  test('A proposal is rejected by either, and after that or after a day it cannot be confirmed', async () => {
    const id = await announcedTogether();
    const close = async () =>
      proposedOf(await elections.call('POST', `/v1/elections/${id}/close`, { body: { reason } })).id;
    for (const by of [first, second]) {
      const proposal = await close();
      const details = detailsOf(await elections.call('POST', `/v1/proposals/${proposal}/reject`, { by }));
      expect(details.proposal).toMatchObject({ state: 'rejected', decidedBy: by.id });
      expect(detailOf(await confirmAs(elections, second, proposal))).toContain('already');
    }
    const late = await close();
    await elections.databases.query(
      'elections',
      `update pv.proposal set proposed_at = proposed_at - interval '1 day', expires_at = expires_at - interval '1 day'
       where proposal_id = $1`,
      [late],
    );
    expect(detailOf(await confirmAs(elections, second, late))).toContain('expired');
    expect(await proposalsOf(id)).toEqual([]);
    expect(await proposalsOf(id, 'all')).toMatchObject(
      ['rejected', 'rejected', 'done', 'expired'].map((state) => ({ state })),
    );
    // An expired proposal does not block the next one.
    expect(await close()).not.toBe(late);
  });

  test('Two hundred proposals of an election wait, and no more', async () => {
    const id = await announcedTogether();
    await elections.databases.query(
      'elections',
      `insert into pv.proposal (election_id, act, parameters, proposed_by, expires_at)
       select $1, 'close', n::text, gen_random_uuid(), clock_timestamp() + interval '1 day' from generate_series(1, 200) n`,
      [id],
    );
    const close = () => elections.call('POST', `/v1/elections/${id}/close`, { body: { reason } });
    expect(detailOf(await close())).toContain('Too many proposals');
    await elections.databases.query(
      'elections',
      `update pv.proposal set proposed_at = proposed_at - interval '2 days', expires_at = expires_at - interval '2 days'
       where election_id = $1 and state = 'proposed'`,
      [id],
    );
    expect((await close()).status).toBe(202);
  });

  test.each([
    ['suspended', 'PATCH', { state: 'suspended' }],
    ['given another role', 'PATCH', { role: 'official' }],
    ['removed', 'DELETE', undefined],
  ] as const)(
    'A proposal of an administrator who was %s is not confirmed, at once or as a plan',
    async (_how, method, body) => {
      const { access } = elections;
      const third = await access.person('administrator', first);
      await access.secondFactor(third);
      const id = await announcedTogether();
      const before = electionOf(await elections.call('GET', `/v1/elections/${id}`));
      const path = `/v1/elections/${id}`;
      const notice = { text: { en: 'Voting is over.' }, reason };
      const proposals = [
        await elections.call('POST', `${path}/notices`, { body: notice, by: third }),
        await elections.call('POST', `${path}/scheduled-acts`, {
          body: { act: 'close', at: inHours(2), reason },
          by: third,
        }),
      ].map((answer) => proposedOf(answer).id);
      await access.together(first, method, `/v1/users/${third.id}`, body);
      for (const proposal of proposals) {
        const answer = await confirmAs(elections, second, proposal);
        expect([answer.status, detailOf(answer)]).toEqual([409, expect.stringContaining('no administrator any more')]);
        expect((await elections.call('POST', `/v1/proposals/${proposal}/reject`, { by: second })).status).toBe(200);
      }
      const after = electionOf(await elections.call('GET', `/v1/elections/${id}`));
      expect([after.version, after.definition]).toEqual([before.version, before.definition]);
      await actTogether(elections, second, `${path}/notices`, notice);
    },
  );

  test('Only administrators decide, and unknown proposals are not found', async () => {
    const id = await countingDraft(elections);
    const { id: proposal } = proposedOf(await announce(id));
    for (const as of ['official', 'auditor'] as const) {
      for (const decision of ['confirm', 'reject'])
        expect((await elections.call('POST', `/v1/proposals/${proposal}/${decision}`, { as })).status).toBe(403);
    }
    const nowhere = '4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f30';
    expect(codeOf(await confirmAs(elections, second, nowhere))).toBe('proposal-not-found');
    expect(codeOf(await elections.call('POST', `/v1/proposals/${nowhere}/reject`))).toBe('proposal-not-found');
  });
});

describe('When two are needed', () => {
  test('In a rehearsal one administrator acts alone', async () => {
    const id = await countingDraft(elections, { rehearsal: true });
    expect((await announce(id)).status).toBe(200);
    expect((await elections.call('POST', `/v1/elections/${id}/close`, { body: { reason } })).status).not.toBe(202);
  });

  test('While the number of administrators is unknown nothing is carried out and nothing proposed', async () => {
    const id = await countingDraft(elections);
    const { call } = elections.outside.access;
    elections.outside.access.call = () => Promise.reject(new CallFailed('access', 'GET', null));
    try {
      const answer = await announce(id);
      expect([answer.status, codeOf(answer)]).toEqual([503, 'busy']);
    } finally {
      elections.outside.access.call = call;
    }
    expect(await stateOf(id)).toBe('draft');
    expect(await proposalsOf(id)).toEqual([]);
  });

  test('The readiness list counts the administrators', async () => {
    const id = await countingDraft(elections);
    const { body } = await elections.call('GET', `/v1/elections/${id}/readiness`);
    const { checks } = body as { checks: { name: string; state: string }[] };
    expect(checks).toContainEqual({
      name: 'two-people',
      state: 'ok',
      observed: expect.stringContaining('2') as string,
    });
  });
});

describe('A plan', () => {
  test('A plan is proposed, and waits for its moment after the confirmation', async () => {
    const id = await countingDraft(elections);
    const body = { act: 'announce', at: inHours(0.5), reason };
    const answer = await elections.call('POST', `/v1/elections/${id}/scheduled-acts`, { body });
    expect(answer.status).toBe(202);
    expect((await elections.call('GET', `/v1/elections/${id}/scheduled-acts`)).body).toEqual({ scheduledActs: [] });
    const { proposal } = detailsOf(await confirmAs(elections, second, proposedOf(answer).id));
    expect(proposal.state).toBe('confirmed');
    expect(await stateOf(id)).toBe('draft');
    await elections.databases.query(
      'elections',
      `update pv.scheduled_act set due_at = clock_timestamp() - interval '1 s' where election_id = $1`,
      [id],
    );
    await elections.logic.scheduledActs.poll();
    expect(await stateOf(id)).toBe('announced');
    expect(await proposalsOf(id, 'all')).toMatchObject([{ state: 'done' }]);
  });

  test('A plan that one made for a rehearsal does not announce it as an election that counts', async () => {
    const id = await countingDraft(elections, { rehearsal: true });
    const body = { act: 'announce', at: inHours(0.5), reason };
    expect((await elections.call('POST', `/v1/elections/${id}/scheduled-acts`, { body })).status).toBe(201);
    const change = { body: { rehearsal: false }, headers: { 'if-match': '*' } };
    expect((await elections.call('PATCH', `/v1/elections/${id}`, change)).status).toBe(200);
    await elections.databases.query(
      'elections',
      `update pv.scheduled_act set due_at = clock_timestamp() - interval '1 s' where election_id = $1`,
      [id],
    );
    await elections.logic.scheduledActs.poll();
    expect(await stateOf(id)).toBe('draft');
    const { body: plans } = await elections.call('GET', `/v1/elections/${id}/scheduled-acts`);
    expect(plans).toMatchObject({ scheduledActs: [{ state: 'failed', problem: { code: 'conflict' } }] });
  });
});

describe('The roll after the announcement', () => {
  const roll = { identity: { scheme: 'roll' } };
  const csv = { 'content-type': 'text/csv' };

  test('A removal shows its number to administrators and nowhere else', async () => {
    const id = await countingDraft(elections, roll);
    await elections.call('POST', `/v1/elections/${id}/roll`, { body: 'number\n1001\n770123\n', headers: csv });
    await actTogether(elections, second, `/v1/elections/${id}/announce`);
    const body = { number: '770123', reason };
    const { id: proposal } = proposedOf(await elections.call('POST', `/v1/elections/${id}/roll/removals`, { body }));
    const details = detailsOf(await elections.call('GET', `/v1/proposals/${proposal}`, { by: second }));
    expect(details.parameters).toEqual(body);
    const forAuditor = await elections.call('GET', `/v1/proposals/${proposal}`, { as: 'auditor' });
    expect(forAuditor.status).toBe(200);
    expect(JSON.stringify(forAuditor.body)).not.toContain('770123');
    const rows = await elections.databases.query(
      'elections',
      `select (select string_agg(parameters, ' ') from pv.proposal) as parameters,
         (select string_agg(entry, ' ') from pv.audit_entry) as entries`,
    );
    expect(JSON.stringify(rows)).not.toContain('770123');
    expect(elections.log()).not.toContain('770123');
    expect(detailsOf(await confirmAs(elections, second, proposal)).proposal.state).toBe('done');
    const { body: page } = await elections.call('GET', `/v1/elections/${id}/roll`);
    expect((page as { people: { number: string }[] }).people.map(({ number }) => number)).toEqual(['1001']);
  });

  test('A file is proposed by its hash, and another administrator confirms it by sending the same file', async () => {
    const id = await countingDraft(elections, roll);
    const path = `/v1/elections/${id}/roll`;
    const send = (body: string, query = '', by = first) =>
      elections.call('POST', path + query, { body, headers: csv, by });
    expect((await send('number\n1001\n')).status).toBe(200);
    await actTogether(elections, second, `/v1/elections/${id}/announce`);
    const total = async () => ((await elections.call('GET', path)).body as { total: number }).total;
    const file = 'number\n2001\n2002\n';
    expect((await send(file, '?dryRun=true')).status).toBe(200);
    const answer = await send(file);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    const { id: proposal } = proposedOf(answer);
    expect(detailsOf(await elections.call('GET', `/v1/proposals/${proposal}`)).parameters).toMatchObject({
      counts: { mode: 'add', rows: 3, added: 2 },
    });
    expect(detailOf(await confirmAs(elections, second, proposal))).toContain('same file');
    expect(detailOf(await send(file, `?proposal=${proposal}`))).toContain('Another administrator');
    expect(detailOf(await send('number\n2001\n2003\n', `?proposal=${proposal}`, second))).toContain('SHA-256');
    expect(await total()).toBe(1);
    const report = await send(file, `?proposal=${proposal}`, second);
    expect(report.body).toMatchObject({ dryRun: false, added: 2, settled: true });
    expect(await total()).toBe(3);
    expect(detailOf(await send(file, `?proposal=${proposal}`, second))).toContain('already');
    expect(await proposalsOf(id, 'all')).toMatchObject([{ act: 'import-roll', state: 'done' }, { act: 'announce' }]);
  });
});
