// A service that is busy when a session begins, in a real browser: the page tries again by itself, and for a bounded time.
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemBodyOf, problemMediaType } from '../../../src/protocol/problem.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { chromiumPath, launch, phone, shoot } from '../../support/pages/browser.ts';
import { createVoting } from '../../support/pages/voting.ts';

describe.skipIf(chromiumPath === undefined)('A busy service', { timeout: 90_000 }, () => {
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
  const { newElection, person, heading, press, open, sendCode, sentCode, close } = voting;

  /** The next calls of an address are answered as by a busy service. Returns how many there were. */
  async function makeBusy(page: Page, address: string, times: number, retryAfter: number): Promise<() => number> {
    let calls = 0;
    const body = JSON.stringify(problemBodyOf('busy'));
    const headers = { 'retry-after': String(retryAfter), 'content-type': problemMediaType };
    await page.route(address, (route) => {
      calls += 1;
      return calls > times ? route.continue() : route.fulfill({ status: 503, headers, body });
    });
    return () => calls;
  }

  async function typeDetails(page: Page) {
    const who = person();
    await press(page, 'Start');
    await page.getByLabel('Hong Kong identity card number').fill(who.number);
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await press(page, 'Continue');
    return who;
  }

  test('A session that a busy service refuses twice begins without another press', async () => {
    const watched = await open(phone, await newElection());
    const { page } = watched;
    const calls = await makeBusy(page, '**/v1/sessions', 2, 1);
    const who = await typeDetails(page);
    await page.locator('.act p', { hasText: 'Many people are voting. We try again by ourselves.' }).waitFor();
    await shoot(page, '2-identify-busy');
    await heading(page, 'Text us your code');
    expect(calls()).toBe(3);
    await sendCode(page, who);
    await heading(page, 'Make your choices');
    await close(watched);
  });

  test('After a minute of a busy service the voter decides, and what was typed is still there', async () => {
    const watched = await open(phone, await newElection());
    const { page } = watched;
    await page.clock.install();
    await page.reload();
    const calls = await makeBusy(page, '**/v1/sessions', Infinity, 20);
    let unanswered = 0;
    const isSession = (request: Request): boolean => request.url().endsWith('/v1/sessions');
    page.on('request', (request) => void (unanswered += Number(isSession(request))));
    page.on('requestfinished', (request) => void (unanswered -= Number(isSession(request))));
    page.on('requestfailed', (request) => void (unanswered -= Number(isSession(request))));
    const who = await typeDetails(page);
    const summary = page.getByText('Many people are voting. Nothing was recorded. Wait a moment, then try again.');
    await expect
      .poll(
        async () => {
          // A call has twelve seconds of this clock.
          if (unanswered === 0) await page.clock.runFor(5_000);
          return summary.isVisible();
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    expect(calls()).toBeGreaterThan(1);
    expect(calls()).toBeLessThan(5);
    await expect.poll(() => page.getByLabel('Mobile phone number').inputValue()).toBe(who.phone);
    await close(watched);
  });

  test('A code is sent and checked without another press though the service is busy', async () => {
    const watched = await open(phone, await newElection());
    const { page } = watched;
    const who = await typeDetails(page);
    await heading(page, 'Text us your code');
    await makeBusy(page, '**/current/resend', 1, 1);
    await press(page, 'Text me a code instead');
    await heading(page, 'Check your phone');
    await makeBusy(page, '**/current/code', 1, 1);
    await page.getByText(/It works for 1[0-5] minutes\./).waitFor();
    await page.getByLabel('Security code').fill(await sentCode(who.phone));
    await press(page, 'Continue');
    await heading(page, 'Make your choices');
    await close(watched);
  });
});
