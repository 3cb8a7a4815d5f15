// The second factor: a stolen password alone opens nothing, each code works once, and who lost the phone gets in again.
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { amrOf, codeOf, goodPassword, otherPassword, pairOf, startAccess } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

let access: Access;
let admin: Person;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
});
afterAll(() => access[Symbol.asyncDispose]());

const post = (person: Person, url: string, body: object) =>
  access.call('POST', url, { body, token: person.tokens.accessToken });
const now = (): number => Date.now() + access.clock.aheadMs;
/** The code that the authenticator shows so many steps from now. */
const totpOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now() + steps * 30_000 });
/** The next code: the present one was used, and each works once. */
const nextStep = (): void => {
  access.clock.aheadMs += 30_000;
};

async function enrolled(): Promise<{ person: Person; secret: string; recoveryCodes: string[] }> {
  const person = await access.person('administrator', admin);
  const { secret } = (await post(person, '/v1/second-factor', { password: goodPassword })).body as { secret: string };
  const answer = await post(person, '/v1/second-factor/confirm', { code: totpOf(secret) });
  expect(answer.status).toBe(200);
  nextStep();
  return { person, secret, ...(answer.body as { recoveryCodes: string[] }) };
}

test('A second factor is offered for the password, and counts once a code of it was entered', async () => {
  const person = await access.person('administrator', admin);
  expect(codeOf(await post(person, '/v1/second-factor', { password: otherPassword }))).toBe('wrong-credentials');
  const offer = await post(person, '/v1/second-factor', { password: goodPassword });
  const { secret, uri } = offer.body as { secret: string; uri: string };
  expect(offer.headers['cache-control']).toBe('no-store');
  expect(Secret.fromBase32(secret).bytes.length).toBe(20);
  expect(uri).toContain(`secret=${secret}`);
  expect((await access.login(person.email)).status).toBe(200);
  expect(codeOf(await post(person, '/v1/second-factor/confirm', { code: '000000' }))).toBe('wrong-second-factor');
  const other = pairOf(await access.login(person.email));
  const confirmed = await post(person, '/v1/second-factor/confirm', { code: totpOf(secret) });
  const { recoveryCodes } = confirmed.body as { recoveryCodes: string[] };
  expect(new Set(recoveryCodes).size).toBe(10);
  // Sessions that began without it end, but for the one that confirmed.
  expect((await access.call('GET', '/v1/account', { token: other.accessToken })).status).toBe(401);
  const me = await access.call('GET', '/v1/account', { token: person.tokens.accessToken });
  expect(me.body).toMatchObject({ user: { secondFactor: true } });
  expect(codeOf(await post(person, '/v1/second-factor', { password: goodPassword }))).toBe('conflict');
  expect(codeOf(await post(person, '/v1/second-factor/confirm', { code: totpOf(secret, 1) }))).toBe('conflict');
});

test('A login needs the password and a code, and names the code only after the password', async () => {
  const { person, secret } = await enrolled();
  expect(codeOf(await access.login(person.email))).toBe('second-factor-required');
  expect(codeOf(await access.login(person.email, otherPassword, { code: totpOf(secret) }))).toBe('wrong-credentials');
  expect(codeOf(await access.login(person.email, goodPassword, { code: '000000' }))).toBe('wrong-second-factor');
  expect((await access.login(person.email, goodPassword, { code: totpOf(secret) })).status).toBe(200);
});

test('A code works once, also when ten requests show it at the same moment', async () => {
  const { person, secret } = await enrolled();
  const code = totpOf(secret);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      access.login(person.email, goodPassword, { code: `${code.slice(0, 3)} ${code.slice(3)}` }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  expect(answers.filter((answer) => codeOf(answer) === 'wrong-second-factor').length).toBe(7);
});

test('A code of the step before or after is taken, none that is older, and none before one that was used', async () => {
  const { person, secret } = await enrolled();
  // At the beginning of a step, so that none ends during the test.
  access.clock.aheadMs += 150_000 - ((Date.now() + access.clock.aheadMs) % 30_000);
  const login = async (steps: number) =>
    (await access.login(person.email, goodPassword, { code: totpOf(secret, steps) })).status;
  expect(await login(-2)).toBe(401);
  expect(await login(2)).toBe(401);
  expect(await login(-1)).toBe(200);
  expect(await login(1)).toBe(200);
  expect(await login(0)).toBe(401);
});

test('Codes cannot be tried without end, and logins without a code do not reset the tries', async () => {
  const { person, secret } = await enrolled();
  const statuses: number[] = [];
  for (let count = 0; count < 12; count += 1) {
    statuses.push((await access.login(person.email, goodPassword, { code: String(100_000 + count) })).status);
    await access.login(person.email);
  }
  expect(statuses.filter((status) => status === 401).length).toBe(10);
  expect(codeOf(await access.login(person.email, goodPassword, { code: totpOf(secret) }))).toBe('too-many-requests');
});

test('Each recovery code replaces the authenticator once, and is of no use to another user', async () => {
  const { person, recoveryCodes } = await enrolled();
  const other = await enrolled();
  const [first, second] = recoveryCodes;
  const login = async (who: Person, code: string) => (await access.login(who.email, goodPassword, { code })).status;
  expect(await login(other.person, first!)).toBe(401);
  expect(await login(person, first!.toLowerCase().replaceAll('-', ' '))).toBe(200);
  expect(await login(person, first!)).toBe(401);
  expect(await login(person, second!)).toBe(200);
});

test('Its owner removes it with password and code; an administrator removes a lost one', async () => {
  const mine = await enrolled();
  const disable = (body: object) => post(mine.person, '/v1/second-factor/disable', body);
  expect(codeOf(await disable({ password: goodPassword }))).toBe('second-factor-required');
  expect(codeOf(await disable({ password: otherPassword, code: totpOf(mine.secret) }))).toBe('wrong-credentials');
  expect(codeOf(await disable({ password: goodPassword, code: '000000' }))).toBe('wrong-second-factor');
  expect((await disable({ password: goodPassword, code: totpOf(mine.secret) })).status).toBe(204);
  expect((await access.login(mine.person.email)).status).toBe(200);

  const owner = await enrolled();
  const change = await access.together(admin, 'PATCH', `/v1/users/${owner.person.id}`, { secondFactor: false });
  expect(change.body).toMatchObject({ user: { secondFactor: false } });
  expect((await access.call('GET', '/v1/account', { token: owner.person.tokens.accessToken })).status).toBe(401);
  expect((await access.login(owner.person.email)).status).toBe(200);
});

test('A one-time password does not bypass it, and asking for a new password spends no code', async () => {
  const { person, secret } = await enrolled();
  const issued = await access.together(admin, 'POST', `/v1/users/${person.id}/one-time-password`);
  const { password } = issued.body as { password: string };
  const code = totpOf(secret);
  expect(codeOf(await access.login(person.email, password, { newPassword: otherPassword }))).toBe(
    'second-factor-required',
  );
  expect(codeOf(await access.login(person.email, password, { code }))).toBe('password-change-required');
  expect((await access.login(person.email, password, { code, newPassword: otherPassword })).status).toBe(200);
});

test('Neither the secret nor a recovery code is readable in the database or in the log', async () => {
  const { secret, recoveryCodes } = await enrolled();
  const rows = await access.databases.query<{ text: string }>(
    'access',
    'select f::text as text from pv.second_factor f',
  );
  const dump = rows.map(({ text }) => text).join('\n') + access.log();
  for (const text of [secret, ...recoveryCodes, ...recoveryCodes.map((each) => each.replaceAll('-', ''))]) {
    expect(dump).not.toContain(text);
    expect(dump).not.toContain(Buffer.from(text).toString('hex'));
  }
});

test('A token says how its session was proved, also after a second factor was set up or removed', async () => {
  const person = await access.person('official', admin);
  expect(amrOf(person.tokens)).toEqual(['pwd']);
  const { refreshToken } = person.tokens;
  const { secret } = (await post(person, '/v1/second-factor', { password: goodPassword })).body as { secret: string };
  const refreshed = () => access.call('POST', '/v1/refresh', { body: { refreshToken } });
  const before = pairOf(await refreshed());
  person.tokens = before;
  const confirmed = await post(person, '/v1/second-factor/confirm', { code: totpOf(secret) });
  const { recoveryCodes } = confirmed.body as { recoveryCodes: string[] };
  // A refresh that is repeated after a lost answer gives the same token.
  expect(pairOf(await refreshed())).toEqual(before);
  const next = () => access.call('POST', '/v1/refresh', { body: { refreshToken: person.tokens.refreshToken } });
  person.tokens = pairOf(await next());
  expect(amrOf(person.tokens)).toEqual(['pwd', 'otp']);
  nextStep();
  for (const code of [totpOf(secret), recoveryCodes[0]!])
    expect(amrOf(pairOf(await access.login(person.email, goodPassword, { code })))).toEqual(['pwd', 'otp']);
  const proof = { password: goodPassword, code: recoveryCodes[1]! };
  expect((await post(person, '/v1/second-factor/disable', proof)).status).toBe(204);
  expect(amrOf(pairOf(await next()))).toEqual(['pwd']);
  expect(amrOf(pairOf(await access.login(person.email)))).toEqual(['pwd']);
});
