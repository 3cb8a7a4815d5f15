// Sessions: refresh tokens that each work once, lost answers, thieves, and the ends that a session may have.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graceSeconds, sessionsPerUserMax } from '../../../src/services/access/sessions.ts';
import { codeOf, pairOf, startAccess } from '../../support/services/access.ts';
import type { Access, Answer, Person } from '../../support/services/access.ts';
import type { TokenPair } from '../../../src/protocol/control/access-api.ts';

let access: Access;
let person: Person;
beforeAll(async () => {
  access = await startAccess();
  person = await access.person('official', await access.administrator());
});
afterAll(() => access[Symbol.asyncDispose]());

const fresh = async (): Promise<TokenPair> => pairOf(await access.login(person.email));
const refresh = (refreshToken: string, at: Access = access): Promise<Answer> =>
  at.call('POST', '/v1/refresh', { body: { refreshToken } });
const me = (token: string) => access.call('GET', '/v1/account', { token });
/** Lets the grace of every used token pass, by the clock that judges it. */
const passGrace = () =>
  access.databases.query('access', `update pv.refresh_token set used_at = used_at - make_interval(secs => $1)`, [
    graceSeconds + 1,
  ]);

describe('A refresh', () => {
  test('A refresh gives another pair, whose access token works', async () => {
    const first = await fresh();
    const second = pairOf(await refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.refreshExpiresAt).toBe(first.refreshExpiresAt);
    expect((await me(second.accessToken)).status).toBe(200);
    expect((await refresh(second.refreshToken)).status).toBe(200);
  });

  test('A refresh whose answer was lost gives the same pair to the byte, from any process', async () => {
    await using other = await startAccess({ beside: access });
    const first = await fresh();
    const second = await refresh(first.refreshToken);
    expect((await refresh(first.refreshToken)).body).toEqual(second.body);
    expect((await refresh(first.refreshToken, other)).body).toEqual(second.body);
    expect((await refresh(pairOf(second).refreshToken)).status).toBe(200);
  });

  test('A refresh asked for twenty times at once by two processes is one refresh', async () => {
    await using other = await startAccess({ beside: access });
    const first = await fresh();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refresh(first.refreshToken, index % 2 ? other : access)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect((await me(pairOf(answers[0]!).accessToken)).status).toBe(200);
  });

  test('A refresh with a used token after the grace ends the whole family at once', async () => {
    const first = await fresh();
    const second = pairOf(await refresh(first.refreshToken));
    await passGrace();
    expect(codeOf(await refresh(first.refreshToken))).toBe('unauthenticated');
    expect(codeOf(await refresh(second.refreshToken))).toBe('unauthenticated');
    expect(codeOf(await me(second.accessToken))).toBe('unauthenticated');
    expect(access.log()).toContain('"outcome":"reused"');
  });

  test('A refresh with a token whose successor was used ends the family even within the grace', async () => {
    const first = await fresh();
    const second = pairOf(await refresh(first.refreshToken));
    const third = pairOf(await refresh(second.refreshToken));
    expect(codeOf(await refresh(first.refreshToken))).toBe('unauthenticated');
    expect(codeOf(await refresh(third.refreshToken))).toBe('unauthenticated');
  });

  test('A refresh of one session leaves the others alone', async () => {
    const mine = await fresh();
    const other = await fresh();
    const next = pairOf(await refresh(mine.refreshToken));
    await refresh(next.refreshToken);
    await refresh(mine.refreshToken);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  test('A refresh carries the present role and never one of the token before', async () => {
    const first = await fresh();
    // Behind the API's back: through it a change of role ends the session.
    await access.databases.query('access', `update pv.account set role = 'auditor' where user_id = $1`, [person.id]);
    const second = pairOf(await refresh(first.refreshToken));
    expect(second.user.role).toBe('auditor');
    await access.databases.query('access', `update pv.account set role = 'official' where user_id = $1`, [person.id]);
  });

  test.each([
    ['unknown', () => Promise.resolve('A'.repeat(43)), 401],
    ['empty', () => Promise.resolve(''), 400],
    ['an access token', async () => (await fresh()).accessToken, 400],
  ])('A refresh with a token that is %s is rejected', async (_name, token, status) => {
    expect((await refresh(await token())).status).toBe(status);
  });
});

describe('A session', () => {
  test('A session is over after its thirty days, however often it was refreshed', async () => {
    const first = await fresh();
    const second = pairOf(await refresh(first.refreshToken));
    expect(Date.parse(first.refreshExpiresAt) - Date.now()).toBeGreaterThan(29.9 * 86_400_000);
    expect(Date.parse(first.refreshExpiresAt) - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
    await access.databases.query(
      'access',
      `update pv.session set began_at = began_at - interval '31 days', expires_at = clock_timestamp() where user_id = $1`,
      [person.id],
    );
    expect(codeOf(await refresh(second.refreshToken))).toBe('unauthenticated');
    expect(codeOf(await me(second.accessToken))).toBe('unauthenticated');
  });

  test('A session ends at a logout, with its access token, whichever of its refresh tokens is shown', async () => {
    for (const which of ['first', 'last'] as const) {
      const first = await fresh();
      const last = pairOf(await refresh(first.refreshToken));
      const { refreshToken } = which === 'first' ? first : last;
      expect((await access.call('POST', '/v1/logout', { body: { refreshToken } })).status).toBe(204);
      expect(codeOf(await me(last.accessToken))).toBe('unauthenticated');
      expect(codeOf(await refresh(last.refreshToken))).toBe('unauthenticated');
      // The same answer where there is none.
      expect((await access.call('POST', '/v1/logout', { body: { refreshToken } })).status).toBe(204);
    }
  });

  test('A session more than a user may have ends the oldest, and no other', async () => {
    const pairs: TokenPair[] = [];
    for (let count = 0; count <= sessionsPerUserMax; count += 1) pairs.push(await fresh());
    expect(codeOf(await me(pairs[0]!.accessToken))).toBe('unauthenticated');
    expect((await me(pairs[1]!.accessToken)).status).toBe(200);
    expect((await me(pairs.at(-1)!.accessToken)).status).toBe(200);
  });

  test('A session leaves no token in the database that opens anything', async () => {
    const { refreshToken, accessToken } = await fresh();
    const rows = await access.databases.query<{ text: string }>(
      'access',
      `select (select string_agg(t::text, ' ') from pv.refresh_token t) || (select string_agg(s::text, ' ') from pv.session s) as text`,
    );
    const dump = rows[0]!.text;
    for (const spelling of ['base64url', 'utf8'] as const) {
      expect(dump).not.toContain(Buffer.from(refreshToken, spelling).toString('hex'));
    }
    expect(dump).not.toContain(refreshToken);
    expect(dump).not.toContain(accessToken);
  });
});
