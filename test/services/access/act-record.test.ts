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
