// Copies of elections: a draft with the same definition, from an election in any state, as one that counts or as a
// rehearsal.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredElection } from '../../../src/protocol/control/elections-api.ts';
import {
  codeOf,
  electionOf,
  inHours,
  motion,
  participantOf,
  startElections,
} from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const create = async (more: object = {}): Promise<AdministeredElection> =>
  electionOf(await elections.call('POST', '/v1/elections', { body: motion(more) }));
const copy = (id: string, body: object = {}) => elections.call('POST', `/v1/elections/${id}/copy`, { body });
const without = (definition: AdministeredElection['definition'], ...members: string[]) =>
  Object.fromEntries(Object.entries(definition).filter(([name]) => !members.includes(name)));

describe('A copy of an election', () => {
  test('A copy has the definition of its election, another id and the state of a draft', async () => {
    const election = await create();
    const answer = await copy(election.id);
    expect(answer.status).toBe(201);
    const draft = electionOf(answer);
    expect(answer.headers['etag']).toBe('"1"');
    expect([draft.state, draft.version]).toEqual(['draft', 1]);
    expect(draft.id).not.toBe(election.id);
    expect(without(draft.definition, 'id')).toEqual(without(election.definition, 'id'));
    const log = await elections.call('GET', `/v1/audit-log?objectId=${draft.id}&act=election.create`);
    expect(JSON.stringify(log.body)).toContain(`"copyOf":{"to":"${election.id}"}`);
  });

  test('An announced election is copied with its participants, and stays as it is', async () => {
    const party = { name: `P ${randomUUID()}`, kind: 'party' };
    const { id: participantId } = participantOf(await elections.call('POST', '/v1/participants', { body: party }));
    const contest = { id: 'c', title: { en: 'Seats' }, method: 'dhondt', seats: 3, options: [{ participantId }] };
    const election = await create({ contests: [contest] });
    expect((await elections.call('POST', `/v1/elections/${election.id}/announce`)).status).toBe(200);
    const id = `copy-${randomUUID().slice(0, 8)}`;
    const draft = electionOf(await copy(election.id, { id, title: { en: 'Again' }, closesAt: inHours(400) }));
    expect([draft.id, draft.definition.title, draft.state]).toEqual([id, { en: 'Again' }, 'draft']);
    expect(draft.definition.contests[0]?.options[0]?.participantId).toBe(participantId);
    expect(electionOf(await elections.call('GET', `/v1/elections/${election.id}`)).state).toBe('announced');
  });

  test('A rehearsal of an election that counts, and an election of a rehearsal, have their own bounds', async () => {
    const options = ['Yes', 'No'].map((en) => ({ title: { en } }));
    const contests = [{ id: 'c', title: { en: 'C' }, method: 'plurality', options }];
    const real = await create({ rehearsal: false, minBatch: 50, graceSeconds: 120, contests });
    const rehearsal = electionOf(await copy(real.id, { rehearsal: true }));
    expect(rehearsal.definition).toMatchObject({ rehearsal: true, minBatch: 1 });
    const back = electionOf(await copy(rehearsal.id, { rehearsal: false }));
    expect(back.definition).toMatchObject({ rehearsal: false, minBatch: 50, graceSeconds: 120 });
  });

  test('A copy is refused for an id that is in use, a missing election, wrong times and other members', async () => {
    const election = await create();
    expect(codeOf(await copy(election.id, { id: election.id }))).toBe('conflict');
    expect(codeOf(await copy('missing'))).toBe('election-not-found');
    expect(codeOf(await copy(election.id, { opensAt: inHours(9), closesAt: inHours(8) }))).toBe('invalid-election');
    for (const body of [{ state: 'announced' }, { id: 'a b' }, { rehearsal: 'yes' }, { contests: [] }]) {
      expect((await copy(election.id, body)).status).toBe(400);
    }
    // Of two copies with one id at once, one is stored.
    const id = `copy-${randomUUID().slice(0, 8)}`;
    const answers = await Promise.all([copy(election.id, { id }), copy(election.id, { id })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});
