// Step 1 with a second element in a real browser against the whole platform: what is wrong is said beside its field, the
// right one leads to a vote, and a polling station's device keeps nothing of it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { identityText, rollSubject } from '../../../src/protocol/ballot-service.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { chromiumPath, expectAccessible, expectRoomToGrow, launch, phone, shoot } from '../../support/pages/browser.ts';
import { createVoting } from '../../support/pages/voting.ts';

describe.skipIf(chromiumPath === undefined)('Step 1 with a second element', { timeout: 120_000 }, () => {
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
  const { newElection, person, heading, press, open, sendCode, choose, recorded, close } = voting;
  const narrow = { ...phone, viewport: { width: 320, height: 640 } };

  /** An election with one person on its roll. */
  async function electionWith(kind: 'pin' | 'birth-date', second: string): Promise<string> {
    const id = await newElection({ identity: { scheme: 'roll', second: kind } });
    const key = newestKey(platform.keys.elections.identity);
    const identities = [keyedHash(key, identityText(id, 'roll', rollSubject('A-77', second)))];
    await platform.administer('POST', `/private/elections/${id}/roll`, { identities });
    return id;
  }

  test('A PIN is asked for by a keypad of digits, checked before anything is sent, and votes', async () => {
    const id = await electionWith('pin', '0042');
    const watched = await open(narrow, id);
    const { page } = watched;
    const sessions: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/sessions')) sessions.push(request.postData() ?? '');
    });
    await page.getByText('You need your voter number, your PIN and your mobile phone.').waitFor();
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    const pin = page.getByLabel('PIN');
    expect([await pin.getAttribute('inputmode'), await pin.getAttribute('autocomplete')]).toEqual(['numeric', 'off']);
    await page.getByLabel('Voter number').fill('A-77');
    await page.getByLabel('Mobile phone number').fill(person().phone);
    for (const wrong of ['', '42', '12a4']) {
      await pin.fill(wrong);
      await page.getByRole('button', { name: 'Continue' }).tap();
      await page.getByRole('link', { name: /Enter 4 to 12 digits/ }).waitFor();
      await page.locator('#second-error', { hasText: 'Enter 4 to 12 digits' }).waitFor();
      expect(await pin.getAttribute('aria-invalid')).toBe('true');
      // The hint has the same words.
      await page.locator('#second-hint').waitFor({ state: 'hidden' });
      expect(await pin.getAttribute('aria-describedby')).toBe('second-error');
      expect(await page.getByLabel('Voter number').getAttribute('aria-invalid')).toBe(null);
    }
    expect(sessions).toEqual([]);
    await expectAccessible(page);
    await expectRoomToGrow(page);
    await shoot(page, '2-identify-pin-error-320');
    await page.getByRole('link', { name: /Enter 4 to 12 digits/ }).tap();
    await page.waitForFunction(`document.activeElement?.id === 'second'`);
    const who = person();
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await pin.fill(' ００４２ ');
    await page.getByRole('button', { name: 'Continue' }).tap();
    await heading(page, 'Text us your code');
    expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage])')).not.toMatch(/0042|００４２/);
    await sendCode(page, who);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('A wrong birth date comes to the last step and is not on the list there', async () => {
    const id = await electionWith('birth-date', '1980-12-31');
    const watched = await open(narrow, id);
    const { page } = watched;
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    await page.getByLabel('Voter number').fill('a-77');
    const who = person();
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await page.getByLabel('Date of birth').fill('12/31/1980');
    await press(page, 'Continue');
    await page.locator('#second-error', { hasText: 'Enter day, month and year' }).waitFor();
    await page.getByLabel('Date of birth').fill('30/12/1980');
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    await sendCode(page, who);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'We could not find you on the voter list');
    expect(await recorded(id)).toBe(0);
    await close(watched);
  });

  test('A polling station’s device keeps no second element of a voter who left', async () => {
    const id = await electionWith('pin', '0042');
    const watched = await open({ viewport: { width: 1080, height: 1600 }, hasTouch: true }, `${id}&kiosk=1`);
    const { page } = watched;
    await page.clock.install();
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    await page.getByLabel('PIN').fill('0042');
    await page.clock.fastForward(121_000);
    await page.getByRole('heading', { name: 'Are you still voting?' }).waitFor();
    await page.clock.runFor(46_000);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    await expect.poll(() => page.getByLabel('PIN').inputValue()).toBe('');
    await close(watched);
  });
});
