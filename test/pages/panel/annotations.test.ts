// A notice and the withdrawal of an option, published in the panel while a voter is at the ballot, and acts that are
// planned for a moment, in a real Chromium over the whole platform.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { chromiumPath, expectAccessible, launch, phone, shoot } from '../../support/pages/browser.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';
import { openFor } from '../../support/pages/signing-in.ts';
import { createVoting } from '../../support/pages/voting.ts';
import { until } from '../../support/until.ts';

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

describe.skipIf(chromiumPath === undefined)('Notices and withdrawals in the pages', { timeout: 300_000 }, () => {
  let platform: Platform & { control: Control };
  let browser: Browser;
  let administrator: Person;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    administrator = await platform.control.person('administrator');
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });
  const voting = createVoting(
    () => platform,
    () => browser,
  );
  const { heading, press, open, identify, sendCode, close } = voting;

  async function openElection(): Promise<string> {
    const id = `notes-${randomUUID().slice(0, 8)}`;
    const body = {
      id,
      title: { en: 'Chair of the club', 'sr-Latn': 'Predsednik kluba' },
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      minBatch: 1,
      graceSeconds: 0,
      identity: { scheme: 'hkid' },
      opensAt: inHours(-1),
      closesAt: inHours(3),
      verification: { methods: ['text-in'] },
      contests: [
        {
          title: { en: 'Who should be chair?' },
          method: 'plurality',
          options: ['Ana', 'Bojan', 'Cora'].map((en) => ({ title: { en } })),
        },
      ],
    };
    const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
    expect(creation.status, creation.text).toBe(201);
    const announcement = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
    expect(announcement.status, announcement.text).toBe(200);
    await until(async () => (await fetch(`${platform.origins.api}/v1/elections/${id}`)).status === 200);
    return id;
  }

  test('A voter at the ballot sees what the panel publishes, and chooses again', async () => {
    const id = await openElection();
    const voter = await open(phone, id);
    await sendCode(voter.page, await identify(voter.page));
    await heading(voter.page, 'Make your choices');
    await voter.page.getByText('Bojan', { exact: true }).click();
    await press(voter.page, 'Check my choices');
    await heading(voter.page, 'Check your choices, then cast your vote');

    const { page } = await openFor(browser, platform.control.panel, administrator, { path: `/elections/${id}` });
    await page.getByRole('button', { name: 'Publish a notice' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Members asked.');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Write it in at least one language.').waitFor();
    await dialog.getByLabel('Notice in English').pressSequentially('Bojan has withdrawn.');
    await dialog.getByLabel('Notice in Serbian (Latin)').pressSequentially('Bojan se povukao.');
    await lookAtDialog(page, 'election-notice');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Withdraw an option' }).click();
    await dialog.getByLabel('Option').selectOption({ label: 'Who should be chair?: 2. Bojan' });
    await dialog.getByLabel('Reason').fill('He withdrew in writing.');
    await dialog.getByLabel(`Type ${id} to confirm`).fill(id);
    await lookAtDialog(page, 'election-withdraw-option');
    await dialog.getByRole('button', { name: 'Withdraw' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Notices and withdrawals' }).waitFor();
    await page.getByText('Bojan was withdrawn from “Who should be chair?”.').waitFor();
    await lookAt(page, 'election-annotations');
    await page.context().close();

    await press(voter.page, 'Cast my vote');
    await heading(voter.page, 'An option that you chose was withdrawn');
    await voter.page.getByText('Your vote was not recorded.').waitFor();
    expect(await voting.recorded(id)).toBe(0);
    await press(voter.page, 'Check my choices');
    await heading(voter.page, 'Make your choices');
    await voter.page.getByRole('heading', { name: 'Notices of the organiser' }).waitFor();
    await voter.page.locator('#main').getByText('Bojan has withdrawn.').waitFor();
    await voter.page.locator('#main').getByText('An option that you chose was withdrawn. Choose again.').waitFor();
    expect(await voter.page.getByRole('radio', { name: /Bojan/ }).isDisabled()).toBe(true);
    await expect.poll(() => voter.page.getByRole('radio', { checked: true }).count()).toBe(0);
    await expectAccessible(voter.page);
    await shoot(voter.page, '4-ballot-withdrawn');
    await voter.page.getByText('Cora', { exact: true }).click();
    await press(voter.page, 'Back to check');
    await voter.page.getByText('Bojan has withdrawn.').waitFor();
    await press(voter.page, 'Cast my vote');
    await heading(voter.page, 'Your vote is recorded');
    expect(await voting.recorded(id)).toBe(1);
    for (const path of ['turnout', 'results']) {
      await voter.page.goto(`${platform.origins.api}/${path}/${id}?lang=sr-Latn`);
      await voter.page.getByText('Bojan se povukao.').waitFor();
      await expectAccessible(voter.page);
    }
    await shoot(voter.page, 'results-with-notice');
    await close(voter);
  });

  test('An action is planned by typing its time key by key, cancelled, planned again and carried out', async () => {
    const id = await openElection();
    const { page, context } = await openFor(browser, platform.control.panel, administrator, {
      path: `/elections/${id}`,
      locale: 'en-US',
      timezoneId: 'Europe/Belgrade',
    });
    const dialog = page.getByRole('dialog');
    const plan = async (act: string): Promise<void> => {
      await page.getByRole('button', { name: 'Plan an action' }).click();
      await dialog.getByLabel('Action').selectOption(act);
      await dialog.getByLabel('Reason').pressSequentially('As announced.');
    };
    await plan('Publish the results');
    await dialog.getByLabel('Day').focus();
    for (const key of '01022020') await page.keyboard.press(key);
    await dialog.getByRole('button', { name: 'Plan', exact: true }).click();
    await page.getByText('The time is not in the future.').waitFor();
    await dialog.getByLabel('Day').focus();
    for (const key of '01022099') await page.keyboard.press(key);
    await lookAtDialog(page, 'election-plan');
    await dialog.getByRole('button', { name: 'Plan', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByText(/1 February 2099|January 2, 2099|2 January 2099/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Cancel this plan (Publish the results)' }).click();
    await page.getByText('(cancelled)').waitFor();
    const at = new Date(Date.now() + 20_000).toISOString();
    const answer = await administrator.call('elections', 'POST', `/v1/elections/${id}/scheduled-acts`, {
      body: { act: 'close', at, reason: 'The hall closes early.' },
    });
    expect(answer.status, answer.text).toBe(201);
    await page.getByText(/Close voting.*\(done\)/).waitFor({ timeout: 90_000 });
    await lookAt(page, 'election-plans');
    await context.close();
  });
});
