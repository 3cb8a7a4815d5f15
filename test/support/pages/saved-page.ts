// A page as it is at this moment, in one file without scripts: other engines open it and show its look (docs/web.md).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { picturesFolder } from './browser.ts';

/** Writes what people typed and chose into the markup, with the pictures, and returns the addresses of its style sheets. */
const fixInPlace = `(() => {
  const copy = document.documentElement.cloneNode(true);
  const pairs = (selector) => {
    const copies = copy.querySelectorAll(selector);
    return [...document.querySelectorAll(selector)].map((element, at) => [element, copies[at]]);
  };
  for (const [field, same] of pairs('input')) {
    if (field.type !== 'file') same.setAttribute('value', field.value);
    same.toggleAttribute('checked', field.checked);
  }
  for (const [field, same] of pairs('textarea')) same.textContent = field.value;
  for (const [option, same] of pairs('option')) same.toggleAttribute('selected', option.selected);
  for (const [dialog, same] of pairs('dialog')) same.toggleAttribute('data-modal', dialog.matches(':modal'));
  for (const [image, same] of pairs('img')) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    if (canvas.width > 0) same.src = canvas.toDataURL();
  }
  for (const part of copy.querySelectorAll('script, meta[http-equiv], link, iframe')) part.remove();
  const sheets = [...document.querySelectorAll('link[rel=stylesheet]')].map((link) => link.href);
  return { markup: copy.outerHTML, sheets };
})()`;

/** A modal dialog opens by script alone. */
const openDialogs =
  '<script>for (const dialog of document.querySelectorAll("[data-modal]")) { dialog.close(); dialog.showModal(); }</script>';

/** Beside the pictures for people, if POPVOTE_SHOTS names their folder. */
export async function savePage(page: Page, name: string): Promise<void> {
  if (picturesFolder === undefined) return;
  const { markup, sheets } = await page.evaluate<{ markup: string; sheets: string[] }>(fixInPlace);
  const styles: string[] = [];
  for (const address of sheets) styles.push(await (await page.request.get(address)).text());
  mkdirSync(picturesFolder, { recursive: true });
  const style = styles.map((text) => `<style>${text}</style>`).join('');
  const whole = markup.replace('</head>', () => `${style}</head>`);
  writeFileSync(join(picturesFolder, `${name}.html`), `<!doctype html>${whole}${openDialogs}`);
}
