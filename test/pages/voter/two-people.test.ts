// Two people at one device: what one of them began is never of the other, neither the ballot key, nor choices, nor a ballot
// that is being sent.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { chromiumPath, launch, phone } from '../../support/pages/browser.ts';
import { createVoting } from '../../support/pages/voting.ts';

describe.skipIf(chromiumPath === undefined)('Two people at one device', { timeout: 90_000 }, () => {
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
  const { newElection, person, heading, press, open, identify, sendCode, choose, withoutToken, receiptCode } = voting;
  const { recorded, close } = voting;

  /** A tab that begins with the storage of another, as browsers duplicate one. */
  async function duplicate(page: Page): Promise<Page> {
    const stored = await page.evaluate<string>("sessionStorage.getItem('popvote-vote')");
    const copy = await page.context().newPage();
    await copy.goto(`${platform.origins.api}/livez`);
    await copy.evaluate(`sessionStorage.setItem('popvote-vote', ${JSON.stringify(stored)})`);
    await copy.goto(page.url());
    return copy;
  }
  async function identifyAs(page: Page, who: { number: string; phone: string }): Promise<void> {
    await heading(page, 'Confirm who you are');
    await page.getByLabel('Hong Kong identity card number').fill(who.number);
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    // The code of another phone may still be there for a moment.
    await page.getByText(`from the phone ${who.phone}`).waitFor();
  }
  const bodiesOf = (page: Page): Set<string | null> => {
    const bodies = new Set<string | null>();
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/ballots')) bodies.add(request.postData());
    });
    return bodies;
  };
  const checked = (page: Page) => page.locator('input:checked');

  test('Two people who vote in a tab and its duplicate have keys of their own, and both ballots count', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    const first = await identify(page);
    const second = person();
    const copy = await duplicate(page);
    await heading(copy, 'Text us your code');
    await press(copy, 'Back');
    await identifyAs(copy, second);
    await sendCode(copy, second);
    await choose(copy);
    await press(copy, 'Cast my vote');
    await heading(copy, 'Your vote is recorded');
    await page.bringToFront();
    await sendCode(page, first);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    // The code of a receipt is the tag of its key.
    expect(await receiptCode(copy)).not.toBe(await receiptCode(page));
    expect(await recorded(id)).toBe(2);
    await close(watched);
  });

  test('A session that does not begin leaves the one before as it is, with its key', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    const who = await identify(page);
    await press(page, 'Back');
    await heading(page, 'Confirm who you are');
    await page.route('**/v1/sessions', (route) => route.abort(), { times: 1 });
    await page.getByLabel('Mobile phone number').fill(person().phone);
    await press(page, 'Continue');
    await page.locator('.summary', { hasText: 'No connection.' }).waitFor();
    await page.goBack();
    await heading(page, 'Text us your code');
    await sendCode(page, who);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The choices of a person are not shown to the next one who confirms a phone in the same tab', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    await sendCode(page, await identify(page));
    await choose(page);
    await withoutToken(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your session ended');
    await press(page, 'Continue');
    const next = person();
    await identifyAs(page, next);
    await sendCode(page, next);
    await heading(page, 'Make your choices');
    await expect.poll(() => checked(page).count()).toBe(0);
    await close(watched);
  });

  test('A ballot that is being sent is not sent for the next person in the same tab', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page, context } = watched;
    await sendCode(page, await identify(page));
    await choose(page);
    const bodies = bodiesOf(page);
    await context.setOffline(true);
    await press(page, 'Cast my vote');
    await page.locator('.status', { hasText: 'Trying again.' }).waitFor();
    await withoutToken(page);
    await context.setOffline(false);
    await heading(page, 'Your session ended before we had an answer');
    await page.getByText('Then we send the same vote once more.').waitFor();
    await press(page, 'Continue');
    const next = person();
    await identifyAs(page, next);
    await sendCode(page, next);
    await heading(page, 'Make your choices');
    await expect.poll(() => checked(page).count()).toBe(0);
    expect(bodies.size).toBe(1);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    const keys = [...bodies].map((body) => (JSON.parse(body ?? '{}') as { ballotKey: string }).ballotKey);
    expect(new Set(keys).size).toBe(2);
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('A page that was loaded again does not know whose ballot it sent, and sends it for no one', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page, context } = watched;
    const who = await identify(page);
    await sendCode(page, who);
    await choose(page);
    const bodies = bodiesOf(page);
    await context.setOffline(true);
    await press(page, 'Cast my vote');
    await page.locator('.status', { hasText: 'Trying again.' }).waitFor();
    await withoutToken(page);
    await context.setOffline(false);
    await heading(page, 'Your session ended before we had an answer');
    await page.reload();
    await heading(page, 'Your session ended before we had an answer');
    await page.getByText('Try again. Your vote can only count once.').waitFor();
    await expect.poll(() => page.getByText('Then we send the same vote once more.').count()).toBe(0);
    await press(page, 'Continue');
    await identifyAs(page, who);
    await sendCode(page, who);
    await heading(page, 'Make your choices');
    await page.getByText('we did not keep your choices').waitFor();
    expect(bodies.size).toBe(1);
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });
});
