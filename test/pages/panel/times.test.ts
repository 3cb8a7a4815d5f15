// Times in the panel, read in a browser whose zone is not that of the election: each page names its zone once, and every time
// on it is in that zone.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, launch } from '../../support/pages/browser.ts';
import { openFor } from '../../support/pages/signing-in.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';

const ownZone = 'Asia/Hong_Kong';
const electionZone = 'America/Sao_Paulo';
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

/** The hours and minutes of a moment on clocks in a zone. */
const clockIn = (zone: string, at: string): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(new Date(at));

type ShownTime = { readonly at: string; readonly text: string };

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

  test('Every page names its zone once, and every time on it is of that zone', async () => {
    const { page, context, complaints } = await openFor(
      browser,
      platform.control.panel,
      platform.control.administrator,
      {
        timezoneId: ownZone,
      },
    );
    const pages: readonly (readonly [path: string, zone: string])[] = [
      ['/', ownZone],
      ['/elections', ownZone],
      ['/audit', ownZone],
      ['/system', ownZone],
      ['/account', ownZone],
      ['/people', ownZone],
      [`/elections/${id}`, electionZone],
      [`/elections/${id}/live`, electionZone],
      [`/elections/${id}/results`, electionZone],
    ];
    for (const [path, zone] of pages) {
      await page.goto(platform.control.panel + path);
      await page.locator('main time').first().waitFor();
      await expect
        .poll(() => page.getByText(/^Times on this page are in/).allInnerTexts(), { message: path })
        .toEqual([`Times on this page are in ${zone}.`]);
      const times = await page.locator('main time').evaluateAll((all) =>
        all.map((each): ShownTime => {
          const { dateTime, innerText } = each as unknown as { dateTime: string; innerText: string };
          return { at: dateTime, text: innerText };
        }),
      );
      for (const { at, text } of times) expect(text, `${path}: ${at}`).toContain(clockIn(zone, at));
      // Any other time of the day on the page has its zone beside it.
      const others = await page.evaluate<string>(`(() => {
        const copy = document.querySelector('main').cloneNode(true);
        for (const each of copy.querySelectorAll('time, svg, input, select, option, .chart, table.unseen')) each.remove();
        return copy.textContent;
      })()`);
      expect(others.match(/\b\d\d:\d\d\b(?![^(]{0,12}\()/g), path).toBeNull();
    }
    expect(complaints).toEqual([]);
    await context.close();
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
    expect(opened >= announced).toBe(true);
    await expect.poll(() => progress.getByText('Opened').count()).toBe(1);
    await context.close();
  });
});
