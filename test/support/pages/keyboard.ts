// A user without a mouse: moves with Tab, presses keys, and types key by key into texts and into the parts of native date
// and time fields, in the order that this Chromium shows them.
import type { Locator, Page } from 'playwright-core';

/** Presses of Tab within which anything on a page is reached. */
const tabsMax = 90;

/** Presses of Tab after which a target is looked for again. */
const lookAgainTabs = 15;

/** Where the focus is, seen from an element; `gone` if the page has replaced it. */
const focusFrom = (element: unknown): 'here' | 'elsewhere' | 'gone' => {
  const { document } = globalThis as unknown as { document: { activeElement: unknown } };
  if (element === document.activeElement) return 'here';
  return (element as { isConnected: boolean }).isConnected ? 'elsewhere' : 'gone';
};

/** Presses Tab until this has the focus. To find it by its name takes most of the time, so it is found once for some presses. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  let element = await target.elementHandle();
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    const focus = await element.evaluate(focusFrom);
    if (focus === 'here') return;
    if (focus === 'elsewhere') await page.keyboard.press('Tab');
    if (focus !== 'elsewhere' || tabs % lookAgainTabs === lookAgainTabs - 1) element = await target.elementHandle();
  }
  throw new Error(`not reached by Tab: ${String(target)}`);
}

export async function pressOn(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Replaces a text, key by key. */
export async function typeIn(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}

/** How this Chromium shows dates and times; it follows the machine's language, not the page's. */
export type FieldOrder = { readonly dayFirst: boolean; readonly hours24: boolean };

export async function fieldOrderOf(page: Page): Promise<FieldOrder> {
  await page.setContent('<input type="date" aria-label="date"><input type="time" aria-label="time">');
  await page.getByLabel('date').focus();
  await page.keyboard.type('03042025');
  await page.getByLabel('time').focus();
  await page.keyboard.type('2015');
  const date = await page.getByLabel('date').inputValue();
  if (!['2025-04-03', '2025-03-04'].includes(date)) throw new Error(`an order of dates that is not known: ${date}`);
  return { dayFirst: date === '2025-04-03', hours24: (await page.getByLabel('time').inputValue()) === '20:15' };
}

/** The keys of a day such as 2026-12-10. */
export function dayKeys(date: string, { dayFirst }: FieldOrder): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return (dayFirst ? day + month : month + day) + year;
}

/** The keys of a time such as 20:30. */
export function timeKeys(time: string, { hours24 }: FieldOrder): string {
  const [hour = '', minute = ''] = time.split(':');
  if (hours24) return hour + minute;
  const half = Number(hour) < 12 ? 'AM' : 'PM';
  return `${String(Number(hour) % 12 || 12).padStart(2, '0')}${minute}${half}`;
}

/** Types a day and a time into a field that has both. */
export async function typeMoment(
  page: Page,
  field: Locator,
  { date, time }: { readonly date: string; readonly time: string },
  order: FieldOrder,
): Promise<void> {
  await tabTo(page, field.getByLabel('Day'));
  await page.keyboard.type(dayKeys(date, order));
  await tabTo(page, field.getByLabel('Time'));
  await page.keyboard.type(timeKeys(time, order));
}
