// Pictures of screens for people, made by hand (docs/web.md): with POPVOTE_SHOTS=folder each screen in every language and from
// right to left, on a phone and a desktop, light and dark. Without that variable nothing runs.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { languageTags, languages } from '../../../src/pages/public/languages/languages.ts';
import { buildStyleGuide } from '../../../src/pages/build/style-guide.ts';
import { launch, openPage, phone, picturesFolder, shoot, shootOnPaper } from '../../support/pages/browser.ts';
import type { LoggedSite } from '../../support/pages/logged-elections.ts';
import {
  createLooksSite,
  organisers,
  pictureMsMax,
  picturesOf,
  shootAll,
  withoutPictures,
} from '../../support/pages/looks.ts';
import { discLogoOf } from '../../support/pages/pictures.ts';
import { createPublicSite } from '../../support/pages/public-site.ts';
import type { PublicSite } from '../../support/pages/public-site.ts';

describe.skipIf(withoutPictures)('Pictures for people', { timeout: pictureMsMax }, () => {
  let guide: PublicSite;
  let site: LoggedSite;
  /** A service that has just started and has no documents yet. */
  let starting: PublicSite;
  let browser: Browser;
  let origins: { readonly guide: string; readonly site: string; readonly starting: string };
  const folder = mkdtempSync(join(tmpdir(), 'popvote-looks-'));

  beforeAll(async () => {
    await buildStyleGuide(folder);
    [guide, site, starting, browser] = await Promise.all([
      createPublicSite({ folder: pathToFileURL(`${folder}/`) }),
      createLooksSite(),
      createPublicSite({ complete: false }),
      launch(),
    ]);
    origins = { guide: await guide.listen(), site: await site.listen(), starting: await starting.listen() };
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([guide, site, starting].map((each) => each[Symbol.asyncDispose]()));
    rmSync(folder, { recursive: true });
  });

  test('Each state of the voters’ page is pictured in each language', async () => {
    const { page, context } = await openPage(browser, origins.guide, phone);
    const logo = { contentType: 'image/png', body: discLogoOf(320, 96) };
    await page.route('**/v1/elections/*/logo?*', (route) => route.fulfill(logo));
    await page.goto(origins.guide);
    await page.getByRole('heading', { name: 'Style guide' }).waitFor();
    for (const name of picturesOf(await page.evaluate<string[]>('stateNames'))) {
      for (const [tag, pseudo] of [...languageTags.map((each) => [each, null] as const), ['en', 'mirrored'] as const]) {
        const words = [name, tag, pseudo].map((word) => JSON.stringify(word)).join();
        await page.evaluate(`showState(${words})`);
        if (name.includes('-card-')) await page.locator('.summary:visible').waitFor();
        await page.evaluate('document.querySelector(".acts details")?.setAttribute("open", "")');
        await shootAll(page, `state-${name}.${pseudo ?? tag}`);
        if (name.startsWith('receipt')) await shootOnPaper(page, `state-${name}.${pseudo ?? tag}`);
      }
    }
    await context.close();
  });

  async function shootPublic(page: Page, name: string): Promise<void> {
    await page.locator('h1').waitFor();
    await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))');
    await shootAll(page, name);
    await shootOnPaper(page, name);
    await page.emulateMedia({ forcedColors: 'active' });
    await page.setViewportSize({ width: 320, height: 640 });
    await shoot(page, `${name}.320.forced`);
  }

  const paths = Object.keys(organisers).flatMap((look) => [
    `/?election=open-${look}`,
    `/?election=roll-${look}`,
    `/turnout/open-${look}`,
    `/results/open-${look}`,
    `/results/result-${look}`,
    `/embed/result-${look}`,
    `/embed/open-${look}`,
    `/trust/open-${look}`,
    `/roll/roll-${look}`,
  ]);
  const logged = ['/trust/parish-2024', '/trust/quiet-2024', '/turnout/choir-2024', '/results/parish-2024'];
  const rejected = ['/results/none', '/trust/a%20b', '/none', '/roll/open-tall'];
  const nameOf = (path: string): string => `page${path.replace(/\W+/g, '-')}`;

  test.for(picturesOf([...paths, ...logged, ...rejected, '/', '/?election=none', '/archive', '/check']))(
    '%s is pictured in each language',
    async (path) => {
      for (const tag of languageTags) {
        const { page, context } = await openPage(browser, origins.site, { ...phone, locale: languages[tag].lang });
        await page.goto(`${origins.site}${path}`);
        await shootPublic(page, `${nameOf(path)}.${tag}`);
        await context.close();
      }
    },
  );

  test.for(picturesOf(['/results/later', '/archive', '/embed/later', '/?election=later']))(
    '%s of a service without documents is pictured in each language',
    async (path) => {
      for (const tag of languageTags) {
        const { page, context } = await openPage(browser, origins.starting, { ...phone, locale: languages[tag].lang });
        await page.goto(`${origins.starting}${path}`);
        await shootPublic(page, `starting${nameOf(path)}.${tag}`);
        await context.close();
      }
    },
  );

  test.for(picturesOf(Object.keys(organisers).map((look) => `saved-${look}`)))(
    'The picture of a result is kept as %s in each language',
    async (name) => {
      for (const tag of languageTags) {
        const { page, context } = await openPage(browser, origins.site, { ...phone, acceptDownloads: true });
        await page.goto(`${origins.site}/results/result-${name.replace('saved-', '')}?lang=${tag}`);
        await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))');
        const [file] = await Promise.all([page.waitForEvent('download'), page.locator('#share-picture').click()]);
        mkdirSync(picturesFolder ?? '', { recursive: true });
        await file.saveAs(join(picturesFolder ?? '', `${name}.${tag}.png`));
        await context.close();
      }
    },
  );
});
