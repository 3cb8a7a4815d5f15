// What officials of a station do in the panel, in a real Chromium over the whole platform. A batch from its protocol to the
// count: stations in the editor, the upload with station and number, and the confirmation by a second official. And a card
// for a voter without a phone, with which the voter votes at the device of the station, after it was enrolled.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  chromiumPath,
  desktop,
  expectAccessible,
  launch,
  openPage,
  shootOnPaper,
} from '../../support/pages/browser.ts';
import { fillSignIn, untilSignedIn } from '../../support/pages/signing-in.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';

const id = `stations-${randomUUID()}`;

let platform: Platform & { control: Control };
let people: Readonly<Record<'administrator' | 'sender' | 'second', Person>>;
let browser: Browser;
const pages: Partial<Record<keyof typeof people, Page>> = {};

async function pageOf(name: keyof typeof people, path: string, heading: string | RegExp): Promise<Page> {
  const existing = pages[name];
  const page = existing ?? (await openPage(browser, platform.control.panel, desktop)).page;
  pages[name] = page;
  await page.goto(`${platform.control.panel}${path}`);
  if (!existing) {
    const { email, password } = people[name];
    await fillSignIn(page, email, password);
  }
  await untilSignedIn(page, page.getByRole('heading', { name: heading, level: 1 }));
  return page;
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
const row = (guid: string = randomUUID()): string => `${guid},1`;
async function choose(page: Page, lines: readonly string[], { station = '', ballots = '' }): Promise<void> {
  await page.getByLabel('Station').selectOption({ label: station });
  await page.getByLabel('Ballots on the protocol').fill(ballots);
  const buffer = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  await page.locator('input[type=file]').setInputFiles({ name: 'ballots.csv', mimeType: 'text/csv', buffer });
}

/** As an administrator does in the panel. Returns what is opened on the device. */
async function enrolDevice(election: string): Promise<string> {
  const page = await pageOf('administrator', `/activations?election=${election}`, 'Voters without a phone');
  await page.getByText('1 of 1 station has no device. No cards can be made there.').waitFor();
  await page.getByRole('row', { name: /Town hall.*None/ }).waitFor();
  await lookAt(page, 'stations-without-devices');
  await page.getByLabel('Station', { exact: true }).selectOption({ label: 'Town hall' });
  await page.getByText('None. An administrator enrols the first one.').waitFor();
  await press(page, 'Enrol a device');
  const dialog = page.getByRole('dialog');
  await press(page, 'Enrol the device');
  await dialog.getByText('Enter a name.').waitFor();
  await dialog.getByLabel('Name of the device').fill('Tablet 1');
  await lookAtDialog(page, 'enrol-device');
  await press(page, 'Enrol the device');
  const link = await dialog.locator('code.secret').innerText();
  await dialog.locator('.qr-place svg').waitFor();
  await press(page, 'Done');
  await page.getByRole('row', { name: /Tablet 1/ }).waitFor();
  await lookAt(page, 'devices');
  return link;
}

describe.runIf(chromiumPath)('Batches of an election with stations', () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    const { administrator, person } = platform.control;
    people = { administrator, sender: await person('official'), second: await person('official') };
    const body = {
      id,
      title: { en: 'Council' },
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      minBatch: 1,
      graceSeconds: 0,
      channels: ['batches'],
      identity: { scheme: 'hkid' },
      contests: [
        {
          id: 'council',
          title: { en: 'Council' },
          method: 'plurality',
          options: ['Lantern', 'Meadow'].map((title) => ({ title: { en: title }, kind: 'party' })),
        },
      ],
      opensAt: new Date(Date.now() - 3_600_000).toISOString(),
      closesAt: new Date(Date.now() + 3_600_000).toISOString(),
      verification: { methods: ['text-in'], verifiedSecondsMax: 900 },
    };
    const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
    expect(creation.status, creation.text).toBe(201);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('Stations and the rule are written in the editor', async () => {
    const page = await pageOf('administrator', `/elections/${id}/edit/voters`, /^5\. Who can vote/);
    await page.getByRole('checkbox', { name: 'A second official confirms each batch' }).check();
    await page.getByLabel('Stations').fill('hall; Town hall\nonly-an-id');
    await press(page, 'Save and continue');
    await page.getByText('Line 2 is not an ID, a semicolon and a name.').first().waitFor();
    await page.getByLabel('Stations').fill('hall; Town hall\nschool; School');
    await lookAt(page, 'stations');
    await press(page, 'Save and continue');
    await page.getByRole('heading', { name: '6. Languages' }).waitFor();
    const path = `/v1/elections/${id}`;
    const { body } = await people.administrator.call('elections', 'GET', path);
    expect(body).toMatchObject({
      election: { definition: { paper: { confirmation: true, stations: [{ id: 'hall' }, { id: 'school' }] } } },
    });
    const out = await people.administrator.call('elections', 'POST', `${path}/announce`, { body: {} });
    expect(out.status, out.text).toBe(200);
  }, 120_000);

  test('A batch is sent with its station, and counts after another official types the same number', async () => {
    const page = await pageOf('sender', `/batches/new?election=${id}`, 'Upload a file');
    await page.getByLabel('Station').waitFor();
    await expect.poll(() => page.locator('input[type=file]').count()).toBe(0);
    await lookAt(page, 'upload-station');
    await choose(page, [row(), row(), row()], { station: 'Town hall', ballots: '4' });
    await page.getByText('The protocol has 4 ballots, and the file has 3.').waitFor();
    await press(page, 'Choose another file');
    await choose(page, [row(), row(), row()], { station: 'Town hall', ballots: '3' });
    await press(page, 'Send 3 rows');
    await page.locator('.head .tag', { hasText: 'Not confirmed' }).waitFor();
    await page.getByText('3 not confirmed').waitFor();
    await page.getByText('Town hall').waitFor();
    await lookAt(page, 'batch-received');
    await page.getByRole('link', { name: 'No one yet' }).click();
    await page.getByText('Another official, because you sent it').waitFor();

    const second = await pageOf('second', `/batches/confirm?election=${id}`, 'Confirm batches');
    await second.getByRole('row', { name: /Town hall/ }).waitFor();
    await lookAt(second, 'confirm-batches');
    await press(second, /^Confirm batch/);
    const dialog = second.getByRole('dialog');
    await dialog.getByLabel('Ballots on the protocol').fill('30');
    await press(second, 'Confirm the batch');
    await dialog.getByText(/You gave 30 ballots, and the batch has 3\./).waitFor();
    await lookAtDialog(second, 'confirm-batch');
    await dialog.getByLabel('Ballots on the protocol').fill('3');
    await press(second, 'Confirm the batch');
    await second.getByText('No batches to confirm').waitFor();
  }, 120_000);

  test('Two batches with one ballot name each other, and an administrator does not confirm', async () => {
    const guid = randomUUID();
    const page = await pageOf('sender', `/batches/new?election=${id}`, 'Upload a file');
    for (const station of ['Town hall', 'School']) {
      await choose(page, [row(guid)], { station, ballots: '1' });
      await press(page, 'Send 1 row');
      await page.locator('.head .tag', { hasText: 'Not confirmed' }).waitFor();
      await pageOf('sender', `/batches/new?election=${id}`, 'Upload a file');
    }
    const second = await pageOf('second', `/batches/confirm?election=${id}`, 'Confirm batches');
    await second
      .getByRole('button', { name: /^Confirm batch/ })
      .first()
      .click();
    await second.getByRole('dialog').getByLabel('Ballots on the protocol').fill('1');
    await press(second, 'Confirm the batch');
    await second.getByRole('dialog').getByText('Ballot IDs that are also in this batch: 1.').waitFor();
    const administrator = await pageOf('administrator', `/batches/confirm?election=${id}`, 'Confirm batches');
    await administrator.getByText('Another official').first().waitFor();
    await expect.poll(() => administrator.getByRole('button', { name: /^Confirm batch/ }).count()).toBe(0);
  }, 120_000);

  test('An official gives a voter without a phone a card, and its code opens the ballot at the device once', async () => {
    const cards = `cards-${randomUUID()}`;
    const path = `/v1/elections/${cards}`;
    const body = {
      id: cards,
      title: { en: 'Library hours', 'sr-Cyrl': 'Радно време библиотеке' },
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      minBatch: 1,
      channels: ['online', 'batches'],
      paper: { stations: [{ id: 'hall', name: 'Town hall' }] },
      identity: { scheme: 'roll' },
      contests: [
        {
          title: { en: 'Shall the library open on Sundays?' },
          method: 'plurality',
          options: ['Yes', 'No'].map((title) => ({ title: { en: title } })),
        },
      ],
      opensAt: new Date(Date.now() - 3_600_000).toISOString(),
      closesAt: new Date(Date.now() + 3_600_000).toISOString(),
      verification: { methods: ['text-in'], verifiedSecondsMax: 900 },
    };
    const { administrator } = people;
    const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
    expect(creation.status, creation.text).toBe(201);
    const editor = await pageOf('administrator', `/elections/${cards}/edit/voters`, /^5\. Who can vote/);
    await editor.getByRole('checkbox', { name: 'Officials can give voters without a phone a card' }).check();
    await press(editor, 'Save and continue');
    await editor.getByRole('heading', { name: '6. Languages' }).waitFor();
    const csv = { raw: 'number\nA-1\n', headers: { 'content-type': 'text/csv' } };
    await administrator.call('elections', 'POST', `${path}/roll`, csv);
    const out = await administrator.call('elections', 'POST', `${path}/announce`, { body: {} });
    expect(out.status, out.text).toBe(200);
    await until(async () => (await fetch(platform.origins.api + path)).status === 200, 'the election is public');

    const page = await pageOf('sender', `/activations?election=${cards}`, 'Voters without a phone');
    await page.getByLabel('Station', { exact: true }).selectOption({ label: 'Town hall' });
    await page.getByLabel('Number of the voter').fill('a-1');
    await press(page, 'Make a card');
    await page.getByRole('alert').getByText('Enrol the device of this station first.').waitFor();
    const link = await enrolDevice(cards);
    await page.getByLabel('Number of the voter').fill('?');
    await press(page, 'Make a card');
    await page
      .getByRole('alert')
      .getByText(/Copy it from the card or letter/)
      .waitFor();
    await page.getByLabel('Number of the voter').fill('a-1');
    await lookAt(page, 'activation-form');
    await press(page, 'Make a card');
    const code = await page.locator('.activation-code').innerText();
    expect(code).toMatch(/^\w{4} \w{4} \w{4}$/);
    await page.getByRole('row', { name: /Town hall.*1/ }).waitFor();
    const texts = page.locator('.activation-card section');
    await texts.getByText(/^Works once, until /).waitFor();
    await texts.filter({ hasText: 'Радно време' }).getByText('На уређају изаберите „Имам картицу са стола“').waitFor();
    await lookAt(page, 'activation-card');
    await shootOnPaper(page, 'panel-activation-card');

    const origin = platform.origins.api;
    const device = async (address: string): Promise<Page> => {
      const { page: voter } = await openPage(browser, origin, desktop);
      await voter.goto(address);
      await voter.getByRole('button', { name: 'I have a card from the table' }).waitFor();
      return voter;
    };
    const card = (voter: Page) => press(voter, 'I have a card from the table');
    const bare = `${origin}/?kiosk=1&election=${cards}`;
    const enter = async (voter: Page, typed: string): Promise<void> => {
      await voter.getByLabel('Code on the card').fill(typed);
      await voter.locator('details.from-table').getByRole('button', { name: 'Continue' }).click();
    };
    // Any other browser does not take the card, and does not use it up.
    const next = await device(bare);
    await card(next);
    await enter(next, code);
    await next.getByRole('link', { name: /This device does not take this card/ }).waitFor();

    const voter = await device(link);
    await voter.getByText('This device is enrolled.').waitFor();
    expect(voter.url()).toBe(bare);
    // For the next voter the page starts over, and the device is the same.
    await voter.clock.install();
    await card(voter);
    await voter.getByLabel('Code on the card').fill('2222');
    await voter.clock.fastForward(121_000);
    await press(voter, 'Clear now');
    await voter.getByRole('button', { name: 'Start' }).waitFor();
    await card(voter);
    await enter(voter, code.slice(1));
    await voter.getByRole('link', { name: /There is no such code/ }).waitFor();
    await expectAccessible(voter);
    await enter(voter, code.toLowerCase());
    await voter.getByRole('heading', { level: 1, name: 'Make your choices' }).waitFor();
    await next.goto(link);
    await next.getByText('This device is enrolled.').waitFor();
    await card(next);
    await enter(next, code);
    await next.getByRole('link', { name: /This card was used/ }).waitFor();
    await press(page, 'Next voter');
    await page.getByLabel('Number of the voter').waitFor();
    await expect.poll(() => page.getByLabel('Number of the voter').inputValue()).toBe('');

    const panel = await pageOf('administrator', `/activations?election=${cards}`, 'Voters without a phone');
    await panel.getByLabel('Station', { exact: true }).selectOption({ label: 'Town hall' });
    await page.getByRole('button', { name: 'Revoke' }).waitFor();
    await press(panel, 'Revoke');
    await panel.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await panel.getByText('None. An administrator enrols the first one.').waitFor();
    // The page of the official reads it again by itself.
    await page.getByText('None. An administrator enrols the first one.').waitFor();
    await Promise.all([voter.context().close(), next.context().close()]);
  }, 120_000);

  test('The results page has the votes of each station', async () => {
    const { administrator } = people;
    const at = (path: string): string => `/v1/elections/${id}${path}`;
    const waiting = await administrator.call('elections', 'GET', at('/batches?waiting=true'));
    for (const { batchId } of waiting.body['batches'] as { batchId: string }[]) {
      const reason = { body: { reason: 'One paper in two batches.' } };
      const answer = await administrator.call('elections', 'POST', at(`/batches/${batchId}/withdraw`), reason);
      expect(answer.status, answer.text).toBe(200);
    }
    const end = await administrator.call('elections', 'POST', at('/close'), { body: { reason: 'All have voted.' } });
    expect(end.status, end.text).toBe(200);
    const count = async (): Promise<number> =>
      (await administrator.call('elections', 'POST', at('/count'), { body: {} })).status;
    await expect.poll(count, { timeout: 60_000 }).toBe(200);
    const page = await pageOf('administrator', `/elections/${id}/results`, /^Results/);
    const stations = page.getByRole('region', { name: 'Paper ballots by station' });
    await expect.poll(() => stations.getByRole('row', { name: /Town hall/ }).innerText()).toMatch(/4\D+3\D+1\D+3/);
    await lookAt(page, 'results-stations');
  }, 120_000);
});
