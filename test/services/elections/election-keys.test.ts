// The keys that an election names: those that are in use when it is created, whatever is changed, copied or rotated later.
// Two processes here: one from before a rotation, and one that makes new elections with the new keys.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRing } from '../../../src/platform/keys/new-keys.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { findElection } from '../../../src/store/elections/elections.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

const newKeys = { identity: 'i2', phone: 'p2' };
const anyVersion = { 'if-match': '*' };
let older: Elections;
let newer: Elections;
beforeAll(async () => {
  older = await startElections();
  const { identity, phone } = older.access.keys.elections;
  const keys = { identity: [...newRing('i2'), ...identity], phone: [{ kid: 'p2' }, ...phone] };
  newer = await startElections({ beside: older, keys });
});
afterAll(async () => {
  await newer[Symbol.asyncDispose]();
  await older[Symbol.asyncDispose]();
});

const create = async (at: Elections, more: object = {}): Promise<string> =>
  electionOf(await at.call('POST', '/v1/elections', { body: motion(more) })).id;
const keysOf = async (id: string) => {
  const election = await findElection(older.pool, id);
  return ((election?.announced ?? election?.definition) as ElectionDefinition).keys;
};
const upload = (at: Elections, id: string) =>
  at.call('POST', `/v1/elections/${id}/roll`, {
    body: 'number\nA-1\nA-2\n',
    headers: { 'content-type': 'text/csv' },
  });

test('An election keeps the keys of its creation through every change, and a copy has new ones', async () => {
  const before = await create(older, { opensAt: inHours(2), closesAt: inHours(5) });
  const after = await create(newer, { opensAt: inHours(2), closesAt: inHours(5) });
  const change = (at: Elections, id: string) =>
    at.call('PATCH', `/v1/elections/${id}`, { body: { opensAt: inHours(1) }, headers: anyVersion });
  for (const [id, keys] of [
    [before, undefined],
    [after, newKeys],
  ] as const) {
    expect(await keysOf(id)).toEqual(keys);
    expect((await change(newer, id)).status).toBe(200);
    expect((await newer.call('POST', `/v1/elections/${id}/announce`)).status).toBe(200);
    expect(await keysOf(id)).toEqual(keys);
    expect((await change(older, id)).status).toBe(200);
    expect(await keysOf(id)).toEqual(keys);
    const copy = electionOf(await newer.call('POST', `/v1/elections/${id}/copy`, { body: {} }));
    expect(await keysOf(copy.id)).toEqual(newKeys);
  }
});

test('No one writes the keys of an election', async () => {
  const body = { ...motion(), keys: newKeys };
  expect((await older.call('POST', '/v1/elections', { body })).status).toBe(400);
  const id = await create(older);
  expect(
    (await older.call('PATCH', `/v1/elections/${id}`, { body: { keys: newKeys }, headers: anyVersion })).status,
  ).toBe(400);
});

test('A roll of before a rotation is read, changed and sent by a process with the new ring', async () => {
  const roll = { identity: { scheme: 'roll' }, opensAt: inHours(2), closesAt: inHours(5) };
  const id = await create(older, roll);
  expect((await upload(older, id)).body).toMatchObject({ added: 2 });
  expect((await upload(newer, id)).body).toMatchObject({ added: 0, alreadyThere: 2 });
  expect((await newer.call('POST', `/v1/elections/${id}/announce`)).status).toBe(200);
  const removal = { number: 'A-2', reason: 'Moved.' };
  expect((await newer.call('POST', `/v1/elections/${id}/roll/removals`, { body: removal })).status).toBe(200);
  const listed = await older.call('GET', `/v1/elections/${id}/roll`);
  expect(listed.body).toMatchObject({ people: [{ number: 'A-1' }] });
  // The digests in `ballots` are under the key of the election, from each process.
  const [row] = await older.databases.query<{ people: number }>(
    'intake',
    'select count(*)::integer as people from pv.roll where election_id = $1',
    [id],
  );
  expect(row?.people).toBe(1);
  // A process that does not have the key of a new election changes nothing.
  const fresh = await create(newer, roll);
  expect(codeOf(await upload(older, fresh))).toBe('busy');
  expect((await upload(newer, fresh)).body).toMatchObject({ added: 2 });
});
