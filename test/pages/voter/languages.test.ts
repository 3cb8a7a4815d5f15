// The languages of the voters' page in a real browser: each is offered, and is the first one where the browser prefers it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allTexts } from '../../../src/pages/public/languages/all-texts.ts';
import { languages, languageTags } from '../../../src/pages/public/languages/languages.ts';
import { chromiumPath, launch, openPage } from '../../support/pages/browser.ts';
import { createPublicSite } from '../../support/pages/public-site.ts';
import type { PublicSite } from '../../support/pages/public-site.ts';

describe.skipIf(chromiumPath === undefined)('The voters’ page in each language', { timeout: 60_000 }, () => {
  let site: PublicSite;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    [site, browser] = await Promise.all([createPublicSite(), launch()]);
    origin = await site.listen();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  /** Opens the page, of which no election is known, in a browser that prefers a language. */
  async function openWith(locale: string) {
    const { page, context } = await openPage(browser, origin, { locale });
    await page.goto(origin);
    const lang = page.locator('html');
    await page.locator('#language').waitFor();
    return { page, context, lang: await lang.getAttribute('lang') };
  }

  test.each(languageTags)('The page is in %s where the browser prefers it, and offers every language', async (tag) => {
    const { page, context, lang } = await openWith(languages[tag].lang);
    expect(lang).toBe(languages[tag].lang);
    await expect.poll(() => page.locator('footer').textContent()).toContain(allTexts[tag].voter.secrecy);
    const names = await page.locator('.languages button').allTextContents();
    expect(names).toEqual(languageTags.map((each) => languages[each].name));
    await context.close();
  });

  test.each([
    ['zh-TW', 'zh-Hant-HK'],
    ['hr-HR', 'sr-Latn-RS'],
    ['sr-RS', 'sr-Cyrl-RS'],
    ['xx', 'en-GB'],
  ])('For a browser in %s the page is in %s', async (locale, expected) => {
    const { context, lang } = await openWith(locale);
    expect(lang).toBe(expected);
    await context.close();
  });
});
