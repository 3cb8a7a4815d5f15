// Turnout and results as people read them, in a real browser without script: accessible in each language, light and dark,
// on a narrow screen, spaced and enlarged, and on paper.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { signValue } from '../../../src/platform/keys/signatures.ts';
import { definition } from '../../support/elections.ts';
import { publicationOfResults, turnoutOf } from '../../support/published.ts';
import {
  chromiumPath,
  desktop,
  expectAccessible,
  expectRoomToGrow,
  launch,
  openPage,
  phone,
  shoot,
  shotsFolder,
} from '../../support/pages/browser.ts';
import {
  assembly,
  assemblyResults,
  congress,
  congressResults,
  createPublicSite,
  parliament,
  parliamentResults,
  ties,
  tiesResults,
} from '../../support/pages/public-site.ts';
import type { PublicSite } from '../../support/pages/public-site.ts';

describe.skipIf(chromiumPath === undefined)('Turnout and results', { timeout: 120_000 }, () => {
  let site: PublicSite;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    [site, browser] = await Promise.all([createPublicSite(), launch()]);
    origin = await site.listen();
    const { publisher, publish } = site;
    publish('parliament', publicationOfResults(parliament, parliamentResults, publisher));
    publish('congress', publicationOfResults(congress, congressResults, publisher));
    publish('assembly', publicationOfResults(assembly, assemblyResults, publisher));
    publish('ties', publicationOfResults(ties, tiesResults, publisher));
    const open = definition({ id: 'open', channels: ['online', 'batches'] });
    const turnout = turnoutOf('open', { eligible: 120_400, online: 40_111, batches: 2_050 });
    publish('open', {
      ...publicationOf(open, publisher, 1),
      turnout: { turnout, signature: signValue(publisher, turnout) },
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  const states = ['/results/assembly', '/results/ties', '/turnout/open', '/results/open', '/results/none'];

  test.each(states)('%s is accessible in each language, light and dark, narrow and wide', async (path) => {
    // Script is on because axe is one; the page has none, and its policy would tell of any.
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    const show = async (tag: string, width: number, colorScheme: 'light' | 'dark'): Promise<void> => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 740 });
      await page.goto(`${origin}${path}?lang=${tag}`);
    };
    const name = `public${path.replaceAll('/', '-')}`;
    for (const tag of languageTags) {
      await show(tag, 320, 'light');
      await expectAccessible(page);
      await expectRoomToGrow(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page, ['color-contrast']);
    }
    await show('sr-Cyrl', 360, 'dark');
    await shoot(page, `${name}-phone-dark`);
    await show('en', 360, 'light');
    await shoot(page, `${name}-phone-light`);
    await show('en', 1_280, 'light');
    await expectAccessible(page);
    await shoot(page, `${name}-wide-light`);
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('A reader without script reads the result, in the language of the browser, and changes it by a link', async () => {
    const watched = await openPage(browser, origin, { ...desktop, javaScriptEnabled: false, locale: 'sr-Latn-RS' });
    const { page } = watched;
    await page.goto(`${origin}/results/parliament`);
    await expect.poll(() => page.locator('h1').innerText()).toBe('Opšti izbori 2026.');
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByText('This is the published result. 62.0% of the people on the voter list took part.').waitFor();
    await page
      .getByText(/^Harbour Union has .* of 250/)
      .first()
      .waitFor();
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('A parliament of 250 seats is accessible, and is photographed in each width', async () => {
    const watched = await openPage(browser, origin, desktop);
    const { page } = watched;
    await page.goto(`${origin}/results/parliament?lang=en`);
    await expectAccessible(page);
    await shoot(page, 'public-results-parliament-wide-light');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, 'public-results-parliament-phone-dark');
    await watched.context.close();
  });

  test('A chamber of more seats than dots is a bar, and its last thousand steps are listed', async () => {
    const watched = await openPage(browser, origin, desktop);
    await watched.page.goto(`${origin}/results/congress?lang=en`);
    await watched.page.locator('summary', { hasText: 'The last 1,000 seats and their quotients' }).waitFor();
    await expect.poll(() => watched.page.locator('.chamber circle').count()).toBe(0);
    await shoot(watched.page, 'public-results-congress-wide-light');
    await watched.context.close();
  });

  test('The result prints on A4', async () => {
    const watched = await openPage(browser, origin, desktop);
    await watched.page.goto(`${origin}/results/parliament?lang=en`);
    mkdirSync(shotsFolder, { recursive: true });
    const pdf = await watched.page.pdf({ path: join(shotsFolder, 'public-results.pdf'), preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await watched.context.close();
  });
});
