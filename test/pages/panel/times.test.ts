// Times in the panel, for a reader far from the election: its pages have the times of its zone, and say so once. The progress
// of an election has the moments at which things happened.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, launch } from '../../support/pages/browser.ts';
import { openFor } from '../../support/pages/signing-in.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';

const electionZone = 'America/Sao_Paulo';
const readerZone = 'UTC';
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

describe.skipIf(chromiumPath === undefined)('Times in the panel', { timeout: 180_000 }, () => {
  let platform: Platform & { control: Control };
  let browser: Browser;
  let id: string;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    const { administrator } = platform.control;
    id = `times-${randomUUID().slice(0, 8)}`;
    const body = {
      id,
      title: { en: 'Library' },
      timeZone: electionZone,
      rehearsal: true,
      minBatch: 1,
      graceSeconds: 0,
      // Before the announcement: voting does not open before it.
      opensAt: inHours(-2),
      closesAt: inHours(30),
      identity: { scheme: 'phone-only' },
      channels: ['online', 'batches'],
      verification: { methods: ['text-in', 'code'] },
      contests: [
        { title: { en: 'Sundays?' }, method: 'plurality', options: ['Yes', 'No'].map((en) => ({ title: { en } })) },
      ],
    };
    const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
    expect(creation.status, creation.text).toBe(201);
    const out = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
    expect(out.status, out.text).toBe(200);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('Voting never opened before it was announced', async () => {
    const { page, context } = await openFor(browser, platform.control.panel, platform.control.administrator, {
      path: `/elections/${id}`,
    });
    const progress = page.getByRole('list', { name: 'Election progress' });
    await progress.waitFor();
    const [, announced = '', opened = ''] = await progress
      .locator('time')
      .evaluateAll((all) => all.map((each) => (each as unknown as { dateTime: string }).dateTime));
    // It is the same moment: voting was to open two hours before.
    expect(opened).toBe(announced);
    await expect.poll(() => progress.getByText('Opened').count()).toBe(1);
    await context.close();
  });

  const inZone = (at: string, timeZone: string): string =>
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(new Date(at));

  test.each([
    ['the election', '', electionZone],
    ['the live page', '/live', electionZone],
    ['the list of elections', null, readerZone],
    ['the audit log', '/audit', readerZone],
    ['the account', '/account', readerZone],
  ])('Each time on the page of %s is in a zone that the page names', async (_, place, zone) => {
    const path = place === null ? '/elections' : zone === electionZone ? `/elections/${id}${place}` : place;
    const { page, context } = await openFor(browser, platform.control.panel, platform.control.administrator, {
      path,
      timezoneId: readerZone,
    });
    const line = page.getByText(/^Times on this page are in /);
    const times = page.locator('main time');
    await line.waitFor();
    await expect.poll(() => line.allInnerTexts()).toEqual([`Times on this page are in ${zone}.`]);
    const pairs = await times.evaluateAll((all) =>
      (all as unknown as { dateTime: string; textContent: string }[]).map(
        ({ dateTime, textContent }) => [dateTime, textContent] as const,
      ),
    );
    expect(pairs.length).toBeGreaterThan(0);
    // A moment that is not of the election names its own zone.
    const zoneOf = (text: string): string => (text.includes(`(${readerZone})`) ? readerZone : zone);
    for (const [at, text] of pairs) expect(text, at).toContain(inZone(at, zoneOf(text)));
    await context.close();
  });
});
