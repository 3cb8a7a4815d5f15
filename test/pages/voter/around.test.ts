// The parts around a vote: the code for a phone's camera, the check of a receipt, an election that is extended while a
// voter is in it, and the device of a polling station.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { chromiumPath, desktop, expectAccessible, launch, phone, shoot } from '../../support/pages/browser.ts';
import { dotsOf, drawnDots } from '../../support/pages/qr-dots.ts';
import { createVoting } from '../../support/pages/voting.ts';

describe.skipIf(chromiumPath === undefined)('The pages around a vote', { timeout: 90_000 }, () => {
  let platform: Platform;
  let browser: Browser;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launch()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });
  const voting = createVoting(
    () => platform,
    () => browser,
  );
  const { newElection, heading, press, shownText, open, identify, sendCode, choose, toReview, close } = voting;

  test('A wide screen shows the text message as a code for the phone’s camera, a phone does not', async () => {
    const id = await newElection();
    const wide = await open(desktop, id);
    await identify(wide.page);
    const { to, body } = await shownText(wide.page);
    expect(await drawnDots(wide.page)).toBe(dotsOf(`SMSTO:${to}:${body}`));
    await expectAccessible(wide.page);
    await shoot(wide.page, '3-text-in-desktop');
    await close(wide);
    const narrow = await open(phone, id);
    await identify(narrow.page);
    await expect.poll(() => narrow.page.locator('.scan').count()).toBe(0);
    await close(narrow);
  });

  test('The organiser and where voters get help are on every page of an election, also where it stops them', async () => {
    const organiser = { en: 'Town hall. Help: 2555 0123, 9:00 to 17:00', 'sr-Latn': 'Opština. Pomoć: 2555 0123' };
    const id = await newElection({ organiser });
    const watched = await open(phone, id);
    const { page } = watched;
    const footer = page.getByRole('contentinfo');
    await footer.getByText(organiser.en).waitFor();
    await identify(page);
    await footer.getByText(organiser.en).waitFor();
    await press(page, 'Srpski');
    await footer.getByText(organiser['sr-Latn']).waitFor();
    await expectAccessible(page);
    await shoot(page, '3-text-in-organiser');
    await page.goto(`${platform.origins.api}/turnout/${id}?lang=en`);
    await footer.getByText(organiser.en).waitFor();
    await page.goto(`${platform.origins.api}/?election=${await newElection()}`);
    await page.getByRole('button').first().waitFor();
    await expect.poll(() => footer.getByText('Town hall').count()).toBe(0);
    await close(watched);
  });

  test('The header has the colour of the organiser, light and dark, and none of it in colours of the system', async () => {
    const watched = await open(phone, await newElection({ colour: '#7a1f5c' }));
    const { page } = watched;
    const look = () =>
      page.evaluate<string[]>(`(() => {
        const ofPart = (name, part) => getComputedStyle(document.querySelector(name))[part];
        return [ofPart('header', 'backgroundColor'), ofPart('.brand', 'color'), ofPart('#language', 'color')];
      })()`);
    const coloured = ['rgb(122, 31, 92)', 'rgb(255, 255, 255)', 'rgb(255, 255, 255)'];
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await look()).toEqual(coloured);
    await shoot(page, '1-election-colour');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await look()).toEqual(coloured);
    await expectAccessible(page, ['color-contrast']);
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
    expect((await look())[0], 'forced colours').not.toBe(coloured[0]);
    await page.emulateMedia({ forcedColors: 'none' });
    await identify(page);
    expect(await look(), 'on the next screen').toEqual(coloured);
    await expectAccessible(page);
    await page.goto(`${platform.origins.api}/?election=${await newElection()}`);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect((await look())[0], 'without a colour').toBe('rgba(0, 0, 0, 0)');
    await close(watched);
  });

  test('A voter of a real vote can practise where a rehearsal is open, and a rehearsal offers no other', async () => {
    await newElection();
    const id = await newElection({ rehearsal: false, minBatch: 50, graceSeconds: 120 });
    const watched = await open(phone, id);
    const link = watched.page.getByRole('link', { name: /^Practise first/ });
    await link.waitFor();
    await expectAccessible(watched.page);
    await shoot(watched.page, '1-election-practice');
    await link.click();
    await watched.page.getByText('Rehearsal: nothing here counts').first().waitFor();
    expect(watched.page.url()).not.toContain(id);
    await expect.poll(() => link.count()).toBe(0);
    await close(watched);
  });

  test('A saved receipt is checked in the browser: genuine as it is, and not with one character changed', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    await toReview(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    const folder = mkdtempSync(join(tmpdir(), 'popvote-receipt-'));
    const file = join(folder, 'receipt.json');
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the receipt')]);
    await download.saveAs(file);
    await page.goto(`${platform.origins.api}/check?lang=en`);
    const pasted = await page.locator('#receipt').inputValue();
    expect(JSON.parse(pasted), 'the receipt of this tab is there already').toMatchObject({
      receipt: { electionId: id },
    });
    await page.locator('#receipt').fill('{"receipt":');
    await press(page, 'Check');
    await page.getByText('This is not a whole receipt.').waitFor();
    await expectAccessible(page);
    await shoot(page, '8-check-unreadable');
    await page.locator('#file').setInputFiles(file);
    await page.getByRole('heading', { name: 'This receipt is genuine' }).waitFor();
    await page.getByText('Rehearsal: nothing of it counts').waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, ['color-contrast']);
    await shoot(page, '8-check-genuine-dark');
    const { receipt } = JSON.parse(pasted) as { receipt: { content: string; kid: string } };
    const other = receipt.content.startsWith('A') ? 'B' : 'A';
    const forged = { receipt: { ...receipt, content: `${other}${receipt.content.slice(1)}` } };
    await page.locator('#receipt').fill(JSON.stringify(forged));
    await press(page, 'Check');
    await page.getByRole('heading', { name: 'This receipt is not genuine' }).waitFor();
    await page.locator('#receipt').fill(JSON.stringify({ receipt: { ...receipt, kid: 'another' } }));
    await press(page, 'Check');
    await page.getByRole('heading', { name: 'We do not know this key' }).waitFor();
    await expect.poll(() => page.locator('[data-verdict]:visible').count()).toBe(1);
    rmSync(folder, { recursive: true });
    await close(watched);
  });

  test('A voter who is in the middle learns that voting is extended, and loses nothing', async () => {
    const closesAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await newElection({ closesAt });
    const watched = await open(phone, id);
    const { page } = watched;
    // Timers of a page are the test's from the moment that it is loaded.
    await page.clock.install();
    await page.reload();
    await sendCode(page, await identify(page));
    await heading(page, 'Make your choices');
    await page.getByText('Yes', { exact: true }).click();
    const document = (await (await fetch(`${platform.origins.api}/v1/elections/${id}`)).json()) as {
      election: { closesAt: string; revision: number };
    };
    document.election.closesAt = new Date(Date.now() + 7_200_000).toISOString();
    document.election.revision += 1;
    await page.route(`**/v1/elections/${id}`, (route) => route.fulfill({ json: document }));
    await page.clock.fastForward(80_000);
    await page
      .getByText(/Voting now closes .* It was .* before\./)
      .first()
      .waitFor();
    expect(await page.getByRole('radio', { name: /Yes/ }).isChecked(), 'the choices stay').toBe(true);
    await expectAccessible(page);
    await shoot(page, '4-ballot-extended');
    await close(watched);
  });

  test('A polling station’s device asks who is there, and keeps nothing of a voter who left', async () => {
    const id = await newElection();
    const watched = await open({ viewport: { width: 1080, height: 1600 }, hasTouch: true }, `${id}&kiosk=1`);
    const { page } = watched;
    await page.clock.install();
    const who = await identify(page);
    await expect.poll(() => page.locator('a[href^="sms:"]').count(), { message: 'this device sends no texts' }).toBe(0);
    await shoot(page, 'kiosk-text-in');
    await page.clock.fastForward(121_000);
    await page.getByRole('heading', { name: 'Are you still voting?' }).waitFor();
    await page
      .getByText(/This screen is cleared in \d+ seconds\./)
      .first()
      .waitFor();
    const whole = /^Are you still voting\? This screen is cleared in \d+ seconds\. Yes, continue$/;
    await page.locator('.unseen[role="status"]').filter({ hasText: whole }).waitFor({ state: 'attached' });
    await expectAccessible(page);
    await shoot(page, 'kiosk-question');
    await press(page, 'Yes, continue');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await heading(page, 'Text us your code');
    await page.clock.fastForward(121_000);
    await page.getByRole('heading', { name: 'Are you still voting?' }).waitFor();
    await page.clock.runFor(46_000);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    const storage = await page.evaluate<string>('JSON.stringify([sessionStorage, localStorage])');
    expect(JSON.parse(storage)).toEqual([
      { 'popvote-kiosk': '1', 'popvote-vote': JSON.stringify({ electionId: id }) },
      {},
    ]);
    await page.goBack().catch(() => undefined);
    expect(await page.locator('body').innerText()).not.toContain(who.phone);
    await close(watched);
  });

  test('A polling station’s device gives the receipt to the voter’s camera and keeps nothing of it', async () => {
    const id = await newElection();
    const watched = await open({ viewport: { width: 1080, height: 1600 }, hasTouch: true }, `${id}&kiosk=1`);
    const { page } = watched;
    await press(page, 'Start');
    expect(await page.locator('#phone').getAttribute('autocomplete')).toBe('off');
    const who = voting.person();
    await page.getByLabel('Hong Kong identity card number').fill(who.number);
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    const [to = '', body = ''] = await page
      .locator('.codes .unseen')
      .allInnerTexts()
      .then(([code, number]) => [number?.replaceAll(' ', ''), code?.replaceAll(' ', '')]);
    await voting.text(who.phone, to, body);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    await expect.poll(() => page.getByRole('button', { name: /Save|Print|Copy/ }).count()).toBe(0);
    const code = (await page.locator('.receipt-code').innerText()).replaceAll(' ', '');
    const address = `${platform.origins.api}/check#c=${code}&election=${id}`;
    expect(await drawnDots(page.locator('.acts > .scan'))).toBe(dotsOf(address));
    await expectAccessible(page);
    await shoot(page, 'kiosk-receipt');
    await page.getByText('The whole receipt, for auditors').click();
    expect((await drawnDots(page.locator('details'))).length).toBeGreaterThan(address.length * 20);
    await expectAccessible(page);
    await press(page, 'Finish and clear this device');
    await page.getByRole('button', { name: 'Start' }).waitFor();
    const storage = await page.evaluate<string>('sessionStorage.getItem("popvote-vote")');
    expect(JSON.parse(storage)).toEqual({ electionId: id });
    await page.goBack().catch(() => undefined);
    expect(await page.locator('body').innerText()).not.toMatch(/recorded|Receipt code/);
    await close(watched);
  });
});
