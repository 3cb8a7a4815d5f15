// The distribution's WebKitGTK in its small browser, by WebDriver, on a virtual display.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Builder, By, error as driverErrors } from 'selenium-webdriver';
import type { WebDriver, WebElement } from 'selenium-webdriver';
import { endProcess } from '../processes/child-process.ts';
import { freePort } from '../processes/ports.ts';
import { until } from '../until.ts';
import { actMsMax, pathOfText, tabOf } from './tab.ts';
import type { Driver, Engine, Size, Target } from './tab.ts';

const driverProgram = '/usr/bin/WebKitWebDriver';
const displayProgram = '/usr/bin/Xvfb';
/** Room for a window on a desktop, and its bar. */
const displaySize = '1400x1100x24';
/** The bar of the browser needs less width than a phone has. */
const narrowBar = '* { font-size: 1px; min-width: 0; margin: 0; padding: 0 }';

export const webkit: Engine = {
  name: 'WebKit',
  missing: [
    ...(existsSync(driverProgram) ? [] : ['webkit2gtk-driver']),
    ...(existsSync(displayProgram) ? [] : ['xvfb']),
  ],
  async start(dark = false) {
    const folder = mkdtempSync(join(tmpdir(), 'popvote-webkit-'));
    const downloads = join(folder, 'downloads');
    for (const name of ['downloads', 'gtk-3.0']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
    writeFileSync(join(folder, 'gtk-3.0/gtk.css'), narrowBar);
    const display = spawn(displayProgram, ['-displayfd', '3', '-screen', '0', displaySize, '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const number = await firstLine(display.stdio[3] as Readable);
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      DISPLAY: `:${number}`,
      GTK_THEME: dark ? 'Adwaita:dark' : 'Adwaita',
    };
    const server = spawn(driverProgram, [`--port=${port}`], { stdio: 'ignore', env });
    const driver = await openWindow(`http://127.0.0.1:${port}`);
    return {
      complaints: () => [],
      async newTab(size) {
        await resize(driver, size);
        return tabOf(driverOf(driver), { name: 'webkit', downloads });
      },
      async [Symbol.asyncDispose]() {
        await driver.quit();
        await Promise.all([endProcess(server), endProcess(display)]);
        rmSync(folder, { recursive: true });
      },
    };
  },
};

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface(stream)) return line;
  throw new Error('the program ended before its first line');
}

async function openWindow(address: string): Promise<WebDriver> {
  const answers = () =>
    fetch(`${address}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(answers, 'the driver of WebKit');
  return new Builder()
    .usingServer(address)
    .withCapabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { args: ['--automation'] } })
    .build();
}

/** In the frame after the next one, the page was painted at its size. */
const afterPaint = 'requestAnimationFrame(() => requestAnimationFrame(arguments[0]))';

/** The page is smaller than its window. */
async function resize(driver: WebDriver, { width, height }: Size): Promise<void> {
  const window = driver.manage().window();
  const inner = () => driver.executeScript<[number, number]>('return [innerWidth, innerHeight]');
  const [outer, [innerWidth, innerHeight]] = await Promise.all([window.getRect(), inner()]);
  await window.setRect({ width: outer.width + width - innerWidth, height: outer.height + height - innerHeight });
  await until(async () => String(await inner()) === String([width, height]), `a window of ${width} x ${height}`);
}

const selectors = { control: 'button, a[href]', field: 'input, textarea', list: 'select' } as const;

const changing = [driverErrors.StaleElementReferenceError, driverErrors.ElementNotInteractableError];

function driverOf(driver: WebDriver): Driver {
  /** The first one on the screen, in the middle of it as after scrolling. */
  async function firstOf({ kind, name }: Target): Promise<WebElement | undefined> {
    const how = kind === 'text' ? By.xpath(pathOfText(name)) : By.css(selectors[kind]);
    for (const element of await driver.findElements(how)) {
      // The driver has an error without a name for an element that is gone in this moment.
      const fits = kind === 'text' || (await element.getAccessibleName().catch(() => null)) === name;
      if (!fits || !(await element.isDisplayed())) continue;
      await driver.executeScript('arguments[0].scrollIntoView({ block: "center" })', element);
      return element;
    }
    return undefined;
  }
  /** The page may replace or move an element while it is looked at. Then nothing was done. */
  const act = (target: Target, perform: (element: WebElement) => Promise<void>): Promise<void> =>
    until(
      async () => {
        try {
          const element = await firstOf(target);
          if (element) await perform(element);
          return element !== undefined;
        } catch (error) {
          if (changing.some((kind) => error instanceof kind)) return false;
          throw error;
        }
      },
      `${target.kind} "${target.name}"`,
      actMsMax,
    );
  return {
    open: (address) => driver.get(address),
    evaluate: (expression) => driver.executeScript(`return ${expression}`),
    press: (target) => act(target, (element) => element.click()),
    type: (target, keys) => act(target, (element) => element.sendKeys(keys)),
    chooseFile: async (path) => (await driver.findElement(By.css('input[type=file]'))).sendKeys(path),
    async picture() {
      const [width, height, whole] = await driver.executeScript<[number, number, number]>(
        'return [innerWidth, innerHeight, document.documentElement.scrollHeight]',
      );
      await resize(driver, { width, height: Math.max(height, whole) });
      await driver.executeAsyncScript(afterPaint);
      const picture = Buffer.from(await driver.takeScreenshot(), 'base64');
      await resize(driver, { width, height });
      return picture;
    },
  };
}
