// Elections as the panel shows them while they run and when they are counted, in a real Chromium over the whole
// platform. While voting is open no page and no answer contains choices. Afterwards every seat can be followed.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredResults } from '../../../src/protocol/control/results-api.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';
import { Voter } from '../../support/voter/voter.ts';
import { chromiumPath, desktop, expectAccessible, launch, openPage, shoot } from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { lookAt } from '../../support/pages/panel-pages.ts';
import { fillSignIn, untilSignedIn } from '../../support/pages/signing-in.ts';

/** 4 to 3 to 3 votes for five seats: the last one is tied. */
const council = { id: `council-${randomUUID()}`, lists: ['Lantern', 'Meadow', 'Harbour'] };
const large = `parliament-${randomUUID()}`;
const rare = `rare-${randomUUID()}`;

let platform: Platform & { control: Control };
let administrator: Person;
let browser: Browser;
let watched: Watched;
let page: Page;
/** Everything that services answered to the page while voting was open. */
const answers: string[] = [];

const option = (title: string, index: number) => ({ id: `option-${index + 1}`, title: { en: title }, kind: 'party' });
const seats = (id: string, title: string, count: number, lists: readonly string[], thresholdPercent = 0) => ({
  id,
  title: { en: title },
  method: 'dhondt',
  minChoices: 1,
  maxChoices: 1,
  abstain: true,
  seats: count,
  thresholdPercent,
  options: lists.map(option),
});
const motion = (id: string, title: string, options: readonly string[], method = 'plurality') => ({
  id,
  title: { en: title },
  method,
  minChoices: 1,
  maxChoices: method === 'approval' ? 2 : 1,
  abstain: true,
  options: options.map((text, index) => ({ id: `option-${index + 1}`, title: { en: text } })),
});

async function call(method: 'GET' | 'POST', path: string, body?: unknown) {
  const answer = await administrator.call(
    'elections',
    method,
    `/v1/elections${path}`,
    body === undefined ? {} : { body },
  );
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.body;
}

async function announced(id: string, title: string, contests: unknown[], channels = ['online', 'batches']) {
  await call('POST', '', {
    id,
    title: { en: title },
    timeZone: 'Europe/Belgrade',
    rehearsal: true,
    channels,
    minBatch: 1,
    opensAt: new Date(Date.now() - 3_600_000).toISOString(),
    closesAt: new Date(Date.now() + 7_200_000).toISOString(),
    graceSeconds: 0,
    identity: { scheme: 'hkid' },
    verification: { methods: ['text-in', 'code'], verifiedSecondsMax: 900 },
    contests,
  });
  await call('POST', `/${id}/announce`, {});
  await until(async () => (await fetch(`${platform.origins.api}/v1/elections/${id}`)).status === 200);
}

async function vote(id: string, choices: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const voter = await new Voter(platform.origins, id).verify();
  const contests = Object.entries(choices).map(([contestId, optionIds]) => ({ contestId, choices: optionIds }));
  const cast = await voter.cast({ contests });
  expect(cast.status, cast.text).toBe(201);
}

async function upload(who: Person, id: string, rows: readonly string[]): Promise<void> {
  const raw = `${rows.join('\n')}\n`;
  const headers = { 'content-type': 'text/csv' };
  const answer = await who.call('officials', 'POST', `/v1/batches?electionId=${id}`, { raw, headers });
  expect(answer.status, answer.text).toBe(202);
  const { id: batchId } = answer.body['batch'] as { id: string };
  await until(async () => {
    const { body } = await who.call('officials', 'GET', `/v1/batches/${batchId}`);
    return (body['batch'] as { state?: string } | undefined)?.state === 'done';
  }, 'the batch');
}

const stateOf = async (id: string): Promise<string> =>
  ((await call('GET', `/${id}`))['election'] as { state: string }).state;
async function closed(id: string): Promise<void> {
  await call('POST', `/${id}/close`, { reason: 'All have voted.' });
  await until(async () => (await stateOf(id)) === 'closed', 'the end');
}

const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
async function open(path: string, name: string | RegExp): Promise<void> {
  await page.goto(`${platform.control.panel}${path}`);
  await heading(name).waitFor();
}

async function signIn(who: Person): Promise<void> {
  await page.goto(platform.control.panel);
  await fillSignIn(page, who.email, who.password);
  await untilSignedIn(page, heading('Overview'));
}

/** Answers a dialog that asks for the election's id. */
async function confirm(id: string, act: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(`Type ${id} to confirm`).fill(id);
  await dialog.getByRole('button', { name: act }).click();
}

describe.skipIf(chromiumPath === undefined)('Results in the panel', () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch({ full: true })]);
    administrator = platform.control.administrator;
    watched = await openPage(browser, platform.control.panel, desktop);
    ({ page } = watched);
    page.on('response', (response) => {
      if (!response.url().includes('/api/')) return;
      void response.text().then(
        (text) => answers.push(`${response.url()} ${text}`),
        () => undefined,
      );
    });
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('The live page grows with the votes, and shows no one what was chosen', { timeout: 300_000 }, async () => {
    await announced(council.id, 'Town council', [
      seats('seats', 'Council', 5, council.lists),
      motion('motion', 'Shall the bridge be built?', ['Build it', 'Leave it']),
    ]);
    await signIn(administrator);
    await page.getByRole('article', { name: 'Town council' }).waitFor();
    await page.getByRole('article', { name: 'Town council' }).getByText('ballots so far').waitFor();
    await lookAt(page, 'overview');

    await open(`/elections/${council.id}/live`, 'Town council');
    await page.locator('.big strong', { hasText: /^0$/ }).waitFor();
    await vote(council.id, { seats: ['option-1'], motion: ['option-1'] });
    await vote(council.id, { seats: ['option-1'], motion: ['option-2'] });
    // By itself, without loading the page again.
    await page.locator('.big strong', { hasText: /^2$/ }).waitFor();
    await page.getByText('Ballot recorded').waitFor();
    await page.getByText('Difference: 0').waitFor();
    await page.getByText('Open poll without a roll.').waitFor();

    // Held as it is until it goes on.
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await page.getByText('Paused').waitFor();
    await vote(council.id, { seats: ['option-1'], motion: ['option-1'] });
    await until(async () => (await platform.counts(council.id)).box === 3, 'the box');
    // A return to the window causes a reading. Pending requests stay.
    let readAgain = false;
    page.on('response', (response) => (readAgain ||= response.url().endsWith('/live')));
    await until(async () => {
      await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
      return readAgain;
    }, 'another reading');
    await page.evaluate('new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn), 0))');
    await expect.poll(() => page.locator('.big strong').textContent()).toBe('2');
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await page.locator('.big strong', { hasText: /^3$/ }).waitFor();
    expect(await page.locator('.big').getAttribute('aria-live')).toBe('off');
    await page.getByRole('button', { name: 'Read aloud' }).click();
    await page.getByRole('status').filter({ hasText: '3 ballots.' }).waitFor();
    await page.getByText('The same as a table').first().click();
    await page.getByRole('table', { name: /Ballots over time/ }).waitFor();
    await lookAt(page, 'live');

    const texts = [await page.locator('main').innerText()];
    await page.getByRole('link', { name: 'Wall view' }).click();
    await page.locator('.wall-number', { hasText: /^3$/ }).waitFor();
    await lookAt(page, 'wall');
    texts.push(await page.locator('.wall').innerText());
    await page.keyboard.press('Escape');
    await heading('Town council').waitFor();
    await open('/', 'Overview');
    await page.getByText('3 ballots so far').waitFor();
    texts.push(await page.locator('main').innerText());
    await open(`/elections/${council.id}/results`, 'Results: Town council');
    await page.getByText('Voting is still open until').waitFor();
    await lookAt(page, 'results-open');
    texts.push(await page.locator('main').innerText());

    for (const text of texts) {
      for (const name of [...council.lists, 'Build it', 'Leave it']) expect(text).not.toContain(name);
    }
    expect(answers.length).toBeGreaterThan(10);
    for (const answer of answers) expect(answer).not.toMatch(/"votes"|"option-\d+":\s*\d|"share"|"rank"/);
  });

  test(
    'A council is counted when everything has arrived, its tie decided, and published',
    { timeout: 300_000 },
    async () => {
      // The mixer is stopped, so a ballot is on its way when voting ends.
      await platform.end('mixer');
      await vote(council.id, { seats: ['option-2'], motion: ['option-2'] });
      const official = await platform.control.person('official');
      await upload(
        official,
        council.id,
        [',1,1', ',2,1', ',2,1', ',3,2', ',3,2', ',3,2'].map((rest) => randomUUID() + rest),
      );
      await closed(council.id);

      await open(`/elections/${council.id}/results`, 'Results: Town council');
      await page.getByRole('button', { name: 'Count', exact: true }).click();
      await confirm(council.id, 'Close the box and count');
      await page.getByText('Ballots in transit.').waitFor();
      await lookAt(page, 'results-missing');
      await platform.restart('mixer');
      await until(async () => (await platform.counts(council.id)).outbox === 0, 'the outbox');
      await page.getByRole('button', { name: 'Count again' }).click();
      await confirm(council.id, 'Close the box and count');
      await page.getByRole('heading', { name: 'Provisional: revision 1' }).waitFor();

      // The quotients 4, 3, 3 and 4/2 win; 3/2 is there twice for the last seat.
      const body = (await call('GET', `/${council.id}/results`)) as unknown as AdministeredResults;
      const [counted] = body.results.contests;
      expect(counted?.kind === 'seats' && counted.options.map((one) => one.seats)).toEqual([2, 1, 1]);
      expect(counted?.tie).toMatchObject({ tied: ['option-2', 'option-3'], seatsLeft: 1 });
      const dots = (list: string): Promise<number> => page.locator(`.chamber [data-list="${list}"] circle`).count();
      expect([await dots('option-1'), await dots('option-2'), await dots('option-3'), await dots('')]).toEqual([
        2, 1, 1, 1,
      ]);
      await page.getByText('Draw lots as your rules require').first().waitFor();
      await lookAt(page, 'results-tie');

      // By keyboard alone: Harbour was drawn first, then Meadow.
      const form = page.getByRole('group', { name: 'Who was drawn first?' }).first();
      await form.getByRole('button', { name: 'Harbour' }).focus();
      await page.keyboard.press('Enter');
      // The next name takes the focus.
      await page.locator(':focus', { hasText: '2. Meadow' }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByText('would get 1 seat').waitFor();
      const note = 'Drawn by the clerk in public. <b>Café & "tea"</b>';
      await page.getByLabel('How the draw was made').first().fill(note);
      await page.getByRole('button', { name: 'Record the draw' }).first().press('Enter');
      await page.getByRole('heading', { name: 'Provisional: revision 2' }).waitFor();
      await page.getByText('Drawn in this order: Harbour, Meadow.').waitFor();
      await page.locator('blockquote', { hasText: note }).waitFor();
      await page.getByText('Recorded by you').waitFor();
      expect([await dots('option-2'), await dots('option-3'), await dots('')]).toEqual([1, 2, 0]);
      // A list's seats are highlighted by keyboard and by pointer.
      const list = page.getByRole('button', { name: 'Lantern' });
      await list.press('Enter');
      expect(await list.getAttribute('aria-pressed')).toBe('true');
      await expect.poll(() => page.locator('.chamber g.dimmed circle').count()).toBe(3);

      await page.getByRole('button', { name: 'Publish revision 2' }).click();
      await page
        .getByRole('dialog')
        .getByText('Lantern and Harbour have the most seats, 2 of 5 each. A majority is 3.')
        .waitFor();
      // The motion is tied too, 5 to 5, and that has to be meant.
      await shoot(page, 'panel-results-publish');
      await expectAccessible(page);
      await confirm(council.id, 'Sign and publish');
      await page.getByRole('dialog').getByRole('alert').waitFor();
      await page.getByRole('dialog').getByRole('checkbox').check();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign and publish' }).click();
      await page.getByRole('heading', { name: 'Published: revision 2' }).waitFor();
      await page.getByText('Record the draw below, then publish the new revision.').waitFor();
      await page.getByText(`/results/${council.id}`).first().waitFor();
      await lookAt(page, 'results-published');
      const outside = (): Promise<Response> => fetch(`${platform.origins.api}/v1/elections/${council.id}/results`);
      await until(async () => (await outside()).status === 200, 'the results before everybody');
      expect(((await (await outside()).json()) as { results: { revision: number } }).results.revision).toBe(2);
      // The same files as the public ones, saved by the page.
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download CSV' }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(`${council.id}-results-2.csv`);
    },
  );

  test(
    'A parliament of 250 seats can be followed seat by seat, with its invalid ballots',
    { timeout: 300_000 },
    async () => {
      const lists = Array.from({ length: 26 }, (_, index) => `List ${String.fromCharCode(65 + index)}`);
      await announced(large, 'Parliament', [seats('chamber', 'Chamber', 250, lists, 3)], ['online', 'batches']);
      const rows = lists.flatMap((_, index) =>
        Array.from({ length: Math.ceil(900 / (index + 1) ** 1.4) }, () => `${randomUUID()},${index + 1}`),
      );
      const spoiled = [rows[4], rows[9], `${randomUUID()},99`].filter((row) => row !== undefined);
      const official = await platform.control.person('official');
      await upload(official, large, rows);
      await upload(official, large, spoiled);
      await closed(large);
      await call('POST', `/${large}/count`, {});

      await open(`/elections/${large}/results`, 'Results: Parliament');
      await page.getByRole('heading', { name: 'Provisional: revision 1' }).waitFor();
      await expect.poll(() => page.locator('.chamber circle').count()).toBe(250);
      await expect.poll(() => page.locator('.lists tr:visible').count()).toBeLessThan(25);
      await page.getByRole('button', { name: 'Show all 26 lists' }).click();
      await page
        .getByText(/below the threshold/)
        .last()
        .waitFor();
      const seatTexts = await page.locator('.lists tbody:not(.below) td[data-head="Seats"]').allTextContents();
      expect(seatTexts.reduce((sum, text) => sum + Number(text), 0)).toBe(250);
      await page.getByText('Seat by seat: which quotient won it').click();
      for (let part = 0; part < 9; part += 1) await page.getByRole('button', { name: 'Next' }).first().click();
      await page.getByText('Seats 226 to 250 of 250').waitFor();
      await page.waitForURL(/seats-1=10/);
      await page.getByText('Table of quotients').click();
      await page
        .getByRole('table', { name: 'Quotients of each list by divisor' })
        .getByText('seat 1', { exact: true })
        .waitFor();
      await lookAt(page, 'results-large');
      const added = `${rows.length + 3} received = ${rows.length} valid + 3 invalid.`.replace(
        /(\d)(\d{3})\b/g,
        '$1,$2',
      );
      await page.getByText(added).waitFor();
      await page.emulateMedia({ media: 'print' });
      await shoot(page, 'panel-results-large-print');
      await page.emulateMedia({ media: 'screen', forcedColors: 'active' });
      await shoot(page, 'panel-results-large-forced');
      await page.emulateMedia({ media: 'screen', forcedColors: 'none' });

      await page.getByRole('link', { name: 'See each invalid ballot' }).click();
      await heading('Invalid ballots: Parliament').waitFor();
      await page.getByText('3 invalid ballots in total.').waitFor();
      await page.getByRole('table', { name: 'Duplicate ballot' }).getByText('Row 5').waitFor();
      await page.getByLabel('Reason').selectOption('Invalid poll number.');
      await page.waitForURL(/reason=/);
      await expect.poll(() => page.getByRole('table').count()).toBe(1);
      await page.getByLabel('Reason').selectOption('');
      const [rowsFile] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download all as CSV' }).click(),
      ]);
      expect(
        readFileSync(await rowsFile.path(), 'utf8')
          .trim()
          .split('\r\n').length,
      ).toBe(4);
      await lookAt(page, 'invalid');
    },
  );

  test(
    'Rare results are stated plainly: no votes, one list, no one above the threshold',
    { timeout: 300_000 },
    async () => {
      await announced(
        rare,
        'Rare',
        [
          seats('empty', 'No one voted', 5, ['Elm', 'Oak']),
          seats('single', 'One list', 5, ['Alone']),
          seats('barred', 'High threshold', 5, ['Near', 'Far'], 60),
          motion('approval', 'Which days?', ['Monday', 'Friday', 'Sunday'], 'approval'),
          motion('none', 'Shall it be?', ['Yes', 'No']),
        ],
        ['online'],
      );
      const same = { empty: [], single: ['option-1'], none: [] };
      await vote(rare, { ...same, barred: ['option-1'], approval: ['option-1', 'option-2'] });
      await vote(rare, { ...same, barred: ['option-2'], approval: ['option-1'] });
      await closed(rare);
      await until(async () => (await platform.counts(rare)).box === 2, 'the box');
      await call('POST', `/${rare}/count`, {});
      await open(`/elections/${rare}/results`, 'Results: Rare');
      await page.locator('.lead', { hasText: 'Alone has 5 of 5 seats, 2 more than a majority.' }).waitFor();
      const main = await page.locator('main').innerText();
      expect(main).toContain('No list received a vote. All seats stay empty.');
      expect(main).toContain('No list has enough votes. All seats stay empty.');
      expect(main).toContain('Monday has the most votes: 100.00% of the valid ballots.');
      expect(main).toContain('No option received a vote.');
      await lookAt(page, 'results-rare');

      // Officials have an overview of their own, and no results.
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('E-mail').waitFor();
      await signIn(await platform.control.person('official'));
      await page.getByText('No election takes paper ballots now').waitFor();
      await page.getByText('No uploads yet').waitFor();
      await lookAt(page, 'overview-official');
      await open(`/elections/${rare}/results`, 'You cannot open this page');
      // Auditors read the same and may do none of it.
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('E-mail').waitFor();
      await signIn(await platform.control.person('auditor'));
      await open(`/elections/${rare}/results`, 'Results: Rare');
      await page.getByRole('heading', { name: 'Provisional: revision 1' }).waitFor();
      await expect.poll(() => page.getByRole('button', { name: /Publish|Record the draw|Count/ }).count()).toBe(0);
      expect(watched.complaints).toEqual([]);
    },
  );
});
