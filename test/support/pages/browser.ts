// A real Chromium and what the voters' page is watched with: its console, its requests, its policy, and axe. Nothing here
// sleeps: every wait is for an event or a state of the page.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where distributions put it. Where it is absent, tests of pages are skipped; continuous integration installs it. */
const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const chromiumPath = programs.find((path) => existsSync(path));
export const withoutChromium = 'Chromium is not installed (Debian: apt-get install chromium): pages are not tested';

/** The same engine without the windows, where it is installed: about a quarter less work for the machine. */
const shellPath = ['/usr/bin/chromium-headless-shell'].find((path) => existsSync(path));

/** Longest wait for a state of the page, in milliseconds: less than a test may take, so that the wait that failed is named. */
export const pageMsMax = 45_000;
/** Longest start of a browser beside services that start, in milliseconds. */
const startMsMax = 100_000;
/** Where pictures for people are written; none are made without POPVOTE_SHOTS. */
export const picturesFolder = process.env['POPVOTE_SHOTS'];
/** For what a test writes about pages. Git-ignored. */
export const shotsFolder = picturesFolder ?? join(import.meta.dirname, '../../../coverage/pages');

/**
 * `keepPages`: with the back-forward cache, which test drivers turn off. `full`: the browser as users have it, and not the engine
 * alone.
 */
export function launch({ keepPages = false, full = false } = {}): Promise<Browser> {
  return chromium.launch({
    ...(keepPages && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    timeout: startMsMax,
    executablePath: (keepPages || full ? undefined : shellPath) ?? chromiumPath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;
export const desktop = { viewport: { width: 1280, height: 900 } } as const;

export type Watched = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console (breaches of the content security policy are among them), and requests to others. */
  readonly complaints: string[];
};

export async function openPage(browser: Browser, origin: string, options: BrowserContextOptions): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Hong_Kong', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(pageMsMax);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A refused request is also a line in the console; the page itself answers for what it makes of it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(`${origin}/`) && !address.startsWith('blob:')) complaints.push(`request to ${address}`);
  });
  return { page, context, complaints };
}

/** axe by all its rules (WCAG 2.2 A and AA, and best practices) or the named ones, and no scrolling sideways. */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  const axe = await createAxe(page);
  expect(await axe(rules)).toEqual([]);
  expect(await page.evaluate(hiddenDescriptions), 'descriptions that are not shown').toEqual([]);
  await expectNoSideways(page);
}

/** What is named as the description of a field is read also where it is hidden, such as a fault that was not made. */
const hiddenDescriptions = `[...document.querySelectorAll('[aria-describedby]')]
  .filter((field) => !field.closest('[hidden]'))
  .flatMap((field) => field.getAttribute('aria-describedby').split(' '))
  .filter((id) => document.getElementById(id)?.closest('[hidden]'))`;

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

const require = createRequire(import.meta.url);
/** A script that ends with a value that is sent to the test: none. */
const axeSource = `${readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')}; 0`;

/** Puts axe into a page with its frames, and returns what finds the violations of what it shows at that moment. */
export async function createAxe(page: Page): Promise<(rules?: string[]) => Promise<string[]>> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) {
    await page.evaluate(axeSource);
    // A frame that leaves meanwhile is not on the page that is checked.
    for (const frame of page.frames().slice(1)) await frame.evaluate(axeSource).catch(() => undefined);
  }
  return async (rules) => {
    const options = { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) };
    const { violations } = await page.evaluate<{ violations: Violation[] }>(
      `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => ({ violations }))`,
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };
}

export async function expectNoSideways(page: Page, what = ''): Promise<void> {
  const { wide, view } = await page.evaluate<{ wide: number; view: number }>(
    '({ wide: document.documentElement.scrollWidth, view: document.documentElement.clientWidth })',
  );
  expect(wide, `no scrolling sideways ${what}`).toBeLessThanOrEqual(view);
}

/** Text of twice the size and spaced as WCAG 1.4.12 asks still fits. By a sheet that the policy lets a user set. */
export async function expectRoomToGrow(page: Page, what = ''): Promise<void> {
  const style =
    'html { font-size: 200% !important } * { line-height: 1.5 !important; letter-spacing: 0.12em !important; ' +
    'word-spacing: 0.16em !important } p { margin-bottom: 2em !important }';
  const adopt = '(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(STYLE); return sheet; })()';
  await page.evaluate(`document.adoptedStyleSheets = [${adopt.replace('STYLE', JSON.stringify(style))}]`);
  await expectNoSideways(page, what);
  await page.evaluate('document.adoptedStyleSheets = []');
}

/** A picture for people, if POPVOTE_SHOTS names a folder. Without pictures the tests of pages take about a twelfth less time. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (picturesFolder === undefined) return;
  mkdirSync(picturesFolder, { recursive: true });
  await page.screenshot({ path: join(picturesFolder, `${name}.png`), fullPage: true });
}

/** A4 within its margins, in CSS pixels. */
const paper = { width: 660, height: 985 } as const;

/** The same on paper. Afterwards the page is on its screen again. */
export async function shootOnPaper(page: Page, name: string): Promise<void> {
  if (picturesFolder === undefined) return;
  const viewport = page.viewportSize() ?? phone.viewport;
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  await page.setViewportSize(paper);
  await shoot(page, `${name}.print`);
  await page.emulateMedia({ media: null });
  await page.setViewportSize(viewport);
}
