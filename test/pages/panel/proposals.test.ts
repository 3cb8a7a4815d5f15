// An announcement that one administrator proposes in the panel and another confirms, by keyboard, in a real Chromium over
// the whole platform.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredElection } from '../../../src/protocol/control/elections-api.ts';
import type { Proposal } from '../../../src/protocol/control/proposals-api.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { chromiumPath, launch } from '../../support/pages/browser.ts';
import { logoOf } from '../../support/pages/pictures.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';
import { openFor } from '../../support/pages/signing-in.ts';

/** A time in two days, always at this hour: an end at night would have to be confirmed first. */
const inTwoDays = (hour: string): string =>
  `${new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 10)}T${hour}:00:00.000Z`;

const draftOf = (id: string) => ({
  id,
  title: { en: `Chair of ${id}` },
  organiser: { en: 'The club. Help: 2555 0123' },
  timeZone: 'Europe/Belgrade',
  rehearsal: false,
  // Phones are simulated here.
  channels: ['batches'],
  identity: { scheme: 'hkid' },
  opensAt: inTwoDays('08'),
  closesAt: inTwoDays('16'),
  verification: { methods: ['text-in'] },
  contests: [
    {
      title: { en: 'Who should be chair?' },
      method: 'plurality',
      options: ['Ana', 'Bojan'].map((en) => ({ title: { en } })),
    },
  ],
});

const patient = { timeout: 60_000 };

describe.skipIf(chromiumPath === undefined)('Proposals in the panel', { timeout: 360_000 }, () => {
  let platform: Platform & { control: Control };
  let browser: Browser;
  let first: Person;
  let second: Person;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    first = await (await platform.control.person('administrator')).setUpSecondFactor();
    second = await (await platform.control.person('administrator')).setUpSecondFactor();
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('One proposes an announcement, and the other sees it, reads it and confirms it by keyboard', async () => {
    const id = `two-${randomUUID().slice(0, 8)}`;
    const body = draftOf(id);
    const creation = await first.call('elections', 'POST', '/v1/elections', { body });
    expect(creation.status, creation.text).toBe(201);

    const { page } = await openFor(browser, platform.control.panel, first, { path: `/elections/${id}/edit/check` });
    await page.getByRole('button', { name: 'Announce', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Another administrator must confirm this').waitFor();
    await lookAtDialog(page, 'proposal-announce');
    await dialog.getByRole('button', { name: 'Propose' }).press('Enter');
    await page.getByText('Proposed: Announce the election.').waitFor();
    await page.getByRole('link', { name: 'Open the proposal' }).press('Enter');
    await page.getByText('Another administrator must confirm what you proposed').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Confirm' }).count()).toBe(0);

    const other = await openFor(browser, platform.control.panel, second, { path: '/' });
    await other.page.getByRole('link', { name: 'Approvals (1)' }).press('Enter');
    await other.page.getByRole('heading', { name: 'Approvals' }).waitFor();
    await lookAt(other.page, 'proposals');
    const waiting = other.page.getByRole('link', { name: `Announce the election: Chair of ${id}` });
    const search = other.page.getByRole('searchbox', { name: 'Find by election, action, person or state' });
    await search.fill('no such proposal');
    await waiting.waitFor({ state: 'detached' });
    await search.fill(`chair of ${id}`);
    await waiting.press('Enter');
    await other.page.getByRole('heading', { name: 'Exactly this is carried out' }).waitFor();
    await lookAt(other.page, 'proposal');
    await other.page.getByRole('button', { name: 'Confirm' }).press('Enter');
    const confirming = other.page.getByRole('dialog');
    await confirming.getByLabel(`Type ${id} to confirm`).fill(id);
    await confirming.getByRole('button', { name: 'Confirm and carry out' }).press('Enter');
    await confirming.waitFor({ state: 'detached' });
    await other.page.getByText('confirmed and carried out').waitFor();
    const { text } = await first.call('elections', 'GET', `/v1/elections/${id}`);
    const { election } = JSON.parse(text) as { election: AdministeredElection };
    expect(election.state).toBe('announced');

    // A new logo is shown as the picture that voters would see.
    const logo = logoOf({ width: 200, height: 60 }).toString('base64');
    const change = {
      body: { logo, organiser: { en: 'The chess club' } },
      headers: { 'if-match': `"${election.version}"` },
    };
    const proposed = await first.call('elections', 'PATCH', `/v1/elections/${id}`, change);
    expect(proposed.status, proposed.text).toBe(202);
    const { proposal } = JSON.parse(proposed.text) as { proposal: Proposal };
    await other.page.goto(`${platform.control.panel}/proposals/${proposal.id}`);
    const picture = other.page.locator('.logo-sample img');
    await picture.waitFor();
    expect(await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(200);
    await other.page.getByText('Before: The club. Help: 2555 0123').waitFor();
    const described = await other.page.getByRole('main').innerText();
    expect(described).not.toContain(logo.slice(0, 20));
    expect(described.split('checksum'), 'the picture is described once').toHaveLength(2);
    await lookAt(other.page, 'proposal-of-a-logo');
    const rejection = await second.call('elections', 'POST', `/v1/proposals/${proposal.id}/reject`, { body: {} });
    expect(rejection.status, rejection.text).toBe(200);
  });

  test('A quick poll that another administrator confirms opens afterwards, for its whole length', async () => {
    const { page } = await openFor(browser, platform.control.panel, first, { path: '/elections/quick' });
    const title = `Hours ${randomUUID().slice(0, 8)}`;
    await page.getByRole('textbox', { name: 'Title' }).fill(title);
    await page.getByRole('textbox', { name: 'Question' }).fill('Should the library open on Sundays?');
    for (const [at, text] of ['Yes', 'No'].entries())
      await page.getByRole('textbox', { name: `Option ${at + 1}` }).fill(text);
    await page.getByRole('radio', { name: 'Anyone with a phone' }).check();
    await page.getByLabel('Voting is open for').selectOption({ label: '1 hour' });
    await page.getByRole('textbox', { name: 'Organiser and help for voters' }).fill('The library: 2555 0123');
    await page.getByText('Voting opens after that time.').waitFor();
    await page.getByRole('button', { name: 'Propose the poll' }).press('Enter');
    await page.getByText('Proposed: Announce the election.').waitFor();
    const id = title.toLowerCase().replace(' ', '-');
    const { text } = await first.call('elections', 'GET', `/v1/elections/${id}`);
    const { election } = JSON.parse(text) as { election: AdministeredElection };
    const answer = await first.call('elections', 'GET', `/v1/proposals?electionId=${id}`);
    const [proposal] = (JSON.parse(answer.text) as { proposals: Proposal[] }).proposals;
    const opensMs = Date.parse(election.definition.opensAt);
    expect(opensMs).toBeGreaterThan(Date.parse(proposal?.expiresAt ?? ''));
    expect(Date.parse(election.definition.closesAt) - opensMs).toBe(3_600_000);
    const rejection = await second.call('elections', 'POST', `/v1/proposals/${proposal?.id}/reject`, { body: {} });
    expect(rejection.status, rejection.text).toBe(200);
  });

  test('One proposes to invite a person, and the other confirms it and gets the link', async () => {
    const { page } = await openFor(browser, platform.control.panel, first, { path: '/people' });
    await page.getByRole('button', { name: 'Invite a person' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Create link' }).press('Enter');
    await page.getByText('Proposed: Invite a person.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Open the proposal' }).press('Enter');
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await page.getByRole('button', { name: 'Withdraw' }).waitFor();

    const other = await openFor(browser, platform.control.panel, second, { path: '/' });
    // A reading that was busy three times is repeated after 15 seconds.
    await expect.poll(() => other.page.title(), patient).toBe('(1) Overview – PopVote control panel');
    const notices = other.page.getByRole('button', { name: /notices?$/ });
    await expect.poll(() => notices.innerText(), patient).toBe('1 notice');
    await notices.press('Enter');
    await expect.poll(() => notices.getAttribute('aria-expanded')).toBe('true');
    await other.page.getByText('1 proposal waits for your confirmation', { exact: true }).waitFor();
    await lookAt(other.page, 'notices');
    await other.page.getByRole('link', { name: 'Open approvals' }).press('Enter');
    await other.page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await lookAt(other.page, 'proposals-of-accounts');
    await other.page.getByRole('button', { name: 'Confirm and carry out' }).press('Enter');
    await other.page.getByRole('dialog', { name: 'Invitation link' }).waitFor();
    await expect.poll(() => other.page.title(), patient).toBe('Approvals – PopVote control panel');
    await expect.poll(() => other.page.locator('.secret').innerText()).toMatch(/\/register#[\w-]{43}$/);
    await other.page.getByRole('button', { name: 'Done' }).press('Enter');
    await other.page.getByRole('heading', { name: 'Accounts' }).waitFor({ state: 'detached' });
    await other.page.goto(`${platform.control.panel}/audit`);
    await other.page
      .getByText(/, confirmed by .*, invited a person\./)
      .first()
      .waitFor();
  });

  test('A rejected announcement leads to the second factor, and then works in the same session', async () => {
    const third = await platform.control.person('administrator');
    const id = `factor-${randomUUID().slice(0, 8)}`;
    const body = draftOf(id);
    expect((await third.call('elections', 'POST', '/v1/elections', { body })).status).toBe(201);
    const { page } = await openFor(browser, platform.control.panel, third, { path: `/elections/${id}/edit/check` });
    const announce = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Announce', exact: true }).press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Propose' }).press('Enter');
    };
    await announce();
    await page.getByText('Sign in with a second factor first').waitFor();
    await lookAtDialog(page, 'second-factor-missing');
    await page.getByRole('link', { name: 'Set up two-step sign-in' }).press('Enter');
    await page.getByRole('button', { name: 'Set up authenticator' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your password').fill(third.password);
    await dialog.getByRole('button', { name: 'Continue' }).press('Enter');
    const secret = (await dialog.locator('.secret').innerText()).replace(/\s/g, '');
    await dialog.getByLabel('Authenticator code').fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await dialog.getByRole('button', { name: 'Turn on' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${platform.control.panel}/elections/${id}/edit/check`);
    await announce();
    await page.getByText('Proposed: Announce the election.').waitFor();
  });
});
