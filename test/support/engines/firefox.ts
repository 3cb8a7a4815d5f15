// The distribution's Firefox, by WebDriver BiDi.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launch } from 'puppeteer-core';
import type { Page } from 'puppeteer-core';
import { until } from '../until.ts';
import { actMsMax, pathOfText, tabOf } from './tab.ts';
import type { Driver, Engine, Target } from './tab.ts';

/** Between two looks for an element, in milliseconds. A look computes the names of the whole page, which does nothing else meanwhile. */
const lookAgainMs = 150;

const program = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path));

export const firefox: Engine = {
  name: 'Firefox',
  missing: program === undefined ? ['firefox-esr'] : [],
  async start(dark = false) {
    const downloads = mkdtempSync(join(tmpdir(), 'popvote-firefox-'));
    const browser = await launch({
      browser: 'firefox',
      executablePath: program ?? '',
      extraPrefsFirefox: {
        'browser.download.dir': downloads,
        'browser.download.folderList': 2,
        'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
      },
    });
    const complaints: string[] = [];
    return {
      complaints: () => complaints,
      async newTab(viewport) {
        const page = await browser.newPage();
        page.setDefaultTimeout(actMsMax);
        await page.setViewport(viewport);
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(String(error)));
        return tabOf(driverOf(page), { name: 'firefox', downloads });
      },
      async [Symbol.asyncDispose]() {
        await browser.close();
        rmSync(downloads, { recursive: true });
      },
    };
  },
};

/** A field has its name whatever its role, which for passwords is none. */
function selectorOf({ kind, name }: Target): string {
  if (kind === 'text') return `::-p-xpath(${pathOfText(name)})`;
  const part = `[name=${JSON.stringify(name)}]`;
  return kind === 'control'
    ? `::-p-aria(${part}[role="button"]), ::-p-aria(${part}[role="link"])`
    : `::-p-aria(${part})`;
}

/** Its own type needs those of browsers. */
type FileField = { uploadFile(path: string): Promise<void> };

function driverOf(page: Page): Driver {
  async function press(target: Target): Promise<void> {
    const selector = selectorOf(target);
    let rejection: unknown = null;
    const look = async () => {
      const element = await page.$(selector);
      return { element, isVisible: element !== null && (await element.isVisible()) };
    };
    const isPressed = async (): Promise<boolean> => {
      // A page that is left at this moment answers with an error.
      const view = await look().catch(() => null);
      // An element that is gone after a rejection was pressed: what it did is on the screen.
      if (view?.element === null && rejection !== null) return true;
      if (!view?.element || !view.isVisible) {
        await pause(lookAgainMs);
        return false;
      }
      return view.element.click().then(
        () => true,
        (error: unknown) => {
          rejection = error;
          return false;
        },
      );
    };
    try {
      await until(isPressed, `a press on "${target.name}"`, actMsMax);
    } catch (error) {
      const text = (await page.evaluate('document.body.innerText')) as string;
      throw new Error(`no press on "${target.name}" (${String(rejection)}), but: ${text}`, { cause: error });
    }
  }
  return {
    async open(address) {
      await page.goto(address);
    },
    evaluate: <Value>(expression: string) => page.evaluate(expression) as Promise<Value>,
    press,
    async type(target, keys) {
      await press(target);
      await page.keyboard.type(keys);
      if (target.kind === 'list') await page.keyboard.press('Enter');
    },
    async chooseFile(path) {
      const field = (await page.$('input[type=file]')) as FileField | null;
      await field?.uploadFile(path);
    },
    picture: () => page.screenshot({ fullPage: true }),
  };
}
