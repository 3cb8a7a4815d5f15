// `popvote login`, `call`, `whoami`, `logout` over a real panel and a real `access`: who is admitted, which
// secrets are in the session file only, and how each rejection is printed for people and for scripts.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueAdministrator, stopAdministrator } from '../../src/services/access/operator-acts.ts';
import { start as startPanel } from '../../src/services/panel/main.ts';
import { goodPassword, otherPassword, someEmail, startAccess } from '../support/services/access.ts';
import type { Access, Person } from '../support/services/access.ts';
import { command, terminal } from '../support/processes/command.ts';
import { freePort } from '../support/processes/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-call-'));
const session = join(folder, 'state', 'popvote', 'session.json');
const environment = { XDG_STATE_HOME: join(folder, 'state') };
let access: Access;
let admin: Person;
let panel: Awaited<ReturnType<typeof startPanel>>;
let origin: string;

beforeAll(async () => {
  access = await startAccess();
  admin = await access.administrator();
  const unused = `http://127.0.0.1:${await freePort()}`;
  panel = await startPanel({
    PANEL_ACCESS_ORIGIN: await access.app.listen({ host: '127.0.0.1', port: 0 }),
    PANEL_ELECTIONS_ORIGIN: unused,
    PANEL_OFFICIALS_ORIGIN: unused,
    PANEL_PORT: '0',
    PANEL_PRIVATE_PORT: '0',
    PANEL_COOKIES: 'plain',
    LOG_LEVEL: 'silent',
  });
  origin = panel.addresses['panel'] ?? '';
});
afterAll(async () => {
  await panel.close();
  await access[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => rmSync(session, { force: true }));

const popvote = (words: readonly string[], input?: Parameters<typeof command>[2]) => command(words, environment, input);
const login = (email: string, input: Parameters<typeof command>[2], ...more: string[]) =>
  popvote(['login', '--origin', origin, '--email', email, ...more], input);
const fileOf = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const storedLogin = (): {
  origin: string;
  pair: { accessToken: string; refreshToken: string; accessExpiresAt: string };
} => JSON.parse(readFileSync(session, 'utf8')) as ReturnType<typeof storedLogin>;
const change = (pair: object): void => {
  writeFileSync(session, JSON.stringify({ ...storedLogin(), pair: { ...storedLogin().pair, ...pair } }), {
    mode: 0o600,
  });
};

/** Another server that identifies itself as a panel, with its other answers. */
async function strangePanel(answer: (response: ServerResponse) => void) {
  const document = readFileSync(join(import.meta.dirname, 'operations-of-another.json'));
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    if (request.url?.endsWith('/openapi.json')) response.end(document);
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('A login', () => {
  test('A login asks for the password on the terminal and keeps the tokens in a file of the user alone', async () => {
    const { code, out, err } = await login(admin.email, terminal(goodPassword));
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain(`Logged in at ${origin} as ${admin.email}, administrator. Kept in ${session}.`);
    expect([statSync(session).mode & 0o777, statSync(join(session, '..')).mode & 0o777]).toEqual([0o600, 0o700]);
    for (const secret of [goodPassword, storedLogin().pair.accessToken, storedLogin().pair.refreshToken]) {
      expect(err).not.toContain(secret);
    }
    expect(await popvote(['whoami'])).toEqual({ code: 0, out: `${admin.email} administrator ${origin}`, err: '' });
  });

  test.each([
    ['a pipe', (password: string) => [`${password}\n`]],
    ['a pipe that is named', (password: string) => [`${password}\r\nmore\n`, '--password-file', '-']],
    ['a file', (password: string) => ['', '--password-file', fileOf('password', `${password}\n`)]],
  ])('A login of a script takes the password from %s', async (_name, inputs) => {
    const [input = '', ...more] = inputs(goodPassword);
    expect((await login(admin.email, input, ...more)).code).toBe(0);
    expect((await popvote(['whoami', '--json'])).out).toContain('"role":"administrator"');
  });

  test('A login with a one-time password asks twice for the new password', async () => {
    const databaseUrl = access.databases.url('access', 'popvote_access');
    const names = { forename: 'Ada', surname: 'New', onlyFirst: false };
    const issued = await issueAdministrator({ databaseUrl, email: someEmail(), ...names });
    if (!('password' in issued)) throw new Error(issued.outcome);
    const differing = await login(issued.email, terminal(issued.password, otherPassword, goodPassword));
    expect([differing.code, existsSync(session)]).toEqual([1, false]);
    const weak = await login(issued.email, terminal(issued.password, 'short', 'short'));
    expect([weak.code, weak.err]).toEqual([1, expect.stringContaining('Use at least 12 characters')]);
    const { code, err } = await login(issued.email, terminal(issued.password, otherPassword, otherPassword));
    expect([code, err]).toEqual([0, expect.stringContaining('one-time password')]);
    expect(err + differing.err + weak.err).not.toContain(otherPassword);
    // And by files, as scripts do.
    const again = await login(issued.email, '', '--password-file', fileOf('new', `${otherPassword}\n`));
    expect(again.code).toBe(0);
    // The tests below act alone.
    expect(await stopAdministrator({ databaseUrl, email: issued.email })).toBe('suspended');
  });

  test('A login with a second factor asks for its code, or reads it from a file', async () => {
    const person = await access.person('auditor', admin);
    const token = person.tokens.accessToken;
    const offer = await access.call('POST', '/v1/second-factor', { body: { password: goodPassword }, token });
    const totp = new TOTP({ secret: Secret.fromBase32((offer.body as { secret: string }).secret) });
    const body = { code: totp.generate() };
    const confirmed = await access.call('POST', '/v1/second-factor/confirm', { body, token });
    const [first = '', second = ''] = (confirmed.body as { recoveryCodes: string[] }).recoveryCodes;
    const typed = await login(person.email, terminal(goodPassword, first));
    expect([typed.code, typed.err]).toEqual([0, expect.stringContaining('Code of the authenticator')]);
    expect((await login(person.email, terminal(goodPassword, first))).code).toBe(4);
    expect((await login(person.email, goodPassword, '--code-file', fileOf('code', second))).code).toBe(0);
  });

  // `script` gives a command a terminal; not every machine has it.
  test.runIf(spawnSync('script', ['--version']).status === 0)(
    'A login on a terminal never prints the password',
    async () => {
      const words = 'dist/cli/main.js login --email a@example.org --origin http://127.0.0.1:1';
      const child = spawn('script', ['-qefc', `${process.execPath} ${words}`, '/dev/null']);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        // Once: what comes after the question is answered is the shell's.
        const isAsked = !output.includes('not shown') && (output + chunk.toString()).includes('not shown');
        output += chunk.toString();
        if (isAsked) child.stdin.write('what no one may see\r');
      });
      const [code] = (await once(child, 'close')) as [number];
      expect([code, output]).toEqual([1, expect.stringContaining('No answer from http://127.0.0.1:1 (ECONNREFUSED)')]);
      expect(output).not.toContain('no one may see');
    },
  );

  test('A rejected login says why and stores nothing', async () => {
    const wrong = await login(admin.email, 'not the password at all');
    expect([wrong.code, existsSync(session)]).toEqual([4, false]);
    expect(wrong.err).toContain('E-mail or password is not right');
    expect(wrong.err).not.toContain('not the password');
  });

  test.each([
    ['nowhere', ['login', '--email', 'a@b.org'], 2],
    [
      'over plain HTTP to another machine',
      ['login', '--email', 'a@b.org', '--origin', 'http://control.example.org'],
      2,
    ],
    ['A login at no address', ['login', '--email', 'a@b.org', '--origin', 'control.example.org'], 2],
    ['A login with a password as an argument', ['login', '--email', 'a@b.org', '--password', 'x'], 2],
    ['A login where no server answers', ['login', '--email', 'a@b.org', '--origin', 'http://127.0.0.1:1'], 1],
  ])('%s is rejected before anything is sent', async (_name, words, code) => {
    const ran = await popvote(words, 'some password\n');
    expect([ran.code, ran.out, existsSync(session)]).toEqual([code, '', false]);
    expect(ran.err).not.toBe('');
  });
});

describe('The file of a login', () => {
  test('A login file that others can read, or that has another form, is not used', async () => {
    await login(admin.email, goodPassword);
    chmodSync(session, 0o644);
    const open = await popvote(['whoami']);
    expect([open.code, open.err]).toEqual([1, expect.stringContaining('chmod 600')]);
    writeFileSync(session, '{"token": "secret-of-another"}');
    chmodSync(session, 0o600);
    const foreign = await popvote(['whoami']);
    expect([foreign.code, foreign.err]).toEqual([1, expect.not.stringContaining('secret-of-another')]);
  });

  test('A login file is renewed as a whole when the access token has expired', async () => {
    await login(admin.email, goodPassword);
    const before = storedLogin().pair;
    change({ accessExpiresAt: new Date(Date.now() + 5_000).toISOString() });
    // Two commands at once show the same refresh token, and get the same pair.
    const ran = await Promise.all([popvote(['call', 'listUsers']), popvote(['call', 'listUsers', 'limit=1'])]);
    expect(ran.map(({ code }) => code)).toEqual([0, 0]);
    expect(storedLogin().pair.refreshToken).not.toBe(before.refreshToken);
    expect(statSync(session).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(session, '..'))).toEqual(['session.json']);
    expect((await popvote(['whoami'])).code).toBe(0);
  });

  test('A login file is renewed once when the token is rejected early', async () => {
    await login(admin.email, goodPassword);
    change({ accessToken: `${storedLogin().pair.accessToken.slice(0, -4)}AAAA` });
    expect((await popvote(['call', 'getAccount'])).code).toBe(0);
  });

  test('A login file of a session that was ended elsewhere asks for a new login', async () => {
    await login((await access.person('official', admin)).email, goodPassword);
    expect((await popvote(['call', 'endMySessions'])).err).toContain('Done.');
    const { code, out, err } = await popvote(['call', 'getAccount']);
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain(`popvote login --origin ${origin}`);
  });

  test('A login file sends its tokens only to the panel that issued them', async () => {
    await login(admin.email, goodPassword);
    await using other = await strangePanel((response) => response.end('{}'));
    const { code, err } = await popvote(['call', 'getThing', '--origin', other.origin]);
    expect([code, err]).toEqual([4, expect.stringContaining(`You are not logged in at ${other.origin}`)]);
    // What needs no login goes there, and takes no token along.
    expect((await popvote(['call', 'readThing', '--origin', other.origin])).code).toBe(0);
    expect(other.tokens.length).toBeGreaterThan(4);
    expect(other.tokens.filter((value) => value !== undefined)).toEqual([]);
  });

  test('A logout deletes the login file and ends the session everywhere', async () => {
    await login(admin.email, goodPassword);
    const { accessToken } = storedLogin().pair;
    expect((await popvote(['logout'])).code).toBe(0);
    expect(existsSync(session)).toBe(false);
    expect((await access.call('GET', '/v1/account', { token: accessToken })).status).toBe(401);
    expect((await popvote(['logout'])).err).toBe('You are not logged in.');
    expect((await popvote(['whoami'])).code).toBe(4);
  });
});

describe('A call', () => {
  let text: string;
  beforeAll(async () => {
    await login(admin.email, goodPassword);
    text = readFileSync(session, 'utf8');
  });
  const asAdministrator = () => writeFileSync(session, text, { mode: 0o600 });
  beforeEach(asAdministrator);

  test('A call without an operation lists the operations, and says which service is unavailable', async () => {
    const { code, out, err } = await popvote(['call']);
    expect(code).toBe(0);
    expect(out).toMatch(/^access\n/);
    expect(out).toMatch(/ {2}listUsers +Users, in the order of registration \[administrator\]/);
    expect(out).toMatch(/ {2}register +Register \[no login\]/);
    expect(err).toContain('No answer at the moment from: elections, officials.');
    const { operations } = JSON.parse((await popvote(['call', '--json'])).out) as { operations: { id: string }[] };
    expect(operations.map(({ id }) => id)).toContain('endMySessions');
  });

  test('A call of help shows what an operation takes and answers, in either order of the words', async () => {
    for (const words of [
      ['changeUser', '--help'],
      ['--help', 'changeUser'],
      ['changeuser', '-h'],
    ]) {
      const { code, out } = await popvote(['call', ...words]);
      expect(code).toBe(0);
      expect(out).toContain('Usage: popvote call changeUser userId=… [role=…] [state=…] [secondFactor=…]');
      expect(out).toContain('userId                   string, required');
      expect(out).toContain('role                     administrator | official | auditor');
      expect(out).toContain('409 last-administrator: This is the last administrator');
      expect(out).toContain('"state": "active"');
    }
    expect((await popvote(['call', 'changePassword', '--help'])).out).toContain('Secret: only by --body.');
    const own = await popvote(['call', '--help']);
    expect([own.code, own.out]).toEqual([0, expect.stringContaining('Examples:')]);
  });

  test('A call sends parameters and body fields by name, typed as the service declares them', async () => {
    const person = await access.person('official', admin);
    const changed = await popvote(['call', 'changeUser', `userId=${person.id}`, 'role=auditor', '--json']);
    expect(JSON.parse(changed.out)).toMatchObject({ user: { id: person.id, role: 'auditor' } });
    const listed = await popvote(['call', 'listUsers', 'limit=200', 'role=auditor']);
    // For people in lines, for scripts as it came.
    expect(listed.out).toContain(`\n      "id": "${person.id}"`);
    expect((await popvote(['call', 'invite', 'role=official', 'days=3'])).out).toContain('"token"');
  });

  test('A call takes a body from a file or a pipe, and secrets only that way', async () => {
    const person = await access.person('official', admin);
    const body = { currentPassword: goodPassword, newPassword: otherPassword };
    await login(person.email, goodPassword);
    const argued = await popvote(['call', 'changePassword', ...Object.entries(body).map((each) => each.join('='))]);
    expect([argued.code, argued.err]).toEqual([2, expect.stringContaining('currentPassword is a secret')]);
    expect(argued.err).not.toContain(goodPassword);
    expect((await popvote(['call', 'changePassword', '--body', '-'], JSON.stringify(body))).code).toBe(0);
    expect((await login(person.email, otherPassword)).code).toBe(0);
    asAdministrator();
    const file = fileOf('invitation.json', '{"role": "official", "days": 2}');
    const { out } = await popvote(['call', 'invite', '--body', file, 'role=auditor', '--json']);
    expect(JSON.parse(out)).toMatchObject({ invitation: { role: 'auditor' } });
  });

  test('A body that can be read in two ways is refused, and nothing is sent', async () => {
    const invitations = async () => (await popvote(['call', 'listInvitations', '--json'])).out;
    const before = await invitations();
    const text = '{"role": "auditor", "days": 2, "role": "auditor"}';
    for (const [file, input] of [
      [fileOf('twice.json', text), ''],
      ['-', text],
    ] as const) {
      const ran = await popvote(['call', 'invite', '--body', file], input);
      expect([ran.code, ran.out, ran.err]).toEqual([
        2,
        '',
        expect.stringContaining('names a member of an object twice'),
      ]);
    }
    expect(await invitations()).toBe(before);
  });

  test('A call writes an answer to a file, whole or not at all', async () => {
    const file = join(folder, 'users.json');
    const ran = await popvote(['call', 'listUsers', '--out', file]);
    expect([ran.code, ran.out]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('users');
    const nowhere = await popvote(['call', 'listUsers', '--out', join(folder, 'no', 'users.json')]);
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('cannot be written')]);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  const unknownId = '00000000-0000-4000-8000-000000000000';
  test.each([
    ['an unknown user', ['getUser', `userId=${unknownId}`], 3, 'popvote call listUsers lists the users'],
    ['a conflict', ['changeUser', 'userId=ME', 'role=auditor'], 5, 'another administrator'],
    ['a malformed id', ['getUser', 'userId=x'], 1, 'invalid-request'],
    ['an unknown operation', ['getUsr'], 2, 'popvote call lists them all'],
    ['an incomplete name', ['user'], 2, 'getUser'],
    ['an unknown name', ['getUser', 'id=1'], 2, 'takes no id. It takes userId'],
    ['a missing name', ['getUser'], 2, 'needs userId=…'],
    ['a word without a value', ['getUser', 'x'], 2, 'name=value'],
    ['a value twice', ['getUser', 'userId=1', 'userId=2'], 2, 'given twice'],
    ['a way out of the path', ['deleteUser', 'userId=..'], 2, 'takes an id'],
    ['a text for a number', ['invite', 'role=official', 'days=soon'], 2, 'days takes a whole number'],
    ['no body', ['invite'], 2, 'role, [days]'],
    ['a body for what takes none', ['listUsers', '--body', 'x'], 2, 'takes no body'],
    ['a body that is not there', ['invite', '--body', '/nowhere'], 1, 'ENOENT'],
    ['tokens', ['logIn', 'email=a@b.org'], 2, 'popvote login'],
  ])('A call for %s fails with an exit code and advice', async (_name, words, code, text) => {
    const words0 = words.map((word) => word.replace('ME', admin.id));
    const ran = await popvote(['call', ...words0], '');
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(text);
  });

  test('A call that the role may not make, or that somebody else makes, is not allowed', async () => {
    const auditor = await access.person('auditor', admin);
    await login(auditor.email, goodPassword);
    const ran = await popvote(['call', 'listUsers']);
    expect([ran.code, ran.err]).toEqual([4, expect.stringContaining('[role-not-allowed]')]);
    rmSync(session);
    expect((await popvote(['call', 'listUsers', '--origin', origin])).code).toBe(4);
    // What needs no login needs none.
    const keys = await popvote(['call', 'getKeys', '--origin', origin]);
    expect([keys.code, keys.out]).toEqual([0, expect.stringContaining('Ed25519')]);
  });
});

describe('An answer', () => {
  const json = { 'content-type': 'application/json' };
  const ask = async (answer: (response: ServerResponse) => void, ...words: string[]) => {
    await using other = await strangePanel(answer);
    return await popvote(['call', 'readThing', '--origin', other.origin, ...words]);
  };

  test('An answer that breaks off is not taken for a whole one', async () => {
    const half = (response: ServerResponse): void => {
      response.writeHead(200, { ...json, 'content-length': '100' }).write('{"half": ');
      setImmediate(() => response.destroy());
    };
    const file = join(folder, 'half.json');
    for (const words of [[], ['--json'], ['--out', file]]) {
      const { code, err } = await ask(half, ...words);
      expect([code, err]).toEqual([1, expect.stringContaining('broke off')]);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('half.json'))).toEqual([]);
  });

  test('A redirect in an answer is not followed', async () => {
    await using target = await strangePanel((response) => response.end('{}'));
    const { code } = await ask((response) => response.writeHead(302, { location: `${target.origin}/v1/thing` }).end());
    expect([code, target.tokens]).toEqual([1, []]);
  });

  test('An answer cannot send control sequences to the terminal', async () => {
    const signs = '\u001b[31m\u009b31m\u202e';
    const { out } = await ask((response) => response.writeHead(200, json).end(JSON.stringify({ name: signs })));
    expect(JSON.parse(out)).toEqual({ name: signs });
    expect(out).toMatch(/^[\n -~]*$/);
    const problem = { code: 'conflict', title: signs, detail: signs, errors: [{ path: signs, detail: signs }] };
    const refused = await ask((response) => response.writeHead(409, json).end(JSON.stringify(problem)));
    expect([refused.code, refused.err]).toEqual([5, expect.stringMatching(/^[\n -~]*$/)]);
  });

  test('A failing server’s answer says when to try again; an answer of no known form is quoted', async () => {
    const busy = { code: 'busy', title: 'Busy', detail: 'Wait.' };
    const later = await ask((response) => response.writeHead(503, { 'retry-after': '7' }).end(JSON.stringify(busy)));
    expect([later.code, later.err]).toEqual([6, expect.stringContaining('Try again in 7 s.')]);
    const none = await ask((response) => response.writeHead(500).end('<h1>Trouble</h1>'));
    expect([none.code, none.err]).toEqual([1, 'popvote: The panel answered 500 and says no more.']);
    const text = await ask((response) => response.writeHead(200, json).end('\u001b[31m'));
    expect([text.code, text.err]).toEqual([1, expect.stringMatching(/^[ -~]* is not\. [ -~]*$/)]);
  });
});
