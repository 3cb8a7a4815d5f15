// Checks of every page of the panel, for every user and device: axe, the width of a phone, and pictures. All rules are
// checked once on the full page. Rules that depend on width and colours are checked again for each of them.
import type { Page } from 'playwright-core';
import { desktop, expectAccessible, expectNoSideways, picturesFolder, shoot } from './browser.ts';
import { savePage } from './saved-page.ts';

const narrow = { width: 390, height: 844 };
/** Rules that the same page may pass when it is wide and light, and break when it is narrow and dark. */
const ofWidthAndColour = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

export async function lookAt(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await savePage(page, `panel-${name}`);
  await shoot(page, `panel-${name}-light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, `panel-${name}-dark`);
  await page.setViewportSize(narrow);
  await expectAccessible(page, ofWidthAndColour);
  await shoot(page, `panel-${name}-390-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await shoot(page, `panel-${name}-390-light`);
  await page.setViewportSize({ width: 320, height: 700 });
  await expectNoSideways(page, `on ${name} at 320 px`);
  await page.setViewportSize(desktop.viewport);
}

/** Checks of a dialog, after those of its page. */
export async function lookAtDialog(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await savePage(page, `panel-${name}`);
  await shoot(page, `panel-${name}-light`);
  if (picturesFolder === undefined) return;
  await page.setViewportSize(narrow);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, `panel-${name}-390-dark`);
  await page.setViewportSize(desktop.viewport);
  await page.emulateMedia({ colorScheme: 'light' });
}
