// The attacker has the password of the only administrator, or of an official, and no second factor of theirs. The
// attacker signs in as often as wanted, and calls every route of `elections`. Nothing happens to an election that counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenPair } from '../../src/protocol/control/access-api.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../support/services/elections.ts';
import type { Answer, Elections } from '../support/services/elections.ts';
import type { Person } from '../support/services/access.ts';
import { later, sealable } from '../support/services/voting-election.ts';
import { countingDraft } from '../support/services/two-administrators.ts';

let elections: Elections;
let attacker: Person;
let official: Person;
beforeAll(async () => {
  elections = await startElections();
  await sealable(elections);
  const { access, people } = elections;
  // Accounts that have set up no second factor yet.
  official = await access.person('official', people.administrator);
  attacker = await withoutFactor(people.administrator);
});
afterAll(() => elections[Symbol.asyncDispose]());

/** A session of the same account that began before it had a second factor. */
async function withoutFactor(person: Person): Promise<Person> {
  const { access } = elections;
  await access.databases.query('access', 'delete from pv.second_factor where user_id = $1', [person.id]);
  const tokens = (await access.login(person.email)).body as TokenPair;
  return { ...person, tokens };
}

const reason = 'Because I say so.';
const post = (id: string, path: string, body?: object): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/${path}`, { by: attacker, ...(body && { body }) });
const patch = (id: string, body: object): Promise<Answer> =>
  elections.call('PATCH', `/v1/elections/${id}`, { by: attacker, body, headers: { 'if-match': '*' } });
const electionNow = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`));
const refused = async (answer: Promise<Answer>): Promise<void> => {
  const { status, body } = await answer;
  expect([status, codeOf({ status, body, headers: {} })]).toEqual([403, 'second-factor-missing']);
};

describe('A password alone', () => {
  test('It announces nothing that counts: at once, or by a plan of a rehearsal that counts later', async () => {
    const id = await countingDraft(elections);
    await refused(post(id, 'announce'));
    await refused(post(id, 'scheduled-acts', { act: 'announce', at: inHours(0.1), reason }));
    const body = motion({ rehearsal: true, opensAt: inHours(1), closesAt: inHours(10) });
    const rehearsal = electionOf(await elections.call('POST', '/v1/elections', { body, by: attacker })).id;
    const plan = await post(rehearsal, 'scheduled-acts', { act: 'announce', at: inHours(0.1), reason });
    expect(plan.status).toBe(201);
    expect((await patch(rehearsal, { rehearsal: false })).status).toBe(200);
    await elections.databases.query(
      'elections',
      `update pv.scheduled_act set due_at = now() - interval '1 s' where election_id = $1`,
      [rehearsal],
    );
    await elections.logic.scheduledActs.poll();
    expect([(await electionNow(id)).state, (await electionNow(rehearsal)).state]).toEqual(['draft', 'draft']);
    const { body: list } = await elections.call('GET', `/v1/elections/${rehearsal}/scheduled-acts`);
    expect(list).toMatchObject({ scheduledActs: [{ state: 'failed', problem: { code: 'second-factor-missing' } }] });
  });

  test('It changes, ends, counts, publishes, withdraws and confirms nothing of an announced election', async () => {
    const id = await countingDraft(elections, { channels: ['online', 'batches'], identity: { scheme: 'roll' } });
    expect((await elections.call('POST', `/v1/elections/${id}/announce`)).status).toBe(200);
    const before = await electionNow(id);
    const batch = `batches/${'A'.repeat(43)}`;
    await refused(patch(id, { closesAt: inHours(11) }));
    await later(elections, id, 3_600);
    await refused(post(id, 'extend', { closesAt: inHours(20), reason }));
    await refused(post(id, 'close', { reason }));
    await refused(post(id, 'scheduled-acts', { act: 'close', at: inHours(0.1), reason }));
    await refused(post(id, 'notices', { text: { en: 'Voting is over.' }, reason }));
    await refused(post(id, 'withdrawn-options', { contestId: 'contest-1', optionId: 'option-1', reason }));
    await refused(post(id, 'accept-loss', { reason }));
    await refused(post(id, 'count'));
    await refused(post(id, 'lots', { contestId: 'contest-1', order: ['option-2', 'option-1'], note: 'Mine.' }));
    await refused(post(id, 'publish', { acceptOpenTies: true }));
    await refused(post(id, `${batch}/set-aside`, { reason }));
    await refused(post(id, `${batch}/withdraw`, { reason }));
    await refused(post(id, 'roll/removals', { number: '1001', reason }));
    const file = { body: 'number\n6666\n', headers: { 'content-type': 'text/csv' } };
    await refused(elections.call('POST', `/v1/elections/${id}/roll`, { by: attacker, ...file }));
    const asOfficial = { by: official, body: { ballots: 1 } };
    await refused(elections.call('POST', `/v1/elections/${id}/${batch}/confirm`, asOfficial));
    await refused(elections.call('POST', `/v1/elections/${id}/${batch}/withdraw`, { by: official, body: { reason } }));
    const after = await electionNow(id);
    expect([after.state, after.version, after.definition]).toEqual(['announced', before.version, before.definition]);
  });

  test('It reads, writes drafts and runs rehearsals, and a second factor that is set up lets it go on', async () => {
    const id = await countingDraft(elections);
    expect((await patch(id, { closesAt: inHours(12) })).status).toBe(200);
    const rehearsal = electionOf(
      await elections.call('POST', '/v1/elections', {
        body: motion({ rehearsal: true, opensAt: inHours(1), closesAt: inHours(10) }),
        by: attacker,
      }),
    ).id;
    expect((await post(rehearsal, 'announce')).status).toBe(200);
    const { checks } = (await elections.call('GET', `/v1/elections/${id}/readiness`, { by: attacker })).body as {
      checks: { name: string; state: string }[];
    };
    expect(checks).toContainEqual(expect.objectContaining({ name: 'second-factor', state: 'failed' }));
    await elections.access.secondFactor(attacker);
    expect((await post(id, 'announce')).status).toBe(200);
  });
});
