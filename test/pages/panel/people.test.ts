// People of the panel in a real Chromium over the real platform: signing in step by step, one's own account, a session that
// ends in the middle of a form, administering others, and the pages that say what everybody may and did.
import { readFileSync } from 'node:fs';
import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programVersion } from '../../../src/platform/health/version.ts';
import { actOnUsers, controlCall } from '../../support/control.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';
import { chromiumPath, desktop, launch, openPage } from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { fillSignIn, openFor, signIn } from '../../support/pages/signing-in.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';

const newPassword = 'seven otters borrow a violin';

let platform: Platform & { control: Control };
let administrator: Person;
let browser: Browser;
let panel: string;

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, exact: true });
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');

async function oneTimePasswordOf(person: Person): Promise<string> {
  const path = `/v1/users/${person.id}/one-time-password`;
  const answer = await actOnUsers(platform.control.origins, administrator, 'POST', path);
  return answer.body['password'] as string;
}

describe.skipIf(chromiumPath === undefined)('People in the panel', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    ({ administrator, panel } = platform.control);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  }, 60_000);

  test('A first sign-in replaces the one-time password, and a failed one does not name the wrong field', async () => {
    const person = await platform.control.person('official');
    const oneTime = await oneTimePasswordOf(person);
    const { page, context, complaints } = await openPage(browser, panel, desktop);
    await page.goto(`${panel}/account`);
    const messages: string[] = [];
    for (const email of [person.email, 'unknown@example.org']) {
      await fillSignIn(page, email, 'this was never the one');
      await page.getByRole('alert').waitFor();
      messages.push(await page.getByRole('alert').innerText());
      await expect.poll(() => page.getByLabel('E-mail').inputValue(), { message: 'nothing typed is lost' }).toBe(email);
      await page.getByLabel('Password', { exact: true }).fill('');
    }
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toContain('E-mail or password is not right');
    await button(page, 'Sign in').click();
    await page.getByText('Enter your password.').waitFor();
    const typed = { key: 'A', modifierCapsLock: true };
    await page.getByLabel('Password', { exact: true }).dispatchEvent('keydown', typed);
    await page.getByText('Caps Lock is on.').waitFor();
    await lookAt(page, 'sign-in');

    await fillSignIn(page, person.email, oneTime);
    const field = page.getByLabel('New password');
    await field.waitFor();
    await expect
      .poll(() => page.evaluate('document.activeElement.name'), { message: 'one types on where it goes on' })
      .toBe('new-password');
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    await page.getByText('Use 12 characters or more. This has 5.').waitFor();
    await field.fill('passwordpassword1');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The password is too easy to guess').waitFor();
    await button(page, 'Show passwords').click();
    expect(await field.getAttribute('type')).toBe('text');
    await lookAt(page, 'sign-in-new-password');
    await field.fill(newPassword);
    await button(page, 'Sign in').click();
    await heading(page, 'Your account').waitFor();
    await page.getByText(/Your last sign-in was on /).waitFor();
    await button(page, 'Hide').click();
    await expect.poll(() => page.getByText(/Your last sign-in was on /).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('Too many tries are reported in minutes', async () => {
    const { page, context } = await openPage(browser, panel, desktop);
    await page.goto(panel);
    const once = `fetch('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'often@example.org', password: 'this was never the one' }) }).then(({ status }) => status)`;
    await until(async () => (await page.evaluate<number>(once)) === 429, 'the limit');
    await fillSignIn(page, 'often@example.org', 'this was never the one');
    await page.getByText(/Wait 1[0-5] minutes \(until \d\d:\d\d on your clock\)/).waitFor();
    await context.close();
  });

  test('A second factor is set up, required at sign-in, and replaced once by a recovery code', async () => {
    const person = await platform.control.person('auditor');
    const { page, context, complaints } = await openFor(browser, panel, person, { path: '/account' });
    await button(page, 'Set up authenticator').click();
    await page.getByLabel('Your password').fill(person.password);
    await button(page, 'Continue').click();
    await dialog(page).locator('svg.qr').waitFor();
    await lookAt(page, 'second-factor');
    const secret = (await dialog(page).locator('.secret').innerText()).replaceAll(' ', '');
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await page.getByLabel('Authenticator code').fill('000000');
    await button(page, 'Turn on').click();
    await page.getByRole('alert').getByText('The code is not right').waitFor();
    await page.getByLabel('Authenticator code').fill(totp.generate());
    await button(page, 'Turn on').click();
    await heading(page, 'Your recovery codes').waitFor();
    const codes = await page.locator('.codes li').allInnerTexts();
    expect(codes).toHaveLength(10);
    await lookAt(page, 'recovery-codes');
    await button(page, 'Done').click();
    expect(await page.content()).not.toContain(codes[0]);
    await page.getByText('On. You need your password').waitFor();

    await button(page, 'Sign out').click();
    await page.getByText('You are signed out.').waitFor();
    await fillSignIn(page, person.email, person.password);
    await page.getByLabel('Authenticator code').fill('12345');
    await button(page, 'Sign in').click();
    await page.getByText('The code from the authenticator is not correct').waitFor();
    await lookAt(page, 'sign-in-code');
    await page.getByLabel('Authenticator code').fill(codes[0]?.toLowerCase() ?? '');
    await button(page, 'Sign in').click();
    await button(page, 'Sign out').waitFor();
    await page.goto(`${panel}/account`);
    await button(page, 'Remove authenticator').click();
    await page.getByLabel('Your password').fill(person.password);
    await page.getByLabel('Authenticator code').fill(codes[1] ?? '');
    await button(page, 'Remove').click();
    await page.getByText('Off. Anyone who knows your password').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A session that ends loses no form: calls wait and continue, and Esc does not lead past it', async () => {
    const other = await platform.control.person('administrator');
    const { page, context } = await openFor(browser, panel, other, { path: '/people' });
    await button(page, 'Invite a person').click();
    await dialog(page).getByLabel('Role').selectOption('auditor');
    await page.getByLabel('Valid for (days)').fill('11');
    await administrator.call('access', 'DELETE', `/v1/users/${other.id}/sessions`);
    // Several calls meet the end at once: the change itself, and lists that are read again.
    await button(page, 'Create link').click();
    const over = page.getByRole('dialog', { name: 'Your session has ended' });
    await over.waitFor();
    for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
    await over.waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('password');
    await lookAt(page, 'session-over');
    await over.getByLabel('Password', { exact: true }).fill(other.password);
    await over.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog', { name: 'Invitation link' }).waitFor();
    await expect.poll(() => page.locator('.secret').innerText()).toMatch(/\/register#[\w-]{43}$/);
    const days = await administrator.call('access', 'GET', '/v1/invitations');
    const ends = (days.body['invitations'] as { createdBy: string; expiresAt: string }[]).filter(
      ({ createdBy }) => createdBy === other.id,
    );
    expect(Math.round((Date.parse(ends[0]?.expiresAt ?? '') - Date.now()) / 86_400_000)).toBe(11);
    await button(page, 'Done').click();

    // Somebody else at the same desk begins with a page of their own, and nothing is done in their name.
    await button(page, 'Invite a person').click();
    await dialog(page).getByLabel('Role').selectOption('auditor');
    await page.getByLabel('Valid for (days)').fill('13');
    await administrator.call('access', 'DELETE', `/v1/users/${other.id}/sessions`);
    await button(page, 'Create link').click();
    await over.waitFor();
    await over.getByLabel('E-mail').fill(administrator.email);
    await over.getByLabel('Password', { exact: true }).fill(administrator.password);
    await over.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${panel}/`);
    await page.getByRole('link', { name: 'Ada First' }).waitFor();
    const after = await administrator.call('access', 'GET', '/v1/invitations');
    expect((after.body['invitations'] as unknown[]).length).toBe((days.body['invitations'] as unknown[]).length);
    await context.close();
  });

  test('A user sees the own sessions, ends one of them, and all of them', async () => {
    const person = await platform.control.person('official');
    const first = await openFor(browser, panel, person, { path: '/account' });
    const second = await openFor(browser, panel, person, { path: '/account' });
    const { page } = second;
    await page.getByText('This session').waitFor();
    await lookAt(page, 'account');
    await expect.poll(() => button(page, 'End session').count()).toBe(2);
    // The newest other one is the first browser's.
    await button(page, 'End session').first().click();
    await expect.poll(() => button(page, 'End session').count()).toBe(1);
    await first.page.reload();
    await heading(first.page, 'Sign in').waitFor();
    await signIn(first.page, panel, person, '/account');
    await button(first.page, 'Sign out everywhere').click();
    await dialog(first.page)
      .getByText(/^This ends 3 sessions/)
      .waitFor();
    await dialog(first.page).getByRole('button', { name: 'Sign out everywhere' }).click();
    await heading(first.page, 'Sign in').waitFor();
    await page.reload();
    await heading(page, 'Sign in').waitFor();
    expect((await person.call('access', 'GET', '/v1/account')).status).toBe(401);
    await Promise.all([first.context.close(), second.context.close()]);
  });

  test('An administrator invites a person, who registers with the link', async () => {
    const { page, context } = await openFor(browser, panel, administrator, { path: '/people' });
    await button(page, 'Invite a person').click();
    await dialog(page).getByLabel('Role').selectOption('auditor');
    await button(page, 'Create link').click();
    const link = await page.locator('.secret').innerText();
    await lookAt(page, 'invitation');
    await button(page, 'Done').click();
    const search = page.getByRole('searchbox', { name: 'Find invitations by role or creator' });
    await search.fill('no such role');
    await page.getByText('No invitations match').waitFor();
    await search.fill('AUDITOR');
    await page.getByLabel('Sort invitations by').selectOption({ label: 'Newest first' });
    await page.getByRole('rowheader', { name: 'Auditor', exact: true }).first().waitFor();
    expect(new URL(page.url()).search).toBe('?invitations=AUDITOR&invitations-sort=created');
    await lookAt(page, 'invitations-search');

    const guest = await openPage(browser, panel, desktop);
    const requests: string[] = [];
    guest.page.on('request', (request) => requests.push(request.url()));
    await guest.page.goto(link);
    await button(guest.page, 'Register').click();
    await guest.page.getByText('Enter your forename.').waitFor();
    await guest.page.getByLabel('Forename').fill('Mira');
    await guest.page.getByLabel('Surname').fill('Kos');
    await guest.page.getByLabel('E-mail').fill('mira.kos@example.org');
    await guest.page.getByLabel('Password', { exact: true }).fill(newPassword);
    await guest.page.getByLabel('National ID (optional)').selectOption('jmbg');
    await guest.page.getByLabel('Number').fill('0101990710009');
    await button(guest.page, 'Register').click();
    await guest.page.getByRole('alert').getByText('The identity number is not valid').waitFor();
    await lookAt(guest.page, 'register');
    await guest.page.getByLabel('Number').fill('0101990710008');
    await button(guest.page, 'Register').click();
    await heading(guest.page, 'Your account is ready').waitFor();
    const token = link.split('#')[1] ?? '';
    expect(requests.join(' '), 'no server sees the token in an address').not.toContain(token);
    expect(guest.page.url()).not.toContain(token);
    expect(platform.output()).not.toContain(token);
    await guest.page.getByRole('link', { name: 'Sign in' }).click();
    await fillSignIn(guest.page, 'mira.kos@example.org', newPassword);
    await guest.page.getByText('Welcome. This is your first sign-in.').waitFor();
    // The link works once, and registration without a link is impossible.
    await guest.page.goto(`${panel}/register`);
    for (const name of ['Forename', 'Surname']) await guest.page.getByLabel(name).fill('Zoe');
    await guest.page.getByLabel('E-mail').fill('zoe@example.org');
    await guest.page.getByLabel('Password', { exact: true }).fill(newPassword);
    await button(guest.page, 'Register').click();
    await guest.page.getByRole('alert').getByText('A valid invitation is required').waitFor();
    await Promise.all([guest.context.close(), context.close()]);
  });

  test('An administrator corrects a name and an address, and a taken address is named', async () => {
    const person = await platform.control.person('official');
    const own = await platform.control.person('administrator');
    const { page, context, complaints } = await openFor(browser, panel, own, { path: '/people' });
    const correct = async (email: string): Promise<void> => {
      await page
        .getByRole('row', { name: email })
        .getByRole('button', { name: /^Manage/ })
        .click();
      await dialog(page).getByRole('button', { name: 'Correct name or e-mail' }).click();
    };
    const save = () => dialog(page).getByRole('button', { name: 'Correct name or e-mail' }).click();
    await correct(person.email);
    await dialog(page).getByLabel('Surname').fill('Đorđević');
    await dialog(page).getByLabel('E-mail').fill(own.email);
    await save();
    await dialog(page).getByText('Another account has this e-mail address.').waitFor();
    await lookAtDialog(page, 'correct-person');
    await expect.poll(() => dialog(page).getByLabel('Surname').inputValue()).toBe('Đorđević');
    const address = `corrected-${person.email}`;
    await dialog(page).getByLabel('E-mail').fill(address);
    await save();
    await page.getByText('Proposed: Change an account.').waitFor();
    const { body } = await administrator.call('access', 'GET', '/v1/proposals');
    const [proposal] = body['proposals'] as { id: string }[];
    const confirmation = await administrator.call('access', 'POST', `/v1/proposals/${proposal?.id}/confirm`);
    expect(confirmation.status, confirmation.text).toBe(200);
    await page.reload();
    await page.getByRole('row', { name: address }).getByText('Đorđević').waitFor();

    // One's own address: the session ends, and the new address signs in.
    await correct(own.email);
    await dialog(page).getByLabel('E-mail').fill(`corrected-${own.email}`);
    await save();
    await dialog(page).waitFor({ state: 'detached' });
    await fillSignIn(page, `corrected-${own.email}`, own.password);
    await button(page, 'Sign out').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('An administrator finds people and changes their accounts, each change with its consequences', async () => {
    const waiting = await platform.control.person('official');
    await platform.databases.query(
      'access',
      `update pv.account set state = 'waiting', source = 'registered' where user_id = $1`,
      [waiting.id],
    );
    // Alone: where another administrator can sign in, they confirm each of these.
    await platform.databases.query(
      'access',
      `update pv.account set state = 'suspended' where role = 'administrator' and user_id <> $1`,
      [administrator.id],
    );
    const { page, context, complaints } = await openFor(browser, panel, administrator, { path: '/people' });
    // The hidden line of notices has it too.
    await page.getByRole('main').getByText('1 account needs approval.').waitFor();
    await page.getByRole('link', { name: 'Review' }).click();
    await page.waitForURL(/\?state=waiting$/);
    await page.getByText('New, not reviewed').waitFor();
    // One, and the heading.
    await expect.poll(() => page.getByRole('table', { name: 'People' }).getByRole('row').count()).toBe(2);
    await lookAt(page, 'people-waiting');
    const manage = () =>
      page
        .getByRole('row', { name: waiting.email })
        .getByRole('button', { name: /^Manage/ })
        .click();
    const act = async (name: string): Promise<void> => {
      await dialog(page).getByRole('button', { name, exact: true }).click();
    };
    await manage();
    await lookAt(page, 'manage-person');
    await act('Approve');
    await act('Approve');
    await page.getByText('No people match').waitFor();
    await button(page, 'Show everyone').click();
    await page.getByLabel('Role', { exact: true }).selectOption('official');
    await page.waitForURL(/\?role=official$/);
    const row = page.getByRole('row', { name: waiting.email });
    await row.getByText('Active').waitFor();

    await manage();
    await act('One-time password');
    await act('One-time password');
    const oneTime = await page.locator('.secret').innerText();
    await lookAt(page, 'one-time-password');
    await button(page, 'Done').click();
    expect(await page.content()).not.toContain(oneTime);
    const guest = await openPage(browser, panel, desktop);
    await guest.page.goto(panel);
    await fillSignIn(guest.page, waiting.email, oneTime);
    await guest.page.getByLabel('New password').fill(newPassword);
    await button(guest.page, 'Sign in').click();
    await button(guest.page, 'Sign out').waitFor();

    await manage();
    await act('Suspend');
    await act('Suspend');
    await row.getByText('Suspended').waitFor();
    await guest.page.reload();
    await fillSignIn(guest.page, waiting.email, newPassword);
    await guest.page.getByText('The account is suspended').waitFor();
    await manage();
    await act('Lift suspension');
    await act('Lift suspension');
    await row.getByText('Active').waitFor();
    await manage();
    await act('Change role');
    await dialog(page).getByLabel('New role').selectOption('auditor');
    await act('Change role');
    await row.waitFor({ state: 'detached' });
    await page.getByLabel('Role', { exact: true }).selectOption('');
    await manage();
    await act('Delete account');
    await act('Delete account');
    await page.getByText(`Type ${waiting.email} to continue.`).waitFor();
    await dialog(page)
      .getByLabel(/^Type .* to confirm$/)
      .fill(waiting.email);
    await act('Delete account');
    await row.waitFor({ state: 'detached' });

    // A national id is read on asking alone.
    const reading = 'user.read-national-id';
    expect(platform.output()).not.toContain(reading);
    await page
      .getByRole('row', { name: 'mira.kos@example.org' })
      .getByRole('button', { name: /^Manage/ })
      .click();
    await button(page, 'Show number').click();
    await dialog(page).getByText('0101990710008').waitFor();
    await until(() => platform.output().includes(reading), 'the reading in the log');
    await button(page, 'Close').click();
    // Users cannot change their own role or remove themselves here.
    await page
      .getByRole('row', { name: administrator.email })
      .getByRole('button', { name: /^Manage/ })
      .click();
    await dialog(page)
      .getByText(/^This is your account\./)
      .waitFor();
    for (const name of ['Change role', 'Suspend', 'Delete account'])
      await expect.poll(() => button(page, name).count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await lookAt(page, 'people');
    expect(complaints).toEqual([]);
    await Promise.all([guest.context.close(), context.close()]);
  });

  test('The roles page comes from the descriptions of the services', async () => {
    const official = await platform.control.person('official');
    const { page, context } = await openFor(browser, panel, official, { path: '/people/roles' });
    await heading(page, 'Paper ballots').waitFor();
    await page.getByText('uploadBatch').waitFor();
    const documents = await Promise.all(
      Object.values(platform.control.origins).map(
        async (origin) => (await controlCall(origin, 'GET', '/openapi.json')).body,
      ),
    );
    const operations = (documents as unknown as { paths: Record<string, Record<string, { 'x-roles'?: string[] }>> }[])
      .flatMap(({ paths }) => Object.values(paths))
      .flatMap((path) => Object.values(path))
      .flatMap(({ 'x-roles': roles }) => (roles === undefined ? [] : [roles]));
    const yes = operations.reduce((sum, roles) => sum + roles.length, 0);
    await expect.poll(() => page.getByText('✓ Yes').count()).toBe(yes);
    expect(yes).toBeGreaterThan(60);
    await lookAt(page, 'roles');
    await page.getByLabel('Show calls for').selectOption('official');
    await page.waitForURL(/\?role=official$/);
    const official_ = operations.filter((roles) => roles.length === 0 || roles.includes('official'));
    await expect.poll(() => page.locator('.roles tbody tr').count()).toBe(official_.length);
    await context.close();
  });

  test('Every address of the documentation of the API shows the operations', async () => {
    const { page, context, complaints } = await openFor(browser, panel, administrator, { path: '/people/roles' });
    const links = page.getByRole('link', { name: /^API documentation/ });
    await expect.poll(() => links.count()).toBe(3);
    const paths = await links.evaluateAll((all) => all.map((each) => (each as unknown as { href: string }).href));
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const addresses = [...readme.matchAll(/127\.0\.0\.1:(8080|8090)(\/[\w/]*docs)\b/g)];
    expect(addresses.length).toBeGreaterThan(1);
    const ofReadme = addresses.map(([, port, path = '']) => (port === '8080' ? platform.origins.api : panel) + path);
    for (const address of new Set([...paths, ...ofReadme, ...ofReadme.map((path) => `${path}/`)])) {
      await page.goto(address);
      await page.locator('.opblock').first().waitFor();
    }
    expect(complaints.filter((complaint) => !complaint.startsWith(`request to ${platform.origins.api}/`))).toEqual([]);
    await context.close();
  });

  test('The audit log reads as sentences, is searched by address, exported, and verified', async () => {
    const { page, context, complaints } = await auditedStory();
    await page.goto(`${panel}/audit`);
    const log = page.locator('.entries');
    await log.getByText('Ada First added the participant River Party.').waitFor();
    await log.getByText('Ada First renamed the participant Lake Party to =2+5.').waitFor();
    await page.getByText(/^Chain verified up to entry \d+ at/).waitFor();
    await lookAt(page, 'audit');
    await page.getByLabel('Action', { exact: true }).selectOption('participant.rename');
    await page.getByLabel('Person').pressSequentially('ada first');
    await page.getByLabel('Name of the object').pressSequentially('=2+5');
    await button(page, 'Apply').click();
    await page.waitForURL((url) => url.searchParams.get('act') === 'participant.rename');
    const query = new URL(page.url()).searchParams;
    expect(query.get('actor')).toBe(administrator.id);
    expect(query.get('objectId')).toMatch(/^[0-9a-f-]{36}$/);
    await expect.poll(() => page.getByLabel('Person').inputValue()).toBe('Ada First');
    await expect.poll(() => log.locator('li').count()).toBe(1);
    await log.getByText('Details and changes').click();
    await log.getByRole('cell', { name: 'Lake Party' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Filtered entries (CSV)').click(),
    ]);
    const csv = await (await download.createReadStream()).toArray();
    const text = Buffer.concat(csv as Buffer[]).toString('utf8');
    expect(text.split('\r\n')[1]).toContain('Ada First renamed the participant Lake Party to =2+5.');
    expect(text, 'no cell begins a formula').not.toMatch(/(?:^|,)"?[=+@]/m);
    await page.getByText('1 entry exported.').or(page.getByText('2 entries exported.')).waitFor();

    await button(page, 'Clear filter').click();
    await page.getByText('Every action on elections, participants and accounts').waitFor();
    await page.getByLabel('Person').fill('ada');
    await button(page, 'Apply').click();
    await page.getByText(/^Choose a whole name: .*Ada First/).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('audit-actors-field');
    await page.getByLabel('Person').fill('');
    await page.getByLabel('Object', { exact: true }).selectOption('An account');
    await page.getByLabel('Name of the object').fill('Ada First');
    await button(page, 'Apply').click();
    await page.waitForURL((url) => url.searchParams.get('objectKind') === 'user');
    expect(new URL(page.url()).searchParams.get('objectId')).toBe(administrator.id);
    await log
      .getByText(/the administrator Ada First/)
      .first()
      .waitFor();
    await button(page, 'Clear filter').click();
    await page.getByText('Compare with a saved fingerprint').click();
    const verification = await administrator.call('elections', 'GET', '/v1/audit-log/verification');
    const head = verification.body['head'] as { number: number; hash: string };
    await page.getByLabel('Entry number').fill(String(head.number));
    await page.getByLabel('Fingerprint', { exact: true }).fill('0'.repeat(64));
    await button(page, 'Compare').click();
    await page.getByText(/has a different hash/).waitFor();
    await page.getByLabel('Fingerprint', { exact: true }).fill(head.hash);
    await button(page, 'Compare').click();
    await page.getByText(/has the hash that you saved/).waitFor();

    for (const statement of [
      'alter table pv.audit_entry disable trigger all',
      `update pv.audit_entry set entry = replace(entry, 'River', 'Rover') where entry like '%River%'`,
      'alter table pv.audit_entry enable trigger all',
    ]) {
      await platform.databases.query('elections', statement);
    }
    await button(page, 'Verify now').click();
    await page
      .getByRole('alert')
      .getByText(/^The chain is broken at entry \d+$/)
      .waitFor();
    await lookAt(page, 'audit-broken');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('The system page shows the state of each service, with the names of popvote doctor', async () => {
    const auditor = await platform.control.person('auditor');
    const { page, context, complaints } = await openFor(browser, panel, auditor, { path: '/system' });
    await page.getByText(`version ${programVersion().version}`).first().waitFor();
    for (const service of ['api', 'sms', 'ballots', 'mixer', 'access', 'elections', 'officials', 'worker', 'panel']) {
      await page
        .getByRole('heading', { level: 2, name: new RegExp(`^${service}\\b`) })
        .first()
        .waitFor();
    }
    await page
      .getByText(/\d+ checks? passed$/)
      .first()
      .click();
    await page.getByText('officials responds.').waitFor();
    await lookAt(page, 'system');
    await platform.end('officials');
    await button(page, 'Refresh').click();
    await page.getByText('officials does not respond. Start it, or correct its address.').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  async function auditedStory(): Promise<Watched> {
    const ids = [];
    for (const name of ['River Party', 'Lake Party']) {
      const body = { name, kind: 'party' };
      ids.push((await administrator.call('elections', 'POST', '/v1/participants', { body })).body);
    }
    const { id } = ids[1]?.['participant'] as { id: string };
    await administrator.call('elections', 'PATCH', `/v1/participants/${id}`, { body: { name: '=2+5' } });
    return openFor(browser, panel, administrator, { acceptDownloads: true });
  }
});
