// Pictures for people in engines other than Chromium, made by hand (docs/web.md): of each page that the tests of pages saved into
// the folder POPVOTE_SHOTS, in the engine that POPVOTE_SHOTS_ENGINE names, on a phone and a desktop, light and dark.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, test } from 'vitest';
import { firefox } from '../../support/engines/firefox.ts';
import { webkit } from '../../support/engines/webkit.ts';
import { desktop, phone, picturesFolder } from '../../support/pages/browser.ts';

const only = new RegExp(process.env['POPVOTE_SHOTS_ONLY'] ?? '');
const engines = [firefox, webkit].filter(({ name }) => name.toLowerCase() === process.env['POPVOTE_SHOTS_ENGINE']);
const engineMs = 3_600_000;

describe.skipIf(picturesFolder === undefined || engines.length === 0)('Pictures of other engines', () => {
  const folder = resolve(picturesFolder ?? '');

  test.for([false, true])(
    'Each saved page is pictured where people want dark pages: %s',
    { timeout: engineMs },
    async (dark) => {
      const saved = readdirSync(folder).filter((file) => file.endsWith('.html') && only.test(file));
      for (const { start } of engines) {
        await using engine = await start(dark);
        for (const { viewport } of [phone, desktop]) {
          const tab = await engine.newTab(viewport);
          for (const file of saved) {
            await tab.open(pathToFileURL(join(folder, file)).href);
            await tab.shoot(`${file.replace(/\.html$/, '')}.${viewport.width}.${dark ? 'dark' : 'light'}`);
          }
        }
      }
    },
  );
});
