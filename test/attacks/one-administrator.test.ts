// The attacker has the password and the second factor of one administrator, and calls every route of `elections`.
// A second administrator exists and does nothing. In an election that counts nothing is announced, changed, ended,
// counted or published.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, electionOf, inHours, startElections } from '../support/services/elections.ts';
import type { Answer, Elections } from '../support/services/elections.ts';
import type { Person } from '../support/services/access.ts';
import { later, sealable } from '../support/services/voting-election.ts';
import { actTogether, countingDraft, proposedOf, secondAdministrator } from '../support/services/two-administrators.ts';
import { recordStatements } from '../support/closing.ts';
import { until } from '../support/until.ts';

let elections: Elections;
let attacker: Person;
let other: Person;
beforeAll(async () => {
  elections = await startElections();
  other = await secondAdministrator(elections);
  await sealable(elections);
  const { administrator } = elections.people;
  // Another session of the same account.
  attacker = await elections.access.anotherSession(administrator);
});
afterAll(() => elections[Symbol.asyncDispose]());

const reason = 'Because I say so.';
const anyVersion = { 'if-match': '*' };
const post = (id: string, path: string, body?: object): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/${path}`, { by: attacker, ...(body && { body }) });
const electionNow = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`));
const announced = async (changes: object = {}): Promise<string> => {
  const id = await countingDraft(elections, changes);
  await actTogether(elections, other, `/v1/elections/${id}/announce`);
  return id;
};
/** The attacker confirms as well, in both sessions. */
async function proposedOnly(answer: Answer): Promise<void> {
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  const path = `/v1/proposals/${proposedOf(answer).id}/confirm`;
  for (const by of [attacker, elections.people.administrator])
    expect(codeOf(await elections.call('POST', path, { by }))).toBe('conflict');
}

describe('One account of an administrator', () => {
  test('It announces no election that counts: at once, planned, or by a draft that was a rehearsal', async () => {
    const id = await countingDraft(elections);
    await proposedOnly(await post(id, 'announce'));
    await proposedOnly(await post(id, 'scheduled-acts', { act: 'announce', at: inHours(0.1), reason }));
    const rehearsal = await countingDraft(elections, { rehearsal: true });
    const change = { body: { rehearsal: false }, headers: anyVersion, by: attacker };
    const [answer] = await Promise.all([
      post(rehearsal, 'announce'),
      elections.call('PATCH', `/v1/elections/${rehearsal}`, change),
    ]);
    const { state, definition } = await electionNow(rehearsal);
    expect([answer.status, state === 'announced' && !definition.rehearsal]).toEqual([expect.any(Number), false]);
    await elections.logic.scheduledActs.poll();
    expect((await electionNow(id)).state).toBe('draft');
  });

  test('It changes, extends, ends and annotates no announced election that counts', async () => {
    const id = await announced({ opensAt: inHours(0.5) });
    const before = await electionNow(id);
    const change = { body: { closesAt: inHours(0.6) }, headers: anyVersion, by: attacker };
    await proposedOnly(await elections.call('PATCH', `/v1/elections/${id}`, change));
    await later(elections, id, 3_600);
    await proposedOnly(await post(id, 'extend', { closesAt: inHours(20), reason }));
    await proposedOnly(await post(id, 'close', { reason }));
    await proposedOnly(await post(id, 'scheduled-acts', { act: 'close', at: inHours(0.1), reason }));
    await proposedOnly(await post(id, 'notices', { text: { en: 'Voting is over.' }, reason }));
    await proposedOnly(await post(id, 'withdrawn-options', { contestId: 'contest-1', optionId: 'option-1', reason }));
    await proposedOnly(await post(id, 'accept-loss', { reason }));
    await elections.logic.scheduledActs.poll();
    const after = await electionNow(id);
    expect([after.state, after.version, after.definition]).toEqual(['announced', before.version, before.definition]);
  });

  test('It counts, decides and publishes no election that counts', async () => {
    const id = await announced();
    await later(elections, id, 36_000 + 3_600);
    await until(async () => {
      await elections.logic.schedule.poll();
      return (await electionNow(id)).state === 'closed';
    }, 'the closed intake');
    await recordStatements(elections.databases, elections.access.keys.public);
    await proposedOnly(await post(id, 'count'));
    for (const act of ['count', 'publish'])
      await proposedOnly(await post(id, 'scheduled-acts', { act, at: inHours(0.1), reason }));
    expect((await electionNow(id)).state).toBe('closed');
    await actTogether(elections, other, `/v1/elections/${id}/count`);
    expect((await electionNow(id)).state).toBe('counted');
    const lot = { contestId: 'contest-1', order: ['option-2', 'option-1'], note: 'Drawn by me.' };
    await proposedOnly(await post(id, 'lots', lot));
    await proposedOnly(await post(id, 'publish', { acceptOpenTies: true }));
    await elections.logic.scheduledActs.poll();
    expect((await electionNow(id)).state).toBe('counted');
    expect((await elections.call('GET', `/v1/elections/${id}/results`)).body).toMatchObject({
      revision: 1,
      publishedRevision: null,
    });
  });

  test('It accepts, withdraws and takes off nothing of an election that counts', async () => {
    const id = await announced({ identity: { scheme: 'roll' }, channels: ['online', 'batches'] });
    const batch = `batches/${'A'.repeat(43)}`;
    await proposedOnly(await post(id, `${batch}/set-aside`, { reason }));
    await proposedOnly(await post(id, `${batch}/withdraw`, { reason }));
    await proposedOnly(await post(id, 'roll/removals', { number: '1001', reason }));
    const headers = { 'content-type': 'text/csv' };
    const path = `/v1/elections/${id}/roll`;
    const file = { by: attacker, body: 'number\n6666\n', headers };
    const answer = await elections.call('POST', path, file);
    await proposedOnly(answer);
    expect(codeOf(await elections.call('POST', `${path}?proposal=${proposedOf(answer).id}`, file))).toBe('conflict');
    expect((await elections.call('GET', path)).body).toMatchObject({ total: 0 });
  });
});
