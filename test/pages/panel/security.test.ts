// What others may try against the panel, in a real Chromium over the real platform: pages of other origins, planted sessions,
// script in names, what a browser keeps of pages gone by. Nothing of it changes anything or shows anything.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserRole } from '../../../src/domain/user.ts';
import { controlCall } from '../../support/control.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';
import { chromiumPath, desktop, launch, openPage } from '../../support/pages/browser.ts';
import { fillSignIn, openFor, signIn } from '../../support/pages/signing-in.ts';

let platform: Platform & { control: Control };
let administrator: Person;
let browser: Browser;
let panel: string;
let evil: Server;
let evilPort: number;
/** What the other origin's page is, as a body of HTML. */
let evilPage = '';

const script = '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>';

const invitations = async (): Promise<number> => {
  const { body } = await administrator.call('access', 'GET', '/v1/invitations');
  return (body['invitations'] as unknown[]).length;
};

describe.skipIf(chromiumPath === undefined)('Attacks against the panel', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch({ keepPages: true })]);
    ({ administrator, panel } = platform.control);
    evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><title>evil</title>${evilPage}`);
    });
    await new Promise<void>((resolve) => evil.listen(0, resolve));
    evilPort = (evil.address() as AddressInfo).port;
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => evil.close(resolve));
    await platform[Symbol.asyncDispose]();
  }, 60_000);

  // The same host on another port is the same site: there the cookie is sent, and the panel itself refuses.
  test.each(['localhost', '127.0.0.1'])('A page at %s can do nothing in the name of a signed-in user', async (host) => {
    const { context, page } = await openFor(browser, panel, administrator, { path: '/people' });
    const before = await invitations();
    const target = `${panel}/api/access/v1/invitations`;
    evilPage = `<form method="post" enctype="text/plain" action="${target}" target="answer">
      <input name='{"role":"administrator","days":7,"x":"' value='"}'></form><iframe name="answer"></iframe>`;
    const attacker = await context.newPage();
    const refused: number[] = [];
    attacker.on('response', (response) => {
      if (response.url().startsWith(panel)) refused.push(response.status());
    });
    await attacker.goto(`http://${host}:${evilPort}/`);
    await attacker.evaluate('document.forms[0].submit()');
    await until(() => refused.length === 1, 'the answer to the form');
    const tries = [
      `fetch("${target}", {method: "POST", credentials: "include", mode: "no-cors", body: '{"role":"administrator","days":7}'})`,
      `fetch("${target}", {method: "POST", credentials: "include", headers: {"content-type": "application/json"}, body: '{"role":"administrator","days":7}'})`,
      `fetch("${panel}/api/session", {method: "DELETE", credentials: "include"})`,
      `fetch("${panel}/api/session", {method: "POST", credentials: "include", mode: "no-cors", body: '{"email":"a@example.org","password":"x"}'})`,
      `fetch("${panel}/api/access/v1/users", {credentials: "include"}).then((answer) => answer.text())`,
    ];
    const read = await attacker.evaluate<string>(
      `Promise.allSettled([${tries.join(',')}]).then((all) => JSON.stringify(all.map(({ value }) => String(value))))`,
    );
    expect(read, 'nothing of the panel is read there').not.toContain('@');
    expect(refused.filter((status) => status < 400 && status !== 204)).toEqual([]);
    expect(await invitations()).toBe(before);
    await page.reload();
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await context.close();
  });

  test('A page of another origin cannot frame it', async () => {
    const { context } = await openFor(browser, panel, administrator);
    evilPage = `<iframe src="${panel}/people"></iframe><iframe src="${panel}/preview"></iframe>`;
    const attacker = await context.newPage();
    await attacker.goto(`http://127.0.0.1:${evilPort}/`);
    await until(
      () =>
        attacker.frames().length === 3 &&
        attacker
          .frames()
          .slice(1)
          .every((frame) => frame.url() !== ''),
    );
    for (const frame of attacker.frames().slice(1)) {
      await frame.waitForLoadState();
      expect(await frame.evaluate('location.protocol')).toBe('chrome-error:');
    }
    await context.close();
  });

  test('A session planted in a browser is invalid after the sign-in, for the attacker too', async () => {
    const thief = await openFor(browser, panel, await platform.control.person('official'));
    const planted = await thief.context.cookies();
    expect(planted.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([
      [true, 'Strict'],
      [true, 'Strict'],
    ]);
    const victim = await openPage(browser, panel, desktop);
    await victim.context.addCookies(planted);
    await victim.page.goto(panel);
    await victim.page.getByRole('button', { name: 'Sign out' }).waitFor();
    await victim.context.clearCookies({ name: 'popvote-access' });
    await victim.page.goto(panel);
    await victim.page.getByRole('button', { name: 'Sign out' }).click();
    await fillSignIn(victim.page, administrator.email, administrator.password);
    await victim.page.getByRole('link', { name: 'People', exact: true }).waitFor();
    const values = new Set(planted.map(({ value }) => value));
    for (const { value } of await victim.context.cookies()) expect(values.has(value)).toBe(false);
    expect(await victim.page.evaluate('document.cookie'), 'no script reads a cookie').toBe('');
    await thief.page.reload();
    await thief.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await Promise.all([thief.context.close(), victim.context.close()]);
  });

  test('Script in names and titles stays text, on every page', async () => {
    const token = (await administrator.call('access', 'POST', '/v1/invitations', { body: { role: 'official' } })).body;
    const person = { email: 'script@example.org', forename: script.slice(0, 90), surname: '"><svg onload=alert(1)>' };
    const registered = await controlCall(platform.control.origins.access, 'POST', '/v1/users', {
      body: { ...person, password: administrator.password, invitation: token['token'] },
    });
    expect(registered.status, registered.text).toBe(201);
    for (const name of [script, "'-alert(1)-'", '=HYPERLINK("http://evil.example")']) {
      const creation = await administrator.call('elections', 'POST', '/v1/participants', {
        body: { name, kind: 'party' },
      });
      expect(creation.status, creation.text).toBe(201);
    }
    const { context, page, complaints } = await openFor(browser, panel, administrator);
    const paths = [
      '/',
      '/elections',
      '/participants',
      '/batches',
      '/people',
      '/people/roles',
      '/audit',
      '/system',
      '/account',
    ];
    for (const path of [
      ...paths,
      `/audit?act=${encodeURIComponent(script)}&actor=${encodeURIComponent(script)}`,
      `/${script}`,
    ]) {
      await page.goto(panel + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.evaluate('globalThis.ran'), path).toBeUndefined();
      await expect
        .poll(() => page.locator('main img, main svg[onload], main script').count(), { message: path })
        .toBe(0);
    }
    await page.goto(`${panel}/people?role=official`);
    await page.getByRole('button', { name: /^Manage <img src=x/ }).click();
    await page
      .getByRole('dialog')
      .getByRole('heading', { name: /<img src=x onerror/ })
      .waitFor();
    await page.goto(`${panel}/audit`);
    await page.getByText(script, { exact: true }).first().waitFor();
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    expect(complaints, 'the policy had nothing to stop').toEqual([]);
    await context.close();
  });

  const offered: Readonly<Record<UserRole, readonly string[]>> = {
    administrator: ['Overview', 'Elections', 'Participants', 'Batches', 'Approvals', 'People', 'Audit log', 'System'],
    auditor: ['Overview', 'Elections', 'Participants', 'Batches', 'Audit log', 'System'],
    official: ['Overview', 'Elections', 'Batches'],
  };
  const closed: Readonly<Record<UserRole, readonly string[]>> = {
    administrator: ['/batches/new'],
    auditor: ['/people', '/elections/new', '/elections/quick', '/batches/new', '/elections/e/edit'],
    official: [
      '/people',
      '/audit',
      '/system',
      '/participants',
      '/elections/new',
      '/elections/quick',
      '/elections/e/results',
      '/elections/e/live',
    ],
  };
  test.each(['administrator', 'auditor', 'official'] as const)(
    '%s sees what the role may use, and a rejection at other addresses',
    async (role) => {
      const person = role === 'administrator' ? administrator : await platform.control.person(role);
      const { context, page, complaints } = await openFor(browser, panel, person);
      const links = page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link');
      await expect.poll(() => links.allTextContents()).toEqual(offered[role]);
      // The first page may still ask.
      await page.goto('about:blank');
      const paths: string[] = [];
      page.on('request', (request) => paths.push(new URL(request.url()).pathname));
      for (const path of closed[role]) {
        await page.goto(panel + path);
        await page.getByRole('heading', { name: 'You cannot open this page' }).waitFor();
      }
      // The navigation counts proposals, and the frame of each page has the notices.
      const counted = ['/api/access/v1/account', '/api/elections/v1/elections', '/api/officials/v1/batches'];
      if (role === 'administrator')
        counted.push('/api/elections/v1/proposals', '/api/access/v1/proposals', '/api/access/v1/users');
      const kinds = paths.filter((path) => path.startsWith('/api/') && !counted.includes(path));
      expect(kinds, 'nothing is asked for that is not shown').toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  test('After signing out, Back and other tabs show nothing of before', async () => {
    const { context, page } = await openFor(browser, panel, administrator);
    const nothingShown = async (tab: Page): Promise<void> => {
      await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
      await tab.locator('body').waitFor();
      // At once, and not after a while: nothing of before may be visible even for a moment.
      expect(await tab.locator('body').innerText()).not.toContain(administrator.email);
    };
    await page.goto(`${panel}/people`);
    await page.getByText(administrator.email).waitFor();
    const secondTab = await context.newPage();
    const other = await context.newPage();
    for (const tab of [secondTab, other]) {
      await tab.goto(`${panel}/people`);
      await tab.getByText(administrator.email).waitFor();
    }
    // This one is left for another document, so that the browser keeps it as it was.
    await secondTab.evaluate('globalThis.sameDocument = true');
    await secondTab.goto(`${panel}/api/access/docs`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await nothingShown(page);
    await nothingShown(other);
    await page.goBack();
    await nothingShown(page);
    await secondTab.goBack();
    await nothingShown(secondTab);
    // Somebody else signs in: no tab goes on in the first one's name.
    const official = await platform.control.person('official');
    await signIn(page, panel, administrator, '/people');
    await other.reload();
    await other.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await fillSignIn(page, official.email, official.password);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await nothingShown(other);
    // A browser that takes a page out of its memory says so by these events, and no other tab is there to tell it.
    // A tab behind others begins to listen a moment after it shows its page.
    const hide = "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })), document.body.hidden";
    await expect.poll(() => page.evaluate<boolean>(hide)).toBe(true);
    await context.clearCookies();
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await nothingShown(page);
    await context.close();
  });
});
