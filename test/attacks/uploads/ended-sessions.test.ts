// Attacker: an official or an administrator who is about to be suspended. Begins to send a file, and ends it up to a
// quarter of an hour later, when the session is over. Wants the file to count.
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvOf, rows, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import type { Access, Person } from '../../support/services/access.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

const csv = { 'content-type': 'text/csv' };

/** A file whose second half is sent after `between`. */
const fileWith = (text: string, between: () => Promise<unknown>): Readable =>
  Readable.from(
    (async function* () {
      yield Buffer.from(text.slice(0, text.length / 2));
      await between();
      yield Buffer.from(text.slice(text.length / 2));
    })(),
    { objectMode: false },
  );

/** What ends a session. */
const ends: readonly (readonly [string, (access: Access, admin: Person, person: Person) => Promise<unknown>])[] = [
  [
    'a suspension',
    (access, admin, { id }) => access.together(admin, 'PATCH', `/v1/users/${id}`, { state: 'suspended' }),
  ],
  ['another role', (access, admin, { id }) => access.together(admin, 'PATCH', `/v1/users/${id}`, { role: 'auditor' })],
  ['a removal', (access, admin, { id }) => access.together(admin, 'DELETE', `/v1/users/${id}`)],
  [
    'a sign-out everywhere',
    (access, _admin, { tokens }) => access.call('DELETE', '/v1/sessions', { token: tokens.accessToken }),
  ],
];

describe('A file of paper ballots', () => {
  let batches: Batches;
  let electionId: string;
  beforeAll(async () => {
    batches = await startBatches();
    electionId = await batches.election();
  });
  afterAll(() => batches[Symbol.asyncDispose]());

  test.each(ends)('It counts nothing after %s while it was sent', async (_name, end) => {
    const { access, people, officials } = batches;
    const official = await access.person('official', people.administrator);
    const send = (payload: Readable) =>
      officials.app.inject({
        method: 'POST',
        url: `/v1/batches?electionId=${electionId}`,
        headers: { ...csv, authorization: `Bearer ${official.tokens.accessToken}` },
        payload,
      });
    const whole = await send(fileWith(csvOf(rows(4)), () => Promise.resolve()));
    expect(whole.statusCode, whole.body).toBe(202);
    const late = await send(fileWith(csvOf(rows(4)), () => end(access, people.administrator, official)));
    expect([late.statusCode, late.json()]).toEqual([401, expect.objectContaining({ code: 'unauthenticated' })]);
    const { body } = await batches.get(`/v1/batches?electionId=${electionId}`, { by: people.auditor });
    const theirs = (body['batches'] as { official: string }[]).filter((batch) => batch.official === official.id);
    expect(theirs).toHaveLength(1);
  });
});

describe('A file of a roll', () => {
  let elections: Elections;
  beforeAll(async () => {
    elections = await startElections();
  });
  afterAll(() => elections[Symbol.asyncDispose]());

  test.each(ends)('It changes nothing after %s while it was sent', async (_name, end) => {
    const { access, people } = elections;
    const by = await access.person('administrator', people.administrator);
    await access.secondFactor(by);
    const draft = motion({ identity: { scheme: 'roll' }, opensAt: inHours(1), closesAt: inHours(5) });
    const { id } = electionOf(await elections.call('POST', '/v1/elections', { body: draft }));
    const path = `/v1/elections/${id}/roll`;
    const send = (body: Readable) => elections.call('POST', path, { by, body, headers: csv });
    const whole = await send(fileWith('number\n1001\n1002\n', () => Promise.resolve()));
    expect(whole.status, JSON.stringify(whole.body)).toBe(200);
    const late = await send(fileWith('number\n6666\n6667\n', () => end(access, people.administrator, by)));
    expect([late.status, codeOf(late)]).toEqual([401, 'unauthenticated']);
    expect((await elections.call('GET', path)).body).toMatchObject({ total: 2 });
  });
});
