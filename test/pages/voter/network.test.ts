// Effects of a network on a vote: cut at every moment of the cast, two tabs at once, the browser's own cache of pages, and
// the low bandwidth of an old phone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemBodyOf } from '../../../src/protocol/problem.ts';
import { definition } from '../../support/elections.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { chromiumPath, expectAccessible, launch, openPage, phone, shotsFolder } from '../../support/pages/browser.ts';
import { openOverLine } from '../../support/pages/slow-line.ts';
import { startUnsteadyNetwork } from '../../support/pages/unsteady-network.ts';
import { createVoting } from '../../support/pages/voting.ts';

/** Casts whose network is cut; more at night: POPVOTE_CHAOS_RUNS=1000. */
const runs = Number(process.env['POPVOTE_CHAOS_RUNS'] ?? 50);
/** Longest wait for the end of a cast, in milliseconds. */
const castMsMax = 150_000;
/** Voters at a time. */
const atOnce = 5;
/** Bytes of a cast's request and answer, roughly: cuts are spread over all of them and a little beyond. */
const castBytes = 3_400;
/** Most bytes of the first screen: with the public log, its manifest and the check of receipts. */
const firstScreenBytesMax = 35_000;

describe.skipIf(chromiumPath === undefined)('A vote over a bad network', { timeout: 200_000 + runs * 10_000 }, () => {
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
  const { newElection, heading, press, recorded, readyToCast, toReview, receiptCode, close } = voting;
  const motion = definition().contests.slice(0, 1);

  /** Pauses between tries grow to twenty seconds, and a busy service adds its own. */
  async function recordedAtLast(page: Page): Promise<void> {
    const receiptHeading = page.getByRole('heading', { level: 1, name: 'Your vote is recorded' });
    await receiptHeading.waitFor({ timeout: castMsMax }).catch(async (error: unknown) => {
      throw new Error(`not recorded, but: ${await page.locator('body').innerText()}`, { cause: error });
    });
  }

  test(`The page counts each of ${runs} votes exactly once, the network cut at another byte each time`, async () => {
    const id = await newElection({ contests: motion });
    const receipts = new Set<string>();
    let breaks = 0;
    const voterOf = async (first: number): Promise<void> => {
      await using network = await startUnsteadyNetwork(platform.origins.api);
      for (let run = first; run < runs; run += atOnce) {
        const watched = await openPage(browser, network.origin, phone);
        const { page } = watched;
        await readyToCast(page, id, network.origin);
        network.breakAt(Math.floor((run / runs) * castBytes), (run % 7) * 60, 'POST /v1/ballots');
        await press(page, 'Cast my vote');
        await recordedAtLast(page);
        network.calm();
        receipts.add(await receiptCode(page));
        expect(await page.locator('body').innerText()).not.toContain('Yes');
        await close(watched);
      }
      breaks += network.breaks;
    };
    await Promise.all(Array.from({ length: atOnce }, (_, first) => voterOf(first)));
    expect(await recorded(id)).toBe(runs);
    expect(receipts.size, 'each has a receipt of its own').toBe(runs);
    // Only the last few cuts may come after the whole answer.
    expect(breaks).toBeGreaterThan(runs * 0.5);
  });

  test('Two tabs with the same ballot get the same receipt; of two ballots, one counts', async () => {
    const id = await newElection({ contests: motion });
    const { api } = platform.origins;
    const first = await openPage(browser, api, phone);
    await readyToCast(first.page, id, api);
    // The tab is doubled while the ballot is on its way: both hold the same bytes.
    await first.context.setOffline(true);
    await press(first.page, 'Cast my vote');
    await first.page.locator('.status', { hasText: 'Trying again.' }).waitFor();
    const sending = await first.page.evaluate<string>("sessionStorage.getItem('popvote-vote')");
    const second = await openPage(browser, api, phone);
    await second.page.goto(`${api}/livez`);
    await second.page.evaluate(`sessionStorage.setItem('popvote-vote', ${JSON.stringify(sending)})`);
    await Promise.all([first.context.setOffline(false), second.page.goto(`${api}/?election=${id}`)]);
    await Promise.all([first, second].map(({ page }) => heading(page, 'Your vote is recorded')));
    expect(await receiptCode(second.page)).toBe(await receiptCode(first.page));
    expect(await recorded(id)).toBe(1);
    await close(first);
    await close(second);

    const other = await newElection({ contests: motion });
    const closing = await openPage(browser, api, phone);
    const right = await openPage(browser, api, phone);
    await readyToCast(closing.page, other, api);
    const storage = await closing.page.evaluate<string>("sessionStorage.getItem('popvote-vote')");
    await right.page.goto(`${api}/livez`);
    await right.page.evaluate(`sessionStorage.setItem('popvote-vote', ${JSON.stringify(storage)})`);
    await right.page.goto(`${api}/?election=${other}`);
    await heading(right.page, 'Make your choices');
    await right.page.getByText('No', { exact: true }).click();
    await press(right.page, 'Check my choices');
    await Promise.all([closing, right].map(({ page }) => press(page, 'Cast my vote')));
    const ends = await Promise.all(
      [closing, right].map(async ({ page }) => {
        const end = page.getByRole('heading', {
          level: 1,
          name: /^(Your vote is recorded|A vote is already recorded)$/,
        });
        await end.waitFor();
        return end.innerText();
      }),
    );
    expect(ends.sort()).toEqual(['A vote is already recorded', 'Your vote is recorded']);
    expect(await recorded(other)).toBe(1);
    await close(closing);
    await close(right);
  });

  test('A page from the browser’s back-forward cache shows nothing of the ballot after the cast', async () => {
    const keeping = await launch({ keepPages: true });
    const id = await newElection();
    const watched = await openPage(keeping, platform.origins.api, phone);
    const { page } = watched;
    await page.goto(`${platform.origins.api}/?election=${id}`);
    await toReview(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    await page.evaluate("addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; })");
    await page.goto(`${platform.origins.api}/check`);
    // A page that was kept does not load again.
    await page.goBack({ waitUntil: 'commit' });
    await heading(page, 'Your vote is recorded');
    expect(await page.evaluate<boolean>('globalThis.cameBack === true'), 'from the cache').toBe(true);
    expect(await page.locator('body').innerText()).not.toMatch(/Homes|Orchards/);
    await close(watched);
    await keeping.close();
  });

  test('A voter whose script does not arrive does not see an empty page', async () => {
    const id = await newElection({ contests: motion });
    const watched = await openPage(browser, platform.origins.api, phone);
    const { page } = watched;
    await page.route('**/assets/voter-*.js', (route) => route.abort(), { times: 1 });
    await page.goto(`${platform.origins.api}/?election=${id}`);
    const again = page.getByRole('link', { name: 'Loading… If nothing happens, press here.' });
    await again.waitFor();
    await expectAccessible(page);
    await again.click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    // A lost language is asked for again by the page itself, and so is an election that the service was too busy for.
    await page.route('**/assets/en-*.js', (route) => route.abort(), { times: 1 });
    await page.reload();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    const busy = { status: 503, headers: { 'retry-after': '1' }, json: problemBodyOf('busy') };
    let isBusy = true;
    await page.route(`**/v1/elections/${id}`, (route) => (isBusy ? route.fulfill(busy) : route.continue()));
    await page.reload();
    await heading(page, 'There is a problem');
    await page.getByText('Many people are voting. We try again by ourselves.').waitFor();
    isBusy = false;
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await close(watched);
  });

  test('The first screen comes in few bytes, and its time over a slow line is measured', async () => {
    const id = await newElection();
    const lines = {
      '1600 kbit/s, 150 ms': { rate: 1_600, latency: 150 },
      '400 kbit/s, 400 ms': { rate: 400, latency: 400 },
      '50 kbit/s, 500 ms': { rate: 50, latency: 500 },
    };
    const figures: Record<string, unknown>[] = [];
    for (const [name, line] of Object.entries(lines)) {
      const watched = await openPage(browser, platform.origins.api, phone);
      const { page } = watched;
      const address = `${platform.origins.api}/?election=${id}`;
      const { lcp, shift, bytes } = await openOverLine(watched, line, address, 'main .primary');
      await page.getByRole('button', { name: 'Start' }).waitFor();
      // The document is asked for once, and beside the script: not after it.
      const entries = await page.evaluate<{ name: string; startTime: number; responseEnd: number }[]>(
        `performance.getEntriesByType('resource').map((entry) => entry.toJSON())`,
      );
      const readings = entries.filter(({ name }) => name.endsWith(`/v1/elections/${id}`));
      const script = entries.find(({ name }) => /\/assets\/voter-\w+\.js$/.test(name));
      expect(readings).toHaveLength(1);
      expect(readings[0]?.startTime).toBeLessThan(script?.responseEnd ?? 0);
      figures.push({ line: name, 'largest paint, ms': lcp, 'layout shift': shift, bytes });
      expect(bytes, 'everything of the first screen, headers included').toBeLessThan(firstScreenBytesMax);
      expect(shift).toBeLessThan(0.1);
      await close(watched);
    }
    mkdirSync(shotsFolder, { recursive: true });
    writeFileSync(join(shotsFolder, 'slow-lines.json'), JSON.stringify(figures, null, 2));
  });
});
