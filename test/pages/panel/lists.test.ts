// The lists of the panel and what a new election begins as, in a real Chromium over the whole platform: an order, a search,
// several rows at once, templates and the example.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredElection } from '../../../src/protocol/control/elections-api.ts';
import { chromiumPath, desktop, launch, openPage, shoot } from '../../support/pages/browser.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';
import { openFor } from '../../support/pages/signing-in.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
/** Longest wait until participants are deleted, after their ten seconds. */
const deletedMsMax = 40_000;
/** More than one page of the list has. */
const draftCount = 30;

describe.skipIf(chromiumPath === undefined)('Lists in the panel', { timeout: 240_000 }, () => {
  let platform: Platform & { control: Control };
  let browser: Browser;
  const call = (method: 'GET' | 'POST', path: string, body?: object) =>
    platform.control.administrator.call('elections', method, path, { body });
  const openPanel = (path: string) =>
    openFor(browser, platform.control.panel, platform.control.administrator, { path });
  const rowNames = (page: Page): Promise<string[]> =>
    page
      .getByRole('rowheader')
      .evaluateAll((cells) =>
        cells.map((cell) => (cell as unknown as { innerText: string }).innerText.split(/\n| ◇/)[0] ?? ''),
      );
  const button = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) });

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('The example is loaded from an empty list, and is announced as it is', async () => {
    const { page, context, complaints } = await openPanel('/elections');
    await page.getByText('No elections yet').waitFor();
    await lookAt(page, 'elections-none');
    await button(page, 'Load an example').click();
    await page.getByRole('heading', { name: 'Example: town meeting', level: 1 }).waitFor();
    await page.waitForURL(/\/elections\/example-\w+$/);
    await lookAt(page, 'example');
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const announced = await call('POST', `/v1/elections/${id}/announce`, {});
    expect(announced.status, announced.text).toBe(200);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A new election begins as a board whose rule is suggested, and its options are empty fields', async () => {
    const { page, context, complaints } = await openPanel('/elections/new');
    await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Board 2027');
    await page.getByRole('radio', { name: 'Board or council' }).check();
    await page.getByRole('checkbox', { name: 'This is a rehearsal' }).check();
    await lookAt(page, 'templates');
    await button(page, 'Save and continue').click();
    await page.getByRole('heading', { name: '2. Dates' }).waitFor();
    await page.goto(`${platform.control.panel}/elections/board-2027/edit/contests`);
    await page.getByText('For example “Members of the board”.').waitFor();
    await page.getByRole('textbox', { name: 'Contest title' }).fill('Board of the club');
    const options = page.locator('.options input');
    await expect.poll(() => options.count()).toBe(4);
    for (const [index, name] of ['Ana', 'Bojan', 'Cora', 'Dora'].entries()) await options.nth(index).fill(name);
    await button(page, 'Save and continue').click();
    await page.getByRole('heading', { name: '4. Counting rule' }).waitFor();
    await expect.poll(() => page.getByRole('textbox', { name: 'Elected options' }).inputValue()).toBe('3');
    await expect.poll(() => page.getByRole('textbox', { name: 'Most choices' }).inputValue()).toBe('3');
    await lookAt(page, 'template-rule');
    await button(page, 'Save and continue').click();
    await page.getByRole('heading', { name: /^5\. / }).waitFor();
    const { text } = await call('GET', '/v1/elections/board-2027');
    const { election } = JSON.parse(text) as { election: AdministeredElection };
    expect(election.definition.contests).toMatchObject([{ method: 'approval', seats: 3, maxChoices: 3 }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A colour is refused until white text on it is readable, and is then on public page and poster', async () => {
    const created = await call('POST', '/v1/elections', {
      id: 'coloured',
      title: { en: 'Garden club' },
      organiser: { en: 'The garden club, 2555 0123' },
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      opensAt: inHours(-1),
      closesAt: inHours(20),
      identity: { scheme: 'phone-only' },
      verification: { methods: ['text-in', 'code'] },
      contests: [
        { title: { en: 'Sundays?' }, method: 'plurality', options: ['Yes', 'No'].map((en) => ({ title: { en } })) },
      ],
    });
    expect(created.status, created.text).toBe(201);
    const { page, context, complaints } = await openPanel('/elections/coloured/edit/name');
    await page.getByRole('textbox', { name: 'Organiser colour' }).fill('#ffcc00');
    await button(page, 'Save and continue').click();
    await page.getByRole('alert').getByText('contrast of only 1.5:1').waitFor();
    await page.getByRole('textbox', { name: 'Organiser colour' }).fill('#7a1f5c');
    await page.getByText('White text on this colour', { exact: true }).waitFor();
    await lookAt(page, 'organiser-colour');
    await button(page, 'Save and continue').click();
    await page.getByRole('heading', { name: '2. Dates' }).waitFor();
    const announced = await call('POST', '/v1/elections/coloured/announce', {});
    expect(announced.status, announced.text).toBe(200);
    await page.goto(`${platform.control.panel}/elections/coloured/poster`);
    await page.locator('.poster-colour').waitFor();
    await shoot(page, 'panel-poster-colour');
    expect(complaints).toEqual([]);
    await context.close();

    const turnout = `${platform.origins.api}/turnout/coloured`;
    await until(async () => (await fetch(turnout)).status === 200);
    const reader = await openPage(browser, platform.origins.api, desktop);
    await reader.page.goto(turnout);
    await reader.page.locator('header.coloured rect[fill="#7a1f5c"]').waitFor();
    await lookAt(reader.page, 'public-colour');
    expect(reader.complaints).toEqual([]);
    await reader.context.close();
  });

  test('All elections are read to sort them, and drafts are deleted together', async () => {
    for (let number = 1; number <= draftCount; number += 1) {
      const answer = await call('POST', '/v1/elections', {
        id: `list-${number}`,
        title: { en: `Ward ${number}` },
        timeZone: 'Europe/Belgrade',
        rehearsal: true,
        opensAt: inHours(draftCount - number + 1),
        closesAt: inHours(100),
        identity: { scheme: 'phone-only' },
        verification: { methods: ['text-in', 'code'] },
        contests: [{ title: { en: 'Sundays?' }, method: 'plurality', options: [{ title: { en: 'Yes' } }] }],
      });
      expect(answer.status, answer.text).toBe(201);
    }
    const { page, context, complaints } = await openPanel('/elections?search=Ward');
    const wards = Array.from({ length: draftCount }, (_, index) => `Ward ${index + 1}`);
    await expect.poll(() => rowNames(page)).toEqual([...wards].reverse().slice(0, 25));
    await page.getByLabel('Sort by').selectOption({ label: 'Title' });
    await expect.poll(() => rowNames(page)).toEqual(wards);
    await page.getByLabel('Sort by').selectOption({ label: 'Opening, earliest first' });
    await expect.poll(() => rowNames(page)).toEqual([...wards].reverse());
    expect(new URL(page.url()).search).toBe('?search=Ward&sort=opens');
    await page.reload();
    await expect.poll(() => rowNames(page)).toEqual([...wards].reverse());

    await page.getByRole('checkbox', { name: 'Select Ward 7 (list-7)' }).check();
    await page.getByRole('checkbox', { name: 'Select Ward 8 (list-8)' }).check();
    await page.getByText('2 selected').waitFor();
    await lookAt(page, 'elections-selected');
    // One is changed meanwhile, and stays.
    const changed = await platform.control.administrator.call('elections', 'PATCH', '/v1/elections/list-8', {
      body: { title: { en: 'Ward 8, changed' } },
      headers: { 'if-match': '*' },
    });
    expect(changed.status, changed.text).toBe(200);
    await button(page, 'Delete 2 drafts').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete 2 drafts' }).click();
    await dialog.getByText('Type delete 2 to continue.').waitFor();
    await dialog.getByRole('textbox').fill('delete 2');
    await lookAtDialog(page, 'elections-delete-drafts');
    await dialog.getByRole('button', { name: 'Delete 2 drafts' }).click();
    await dialog.getByText('They were changed meanwhile: list-8.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => rowNames(page)).toHaveLength(draftCount - 1);
    expect((await call('GET', '/v1/elections/list-7')).status).toBe(404);

    await button(page, `Select all ${draftCount - 1}`).click();
    await button(page, `Delete ${draftCount - 1} drafts`).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    // The selection stays.
    await button(page, `Delete ${draftCount - 1} drafts`).click();
    await dialog.getByRole('textbox').fill(`delete ${draftCount - 1}`);
    await dialog.getByRole('button', { name: `Delete ${draftCount - 1} drafts` }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('No elections match').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('Participants are deleted together unless an election includes them, and come back by one Undo', async () => {
    const ids: string[] = [];
    for (const name of ['River', 'Hill', 'Lake', 'Sea']) {
      const { status, text } = await call('POST', '/v1/participants', { kind: 'party', name });
      expect(status, text).toBe(201);
      ids.push((JSON.parse(text) as { participant: { id: string } }).participant.id);
    }
    const includes = await call('POST', '/v1/elections', {
      id: 'includes-river',
      title: { en: 'Parliament' },
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      opensAt: inHours(1),
      closesAt: inHours(2),
      identity: { scheme: 'phone-only' },
      verification: { methods: ['text-in', 'code'] },
      contests: [{ title: { en: 'Members' }, method: 'dhondt', seats: 3, options: [{ participantId: ids[0] }] }],
    });
    expect(includes.status, includes.text).toBe(201);
    const names = async (): Promise<string[]> => {
      const { text } = await call('GET', '/v1/participants?limit=200');
      return (JSON.parse(text) as { participants: { name: string }[] }).participants.map(({ name }) => name).sort();
    };

    const { page, context, complaints } = await openPanel('/participants');
    await expect.poll(() => rowNames(page)).toEqual(['Hill', 'Lake', 'River', 'Sea']);
    await page.getByLabel('Sort by').selectOption({ label: 'Elections, most first' });
    await expect.poll(() => rowNames(page)).toEqual(['River', 'Hill', 'Lake', 'Sea']);
    for (const name of ['River', 'Hill', 'Lake']) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await page.getByText('1 participant is in elections and cannot be deleted.').waitFor();
    await lookAt(page, 'participants-selected');
    // The ten seconds of the undo do not pass while it is looked at.
    await page.evaluate(`globalThis.ownTimeout = globalThis.setTimeout;
      globalThis.setTimeout = (work, ms, ...more) => ownTimeout(work, ms === 10_000 ? 600_000 : ms, ...more); 0`);
    await button(page, 'Delete 2 participants').click();
    await page.getByText('2 participants are deleted in 10 seconds.').waitFor();
    const undo = button(page, 'Undo the deletion');
    await expect
      .poll(() => undo.evaluate((each) => (each as unknown as { matches(text: string): boolean }).matches(':focus')))
      .toBe(true);
    await shoot(page, 'panel-participants-undo-all');
    // Another deletion leaves the first one as it is.
    await button(page, 'Delete Sea').click();
    await button(page, 'Undo the deletion of Sea').click();
    await button(page, 'Delete Sea').waitFor();
    await undo.click();
    await button(page, 'Delete Hill').waitFor();
    expect(await names()).toEqual(['Hill', 'Lake', 'River', 'Sea']);
    await page.evaluate('globalThis.setTimeout = globalThis.ownTimeout; 0');
    for (const name of ['Hill', 'Lake']) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await Promise.all([
      page.getByText('2 participants are deleted in 10 seconds.').waitFor(),
      button(page, 'Delete 2 participants').click(),
    ]);
    await expect.poll(names, { timeout: deletedMsMax }).toEqual(['River', 'Sea']);
    await expect.poll(() => rowNames(page)).toEqual(['River', 'Sea']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A reading that fails while a person types is announced, and leaves the focus in the field', async () => {
    const { page, context } = await openPanel('/participants');
    const body = { code: 'conflict', title: 'No list', detail: 'Try again.', status: 409 };
    await page.route(/\/v1\/participants\?.*search=/, (route) =>
      route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(body) }),
    );
    const field = page.getByRole('searchbox', { name: 'Find by name' });
    await field.pressSequentially('ri');
    await page.getByRole('alert').getByText('Try again.').waitFor();
    await field.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('ver');
    await expect.poll(() => field.inputValue()).toBe('river');
    await context.close();
  });

  test('People are found by a part of their name or address, and sorted', async () => {
    const official = await platform.control.person('official');
    const { page, context, complaints } = await openPanel('/people');
    await page.getByText(official.email).waitFor();
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill(official.email.toUpperCase());
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(1);
    await lookAt(page, 'people-search');
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('no such person');
    await page.getByText('No people match').waitFor();
    await button(page, 'Show everyone').click();
    await page.getByLabel('Sort by').selectOption({ label: 'E-mail' });
    const addresses = (): Promise<string[]> =>
      page
        .locator('td[data-head="E-mail"]')
        .evaluateAll((cells) => cells.map((cell) => (cell as unknown as { innerText: string }).innerText));
    const inOrder = async (): Promise<boolean> => {
      const listed = await addresses();
      return (
        listed.length > 1 &&
        listed.join() === [...listed].sort(new Intl.Collator('en', { numeric: true }).compare).join()
      );
    };
    await expect.poll(inOrder, { timeout: 20_000 }).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
