// What a person does in a browser, for stories that several engines run. Controls have the names that people and screen
// readers know. Each act waits until what it is about is on the screen.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { picturesFolder } from '../pages/browser.ts';
import { until } from '../until.ts';

/** Longest wait for what an act is about, in milliseconds. */
export const actMsMax = 90_000;

/** Inner width and height of a window, in pixels. */
export type Size = { readonly width: number; readonly height: number };

/** What is on the screen: a control by its accessible name, or an element by its own text. */
export type Target = { readonly kind: 'control' | 'field' | 'list' | 'text'; readonly name: string };

/** What an engine does. Targets are awaited for as long as an act may take. */
export type Driver = {
  open(address: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<Value>(expression: string): Promise<Value>;
  press(target: Target): Promise<void>;
  /** Types key by key. */
  type(target: Target, keys: string): Promise<void>;
  chooseFile(path: string): Promise<void>;
  /** Of the whole page. */
  picture(): Promise<Uint8Array>;
};

export type Tab = ReturnType<typeof tabOf>;

export type OpenEngine = AsyncDisposable & {
  /** A window of this size. It takes the place of the one before. */
  newTab(size: Size): Promise<Tab>;
  /** Errors of scripts, and breaches of the content security policy, as far as the engine reports them. */
  complaints(): readonly string[];
};

export type Engine = {
  readonly name: string;
  /** Debian packages that are not installed here. */
  readonly missing: readonly string[];
  /** `dark`: people want dark pages. */
  start(dark?: boolean): Promise<OpenEngine>;
};

/** Names of files that a browser is still saving. */
const unfinished = /\.(part|wkdownload)$/;

/** Where the text of an element is: its own, without that of elements in it. */
export const pathOfText = (text: string): string => `//*[text()[normalize-space(.) = ${JSON.stringify(text)}]]`;

export function tabOf(driver: Driver, { name, downloads }: { readonly name: string; readonly downloads: string }) {
  const read = (selector: string) =>
    driver.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  const isSeen = async (text: string, selector: string): Promise<boolean> =>
    (await read(selector)).replace(/\s+/g, ' ').includes(text);
  return {
    open: (address: string) => driver.open(address),
    /** Presses the button, or follows the link. */
    press: (control: string) => driver.press({ kind: 'control', name: control }),
    /** Taps a text, such as that of an option. */
    tap: (text: string) => driver.press({ kind: 'text', name: text }),
    type: (field: string, keys: string) => driver.type({ kind: 'field', name: field }, keys),
    /** Selects in a list by typing the first letters of an entry. */
    pick: (list: string, entry: string) => driver.type({ kind: 'list', name: list }, entry),
    /** Selects a file for the file field of the page. */
    choose: (path: string) => driver.chooseFile(path),
    /** Presses the button, and returns the path of the file that the browser saves. */
    async save(button: string): Promise<string> {
      const before = new Set(readdirSync(downloads));
      const isWhole = (file: string) => !unfinished.test(file) && statSync(join(downloads, file)).size > 0;
      const added = () => readdirSync(downloads).find((file) => !before.has(file) && isWhole(file));
      await driver.press({ kind: 'control', name: button });
      await until(() => added() !== undefined, 'a saved file');
      return join(downloads, added() ?? '');
    },
    /** Waits until a text is on the screen, or in the element of a selector. */
    async see(text: string, selector = 'body'): Promise<void> {
      try {
        await until(() => isSeen(text, selector), `"${text}"`, actMsMax);
      } catch (error) {
        throw new Error(`not "${text}", but: ${await read('body')}`, { cause: error });
      }
    },
    /** The text of what a selector names, as it is on the screen. */
    read,
    /** Adds a picture of the page to those of the other tests of pages. */
    async shoot(what: string): Promise<void> {
      if (picturesFolder === undefined) return;
      mkdirSync(picturesFolder, { recursive: true });
      writeFileSync(join(picturesFolder, `${name}-${what}.png`), await driver.picture());
    },
  };
}
