// Passkeys in a real Chromium with its virtual authenticator, over the real panel and `access`: one is added on the account
// page, opens the account at the sign-in, proves who removes it, and does not work on another address of the panel.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { chromiumPath, desktop, launch, openPage } from '../../support/pages/browser.ts';
import { lookAt } from '../../support/pages/panel-pages.ts';
import { fillSignIn, openFor } from '../../support/pages/signing-in.ts';

let platform: Platform & { control: Control };
let browser: Browser;
/** By name, because browsers allow no passkeys at an IP address. */
let panel: string;

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');

/** A security key in this page's browser. */
async function plugIn(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'usb',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
  } as const;
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    unplug: () => session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
    uses: async () =>
      (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.map(
        ({ signCount }) => signCount,
      ),
  };
}

async function addPasskey(page: Page, name: string, password: string): Promise<void> {
  await button(page, 'Add a passkey').click();
  await dialog(page).getByLabel('Name of the passkey').fill(name);
  await dialog(page).getByLabel('Your password').fill(password);
}

describe.skipIf(chromiumPath === undefined)('Passkeys in the panel', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    panel = platform.control.panel.replace('127.0.0.1', 'localhost');
    // It learns the address of the panel.
    await platform.restart('access');
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  }, 60_000);

  test('A passkey is added with a name, opens the account, and is removed with its own proof', async () => {
    const person = await platform.control.person('administrator');
    const { page, context, complaints } = await openFor(browser, panel, person, { path: '/account' });
    const key = await plugIn(page);
    await page.getByText('Off. Anyone who knows your password').waitFor();
    await addPasskey(page, 'Blue key', person.password);
    await lookAt(page, 'add-passkey');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await expect.poll(() => page.locator('.codes li').count()).toBe(10);
    await button(page, 'Done').click();
    await page.getByText('On. You need your password and a passkey or code').waitFor();
    await page.getByRole('row', { name: /^Blue key .* Never/ }).waitFor();
    await lookAt(page, 'passkeys');

    await button(page, 'Sign out').click();
    await page.getByText('You are signed out.').waitFor();
    await fillSignIn(page, person.email, person.password);
    await button(page, 'Use a passkey').waitFor();
    await lookAt(page, 'sign-in-passkey');
    await button(page, 'Sign in').click();
    await page.getByText('Enter the code.').waitFor();
    const before = await key.uses();
    await button(page, 'Use a passkey').click();
    await button(page, 'Sign out').waitFor();
    expect(await key.uses()).not.toEqual(before);

    await page.goto(`${panel}/account`);
    await button(page, 'Remove Blue key').click();
    await dialog(page).getByLabel('Your password').fill(person.password);
    await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('alert').getByText('The code is not right').waitFor();
    await button(page, 'Use a passkey').click();
    await page.getByText('Off. Anyone who knows your password').waitFor();
    await expect.poll(() => page.getByRole('row', { name: /Blue key/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A missing passkey and a wrong address of the panel are explained', async () => {
    const person = await platform.control.person('official');
    const { page, context } = await openFor(browser, panel, person, { path: '/account' });
    const key = await plugIn(page);
    await addPasskey(page, 'Desk key', person.password);
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await key.unplug();
    await plugIn(page);
    await button(page, 'Sign out').click();
    await fillSignIn(page, person.email, person.password);
    await button(page, 'Use a passkey').click();
    await page.getByRole('alert').getByText('No passkey was used').waitFor();
    await context.close();

    const elsewhere = await openPage(browser, platform.control.panel, desktop);
    await elsewhere.page.goto(platform.control.panel);
    await fillSignIn(elsewhere.page, person.email, person.password);
    await button(elsewhere.page, 'Use a passkey').click();
    await elsewhere.page.getByRole('alert').getByText('has the name localhost').waitFor();
    await elsewhere.context.close();
  });
});
