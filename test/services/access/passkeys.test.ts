// Passkeys: they replace the code at a login, each challenge works once and for one purpose, a copy of a key is noticed by
// its counter, and a false page gets nothing that works here.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { amrOf, codeOf, goodPassword, otherPassword, pairOf, startAccess } from '../../support/services/access.ts';
import type { Access, Answer, Person } from '../../support/services/access.ts';
import { createSoftPasskey } from '../../support/services/soft-passkey.ts';
import type { SoftPasskey } from '../../support/services/soft-passkey.ts';

let access: Access;
let admin: Person;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
});
afterAll(() => access[Symbol.asyncDispose]());

type Challenge = { readonly challenge: string };
const post = (person: Person, url: string, body?: object) =>
  access.call('POST', url, { ...(body && { body }), token: person.tokens.accessToken });
const factorsOf = async (person: Person) =>
  (await access.call('GET', '/v1/second-factors', { token: person.tokens.accessToken })).body as {
    authenticator: boolean;
    passkeys: { id: string; name: string; usedAt: string | null }[];
  };
const loginChallenge = async ({ email }: Person) =>
  (await access.call('POST', '/v1/login/passkey', { body: { email, password: goodPassword } })).body as Challenge;
const proofChallenge = async (person: Person) => (await post(person, '/v1/passkeys/challenge')).body as Challenge;
const loginWith = async (person: Person, passkey: object) => access.login(person.email, goodPassword, { passkey });

/** Adds a passkey; `proof`: what a user with a second factor shows besides the password. */
async function add(person: Person, name: string, key: SoftPasskey, proof: object = {}): Promise<Answer> {
  const options = await post(person, '/v1/passkeys/options', { password: goodPassword, ...proof });
  expect(options.status).toBe(200);
  return post(person, '/v1/passkeys', { name, credential: key.register(options.body as Challenge) });
}

async function withPasskey() {
  const person = await access.person('official', admin);
  const key = createSoftPasskey();
  const added = await add(person, 'Blue key', key);
  expect(added.status).toBe(201);
  const { passkey, recoveryCodes } = added.body as { passkey: { id: string }; recoveryCodes: string[] };
  return { person, key, id: passkey.id, recoveryCodes };
}

test('A passkey is added for the password, ends the other sessions, and is then required', async () => {
  const person = await access.person('official', admin);
  const other = pairOf(await access.login(person.email));
  expect(codeOf(await post(person, '/v1/passkeys/options', { password: otherPassword }))).toBe('wrong-credentials');
  const key = createSoftPasskey();
  const added = await add(person, 'Blue key', key);
  expect(added.headers['cache-control']).toBe('no-store');
  expect(added.body).toMatchObject({ passkey: { name: 'Blue key', usedAt: null } });
  expect((added.body as { recoveryCodes: string[] }).recoveryCodes).toHaveLength(10);
  expect((await access.call('GET', '/v1/account', { token: other.accessToken })).status).toBe(401);
  const me = await access.call('GET', '/v1/account', { token: person.tokens.accessToken });
  expect(me.body).toMatchObject({ user: { secondFactor: true } });

  const login = await access.login(person.email);
  expect(login.body).toMatchObject({ code: 'second-factor-required', factors: ['passkey'] });
  const entered = await loginWith(person, key.prove(await loginChallenge(person)));
  expect([entered.status, amrOf(pairOf(entered))]).toEqual([200, ['pwd', 'pop']]);
  const body = { refreshToken: person.tokens.refreshToken };
  // The session that added it goes on, and has proved it.
  expect(amrOf(pairOf(await access.call('POST', '/v1/refresh', { body })))).toEqual(['pwd', 'pop']);
  expect((await factorsOf(person)).passkeys[0]?.usedAt).not.toBeNull();
});

test('Options for a login are given for the right password only, and to users with a passkey only', async () => {
  const { person } = await withPasskey();
  const ask = (email: string, password: string) =>
    access.call('POST', '/v1/login/passkey', { body: { email, password } });
  expect(codeOf(await ask(person.email, otherPassword))).toBe('wrong-credentials');
  expect(codeOf(await ask(admin.email, goodPassword))).toBe('passkey-not-found');
});

test('A challenge works once, for its user and its purpose, and a newer one replaces it', async () => {
  const { person, key } = await withPasskey();
  const stranger = await withPasskey();
  const proof = key.prove(await loginChallenge(person));
  const answers = await Promise.all(Array.from({ length: 6 }, () => loginWith(person, proof)));
  expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  expect(answers.filter((answer) => codeOf(answer) === 'wrong-passkey').length).toBe(5);

  expect(codeOf(await loginWith(person, key.prove(await proofChallenge(person))))).toBe('wrong-passkey');
  expect(codeOf(await loginWith(person, key.prove(await loginChallenge(stranger.person))))).toBe('wrong-passkey');
  expect(codeOf(await loginWith(person, stranger.key.prove(await loginChallenge(person))))).toBe('wrong-passkey');
  const older = await loginChallenge(person);
  const newer = await loginChallenge(person);
  expect(codeOf(await loginWith(person, key.prove(older)))).toBe('wrong-passkey');
  expect((await loginWith(person, key.prove(newer))).status).toBe(200);
});

test('A challenge is over after five minutes', async () => {
  const { person, key } = await withPasskey();
  const proof = key.prove(await loginChallenge(person));
  await access.databases.query(
    'access',
    `update pv.passkey_challenge set expires_at = clock_timestamp() where user_id = $1`,
    [person.id],
  );
  expect(codeOf(await loginWith(person, proof))).toBe('wrong-passkey');
});

test('A proof for another page or another domain is refused', async () => {
  const { person, key } = await withPasskey();
  for (const at of [{ origin: 'https://pane1.example.org' }, { domain: 'example.com' }])
    expect(codeOf(await loginWith(person, key.prove(await loginChallenge(person), at)))).toBe('wrong-passkey');
});

test('A counter that does not rise is that of a copied key', async () => {
  const { person, key } = await withPasskey();
  key.counter = 7;
  expect((await loginWith(person, key.prove(await loginChallenge(person)))).status).toBe(200);
  for (const before of [6, 7]) {
    key.counter = before;
    expect(codeOf(await loginWith(person, key.prove(await loginChallenge(person))))).toBe('wrong-passkey');
  }
  key.counter = 8;
  expect((await loginWith(person, key.prove(await loginChallenge(person)))).status).toBe(200);
});

test('Passkeys cannot be tried without end', async () => {
  const { person } = await withPasskey();
  const stranger = createSoftPasskey();
  const codes: string[] = [];
  for (let count = 0; count < 11; count += 1)
    codes.push(codeOf(await loginWith(person, stranger.prove({ challenge: `c${count}` }))));
  expect(codes).toEqual([...Array.from({ length: 10 }, () => 'wrong-passkey'), 'too-many-requests']);
});

test('A further passkey needs the first, both have names, and each opens the account', async () => {
  const { person, key, id } = await withPasskey();
  const second = createSoftPasskey();
  expect(codeOf(await post(person, '/v1/passkeys/options', { password: goodPassword }))).toBe('second-factor-required');
  const added = await add(person, 'Phone', second, { passkey: key.prove(await proofChallenge(person)) });
  expect(added.body).toMatchObject({ recoveryCodes: [] });
  expect((await factorsOf(person)).passkeys.map(({ name }) => name)).toEqual(['Blue key', 'Phone']);
  expect((await loginWith(person, second.prove(await loginChallenge(person)))).status).toBe(200);

  const remove = (body: object) => post(person, `/v1/passkeys/${id}/remove`, body);
  expect(codeOf(await remove({ password: goodPassword }))).toBe('second-factor-required');
  const proof = { passkey: second.prove(await proofChallenge(person)) };
  expect((await remove({ password: goodPassword, ...proof })).status).toBe(204);
  expect((await factorsOf(person)).passkeys.map(({ name }) => name)).toEqual(['Phone']);
  expect(codeOf(await loginWith(person, key.prove(await loginChallenge(person))))).toBe('wrong-passkey');
});

test('A recovery code replaces a lost passkey, and ends with the last second factor', async () => {
  const { person, id, recoveryCodes } = await withPasskey();
  const [first, second] = recoveryCodes;
  expect((await access.login(person.email, goodPassword, { code: first })).status).toBe(200);
  expect(codeOf(await access.login(person.email, goodPassword, { code: '123456' }))).toBe('wrong-second-factor');
  const removed = await post(person, `/v1/passkeys/${id}/remove`, { password: goodPassword, code: second });
  expect(removed.status).toBe(204);
  expect((await access.login(person.email)).status).toBe(200);
  const rows = await access.databases.query('access', 'select 1 from pv.recovery where user_id = $1', [person.id]);
  expect(rows).toEqual([]);
});

test('A passkey belongs to one user, and another user cannot remove it', async () => {
  const { key, id } = await withPasskey();
  const other = await access.person('official', admin);
  expect(codeOf(await add(other, 'Theirs', key))).toBe('conflict');
  expect(codeOf(await post(other, `/v1/passkeys/${id}/remove`, { password: goodPassword }))).toBe('passkey-not-found');
});

test('A user has ten passkeys at most, and the list names all of them', async () => {
  const { person, key } = await withPasskey();
  await access.databases.query(
    'access',
    `insert into pv.passkey (passkey_id, user_id, credential, public_key, counter, transports, name)
      select gen_random_uuid(), $1::uuid, $1::text || n, '\\x00', 0, '{}', 'Filler' from generate_series(1, 8) n`,
    [person.id],
  );
  const tenth = { passkey: key.prove(await proofChallenge(person)) };
  expect((await add(person, 'Tenth', createSoftPasskey(), tenth)).status).toBe(201);
  const proof = { password: goodPassword, passkey: key.prove(await proofChallenge(person)) };
  expect(codeOf(await post(person, '/v1/passkeys/options', proof))).toBe('conflict');
  expect((await factorsOf(person)).passkeys).toHaveLength(10);
});

test('An administrator removes all second factors of a user who lost them', async () => {
  const { person } = await withPasskey();
  const body = { secondFactor: false };
  const change = await access.call('PATCH', `/v1/users/${person.id}`, { body, token: admin.tokens.accessToken });
  expect(change.body).toMatchObject({ user: { secondFactor: false } });
  expect((await access.login(person.email)).status).toBe(200);
});

test('No challenge, credential or name of a passkey is in the log', async () => {
  const { person, key } = await withPasskey();
  const { challenge } = await loginChallenge(person);
  await loginWith(person, key.prove({ challenge }));
  expect(access.log()).toContain('passkey.add');
  for (const secret of [challenge, key.id, 'Blue key']) expect(access.log()).not.toContain(secret);
});
