// The keyboard in every dialog of the panel: whatever opened it has the focus again after Esc and after Cancel. The walk opens
// every page and presses every button on it; the sources say which dialogs there are.
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actOnUsers } from '../../support/control.ts';
import type { Person } from '../../support/control.ts';
import { chromiumPath, launch } from '../../support/pages/browser.ts';
import { openFor } from '../../support/pages/signing-in.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';

const panelFolder = join(import.meta.dirname, '../../../src/pages/panel');

/** Sources with a dialog, but those of the dialogs themselves. */
const sourcesWithDialog = readdirSync(panelFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.tsx') && !path.startsWith('parts/'))
  .filter((path) => /<(?:Confirm)?Dialog\b/.test(readFileSync(join(panelFolder, path), 'utf8')))
  .sort();

/** Each source with a part of the title of one of its dialogs. */
const titles: Readonly<Record<string, RegExp>> = {
  'elections/annotations.tsx': /^Publish a notice$/,
  'elections/copy-election.tsx': /^Copy this election$/,
  'elections/draft/steps/announce.tsx': /^Announce this election$/,
  'elections/election-acts.tsx': /^(Extend voting|Close voting now|Delete this draft)$/,
  'elections/scheduled-acts.tsx': /^Plan an action$/,
  'participants/add-many.tsx': /^Add many participants$/,
  'participants/delete-participant.tsx': /^Delete this participant$/,
  'participants/participant-dialog.tsx': /^(Add a participant|Rename participant)$/,
  'people/add-authenticator.tsx': /^Set up authenticator$/,
  'people/add-passkey.tsx': /^Add a passkey$/,
  'people/invitations.tsx': /^(Invite a person|Withdraw invitation)$/,
  'people/manage-person.tsx': /^Ana Anić$/,
  'people/own-sessions.tsx': /^Sign out everywhere$/,
};
/** Dialogs of states that other tests reach; they are made of the same two components. */
const elsewhere: Readonly<Record<string, string>> = {
  'batches/confirm-act.tsx': 'a batch that waits for a second official',
  'batches/ledger.tsx': 'an incomplete batch',
  'batches/withdraw-act.tsx': 'a batch',
  'elections/roll/roll-people.tsx': 'a person on a roll',
  'live/accept-loss.tsx': 'a lost vote',
  'people/own-second-factor.tsx': 'a second factor',
  'people/person-act-dialog.tsx': 'an action on a person, inside the dialog of the person',
  'proposals/confirm-proposal.tsx': 'a proposal of another administrator',
  'proposals/user-proposal-list.tsx': 'the secret of a confirmed proposal',
  'results/count-act.tsx': 'a closed election',
  'results/publish-act.tsx': 'a counted election',
  'session/sign-in-again.tsx': 'an ended session, which Esc does not close',
};

/** These end a session, or open a window of the browser. */
const untouched = /^(Sign out|Print|End session)$|^Download/;
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

describe.skipIf(chromiumPath === undefined)('Dialogs of the panel', { timeout: 400_000 }, () => {
  let platform: Platform & { control: Control };
  let browser: Browser;
  let administrator: Person;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    ({ administrator } = platform.control);
    await platform.control.person('official');
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  async function create(opensInHours: number, announced: boolean, more: object = {}): Promise<string> {
    const id = `e-${randomUUID().slice(0, 8)}`;
    const body = {
      id,
      title: { en: 'Library' },
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      minBatch: 1,
      graceSeconds: 0,
      opensAt: inHours(opensInHours),
      closesAt: inHours(30),
      identity: { scheme: 'phone-only' },
      verification: { methods: ['text-in', 'code'] },
      contests: [
        { title: { en: 'Sundays?' }, method: 'plurality', options: ['Yes', 'No'].map((en) => ({ title: { en } })) },
      ],
      ...more,
    };
    const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
    expect(creation.status, creation.text).toBe(201);
    if (announced) {
      const out = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
      expect(out.status, out.text).toBe(200);
    }
    return id;
  }

  const nameOf = (element: Locator): Promise<string> =>
    element.evaluate((each) => (each as unknown as { innerText: string }).innerText.trim());
  const hasFocus = (element: Locator): Promise<boolean> =>
    element.evaluate(
      (each) => (globalThis as unknown as { document: { activeElement: unknown } }).document.activeElement === each,
    );

  /** Presses each button of a page; where a dialog opens, it is closed in both ways. The titles of the dialogs. */
  async function walk(page: Page, path: string): Promise<string[]> {
    const dialogTitles: string[] = [];
    const arrive = async (): Promise<void> => {
      await page.goto(platform.control.panel + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
    };
    await arrive();
    const buttons = page.locator('main button[type=button]');
    const count = await buttons.count();
    for (let place = 0; place < count; place += 1) {
      const opener = buttons.nth(place);
      if ((await buttons.count()) !== count || !(await opener.isVisible())) {
        await arrive();
        if (!(await opener.isVisible().catch(() => false))) continue;
      }
      const name = await nameOf(opener);
      if (untouched.test(name)) continue;
      for (const way of ['Escape', 'Cancel'] as const) {
        await opener.focus();
        await page.keyboard.press('Enter');
        const dialog = page.locator('dialog[open]').last();
        const isOpen = await dialog.waitFor({ timeout: 1_000 }).then(
          () => true,
          () => false,
        );
        if (!isOpen) break;
        dialogTitles.push((await dialog.getByRole('heading').first().innerText()).trim());
        const cancel = dialog.getByRole('button', { name: /^(Cancel|Close)$/ });
        if (way === 'Cancel' && (await cancel.count()) > 0) await cancel.first().press('Enter');
        else await page.keyboard.press('Escape');
        await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
        await expect.poll(() => hasFocus(opener), { message: `${path}: ${name}, ${way}` }).toBe(true);
      }
    }
    return dialogTitles;
  }

  test('Every dialog gives the focus back to what opened it, after Esc and after Cancel', async () => {
    expect([...Object.keys(titles), ...Object.keys(elsewhere)].sort()).toEqual(sourcesWithDialog);
    const party = await administrator.call('elections', 'POST', '/v1/participants', {
      body: { name: 'River Party', kind: 'party' },
    });
    expect(party.status, party.text).toBe(201);
    await actOnUsers(platform.control.origins, administrator, 'POST', '/v1/invitations', { role: 'auditor' });
    // By day, so that nothing has to be confirmed before the announcement.
    const byDay = { timeZone: 'UTC', opensAt: '2036-06-02T10:00:00.000Z', closesAt: '2036-06-03T18:00:00.000Z' };
    const draft = await create(5, false, byDay);
    const open = await create(-1, true);
    const watched = await openFor(browser, platform.control.panel, administrator);
    const dialogTitles: string[] = [];
    for (const path of [
      '/participants',
      '/people',
      '/account',
      `/elections/${draft}`,
      `/elections/${draft}/edit/check`,
      `/elections/${open}`,
    ])
      dialogTitles.push(...(await walk(watched.page, path)));
    for (const [source, title] of Object.entries(titles))
      expect(
        dialogTitles.some((each) => title.test(each)),
        `a dialog of ${source} was opened; there were ${dialogTitles.join(', ')}`,
      ).toBe(true);
    await watched.context.close();
  });

  test('After an action that removes its button the keyboard goes on at the heading', async () => {
    const draft = await create(5, false);
    const { page, context } = await openFor(browser, platform.control.panel, administrator, { path: '/participants' });
    await page.getByRole('button', { name: 'Add a participant' }).press('Enter');
    await page.getByRole('textbox', { name: 'Name' }).pressSequentially('Fleeting Party');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await hasFocus(page.getByRole('button', { name: 'Add a participant' }))).toBe(true);
    await page.getByRole('button', { name: 'Delete Fleeting Party' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(page.getByRole('heading', { level: 1 }))).toBe(true);
    await page.goto(`${platform.control.panel}/elections/${draft}`);
    await page.getByRole('button', { name: 'Delete draft' }).press('Enter');
    await page.getByRole('dialog').getByRole('textbox').pressSequentially(draft);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Elections', level: 1 }).waitFor();
    await expect.poll(() => hasFocus(page.getByRole('heading', { level: 1 }))).toBe(true);
    await context.close();
  });
});
