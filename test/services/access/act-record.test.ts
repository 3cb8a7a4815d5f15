// The record of acts in the database of `access`: in their order, without a gap, also after the database refused them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAccess } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

let access: Access;
let admin: Person;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
});
afterAll(() => access[Symbol.asyncDispose]());

const owner = (text: string) => access.databases.query('access', text);
const acts = () => owner(`select number::int, event ->> 'act' as act from pv.act order by number`);
const invite = () =>
  access.call('POST', '/v1/invitations', { body: { role: 'auditor' }, token: admin.tokens.accessToken });

test('A national id is not answered before the record has who read it', async () => {
  const reader = await access.person('administrator', admin);
  const { token: invitation } = (await access.together(reader, 'POST', '/v1/invitations', { role: 'auditor' }))
    .body as { token: string };
  const registered = await access.call('POST', '/v1/users', {
    body: {
      email: 'read@example.org',
      forename: 'Ana',
      surname: 'Read',
      password: 'a slow river under bronze',
      nationalId: { scheme: 'hkid', number: 'A123456(3)' },
      invitation,
    },
  });
  const { user } = registered.body as { user: { id: string } };
  await owner('revoke execute on function pv.record_act from popvote_access');
  const startMs = performance.now();
  const { body } = await access.call('GET', `/v1/users/${user.id}`, { token: reader.tokens.accessToken });
  // It waits for the record, for three seconds at most.
  expect(performance.now() - startMs).toBeGreaterThan(2_900);
  expect(body).toMatchObject({ nationalId: { scheme: 'hkid' } });
  await owner('grant execute on function pv.record_act to popvote_access');
  const recorded = async () => (await acts()).at(-1);
  await expect.poll(recorded, { timeout: 20_000 }).toMatchObject({ act: 'user.read-national-id' });
});

test('Acts wait while the database refuses them, and are recorded in their order when it accepts them', async () => {
  const before = (await acts()).length;
  await owner('revoke execute on function pv.record_act from popvote_access');
  // The act was done, so it is answered, after three seconds at most.
  expect((await invite()).status).toBe(201);
  const logout = access.call('DELETE', '/v1/sessions', { token: admin.tokens.accessToken });
  expect((await logout).status).toBe(204);
  expect(await acts()).toHaveLength(before);
  await owner('grant execute on function pv.record_act to popvote_access');
  await expect
    .poll(acts, { timeout: 20_000 })
    .toMatchObject([
      ...Array.from({ length: before }, () => ({})),
      { number: before + 1, act: 'invitation.create' },
      { number: before + 2, act: 'session.end-all' },
    ]);
});
