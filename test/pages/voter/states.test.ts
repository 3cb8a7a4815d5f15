// Every state of the voters' page, from the style guide: by axe in each language, light and dark; on a narrow screen, at
// four times its size, spaced as WCAG asks; with longer words; and from right to left.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { buildStyleGuide } from '../../../src/pages/build/style-guide.ts';
import {
  chromiumPath,
  createAxe,
  expectAccessible,
  expectNoSideways,
  expectRoomToGrow,
  launch,
  openPage,
  shoot,
} from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { logoOf } from '../../support/pages/pictures.ts';
import { createPublicSite } from '../../support/pages/public-site.ts';
import type { PublicSite } from '../../support/pages/public-site.ts';
import { dotsOf, drawnDots } from '../../support/pages/qr-dots.ts';

/** Fewest states that the guide must have. A missing one would not be tested at all. */
const statesMin = 80;

describe.skipIf(chromiumPath === undefined)('Every state of the voters’ page', { timeout: 180_000 }, () => {
  let site: PublicSite;
  let browser: Browser;
  let origin: string;
  const folder = mkdtempSync(join(tmpdir(), 'popvote-guide-'));

  beforeAll(async () => {
    await buildStyleGuide(folder);
    [site, browser] = await Promise.all([createPublicSite({ folder: pathToFileURL(`${folder}/`) }), launch()]);
    origin = await site.listen();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function openGuide(
    width: number,
    height = 740,
    { now, ...options }: { timezoneId?: string; now?: Date } = {},
  ): Promise<Watched & { names: string[] }> {
    const watched = await openPage(browser, origin, { viewport: { width, height }, ...options });
    const logo = { contentType: 'image/png', body: logoOf({ width: 320, height: 96 }) };
    await watched.page.route('**/v1/elections/*/logo?*', (route) => route.fulfill(logo));
    if (now) await watched.page.clock.setFixedTime(now);
    await watched.page.goto(origin);
    await watched.page.getByRole('heading', { name: 'Style guide' }).waitFor();
    const names = await watched.page.evaluate<string[]>('stateNames');
    expect(names.length).toBeGreaterThanOrEqual(statesMin);
    return { ...watched, names };
  }
  const show = (page: Page, name: string, tag: string, pseudo: string | null = null): Promise<unknown> =>
    // Then whatever the state's answer sets off has had its turn.
    page.evaluate(
      `showState(${JSON.stringify(name)}, ${JSON.stringify(tag)}, ${JSON.stringify(pseudo)})` +
        '.then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))',
    );
  const close = async ({ context, complaints }: Watched): Promise<void> => {
    expect(complaints).toEqual([]);
    await context.close();
  };

  test('The check by axe finds a button without a name, on the page and in a frame of it', async () => {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.setContent(
      `<main><button id="own"></button><iframe srcdoc='<button id="inner"></button>'></iframe></main>`,
    );
    await page.frameLocator('iframe').locator('button').waitFor();
    const axe = await createAxe(page);
    expect(await axe(['button-name'])).toEqual([
      'button-name: <button id="own"></button> <button id="inner"></button>',
    ]);
    await page.close();
  });

  test.each(languageTags)('No state violates a rule of axe in %s, light and dark', async (tag) => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    const axe = await createAxe(page);
    for (const name of names) {
      await show(page, name, tag);
      expect(await axe(), `${name} in ${tag}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const name of names) {
      await show(page, name, tag);
      expect(await axe(['color-contrast']), `${name} in ${tag}, dark`).toEqual([]);
    }
    await close(watched);
  });

  test('Each state is photographed: phone and desktop, light and dark', async () => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    for (const name of names) {
      await show(page, name, 'en');
      await shoot(page, `state-${name}-phone`);
    }
    await page.setViewportSize({ width: 1_280, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const name of names) {
      await show(page, name, 'sr-Cyrl');
      await shoot(page, `state-${name}-desktop-dark`);
    }
    await close(watched);
  });

  /** A note that begins with the words of the title, and lines of a field that are there twice. */
  const saidTwice = `(() => {
    const textsOf = (selector) => [...document.querySelectorAll(selector)]
      .filter((line) => line.checkVisibility()).map((line) => line.textContent);
    const titles = textsOf('main :is(h1, .note > h2)');
    const notes = textsOf('main .note > p').filter((text) => titles.some((title) => text.startsWith(title)));
    const lines = textsOf('main .field p');
    return [...notes, ...lines.filter((text, at) => lines.indexOf(text) !== at)];
  })()`;

  test('No state says the same twice: a note what the title says, a fault what the hint says', async () => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    for (const tag of languageTags) {
      for (const name of names) {
        await show(page, name, tag);
        expect(await page.evaluate(saidTwice), `${name} in ${tag}`).toEqual([]);
      }
    }
    await close(watched);
  });

  test('No state needs sideways scrolling: at 320 pixels, at four times the size, with larger text', async () => {
    const watched = await openGuide(320, 256);
    const { page, names } = watched;
    for (const name of names) {
      for (const [tag, pseudo] of [
        ['en', null],
        ['sr-Latn', null],
        ['en', 'longer'],
      ] as const) {
        await show(page, name, tag, pseudo);
        await expectNoSideways(page, `${name} ${tag} ${pseudo ?? ''}`);
      }
      await show(page, name, 'en');
      await expectRoomToGrow(page, name);
    }
    await close(watched);
  });

  test('The page is mirrored for a language that runs from right to left', async () => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    const axe = await createAxe(page);
    for (const name of names) {
      await show(page, name, 'en', 'mirrored');
      await expectNoSideways(page, name);
      expect(await axe(), name).toEqual([]);
    }
    await show(page, 'text-in-wrong-sender', 'en', 'mirrored');
    // What begins at the left in English begins at the right: the brand, the bar of a note, the mark of a choice.
    const edges = async (selector: string): Promise<{ left: number; right: number }> =>
      page.evaluate(
        `(() => { const { left, right } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { left, right: innerWidth - right }; })()`,
      );
    const brand = await edges('.brand');
    expect(brand.right).toBeLessThan(brand.left);
    expect(
      await page.evaluate<string[]>(
        '(({ borderRightWidth, borderLeftWidth }) => [borderRightWidth, borderLeftWidth])(getComputedStyle(document.querySelector(".status")))',
      ),
    ).toEqual(['6px', '0px']);
    await shoot(page, 'mirrored-text-in');
    await show(page, 'ballot-chosen', 'en', 'mirrored');
    const control = await edges('.choice input');
    expect(control.right).toBeLessThan(control.left);
    await shoot(page, 'mirrored-ballot');
    await close(watched);
  });

  /** Groups of digits on one line whose first digit is right of the last one. */
  const reversedNumbers = `(() => {
    const reversed = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.parentElement.checkVisibility() || node.parentElement.closest('.unseen')) continue;
      const edgesAt = (at) => {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect();
      };
      for (const { index, 0: text } of node.data.matchAll(/[+(]?\\d[\\d ()+/.:-]*\\d/g)) {
        const [first, last] = [edgesAt(index), edgesAt(index + text.length - 1)];
        if (Math.abs(first.top - last.top) < 2 && first.left > last.left) reversed.push(text);
      }
    }
    return reversed;
  })()`;

  test('Numbers and codes run from left to right in the mirrored page, in each state', async () => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    for (const name of names) {
      await show(page, name, 'en', 'mirrored');
      expect(await page.evaluate<string[]>(reversedNumbers), name).toEqual([]);
      const directions = await page.evaluate<string[]>(
        `[...document.querySelectorAll('input[type=text], input[type=tel]')].map((one) => getComputedStyle(one).direction)`,
      );
      expect(
        directions.filter((direction) => direction !== 'ltr'),
        name,
      ).toEqual([]);
    }
    // The check itself sees a number that is reversed.
    await page.evaluate(`document.body.append('الرقم 6123 4567')`);
    expect(await page.evaluate<string[]>(reversedNumbers)).toEqual(['6123 4567']);
    await show(page, 'text-in-help', 'en', 'mirrored');
    await shoot(page, 'mirrored-text-in-help');
    await close(watched);
  });

  test.each(languageTags)(
    'Every time in %s names its zone, where the browser has another than the election',
    async (tag) => {
      const watched = await openGuide(360, 740, { timezoneId: 'UTC' });
      const { page, names } = watched;
      let times = 0;
      for (const name of names) {
        await show(page, name, tag);
        // The port of this test is no time.
        const text = (await page.locator('body').innerText()).replaceAll(origin, '');
        times += text.match(/\d{1,2}:\d\d/g)?.length ?? 0;
        expect(text.match(/\d{1,2}:\d\d(?!\s*(?:GMT|UTC))/g), name).toBeNull();
      }
      expect(times).toBeGreaterThan(20);
      await close(watched);
    },
  );

  test('The end of the session is in view wherever the voter is, and not before two minutes are left', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    const notice = page.locator('.ending');
    await show(page, 'ballot-chosen', 'en');
    await expect.poll(() => notice.isVisible()).toBe(false);
    for (const [name, text] of [
      ['ballot-ending', 'Your session ends in 2 minutes and cannot be made longer.'],
      ['ballot-ended', 'Your session ended. You have not voted.'],
    ] as const) {
      await show(page, name, 'en');
      await page.locator('.unseen[role=status]', { hasText: text }).waitFor({ state: 'attached' });
      for (const place of ['0', 'document.body.scrollHeight']) {
        await page.evaluate(`scrollTo(0, ${place})`);
        const box = await notice.boundingBox();
        expect(box !== null && box.y >= 0 && box.y + box.height <= 740, `${name} at ${place}`).toBe(true);
      }
    }
    await close(watched);
  });

  test('A code that is over is said to be over, and not to work for another minute', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    await show(page, 'code-over', 'en');
    const hint = page.locator('#code-hint');
    const isOver = 'That code has expired. Ask for a new code. Nothing was recorded.';
    await expect.poll(() => hint.innerText()).toBe(isOver);
    await show(page, 'code', 'en');
    await expect.poll(() => hint.innerText()).toBe('8 digits. It works for 15 minutes.');
    await close(watched);
  });

  test('Each page that stops a voter names the organiser, and its way back is not called Continue', async () => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    for (const name of names.filter((each) => each.startsWith('problem-') && each !== 'problem-no-election')) {
      await show(page, name, 'en');
      const help = page.getByRole('contentinfo').getByText('2555 0123');
      await expect.poll(() => help.isVisible(), { message: name }).toBe(true);
    }
    for (const name of ['unsure-closed', 'unsure-recorded', 'not-eligible', 'already-recorded']) {
      await show(page, `problem-${name}`, 'en');
      const labels = page.locator('main button');
      await expect.poll(() => labels.allInnerTexts(), { message: name }).toEqual(['Back']);
    }
    await close(watched);
  });

  test('A polling station draws evidence with words of its own, and says so where no code holds it', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    const texts = async (): Promise<string> => page.locator('main .note').innerText();
    await show(page, 'problem-not-confirmed-kiosk', 'en');
    await page.locator('.qr').waitFor();
    expect(await texts()).toContain('Point the camera of your phone here to take it as evidence');
    expect(await texts()).not.toContain('Take your receipt with you');
    await show(page, 'problem-not-confirmed-kiosk-long', 'en');
    await page.getByText('is too long for a code. Show this screen to the organiser.').waitFor();
    await page.getByRole('button', { name: 'Finish and clear this device' }).waitFor();
    await expect.poll(() => page.locator('.qr').count()).toBe(0);
    await show(page, 'problem-not-confirmed', 'en');
    expect(await texts()).toContain('Save it as evidence');
    await close(watched);
  });

  test('A polling station draws where the receipt is looked up, and the whole receipt where a voter opens it', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    const whole = page.locator('details .qr');
    await show(page, 'receipt-kiosk', 'en');
    const code = (await page.locator('.receipt-code').innerText()).replaceAll(' ', '');
    const address = dotsOf(`${origin}/check#c=${code}&election=harbour-2026`);
    expect(await drawnDots(page.locator('.acts > .scan'))).toBe(address);
    await page.getByText('Scan this with your phone to check later that your vote is recorded.').waitFor();
    await whole.waitFor({ state: 'hidden' });
    await page.getByText('The whole receipt, for auditors').click();
    const dots = await drawnDots(page.locator('details'));
    expect(dots.length).toBeGreaterThan(address.length);
    await page.getByText('Take your receipt with you').waitFor();
    await expectAccessible(page);
    // A receipt without a code has no other address.
    await show(page, 'receipt-kiosk-whole', 'en');
    expect(await drawnDots(page)).toBe(dots);
    await expect.poll(() => page.locator('main details').count()).toBe(0);
    await close(watched);
  });

  test('With forced colours the primary button and a fault are marked by their borders', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    await page.emulateMedia({ forcedColors: 'active' });
    await show(page, 'identify-errors', 'en');
    await shoot(page, 'identify-errors-forced-colors');
    const widthOf = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).borderLeftWidth`);
    expect([await widthOf('.primary'), await widthOf('.fault:not([hidden])')]).toEqual(['4px', '4px']);
    await show(page, 'receipt', 'en');
    expect(await widthOf('button.secondary')).toBe('2px');
    await close(watched);
  });

  const steps = ['election', 'identify', 'text-in', 'code', 'ballot', 'review', 'receipt'];
  const refusedSteps = ['identify-errors', 'code-empty', 'ballot-errors'];

  test('Each step of a vote has its accessibility tree', async () => {
    const watched = await openGuide(360, 740, { now: new Date('2026-06-27T04:00:00Z') });
    const { page } = watched;
    const trees: string[] = [];
    for (const name of [...steps, ...refusedSteps]) {
      await show(page, name, 'en');
      trees.push(`## ${name}\n\n\`\`\`yaml\n${await page.locator('body').ariaSnapshot()}\n\`\`\`\n`);
    }
    await expect(trees.join('\n')).toMatchFileSnapshot('accessibility-trees.md');
    await close(watched);
  });

  test('With reduced motion what shows that the page waits turns slowly', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    await show(page, 'text-in', 'en');
    const duration = () =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('.waiting'), '::before').animationDuration`);
    expect(await duration()).toBe('1.2s');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await duration()).toBe('6s');
    await close(watched);
  });

  test('What turns tells that nothing is asked of the voter', async () => {
    const watched = await openGuide(360);
    const { page } = watched;
    for (const [name, turns] of [
      ['text-in', 1],
      ['text-in-offline', 1],
      ['text-in-wrong-sender', 0],
      ['text-in-send-again', 0],
    ] as const) {
      await show(page, name, 'en');
      await expect.poll(() => page.locator('.waiting:visible').count(), { message: name }).toBe(turns);
    }
    await close(watched);
  });

  test('Targets are 44 pixels at least, and 50 at a polling station', async () => {
    const watched = await openGuide(360);
    const { page, names } = watched;
    for (const name of names) {
      await show(page, name, 'en');
      const least = name.includes('kiosk') ? 50 : 44;
      // Links inside of a sentence are as high as their line (WCAG 2.5.8).
      const small = await page.evaluate<string[]>(
        `[...document.querySelectorAll('button, a, select, summary, label.choice, input:not([type=radio],[type=checkbox]), textarea')]
          .filter((one) => one.checkVisibility() && !one.closest('.summary, footer, .skip') && !one.matches('.skip'))
          .filter((one) => one.getBoundingClientRect().height < ${least})
          .map((one) => one.outerHTML)`,
      );
      expect(small, name).toEqual([]);
    }
    await close(watched);
  });
});
