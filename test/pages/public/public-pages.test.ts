// Turnout and results as people read them, in a real browser without script: accessible in each language, light and dark,
// on a narrow screen, spaced and enlarged, and on paper.
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { logoHeightMax, logoWidthMax } from '../../../src/domain/picture/logo.ts';
import { logoInDocument } from '../../../src/services/elections/drafts/logo.ts';
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
import { logoOf } from '../../support/pages/pictures.ts';
import { treeOf } from '../../support/pages/accessibility-tree.ts';
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
import { openOverLine } from '../../support/pages/slow-line.ts';

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
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  const states = [
    '/results/assembly',
    '/results/ties',
    '/embed/assembly',
    '/turnout/open',
    '/results/open',
    '/results/none',
  ];

  test('Results, turnout and check come in few bytes over a slow line, and nothing on them moves', async () => {
    const line = { rate: 400, latency: 400 };
    const screens = {
      '/results/parliament': ['main h1', 40_000],
      '/results/assembly': ['main h1', 30_000],
      '/turnout/open': ['main h1', 15_000],
      '/check': ['form:not([hidden])', 25_000],
    } as const;
    const figures: object[] = [];
    for (const [path, [sign, bytesMax]] of Object.entries(screens)) {
      const watched = await openPage(browser, origin, phone);
      const { lcp, shift, bytes } = await openOverLine(watched, line, `${origin}${path}`, sign);
      figures.push({ path, 'largest paint, ms': lcp, 'layout shift': shift, bytes });
      expect(bytes, path).toBeLessThan(bytesMax);
      expect(shift, path).toBeLessThan(0.1);
      await watched.context.close();
    }
    mkdirSync(shotsFolder, { recursive: true });
    writeFileSync(join(shotsFolder, 'slow-public-pages.json'), JSON.stringify(figures, null, 2));
  });

  test('The logo is on the page of the ballot, on results and in a frame, on white, and moves nothing', async () => {
    const text = logoOf({ width: logoWidthMax, height: logoHeightMax }).toString('base64');
    const organiser = { en: 'Town hall. Help: 2555 0123' };
    const election = {
      ...ties,
      id: 'with-logo',
      rehearsal: false,
      organiser,
      colour: '#0b4f2c',
      logo: logoInDocument(text),
    };
    const results = { ...tiesResults, electionId: election.id };
    site.publish(election.id, { ...publicationOfResults(election, results, site.publisher), logo: text });
    const watched = await openPage(browser, origin, { viewport: { width: 320, height: 640 } });
    const { page } = watched;
    for (const path of [`/?election=${election.id}`, `/results/${election.id}`, `/embed/${election.id}`]) {
      await page.goto(`${origin}${path}`);
      const logo = page.locator('img');
      await logo.waitFor();
      const look = () =>
        page.evaluate<object>(`(() => {
          const image = document.querySelector('img');
          const { left, right } = image.getBoundingClientRect();
          const { backgroundColor } = getComputedStyle(image);
          return { loaded: image.naturalWidth, background: backgroundColor, inside: left >= 0 && right <= innerWidth };
        })()`);
      const whole = { loaded: logoWidthMax, background: 'rgb(255, 255, 255)', inside: true };
      await expect.poll(look, { message: path }).toEqual(whole);
      expect(await logo.getAttribute('alt'), path).toBe(path.startsWith('/embed') ? '' : organiser.en);
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await look(), `${path}, dark`).toEqual(whole);
      await shoot(page, `logo${path.replace(/\W+/g, '-')}-dark`);
      // Its place is kept before it is there: without the picture everything is where it was.
      const place = `document.querySelector('h1').getBoundingClientRect().top`;
      const top = await page.evaluate<number>(place);
      await page.route('**/logo?*', (route) => route.abort());
      await page.reload();
      await page.locator('h1').waitFor();
      expect(await page.evaluate<number>(place), `${path}, without the picture`).toBeCloseTo(top, 0);
      await page.unroute('**/logo?*');
      await page.emulateMedia({ colorScheme: 'light' });
    }
    await page.goto(`${origin}/results/${election.id}`);
    // On the picture it is where lines end, smaller than it is.
    await page.evaluate(`(() => {
      const { drawImage } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.drawImage = function (...given) {
        globalThis.drawn = given.slice(1);
        return drawImage.apply(this, given);
      };
    })()`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a picture (PNG)' }).click(),
    ]);
    await download.saveAs(join(shotsFolder, 'result-with-logo.png'));
    expect(await page.evaluate('drawn')).toEqual([900, 40, 240, 72]);
    await page.emulateMedia({ media: 'print' });
    await page.locator('header img').waitFor();
    await watched.context.close();
  });

  test.each(states)('%s is accessible in each language, light and dark, narrow and wide', async (path) => {
    // Script is on because axe is one; results have one that shares them, and its policy would tell of any other.
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

  test('The band of a rehearsal is in a landmark of the embedded page', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    await page.goto(`${origin}/embed/ties?lang=en`);
    await page.locator('.band').waitFor();
    await expectAccessible(page);
    await shoot(page, 'public-embed-rehearsal-phone-light');
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('Each public page has its accessibility tree, and so has a code that cannot be read', async () => {
    const watched = await openPage(browser, origin, { ...desktop, timezoneId: 'UTC' });
    const { page } = watched;
    const trees: string[] = [];
    for (const path of ['/results/assembly', '/results/ties', '/results/open', '/turnout/open', '/check']) {
      await page.goto(`${origin}${path}?lang=en`);
      if (path === '/results/assembly') await page.getByRole('heading', { name: 'Share this result' }).waitFor();
      trees.push(await treeOf(page, path));
    }
    await page.getByLabel('Receipt code').fill('ABCD');
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByRole('alert').waitFor();
    trees.push(await treeOf(page, '/check with a code that cannot be read'));
    await expect(trees.join('\n')).toMatchFileSnapshot('accessibility-trees.md');
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

  test('The result prints on A4 with every row, also those that are folded on the screen', async () => {
    const watched = await openPage(browser, origin, { ...desktop, javaScriptEnabled: false });
    const { page } = watched;
    await page.goto(`${origin}/results/parliament?lang=en`);
    mkdirSync(shotsFolder, { recursive: true });
    const path = join(shotsFolder, 'public-results.pdf');
    const pdf = (await page.pdf({ path, preferCSSPageSize: true, tagged: true })).toString('latin1');
    // The structure of a tagged PDF names each row. The 250 seats are folded on the screen.
    const rows = await page.locator('tr').count();
    expect(rows).toBeGreaterThan(250);
    expect(pdf.match(/\/S \/TR\b/g)?.length).toBe(rows);
    expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
    await watched.context.close();
  });

  test('A reader copies the link and the code for other sites, and saves the picture', async () => {
    const watched = await openPage(browser, origin, desktop);
    const { page } = watched;
    await page.goto(`${origin}/results/ties?lang=en`);
    await page.evaluate(
      'navigator.clipboard.writeText = (text) => { globalThis.copied = text; return Promise.resolve() }',
    );
    const share = page.getByRole('region', { name: 'Share this result' });
    await share.getByRole('button', { name: 'Copy the link' }).click();
    await share.getByText('Copied.').waitFor();
    expect(await page.evaluate<string>('copied')).toBe(`${origin}/results/ties?lang=en`);
    await share.getByText('Show it on another website').click();
    const code = await share.getByRole('textbox', { name: 'Code for the website' }).inputValue();
    await share.getByRole('button', { name: 'Copy the code' }).click();
    await expect.poll(() => page.evaluate<string>('copied')).toBe(code);
    await expectAccessible(page);
    await shoot(page, 'public-results-share');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      share.getByRole('button', { name: 'Save as a picture (PNG)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('result-ties.png');
    const path = join(shotsFolder, 'result-ties.png');
    await download.saveAs(path);
    const image = readFileSync(path);
    expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([1_200, 630]);
    // An empty picture of this size has about 5 kB.
    expect(image.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: 'print' });
    await share.waitFor({ state: 'hidden' });
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
    await expectInFrame(code);
  });

  /** On another site the embedded page is shown, and the result itself is not. */
  async function expectInFrame(code: string): Promise<void> {
    const server = createServer(({ url }, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(url === '/whole' ? code.replace('/embed/', '/results/') : code);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const other = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${other}/widget`);
    await page.frameLocator('iframe').getByText('Chan Siu-ming – wins').waitFor();
    expect(await context.cookies()).toEqual([]);
    const rejection = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.goto(`${other}/whole`);
    await rejection;
    await context.close();
    server.close();
  }
});
