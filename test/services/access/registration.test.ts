// Registration: the operator's policy, unique values, stored values, and invitations.
import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSealedTexts } from '../../../src/platform/keys/sealed-texts.ts';
import { codeOf, goodPassword, someEmail, startAccess, userOf } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';
import { hkid } from '../../support/identities.ts';

let access: Access;
let admin: Person;
beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
});
afterAll(() => access[Symbol.asyncDispose]());

const form = (changes: object = {}) => ({
  email: someEmail(),
  forename: 'Ana',
  surname: 'Anić',
  password: goodPassword,
  ...changes,
});
/** From a place of its own, so that no limit is met. */
const register = (body: object, at: Access = access) =>
  at.call('POST', '/v1/users', { body, address: `10.${randomInt(256)}.${randomInt(256)}.1` });
const asAdmin = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) =>
  access.call(method, url, { token: admin.tokens.accessToken, ...(body && { body }) });
const invite = async (role = 'official') =>
  (await asAdmin('POST', '/v1/invitations', { role })).body as { token: string; invitation: { id: string } };

/** A JMBG with a right check digit, made of its first twelve digits. */
function jmbg(twelve: string): string {
  const sum = Array.from(twelve).reduce(
    (total, digit, index) => total + Number(digit) * [7, 6, 5, 4, 3, 2][index % 6]!,
    0,
  );
  const check = 11 - (sum % 11);
  if (check === 10) throw new Error('no such number');
  return twelve + String(check === 11 ? 0 : check);
}

describe('The registration of users', () => {
  test('Registration under "open" is for everyone, as an official whom an administrator approves', async () => {
    const answer = await register(form());
    expect(answer.status).toBe(201);
    const user = userOf(answer);
    expect(user).toMatchObject({ role: 'official', state: 'waiting', source: 'registered', secondFactor: false });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(JSON.stringify(answer.body)).not.toContain('argon2');
    const approved = await asAdmin('PATCH', `/v1/users/${user.id}`, { state: 'active' });
    expect(userOf(approved).state).toBe('active');
  });

  test('Registration under automatic approval lets an official in at once', async () => {
    await using own = await startAccess({ approvalRequired: false });
    const body = form();
    expect(userOf(await register(body, own)).state).toBe('active');
    expect((await own.login(body.email)).status).toBe(200);
  });

  test('Registration under "invite" needs an invitation; under "closed" there is none', async () => {
    const { token } = await invite();
    for (const policy of ['invite', 'closed'] as const) {
      await using own = await startAccess({ beside: access, policy });
      const without = codeOf(await register(form(), own));
      expect(without).toBe(policy === 'invite' ? 'invitation-required' : 'registration-closed');
      const wrong = codeOf(await register(form({ invitation: 'A'.repeat(43) }), own));
      expect(wrong).toBe(without);
      if (policy === 'invite') expect((await register(form({ invitation: token }), own)).status).toBe(201);
    }
  });

  test('Registration cannot choose a role or a state', async () => {
    for (const extra of [{ role: 'administrator' }, { state: 'active' }, { approved: true }, { id: admin.id }]) {
      expect(codeOf(await register(form(extra)))).toBe('invalid-request');
    }
  });

  test('Registration is limited for one address block', async () => {
    await using own = await startAccess();
    // The password is rejected before it is hashed, and still counts as a try.
    const tries = [];
    for (let count = 0; count < 32; count += 1) {
      const body = form({ password: 'aaaaaaaaaaaa' });
      tries.push((await own.call('POST', '/v1/users', { body, address: '203.0.113.8' })).status);
    }
    expect(tries.filter((status) => status === 429).length).toBe(2);
    const invited = await own.administrator();
    // Invited users do not count, because a whole office may register in one hour.
    for (let count = 0; count < 32; count += 1) await own.person('official', invited);
    expect((await own.call('POST', '/v1/users', { body: form(), address: '198.51.100.8' })).status).toBe(201);
  });
});

describe('An address of a user', () => {
  test('An address belongs to one account, however it is spelt and however many ask at once', async () => {
    const email = someEmail();
    const spellings = [email, email.toUpperCase(), ` ${email} `, `${email[0]!.toUpperCase()}${email.slice(1)}`];
    const answers = await Promise.all(spellings.map((spelling) => register(form({ email: spelling }))));
    expect(answers.filter(({ status }) => status === 201).length).toBe(1);
    expect(answers.filter((answer) => codeOf(answer) === 'email-taken').length).toBe(3);
  });

  test('An address with an internationalised domain is one account in each of its spellings', async () => {
    const name = randomUUID().slice(0, 8);
    const body = form({ email: `${name}@Bücher.example` });
    const answer = await register(body);
    expect([answer.status, answer.body]).toMatchObject([201, { user: { email: `${name}@xn--bcher-kva.example` } }]);
    for (const spelling of [`${name}@bu\u0308cher.example`, `\u202a${name}@xn--bcher-kva.example\u202c`]) {
      expect(codeOf(await register(form({ email: spelling })))).toBe('email-taken');
    }
    const lookAlike = await register(form({ email: `\u0430${name}@example.org` }));
    expect([lookAlike.status, codeOf(lookAlike)]).toEqual([400, 'invalid-request']);
  });

  test.each(['', ' ', 'a', 'a@b', 'a b@example.org', 'a@example.org, b@example.org', `${'a'.repeat(250)}@x.org`])(
    'An address such as "%s" is rejected',
    async (email) => {
      expect(codeOf(await register(form({ email })))).toBe('invalid-request');
    },
  );

  test.each([
    [{ email: 5 }],
    [{ forename: null }],
    [{ forename: '' }],
    [{ forename: ' ' }],
    [{ surname: 'a\u0000b' }],
    [{ surname: 'x'.repeat(101) }],
    [{ password: 12_345_678_901_234 }],
    [{ password: 'x'.repeat(513) }],
    [{ nationalId: 'A1234563' }],
    [{ nationalId: { scheme: 'passport', number: '1' } }],
    [{ invitation: '' }],
    [[1, 2]],
  ])('%j is rejected by its form, and not by a fault of ours', async (changes) => {
    const answer = await register(Array.isArray(changes) ? changes : form(changes));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid-request']);
  });

  test('An address or a name that is common password material is rejected with the reason', async () => {
    const answer = await register(form({ password: 'password1234' }));
    expect(answer.status).toBe(422);
    expect(codeOf(answer)).toBe('weak-password');
    expect((answer.body as { errors: { path: string }[] }).errors[0]?.path).toBe('body/password');
  });
});

describe('A national id', () => {
  test('A national id is checked by its scheme', async () => {
    const good = jmbg('010198571501');
    for (const [scheme, number, expected] of [
      ['jmbg', good, 201],
      ['jmbg', `${good.slice(0, 12)}${(Number(good[12]) + 1) % 10}`, 422],
      ['jmbg', '3102985715019', 422],
      ['jmbg', hkid(7), 422],
      ['hkid', hkid(7), 201],
      ['hkid', good, 422],
    ] as const) {
      const answer = await register(form({ nationalId: { scheme, number } }));
      expect([number, answer.status]).toEqual([number, expected]);
      expect(JSON.stringify(answer.body)).not.toContain(number);
    }
  });

  test('A national id belongs to one account, however it is spelt and however many ask at once', async () => {
    const number = hkid(11);
    const spellings = [number, number.toLowerCase(), `${number.slice(0, -1)}(${number.slice(-1)})`, ` ${number} `];
    const answers = await Promise.all(
      spellings.map((spelling) => register(form({ nationalId: { scheme: 'hkid', number: spelling } }))),
    );
    expect(answers.filter(({ status }) => status === 201).length).toBe(1);
    expect(answers.filter((answer) => codeOf(answer) === 'identity-taken').length).toBe(3);
  });

  test('A national id is encrypted for its user, and shown only to an audited administrator', async () => {
    const number = hkid(12);
    const user = userOf(await register(form({ nationalId: { scheme: 'hkid', number } })));
    const [row] = await access.databases.query<{ text: string; identity_sealed: string }>(
      'access',
      'select a::text as text, identity_sealed from pv.account a where user_id = $1',
      [user.id],
    );
    expect(row!.text).not.toContain(number);
    expect(row!.text).not.toContain(Buffer.from(number).toString('hex'));
    expect(row!.text).not.toContain(Buffer.from(number).toString('base64url'));
    // It cannot be given to another user, or used as another kind of text.
    const sealed = createSealedTexts(access.keys.access.secrets, 'popvote-national-id');
    expect(await sealed.open(row!.identity_sealed, user.id)).toBe(number);
    await expect(sealed.open(row!.identity_sealed, admin.id)).rejects.toThrow('another owner');
    const other = createSealedTexts(access.keys.access.secrets, 'popvote-authenticator');
    await expect(other.open(row!.identity_sealed, user.id)).rejects.toThrow();

    const details = await asAdmin('GET', `/v1/users/${user.id}`);
    expect(details.body).toMatchObject({ nationalId: { scheme: 'hkid', number }, user: { id: user.id } });
    expect(access.log()).toContain(`"act":"user.read-national-id","outcome":"done","actor":"${admin.id}"`);
    expect(JSON.stringify((await asAdmin('GET', '/v1/users?limit=200')).body)).not.toContain(number);
  });

  test('A national id stays readable when the key that sealed it is no longer the newest', async () => {
    const [old] = access.keys.access.secrets;
    const before = createSealedTexts([old!], 'p');
    const sealed = await before.seal('text', 'owner');
    const fresh = { kid: 'new', key: access.keys.access.limits };
    expect(await createSealedTexts([fresh, old!], 'p').open(sealed, 'owner')).toBe('text');
    await expect(createSealedTexts([fresh], 'p').open(sealed, 'owner')).rejects.toThrow('not in the ring');
  });
});

describe('An invitation', () => {
  test('An invitation brings its role, needs no approval, and works once, however many show it at once', async () => {
    const { token } = await invite('auditor');
    const answers = await Promise.all(Array.from({ length: 5 }, () => register(form({ invitation: token }))));
    const successes = answers.filter(({ status }) => status === 201);
    expect(successes.length).toBe(1);
    expect(userOf(successes[0]!)).toMatchObject({ role: 'auditor', state: 'active', source: 'invited' });
    expect(answers.filter((answer) => codeOf(answer) === 'invitation-required').length).toBe(4);
  });

  test('An invitation is not spent by a registration that was rejected', async () => {
    const { token } = await invite();
    expect(codeOf(await register(form({ invitation: token, email: admin.email })))).toBe('email-taken');
    expect(codeOf(await register(form({ invitation: token, password: 'short' })))).toBe('weak-password');
    expect((await register(form({ invitation: token }))).status).toBe(201);
  });

  test('An invitation ends with its days, or when it is withdrawn', async () => {
    const late = await invite();
    const withdrawn = await invite();
    await access.databases.query(
      'access',
      `update pv.invitation set created_at = created_at - interval '8 days', expires_at = expires_at - interval '8 days'
       where invitation_id = $1`,
      [late.invitation.id],
    );
    expect((await asAdmin('DELETE', `/v1/invitations/${withdrawn.invitation.id}`)).status).toBe(204);
    expect(codeOf(await asAdmin('DELETE', `/v1/invitations/${withdrawn.invitation.id}`))).toBe('invitation-not-found');
    for (const { token } of [late, withdrawn]) {
      expect(codeOf(await register(form({ invitation: token })))).toBe('invitation-required');
    }
    const { invitations } = (await asAdmin('GET', '/v1/invitations')).body as { invitations: { id: string }[] };
    expect(invitations.map(({ id }) => id)).not.toContain(late.invitation.id);
    expect(invitations.map(({ id }) => id)).not.toContain(withdrawn.invitation.id);
  });

  test('An invitation ends with the administrator who made it, who cannot return by it', async () => {
    const changes = [
      ['DELETE', undefined],
      ['PATCH', { role: 'official' }],
      ['PATCH', { state: 'suspended' }],
    ] as const;
    for (const [method, body] of changes) {
      const maker = await access.person('administrator', admin);
      const invitation = await access.together(maker, 'POST', '/v1/invitations', { role: 'administrator' });
      const { token } = invitation.body as { token: string };
      await access.together(admin, method, `/v1/users/${maker.id}`, body);
      expect(codeOf(await register(form({ invitation: token })))).toBe('invitation-required');
    }
  });

  test('An invitation is in the database as a keyed hash only', async () => {
    const { token } = await invite();
    const rows = await access.databases.query<{ text: string }>(
      'access',
      'select i::text as text from pv.invitation i',
    );
    expect(rows.some(({ text }) => text.includes(token))).toBe(false);
    expect(rows.some(({ text }) => text.includes(Buffer.from(token, 'base64url').toString('hex')))).toBe(false);
  });
});
