// Signing in to the panel through its form, as every story of the panel begins.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Person } from '../control.ts';
import { desktop, openPage } from './browser.ts';
import type { Watched } from './browser.ts';

export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  // Exactly: the page before, which may be there for a moment, has a search by e-mail.
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export async function fillSecondFactor(page: Page, code: string): Promise<void> {
  await page.getByLabel('Authenticator code').fill(code);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Signed in and on the page of this address. */
export async function signIn(page: Page, panel: string, person: Person, path = '/'): Promise<void> {
  await page.goto(panel + path);
  await fillSignIn(page, person.email, person.password);
  const code = person.recoveryCodes.pop();
  if (code !== undefined) {
    await untilSignedIn(page, page.getByLabel('Authenticator code'));
    await fillSecondFactor(page, code);
  }
  await untilSignedIn(page, page.getByRole('navigation', { name: 'Main navigation' }));
}

const pressesMax = 20;
/** Waits for what follows the form, and presses again where a service was busy, as anybody would. */
export async function untilSignedIn(page: Page, next: Locator): Promise<void> {
  const busy = page.getByRole('alert').getByText('You cannot sign in now');
  const unread = page.getByRole('button', { name: 'Try again' });
  for (let presses = 0; presses < pressesMax; presses += 1) {
    await next.or(busy).or(unread).first().waitFor();
    if (await next.isVisible()) return;
    const again = (await unread.isVisible()) ? unread : page.getByRole('button', { name: 'Sign in', exact: true });
    await again.click();
    await page.waitForTimeout(500);
  }
  throw new Error('the services stay busy');
}

/** A separate browser for one user. */
export async function openFor(
  browser: Browser,
  panel: string,
  person: Person,
  { path = '/', ...options }: BrowserContextOptions & { readonly path?: string } = {},
): Promise<Watched> {
  const watched = await openPage(browser, panel, { ...desktop, ...options });
  await signIn(watched.page, panel, person, path);
  return watched;
}
