// The panel's service: sessions in cookies that no script reads and no other site can use, and the control API below /api
// as each service has it.
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodPassword, otherPassword } from '../../support/services/access.ts';
import type { Person } from '../../support/services/access.ts';
import { csvOf, rows, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { freePort } from '../../support/processes/ports.ts';
import { until } from '../../support/until.ts';
import { Jar, startPanel, startUpstream } from '../../support/services/panel.ts';
import type { Panel, Upstream } from '../../support/services/panel.ts';

let batches: Batches;
let upstream: Upstream;
let panel: Panel;
let origins: Record<'access' | 'elections' | 'officials', string>;

beforeAll(async () => {
  batches = await startBatches();
  upstream = await startUpstream();
  origins = {
    access: batches.accessOrigins.control,
    elections: upstream.origin,
    officials: batches.officials.origin,
  };
  panel = await startPanel(origins);
});
afterAll(async () => {
  await panel[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await batches[Symbol.asyncDispose]();
});

const jar = (): Jar => new Jar(panel.origin);
const signedIn = async (person: Person = batches.people.official): Promise<Jar> => {
  const browser = jar();
  expect((await browser.signIn(person.email)).status).toBe(200);
  return browser;
};
const account = (browser: Jar) => browser.ask('GET', '/api/access/v1/account');
const somebody = (): Promise<Person> => batches.access.person('official', batches.people.administrator);
const accessCookie = 'popvote-access';
const refreshCookie = 'popvote-refresh';

describe('Sessions of browsers', () => {
  test('Sessions live in cookies that no script can read and no other site can have sent', async () => {
    const answer = await jar().signIn(batches.people.official.email);
    const set = answer.headers.getSetCookie();
    expect(set).toHaveLength(2);
    for (const line of set) {
      const attributes = line.split('; ').slice(1);
      expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/']));
      expect(line).not.toMatch(/Domain|Secure/);
    }
    await using secure = await startPanel(origins, { secureCookies: true });
    const over = await new Jar(secure.origin).signIn(batches.people.official.email);
    for (const line of over.headers.getSetCookie()) {
      expect(line).toMatch(/^__Host-popvote-(access|refresh)=/);
      expect(line.split('; ')).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/', 'Secure']));
    }
  });

  test('Sessions never show a token in an answer or a log', async () => {
    const browser = jar();
    const answers = [
      await browser.signIn(batches.people.official.email),
      await account(browser),
      await browser.signIn(batches.people.official.email, 'not the password at all'),
    ];
    const secrets = [...browser.cookies.values()];
    answers.push(await browser.ask('DELETE', '/api/session'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 204]);
    for (const secret of [...secrets, goodPassword]) {
      for (const { text } of answers) expect(text).not.toContain(secret);
      expect(panel.log()).not.toContain(secret);
    }
    for (const { headers } of [answers[0]!, answers[2]!, answers[3]!])
      expect(headers.get('cache-control')).toBe('no-store');
  });

  test('Sessions report when the account was signed in to before', async () => {
    const person = await somebody();
    const first = JSON.parse((await jar().signIn(person.email)).text) as { previousLoginAt: string };
    const second = JSON.parse((await jar().signIn(person.email)).text) as { previousLoginAt: string };
    expect(Date.parse(second.previousLoginAt)).toBeGreaterThan(Date.parse(first.previousLoginAt));
  });

  test('Sessions begin again with each sign-in: a planted one is worth nothing, an older one ends', async () => {
    const thief = await signedIn();
    const victim = jar();
    for (const [name, value] of thief.cookies) victim.cookies.set(name, value);
    const other = await somebody();
    expect((await victim.signIn(other.email)).status).toBe(200);
    for (const [name, value] of thief.cookies) expect(victim.cookies.get(name)).not.toBe(value);
    expect((await account(victim)).text).toContain(other.email);
    expect((await account(thief)).status).toBe(401);
  });

  test('Sessions are renewed by themselves when the access token is over, once for ten requests', async () => {
    const browser = await signedIn();
    const before = browser.cookies.get(refreshCookie);
    browser.cookies.delete(accessCookie);
    const oldCookies = new Map(browser.cookies);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => {
        const tab = jar();
        for (const [name, value] of oldCookies) tab.cookies.set(name, value);
        return account(tab).then(({ status }) => ({ status, cookies: [...tab.cookies.values()].join() }));
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ cookies }) => cookies)).size, 'one pair for all').toBe(1);
    expect((await account(browser)).status).toBe(200);
    expect(browser.cookies.get(refreshCookie)).not.toBe(before);
    expect((await account(browser)).status).toBe(200);
  });

  test('Sessions that were ended elsewhere are rejected, and their cookies go with that answer', async () => {
    const person = await somebody();
    const browser = await signedIn(person);
    const administrator = await signedIn(batches.people.administrator);
    expect((await administrator.ask('DELETE', `/api/access/v1/users/${person.id}/sessions`)).status).toBe(204);
    const answer = await account(browser);
    expect([answer.status, answer.code]).toEqual([401, 'unauthenticated']);
    expect([...browser.cookies.keys()]).toEqual([]);
    // The same where only the refresh token is left.
    const later = await signedIn(person);
    await administrator.ask('DELETE', `/api/access/v1/users/${person.id}/sessions`);
    later.cookies.delete(accessCookie);
    expect((await account(later)).status).toBe(401);
    expect([...later.cookies.keys()]).toEqual([]);
  });

  test('Sessions continue after a wrong password of a form, which is a 401 too', async () => {
    const browser = await signedIn(await somebody());
    const before = new Map(browser.cookies);
    const body = { currentPassword: 'this was never the one', newPassword: otherPassword };
    const answer = await browser.ask('POST', '/api/access/v1/password', { body });
    expect([answer.status, answer.code]).toEqual([401, 'wrong-credentials']);
    expect(browser.cookies, 'nothing was renewed for it').toEqual(before);
    expect((await account(browser)).status).toBe(200);
  });

  test('Sessions end permanently with signing out, also while access is unavailable', async () => {
    const browser = await signedIn();
    const copy = jar();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    expect((await browser.ask('DELETE', '/api/session')).status).toBe(204);
    expect([...browser.cookies.keys()]).toEqual([]);
    expect((await account(copy)).status).toBe(401);
    await using cutOff = await startPanel({ ...origins, access: `http://127.0.0.1:${await freePort()}` });
    const session = await signedIn();
    const detached = new Jar(cutOff.origin);
    for (const [name, value] of session.cookies) detached.cookies.set(name, value);
    const answer = await detached.ask('DELETE', '/api/session');
    expect([answer.status, answer.code]).toEqual([503, 'busy']);
    expect([...detached.cookies.keys()]).toEqual([]);
    // A service that is down for a moment does not require a new sign-in.
    const waiting = new Jar(cutOff.origin);
    waiting.cookies.set(refreshCookie, session.cookies.get(refreshCookie) ?? '');
    expect((await account(waiting)).status).toBe(503);
    expect(waiting.cookies.size).toBe(1);
  });

  test('Failed sign-ins are counted by the address that the panel sees, whatever a client claims', async () => {
    const { email } = await somebody();
    const codes: string[] = [];
    let wait: string | null = null;
    for (let n = 0; n < 11; n += 1) {
      const forged = { 'x-forwarded-for': `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` };
      const body = { email, password: 'this was never the one' };
      const path = n % 2 === 1 ? '/api/access/v1/login' : '/api/session';
      const answer = await jar().ask('POST', path, { body, headers: forged });
      codes.push(answer.code);
      wait = answer.headers.get('retry-after');
    }
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'wrong-credentials'));
    expect(codes[10]).toBe('too-many-requests');
    expect(Number(wait), 'how long to wait is passed on').toBeGreaterThan(600);
  });
});

describe('The control API below the panel', () => {
  test('The control API takes a bearer token as it is, never beside a cookie or instead of one', async () => {
    const { official, auditor } = batches.people;
    const bearer = { authorization: `Bearer ${auditor.tokens.accessToken}` };
    expect((await jar().ask('GET', '/api/access/v1/account', { headers: bearer })).text).toContain(auditor.email);
    const browser = await signedIn(official);
    expect((await browser.ask('GET', '/api/access/v1/account', { headers: bearer })).text).toContain(auditor.email);
    for (const authorization of ['Bearer wrong', 'Basic YTpi', '']) {
      const answer = await browser.ask('GET', '/api/access/v1/account', { headers: { authorization } });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
    }
    expect(browser.cookies.size, 'a stranger’s wrong token ends no session').toBe(2);
  });

  test('The control API gets no cookie, and nothing that a client says of where it came from', async () => {
    const browser = await signedIn();
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    await browser.ask('GET', '/api/elections/v1/elections?limit=5', { headers });
    const reached = upstream.reached.at(-1);
    expect(reached?.url).toBe('/v1/elections?limit=5');
    expect(reached?.headers.cookie).toBeUndefined();
    expect(reached?.headers.authorization).toBe(`Bearer ${browser.cookies.get(accessCookie)}`);
    expect(reached?.headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(JSON.stringify(reached?.headers)).not.toMatch(/203\.0\.113|evil/);
  });

  test('The control API is reached at its own addresses alone, however a path is written', async () => {
    const browser = await signedIn();
    const before = upstream.reached.length;
    const strange = [
      '/api/access/%2e%2e/private/sessions/x',
      '/api/access/..%2f..%2fprivate/x',
      '/api/access/private/sessions/x',
      '/api/elections/%2e%2e/%2e%2e/etc/passwd',
      '/api/elections/..%2fofficials',
      '/api/elections//evil.example/x',
      '/api/elections/%2f%2fevil.example',
      '/api/elections/\\evil.example',
      '/api/unknown/v1',
      '/api',
      '/api/',
      '/api/accessory/v1',
      '//api/nothing',
      '/api%2faccess/v1/account',
    ];
    for (const path of strange) {
      const answer = await rawGet(panel.origin, path, browser);
      // The server behind `elections` here accepts any address. The others accept only their own.
      if (/^\/api(?!\/elections)(?:\/|$)/.test(path)) expect([path, answer.status >= 400]).toEqual([path, true]);
      expect(answer.text).not.toContain(batches.people.official.email);
    }
    const { host } = new URL(upstream.origin);
    for (const { url, headers } of upstream.reached.slice(before)) {
      expect(url).toMatch(/^\/(?!\/)/);
      expect(headers.host).toBe(host);
    }
  });

  test('The control API refuses what another site makes a browser send, and nothing from a program', async () => {
    const browser = await signedIn();
    const { host } = new URL(panel.origin);
    const post = (headers: Record<string, string>, path = '/api/elections/v1/participants') =>
      browser.ask('POST', path, { body: {}, headers });
    const elsewhere: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: panel.origin },
      { origin: 'https://evil.example' },
      { origin: `http://${host}.evil.example` },
      { origin: 'null' },
    ];
    const before = upstream.reached.length;
    for (const headers of elsewhere) {
      for (const path of ['/api/elections/v1/participants', '/api/session']) {
        const answer = await post(headers, path);
        expect([answer.status, answer.code], JSON.stringify(headers)).toEqual([403, 'cross-site']);
      }
      expect((await browser.ask('DELETE', '/api/session', { headers })).status).toBe(403);
    }
    // Loads from a page of a sibling host with the cookie would be audited. A link from there is allowed.
    const loaded = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' };
    expect((await browser.ask('GET', '/api/elections/v1/audit-log/export', { headers: loaded })).status).toBe(403);
    expect(upstream.reached.length, 'nothing got through').toBe(before);
    expect((await account(browser)).status).toBe(200);
    const link = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' };
    expect((await rawGet(panel.origin, '/elections', browser, link)).status).toBe(200);
    const own: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { origin: panel.origin },
      {},
      { authorization: `Bearer ${batches.people.official.tokens.accessToken}`, 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of own) expect((await post(headers)).status, JSON.stringify(headers)).toBe(200);
  });

  test('The control API takes a large file as fast as the service behind it reads, and keeps none of it', async () => {
    const browser = await signedIn();
    const chunk = Buffer.alloc(1 << 20, 'a');
    const chunks = 192;
    let release: () => void = () => undefined;
    upstream.next((incoming, response) => {
      let bytes = 0;
      release = () => {
        incoming.on('data', (part: Buffer) => (bytes += part.length));
        incoming.on('end', () => response.end(JSON.stringify({ bytes })));
      };
    });
    const sending = httpRequest(`${panel.origin}/api/elections/v1/large`, {
      method: 'POST',
      headers: {
        'content-type': 'text/csv',
        'content-length': String(chunk.length * chunks),
        cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; '),
      },
    });
    let received = 0;
    const answer = new Promise<string>((resolve, reject) => {
      sending.on('error', reject).on('response', (incoming) => {
        incoming.setEncoding('utf8').on('data', (text: string) => resolve(text));
      });
    });
    const writing = (async () => {
      for (let n = 0; n < chunks; n += 1) {
        await new Promise<unknown>((resolve) => sending.write(chunk, resolve));
        received += 1;
      }
      sending.end();
    })();
    // It stalls: as much is under way as the buffers of three connections hold.
    let previous = -1;
    let same = 0;
    await until(() => {
      same = received > 0 && received === previous ? same + 1 : 0;
      previous = received;
      return same > 25 || received === chunks;
    }, 'a stall');
    expect(previous, 'MiB that were sent without a reader').toBeLessThan(64);
    release();
    await writing;
    expect(JSON.parse(await answer)).toEqual({ bytes: chunk.length * chunks });
  });

  test('The control API carries events as they come, and ends them when the panel ends', async () => {
    const electionId = await batches.election();
    await using ending = await startPanel(origins);
    const browser = new Jar(ending.origin);
    await browser.signIn(batches.people.official.email);
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const uploaded = await fetch(`${ending.origin}/api/officials/v1/batches?electionId=${electionId}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'text/csv' },
      body: csvOf(rows(3)),
    });
    expect(uploaded.status).toBe(202);
    const { batch } = (await uploaded.json()) as { batch: { id: string } };
    const events = await fetch(`${ending.origin}/api/officials/v1/batches/${batch.id}/events`, { headers: { cookie } });
    expect(events.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = events.body!.getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value as Uint8Array)).toContain('received');
    const ended = (async () => {
      for (;;) if ((await reader.read()).done) return 'in order';
    })().catch(() => 'cut');
    await ending.app.close();
    expect(await ended).toBe('in order');
  });

  test('The control API reports an unavailable service, and never claims that nothing was done', async () => {
    await using detached = await startPanel({ ...origins, elections: `http://127.0.0.1:${await freePort()}` });
    const browser = new Jar(detached.origin);
    await browser.signIn(batches.people.official.email);
    for (const method of ['GET', 'POST']) {
      const answer = await browser.ask(method, '/api/elections/v1/elections');
      expect([answer.status, answer.code]).toEqual([503, 'busy']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await browser.ask('GET', '/api/access/v1/account')).status).toBe(200);
    const here = await signedIn();
    upstream.next((request) => request.socket.destroy());
    const cut = await here.ask('POST', '/api/elections/v1/participants', { body: {} });
    expect([cut.status, cut.code]).toEqual([503, 'change-unknown']);
    expect(cut.text).toContain('It is not known whether the request had an effect');
  });

  test('The control API passes on the request id, so that the audit log can be compared with it', async () => {
    const id = randomUUID();
    upstream.next((_request, response) => response.setHeader('x-request-id', id).end('{}'));
    const browser = await signedIn();
    expect((await browser.ask('GET', '/api/elections/v1/elections')).headers.get('x-request-id')).toBe(id);
  });
});

describe('The pages', () => {
  test('The pages are the same for everybody, are never framed by others, and name no server', async () => {
    const paths = [
      '/',
      '/elections/e-1',
      '/account',
      '/preview',
      '/assets/a.js',
      '/assets/none.js',
      '/livez',
      '/api/x',
    ];
    for (const path of [...paths, '/api/access/v1/account', '/api/elections/v1/x']) {
      const { headers } = await jar().ask('GET', path);
      const framed =
        path === '/preview' ? ["frame-ancestors 'self'", 'SAMEORIGIN'] : ["frame-ancestors 'none'", 'DENY'];
      if (!path.startsWith('/api/elections')) {
        expect(headers.get('content-security-policy'), path).toContain(framed[0]);
        expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      }
      expect(headers.get('content-security-policy') ?? '', path).not.toContain('unsafe');
      expect(headers.get('x-frame-options'), path).toBe(framed[1]);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('server')).toBeNull();
    }
    const page = await jar().ask('GET', '/people/roles');
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect((await jar().ask('GET', '/assets/a.js')).headers.get('cache-control')).toContain('immutable');
  });

  test('The pages show operators how the panel and its services are', async () => {
    expect((await jar().ask('GET', '/livez')).status).toBe(200);
    const ready = await jar().ask('GET', '/readyz');
    const { checks } = JSON.parse(ready.text) as { checks: { name: string }[] };
    expect(checks.map(({ name }) => name)).toEqual(['access', 'elections', 'officials']);
    expect(ready.text).not.toContain('127.0.0.1');
  });
});

/** As a program writes it: `fetch` would tidy the path up first. */
async function rawGet(
  origin: string,
  path: string,
  { cookies }: Jar,
  more: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(origin);
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  return await new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, headers: { cookie, ...more } }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}
