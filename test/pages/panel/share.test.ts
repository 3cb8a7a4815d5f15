// What organisers share, in a real Chromium over the whole platform: a poll that is live within a minute, its link, QR code,
// posters and messages, and the code of an election with a public log on every page and sheet.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupsOfHash } from '../../../src/domain/record/manifest.ts';
import { logOf } from '../../../src/services/elections/record/manifest.ts';
import type { ManifestDocument } from '../../../src/protocol/record/manifest.ts';
import {
  chromiumPath,
  expectAccessible,
  launch,
  openPage,
  phone,
  shoot,
  shootOnPaper,
} from '../../support/pages/browser.ts';
import { pressOn, typeIn } from '../../support/pages/keyboard.ts';
import { lookAt } from '../../support/pages/panel-pages.ts';
import { discLogoOf } from '../../support/pages/pictures.ts';
import { openFor } from '../../support/pages/signing-in.ts';
import { command } from '../../support/processes/command.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';

const pollMsMax = 60_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

let platform: Platform & { control: Control };
let browser: Browser;

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const openPanel = (path: string) =>
  openFor(browser, platform.control.panel, platform.control.administrator, { path, acceptDownloads: true });

async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
  return readFileSync(await file.path());
}

async function announced(more: object = {}): Promise<string> {
  const id = `share-${randomUUID().slice(0, 8)}`;
  const options = [{ title: { en: 'Yes', 'sr-Latn': 'Da' } }, { title: { en: 'No', 'sr-Latn': 'Ne' } }];
  const body = {
    id,
    timeZone: 'Europe/Belgrade',
    rehearsal: true,
    minBatch: 1,
    graceSeconds: 0,
    title: { en: 'Library hours', 'sr-Latn': 'Radno vreme' },
    opensAt: inHours(-1),
    closesAt: inHours(30),
    channels: ['online', 'batches'],
    identity: { scheme: 'phone-only' },
    verification: { methods: ['text-in', 'code'] },
    contests: [{ title: { en: 'Open on Sundays?', 'sr-Latn': 'Nedeljom?' }, method: 'plurality', options }],
    ...more,
  };
  const { administrator } = platform.control;
  const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
  expect(creation.status, creation.text).toBe(201);
  const out = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
  expect(out.status, out.text).toBe(200);
  return id;
}

describe.skipIf(chromiumPath === undefined)('What organisers share', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('A new installation lists its first steps, ticked by what is there, until they are hidden', async () => {
    const { page, context, complaints } = await openPanel('/');
    const steps = page.getByRole('region', { name: 'First steps' });
    await steps.getByText('1 of 4 are done.').waitFor();
    await steps.getByRole('listitem').filter({ hasText: 'Done' }).getByText('voters’ page').waitFor();
    await lookAt(page, 'first-steps');
    await pressOn(page, page.getByRole('button', { name: 'No notices' }));
    await page.getByText('Nothing needs you now.').waitFor();
    await page.keyboard.press('Escape');
    await pressOn(page, steps.getByRole('button', { name: 'Hide first steps' }));
    await steps.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText('No elections are open.').waitFor();
    await expect.poll(() => steps.count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A quick poll is live within a minute, and its link on the page leads a voter to it', async () => {
    const { page, context, complaints } = await openPanel('/elections');
    await pressOn(page, page.getByRole('link', { name: 'Quick poll' }));
    await page.getByRole('heading', { name: 'Quick poll', level: 1 }).waitFor();
    await pressOn(page, button(page, 'Announce the poll'));
    for (const fault of ['Enter a question.', 'Enter at least 2 options.', 'Choose who can vote.'])
      await page.getByRole('alert').getByText(fault).waitFor();
    await page.getByRole('alert').getByText('Choose how long voting is open.').waitFor();
    await page.getByRole('alert').getByText('Enter who holds the poll and how voters get help.').waitFor();
    await lookAt(page, 'quick-poll');
    const startedAt = Date.now();
    await typeIn(page, page.getByRole('textbox', { name: 'Title' }), 'Sunday hours');
    await typeIn(page, page.getByRole('textbox', { name: 'Question' }), 'Should the library open on Sundays?');
    await typeIn(page, page.getByRole('textbox', { name: 'Option 1' }), 'Yes');
    await typeIn(page, page.getByRole('textbox', { name: 'Option 2' }), 'No');
    await pressOn(page, page.getByRole('radio', { name: 'Anyone with a phone' }), 'Space');
    await page.getByLabel('Voting is open for').selectOption({ label: '1 day' });
    await page.getByLabel('Result expected').selectOption({ label: '4 hours after voting closes' });
    await typeIn(page, page.getByRole('textbox', { name: 'Organiser and help for voters' }), 'The club: 2555 0123');
    await pressOn(page, page.getByRole('checkbox', { name: 'This is a rehearsal' }), 'Space');
    await pressOn(page, button(page, 'Announce the poll'));
    await page.getByRole('heading', { name: 'Share' }).waitFor();
    const link = await page.getByRole('link', { name: /\/\?election=sunday-hours$/ }).getAttribute('href');
    expect(link).toBe(`${platform.origins.api}/?election=sunday-hours`);
    await until(async () => (await fetch(`${platform.origins.api}/v1/elections/sunday-hours`)).status === 200);
    expect(Date.now() - startedAt).toBeLessThan(pollMsMax);
    const document = await fetch(`${platform.origins.api}/v1/elections/sunday-hours`);
    expect(await document.json()).toMatchObject({
      election: { resultHours: 4, organiser: { en: 'The club: 2555 0123' } },
    });

    const voter = await openPage(browser, platform.origins.api, phone);
    await voter.page.goto(link ?? '');
    await voter.page.getByText('Sunday hours').first().waitFor();
    await voter.page.getByRole('button', { name: 'Start' }).waitFor();
    await voter.context.close();
    // A second poll of this title gets a short name of its own, and goes on in the steps.
    await page.goto(`${platform.control.panel}/elections/quick`);
    await page.getByRole('textbox', { name: 'Title' }).fill('Sunday hours');
    await page.getByRole('textbox', { name: 'Question' }).fill('Again?');
    for (const [number, text] of ['Yes', 'No', 'Maybe'].entries())
      await page.getByRole('textbox', { name: `Option ${number + 1}` }).fill(text);
    await page.getByRole('radio', { name: 'Anyone with a phone' }).check();
    await page.getByLabel('Voting is open for').selectOption({ label: '1 hour' });
    // It has the organiser of the one before, in the language of that text alone.
    const organiser = page.getByRole('textbox', { name: 'Organiser and help for voters' });
    await expect.poll(() => organiser.inputValue()).toBe('The club: 2555 0123');
    await page.getByLabel('Language', { exact: true }).selectOption('zh-Hant-HK');
    await expect.poll(() => organiser.inputValue()).toBe('');
    await page.getByLabel('Language', { exact: true }).selectOption('en');
    await expect.poll(() => organiser.inputValue()).toBe('The club: 2555 0123');
    await button(page, 'More settings').click();
    await page.waitForURL(/\/elections\/sunday-hours-\w+\/edit$/);
    await expect.poll(() => page.getByText('You have completed 6 of 7 steps.').count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A poll of three options takes 12 clicks and 4 typed fields, until its link is copied', async () => {
    const { page, context, complaints } = await openPanel('/');
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: platform.control.panel });
    let clicks = 0;
    let typedFields = 0;
    const click = async (target: Locator): Promise<void> => {
      await target.click();
      clicks += 1;
    };
    const typeInto = async (name: string, text: string): Promise<void> => {
      await click(page.getByRole('textbox', { name, exact: true }));
      await page.keyboard.type(text);
      typedFields += 1;
    };
    const navigation = page.getByRole('navigation', { name: 'Main navigation' });
    await click(navigation.getByRole('link', { name: 'Elections', exact: true }));
    await click(page.getByRole('link', { name: 'Quick poll', exact: true }));
    await typeInto('Question', 'Which path shall be lit at night?');
    for (const [at, place] of ['At the harbour', 'On the hill', 'By the mill'].entries())
      await typeInto(`Option ${at + 1}`, place);
    await click(page.getByRole('radio', { name: 'Anyone with a phone' }));
    // One click opens the list, and one chooses.
    await page.getByLabel('Voting is open for').selectOption({ label: '1 day' });
    clicks += 2;
    await click(page.getByRole('checkbox', { name: 'This is a rehearsal' }));
    await click(button(page, 'Announce the poll'));
    await click(button(page, 'Copy the link to vote'));
    expect([clicks, typedFields]).toEqual([12, 4]);
    const id = 'which-path-shall-be-lit-at-night';
    const copied = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');
    await expect.poll(copied).toBe(`${platform.origins.api}/?election=${id}`);
    const { administrator } = platform.control;
    const stored = await administrator.call('elections', 'GET', `/v1/elections/${id}`);
    expect(stored.body).toMatchObject({
      election: {
        state: 'announced',
        definition: { title: { en: 'Which path shall be lit at night?' }, contests: [{ options: [{}, {}, {}] }] },
      },
    });
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('The election page has links, QR codes as files, posters and messages in each language', async () => {
    const id = await announced();
    const { page, context, complaints } = await openPanel(`/elections/${id}`);
    const share = page.getByRole('region', { name: 'Share' });
    const link = `${platform.origins.api}/?election=${id}`;
    for (const address of [link, `${platform.origins.api}/turnout/${id}`, `${platform.origins.api}/results/${id}`])
      expect(await share.getByRole('link', { name: address, exact: true }).getAttribute('href')).toBe(address);
    await share.locator('svg.qr').waitFor();
    await share.getByText('Library hours: vote from').waitFor();
    await share.getByText('Radno vreme: glasanje počinje').waitFor();
    await lookAt(page, 'election-share');
    const svg = (await download(page, 'Download QR code (SVG)')).toString('utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 (\d+) \1"/);
    const png = await download(page, 'Download QR code (PNG)');
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    // A square of at least 1,024 pixels.
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(1_024);
    expect(png.readUInt32BE(16)).toBe(png.readUInt32BE(20));
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: platform.control.panel });
    await button(page, 'Copy the link to vote').click();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(link);

    await share.getByRole('link', { name: 'Poster in Serbian (Latin)' }).click();
    const poster = page.locator('article.poster');
    await poster.getByText('Glasajte').waitFor();
    await poster.getByText('Radno vreme').waitFor();
    await poster.getByText(link, { exact: true }).waitFor();
    await poster.locator('svg').waitFor();
    await lookAt(page, 'election-poster');
    await page.emulateMedia({ media: 'print' });
    await page.getByLabel('Poster language').waitFor({ state: 'hidden' });
    const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g);
    expect(pages).toHaveLength(1);
    await page.emulateMedia({ media: 'screen' });

    await page.goto(`${platform.control.panel}/elections/${id}/wall`);
    await page.getByText(`Vote at ${link}`).waitFor();
    await page.locator('.wall svg.qr').waitFor();
    await expectAccessible(page);
    await shoot(page, 'panel-wall-share');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('People are sent to a vote only until it ends, and the wall shows it only while voting is open', async () => {
    const id = await announced({ opensAt: inHours(1) });
    const { page, context, complaints } = await openPanel(`/elections/${id}`);
    const share = page.getByRole('region', { name: 'Share' });
    const link = `${platform.origins.api}/?election=${id}`;
    const wall = async (): Promise<void> => {
      await page.goto(`${platform.control.panel}/elections/${id}/wall`);
      await page.getByText('Updated').waitFor();
      await expect.poll(() => page.getByText('Vote at').count()).toBe(0);
    };
    await share.getByText('Voters open this address when voting opens:').waitFor();
    await wall();

    const now = { opensAt: inHours(-1) };
    const { administrator } = platform.control;
    const headers = { 'if-match': '*' };
    const changed = await administrator.call('elections', 'PATCH', `/v1/elections/${id}`, { body: now, headers });
    expect(changed.status, changed.text).toBe(200);
    const body = { reason: 'The test is over.' };
    const closed = await administrator.call('elections', 'POST', `/v1/elections/${id}/close`, { body });
    expect(closed.status, closed.text).toBe(200);
    await page.goto(`${platform.control.panel}/elections/${id}`);
    await share.getByText('Voting is over, so there is no link to vote.').waitFor();
    await share.getByText('Results, after you publish them:').waitFor();
    await expect.poll(() => share.getByRole('link', { name: link, exact: true }).count()).toBe(0);
    await page.goto(`${platform.control.panel}/elections/${id}/poster`);
    await page.getByText('Voting is over, so there is no poster.').waitFor();
    await expect.poll(() => button(page, 'Print').count()).toBe(0);
    await wall();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('A message has the real opening, and times as on the pages of voters in each language', async () => {
    const title = { en: 'Library hours', 'zh-Hant-HK': '圖書館' };
    // 13:05 in the zone of the election, long before the announcement.
    const id = await announced({ title, opensAt: '2026-01-20T12:05:00.000Z' });
    const { page, context } = await openPanel(`/elections/${id}`);
    const messages = page.getByRole('region', { name: 'Share' }).locator('.invitation-text > span');
    await messages.nth(1).waitFor();
    const texts = await messages.allInnerTexts();
    expect(texts.filter((text) => text.includes('13:05') || text.includes('1:05'))).toEqual([]);
    const chinese = texts.find((text) => text.includes('圖書館')) ?? '';
    expect(chinese).toContain(String(new Date().getUTCFullYear()));
    expect(chinese).toMatch(/[上下]午[1-9]/u);
    expect(chinese).not.toMatch(/[[\]]/);
    await context.close();
  });

  test('Where the public address is not known the poster page says so, and has nothing to print', async () => {
    const id = await announced();
    const { page, context } = await openPanel(`/elections/${id}`);
    await page.route('**/api/installation', (route) => route.fulfill({ json: { votersOrigin: null } }));
    await page.goto(`${platform.control.panel}/elections/${id}/poster`);
    await page.getByText('PANEL_VOTERS_ORIGIN').waitFor();
    await expect.poll(() => button(page, 'Print').count()).toBe(0);
    await context.close();
  });

  test('The code of a public log is in groups of four on pages, sheets and posters, and on the command line', async () => {
    await platform.restart('elections', { variables: { ELECTIONS_LOG_HOST: '' } });
    const plain = await announced();
    const lengthy = {
      title: {
        en: 'Vote of the members on the new statutes, the fees of the coming year and the repair of the old boathouse',
        'sr-Latn': 'Glasanje članova o novom statutu, članarini za narednu godinu i popravci stare kuće za čamce',
      },
      organiser: { en: 'The association of all gardeners, beekeepers and orchard owners: 2555 0123' },
      colour: '#0b4f2c',
      logo: discLogoOf(320, 40).toString('base64'),
    };
    await platform.restart('elections', { variables: { ELECTIONS_LOG_HOST: 'vote.example.org' } });
    const id = await announced(lengthy);
    const answer = await fetch(`${platform.origins.api}/v1/elections/${id}/manifest`);
    const code = groupsOfHash(logOf((await answer.json()) as ManifestDocument).manifestHash);
    expect(code).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    const { page, context, complaints } = await openPanel(`/elections/${plain}`);
    await page.getByRole('heading', { name: 'Share' }).waitFor();
    await expect.poll(() => page.getByText('Code to announce').count()).toBe(0);
    await page.goto(`${platform.control.panel}/elections/${id}`);
    await page.getByRole('region', { name: 'Code to announce' }).getByText(code).waitFor();
    await lookAt(page, 'election-code');
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: platform.control.panel });
    await button(page, 'Copy the code of this election').click();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(code);
    for (const [path, sheet] of [
      ['paper', '.sheet'],
      ['poster', '.poster'],
      ['preview?on=paper', '.sheet'],
    ] as const) {
      await page.goto(`${platform.control.panel}/elections/${id}/${path}`);
      await page.locator(sheet).getByText(code).waitFor();
      await shoot(page, `panel-code-${path.slice(0, 6)}`);
      // A preview is for the screen.
      if (path.startsWith('preview')) continue;
      await shootOnPaper(page, `panel-code-${path.slice(0, 6)}`);
      const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g);
      expect(sheets, `${path} on paper`).toHaveLength(1);
    }
    expect(complaints).toEqual([]);
    await context.close();

    const environment = {
      ELECTIONS_KEYS_FILE: join(platform.keysDirectory, 'elections.json'),
      ELECTIONS_ORIGIN: platform.privateOrigins.elections ?? '',
    };
    const text = await command(['election', 'show', id], environment);
    expect(text.out).toContain(`manifestHash ${code}`);
    const json = await command(['election', 'show', id, '--json'], environment);
    expect(JSON.parse(json.out)).toMatchObject({ id, state: 'announced', manifestHash: code });
    expect((await command(['election', 'show', plain], environment)).out).toContain('manifestHash none');
  });
});
