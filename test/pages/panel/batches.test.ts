// Files of paper ballots in the panel, in a real Chromium over the whole platform: what the page says of a file before it is
// sent is what the service makes of it, nothing is lost whatever breaks, and everybody sees only their own.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Browser, Dialog, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { batchEpochKey } from '../../../src/protocol/control/batch-entries.ts';
import { layingBallots } from '../../support/services/counted-election.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';
import { chromiumPath, desktop, expectAccessible, launch, openPage, shoot } from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';
import { fillSignIn, untilSignedIn } from '../../support/pages/signing-in.ts';

const paper = `paper-${randomUUID()}`;
const next = `next-${randomUUID()}`;
/** A file name that is a script where it is shown as anything but text. */
const hostileName = '"><img src=x onerror="document.title=\'taken\'">.csv';

let platform: Platform & { control: Control };
let people: Readonly<Record<'administrator' | 'official' | 'other' | 'auditor', Person>>;
let browser: Browser;
let watched: Watched;
let page: Page;

const option = (title: string) => ({ title: { en: title }, kind: 'party' });
const contests = [
  {
    id: 'parliament',
    title: { en: 'Parliament' },
    method: 'dhondt',
    seats: 7,
    thresholdPercent: 0,
    minChoices: 1,
    maxChoices: 1,
    abstain: false,
    options: ['Lantern', 'Meadow', 'Harbour'].map(option),
  },
  {
    id: 'motion',
    title: { en: 'Open the library on Sundays' },
    method: 'plurality',
    minChoices: 1,
    maxChoices: 1,
    abstain: true,
    options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }],
  },
];

async function announced(id: string, title: string, opensInMs: number): Promise<void> {
  const { administrator } = people;
  const body = {
    id,
    title: { en: title },
    timeZone: 'Europe/Belgrade',
    rehearsal: true,
    minBatch: 1,
    graceSeconds: 0,
    channels: ['online', 'batches'],
    identity: { scheme: 'hkid' },
    contests,
    opensAt: new Date(Date.now() + opensInMs).toISOString(),
    closesAt: new Date(Date.now() + opensInMs + 7_200_000).toISOString(),
    verification: { methods: ['text-in', 'code'], verifiedSecondsMax: 900 },
  };
  const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
  expect(creation.status, creation.text).toBe(201);
  const out = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
  expect(out.status, out.text).toBe(200);
}

const heading = (name: string | RegExp, level = 1) => page.getByRole('heading', { name, level });
async function open(path: string, name: string | RegExp): Promise<void> {
  await page.goto(`${platform.control.panel}${path}`);
  // A service that is busy for a moment is asked again, as anybody would.
  const again = page.getByRole('button', { name: 'Try again' });
  await heading(name).or(again).first().waitFor();
  while (await again.isVisible()) {
    await again.click();
    await heading(name).or(again).first().waitFor();
  }
}

/** Signs out the previous user first. */
async function signIn(who: Person): Promise<void> {
  await watched.context.clearCookies();
  await page.goto(`${platform.control.panel}/batches`);
  await fillSignIn(page, who.email, who.password);
  await untilSignedIn(page, heading('Batches'));
}

const fileOf = (lines: readonly string[], name = 'ballots.csv') => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(lines.map((line) => `${line}\r\n`).join('')),
});
const choose = (lines: readonly string[], name?: string) =>
  page.locator('input[type=file]').setInputFiles(fileOf(lines, name));
const send = () => page.getByRole('button', { name: /^Send [\d,]+ rows?$/ });
const row = (numbers = '1,1'): string => `${randomUUID()},${numbers}`;
const rows = (count: number): string[] => Array.from({ length: count }, () => row());
/** Waits until what has the focus says this. */
const focusIn = (text: string) => page.locator(':focus', { hasText: text }).waitFor();
/** All at once, so that they are of one moment. */
async function counts(): Promise<Record<string, number>> {
  await page.locator('.batch-counts').waitFor();
  const rows = await page.locator('.batch-counts').locator('dt, strong').allInnerTexts();
  const names = rows.filter((_text, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, n) => [name, Number(rows[2 * n + 1]?.replaceAll(',', ''))]));
}
const done = () => page.locator('.head .tag', { hasText: 'Done' }).waitFor();

/** 5,000 rows of which 20 have the wrong format in seven ways and five would count as invalid. */
function mixedFile() {
  const lines = rows(5_000);
  const wrong = new Map<number, string>();
  const put = (place: number, text: string): void => {
    lines[place - 1] = text;
    wrong.set(place, text);
  };
  for (const place of [17, 900, 1_800, 3_333, 4_999]) put(place, row().replaceAll('-', ''));
  for (const place of [18, 901, 2_500, 4_000]) put(place, row('x,1'));
  for (const place of [40, 2_001, 4_100]) put(place, row('1'));
  for (const place of [77, 3_001]) put(place, '');
  for (const place of [101, 2_222]) put(place, row('"1,1'));
  for (const place of [600, 4_400]) put(place, row(',2'));
  put(1_234, `=cmd|' /C calc'!A0,1,1`);
  put(1_235, row('0,1'));
  const doubtful = [1_000, 2_000, 3_000, 4_444, 4_445];
  for (const place of [1_000, 2_000, 3_000]) lines[place - 1] = (lines[place - 2] ?? '').toUpperCase();
  lines[4_443] = row('9,1');
  lines[4_444] = row('2,3');
  return { lines, wrong, doubtful };
}

describe.skipIf(chromiumPath === undefined)('Paper ballots in the panel', () => {
  const { lines, wrong, doubtful } = mixedFile();
  const corrected = lines.map((line, index) => (wrong.has(index + 1) ? row() : line));
  let paperElection: Promise<void> | undefined;

  /** Opens the election that takes paper ballots, once. */
  function openPaperElection(): Promise<void> {
    paperElection ??= (async () => {
      await announced(paper, 'Parliament 2026', -3_600_000);
      await until(async () => {
        const answer = await sendRows(['x']);
        return answer.body['code'] === 'invalid-batch';
      }, 'the election to be known where files come in');
    })();
    return paperElection;
  }

  const sendRows = (file: readonly string[]) =>
    people.official.call('officials', 'POST', `/v1/batches?electionId=${paper}`, {
      raw: file.map((line) => `${line}\r\n`).join(''),
      headers: { 'content-type': 'text/csv' },
    });

  async function openUpload(): Promise<void> {
    await openPaperElection();
    await open(`/batches/new?election=${paper}`, 'Upload a file');
  }

  /** The page of the batch of the fixed file, which is sent unless it was before. */
  async function fixedBatch(): Promise<string> {
    await openPaperElection();
    const { body, text } = await sendRows(corrected);
    const batchId = (body['batch'] as { id?: string } | undefined)?.id;
    expect(batchId, text).toBeDefined();
    await until(async () => {
      const answer = await people.official.call('officials', 'GET', `/v1/batches/${batchId ?? ''}`);
      return (answer.body['batch'] as { state?: string } | undefined)?.state === 'done';
    }, 'the batch to be done');
    return `/batches/${batchId ?? ''}`;
  }

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    const { administrator, person } = platform.control;
    const official = await person('official');
    const other = await person('official');
    const auditor = await person('auditor');
    people = { administrator, official, other, auditor };
  }, 120_000);
  beforeEach(async () => {
    watched = await openPage(browser, platform.control.panel, { ...desktop, acceptDownloads: true });
    ({ page } = watched);
    await signIn(people.official);
  });
  afterEach(async () => {
    // No script of a file name ran, no other origin was called, and the policy was never violated.
    expect(await page.title()).not.toBe('taken');
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('While no election takes paper ballots, the page says which is next and why nothing can be sent', async () => {
    await announced(next, 'Council by-election', 86_400_000);
    await open('/batches', 'Batches');
    await page.getByText('No election takes paper ballots now.').waitFor();
    await page.getByText(/The next one, Council by-election, opens on/).waitFor();
    const button = page.getByRole('button', { name: 'Upload a file' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('aria-describedby')).toBe('nothing-open');
    await page.getByText('No batches yet').waitFor();
    await expectAccessible(page);
    await shoot(page, 'panel-batches-none');
  }, 180_000);

  test('A file of 5,000 rows is checked on this computer: every fault is listed, and nothing is sent', async () => {
    await openPaperElection();
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await open('/batches', 'Batches');
    await page.getByRole('link', { name: 'Upload a file for Parliament 2026' }).click();
    await heading('Upload a file').waitFor();
    await lookAt(page, 'upload');
    const startedAt = performance.now();
    await choose(lines, hostileName);
    await heading('This file has problems', 2).waitFor();
    console.log(`5,000 rows with 20 faults: listed ${Math.round(performance.now() - startedAt)} ms after the choice`);
    await page.getByText(hostileName).waitFor();
    await page.getByText('5,000 rows. 4,975 look right, 20 have the wrong format, 5 would count as invalid.').waitFor();
    await expect
      .poll(() => page.getByRole('heading', { level: 3 }).allInnerTexts())
      .toEqual([
        'The first value is not a ballot ID (6)',
        'The value for Parliament is not a whole number above 0 (5)',
        'A row does not have exactly 3 values (3)',
        'There is an empty line between rows (2)',
        'A quotation mark is not closed or is inside a value (2)',
        'The value for Parliament is empty, but abstention is not allowed (2)',
        'A ballot ID is repeated in this file (3)',
        'The numbers are not a valid ballot (2)',
      ]);
    await page.getByRole('button', { name: /^Show all: The first value/ }).click();
    await page.getByText('There is no option 9 in Parliament.').waitFor();
    await page.getByText('There is no option 3 in Open the library on Sundays.').waitFor();
    const listed = await page.locator('.batch-findings li strong').allInnerTexts();
    const expected = [...wrong.keys(), ...doubtful].sort((a, b) => a - b);
    const places = listed.map((text) => Number(text.replace('Row ', '').replaceAll(',', '')));
    expect(places.sort((a, b) => a - b)).toEqual(expected);
    await expect.poll(() => send().count()).toBe(0);
    expect(posts).toEqual([]);
    await lookAt(page, 'upload-faults');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download problems.csv' }).click(),
    ]);
    const table = parse<Record<string, string>>(readFileSync(await download.path()), { columns: true, bom: true });
    expect(table.map((each) => Number(each['row'])).sort((a, b) => a - b)).toEqual(expected);
    for (const each of table) {
      expect(Object.keys(each)).toEqual(['row', 'line', 'column', 'value', 'problem', 'how to fix', 'text']);
      for (const cell of Object.values(each)) expect(cell).not.toMatch(/^[=+\-@]/);
    }
    expect(table.find((each) => each['row'] === '18')).toMatchObject({ column: '2', value: 'x', text: lines[17] });
  }, 120_000);

  test('The fixed file is sent: the counts add up as predicted, and a reload keeps the batch', async () => {
    await openUpload();
    await choose(corrected, hostileName);
    await page.getByText('5,000 rows. 4,995 look right, 0 have the wrong format, 5 would count as invalid.').waitFor();
    await send().click();
    await heading(/^Batch /).waitFor();
    await page.getByText('5,000 rows received.').waitFor();
    await page.reload();
    await heading(/^Batch /).waitFor();
    const during = await counts();
    expect(during['Checked']).toBe((during['Counted'] ?? 0) + (during['Invalid'] ?? 0));
    await done();
    expect(await counts()).toEqual({ Received: 5_000, Checked: 5_000, Counted: 4_995, Invalid: 5 });
    await page.getByText('including 3 duplicates').waitFor();
    const invalid = page.getByRole('region', { name: 'Invalid rows with their reasons' }).locator('tbody tr');
    await invalid.first().waitFor();
    const places = await invalid.locator('[data-head=Row]').allInnerTexts();
    expect(places.map((text) => Number(text.replaceAll(',', '')))).toEqual(doubtful);
    await page.getByText('The same ballot ID is already in row 999 of this file.').waitFor();
    await page.getByText('Details: there is no option 9 in Parliament.').waitFor();
    await lookAt(page, 'batch-done');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download invalid.csv' }).click(),
    ]);
    expect(
      readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\r\n'),
    ).toHaveLength(6);
    await page.getByRole('link', { name: 'Summary sheet' }).click();
    await heading('Summary sheet').waitFor();
    await page.getByText('5,000 received = 4,995 counted + 5 invalid').waitFor();
    await page.getByText('Rehearsal. Nothing here counts.').waitFor();
    const sheet = await page.locator('.batch-sheet').innerText();
    for (const title of ['Lantern', 'Meadow', 'Harbour', 'Yes']) expect(sheet).not.toContain(title);
    await lookAt(page, 'batch-summary');
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
    await shoot(page, 'panel-batch-summary-print');
    await page.emulateMedia({ media: 'screen' });
  }, 120_000);

  test('The same file again is not sent again: the page shows the existing batch', async () => {
    const batchPath = await fixedBatch();
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await openUpload();
    await choose(['guid,parliament,motion', ...corrected.map((line) => line.replaceAll(',', ';'))].slice(1));
    await heading('This file was already uploaded', 2).waitFor();
    await page.getByText('There is nothing to send.').waitFor();
    // One heading, of one state.
    await expect.poll(() => heading('This file is ready', 2).count()).toBe(0);
    await focusIn('This file was already uploaded');
    await expect.poll(() => send().count()).toBe(0);
    await page.getByRole('link', { name: 'See the batch' }).click();
    await heading(/^Batch /).waitFor();
    expect(new URL(page.url()).pathname).toBe(batchPath);
    expect(posts).toEqual([]);
  }, 180_000);

  test('The keyboard alone is enough, pasted rows stay, and an ended session loses nothing', async () => {
    await openPaperElection();
    // Asked for early: the browser needs a moment before it reports file dialogs.
    const dialog = page.waitForEvent('filechooser');
    await open('/batches', 'Batches');
    await page.getByRole('link', { name: 'Upload a file for Parliament 2026' }).waitFor();
    // From the heading to the first control of the page.
    await focusIn('Batches');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Choose a file/ }).waitFor();
    await focusIn('Upload a file');
    await page.keyboard.press('Tab');
    await focusIn('Choose a file');
    await page.keyboard.press('Enter');
    const chooser = await dialog;
    await chooser.setFiles(fileOf(['not a row']));
    await focusIn('This file has problems');
    await page.keyboard.press('Tab');
    await focusIn('Choose another file');
    await page.keyboard.press('Enter');
    await page.getByText('Paste rows instead').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText([row('3,2'), row('2,')].join('\n'));
    await page.keyboard.press('Tab');
    await focusIn('Check these rows');
    await page.keyboard.press('Enter');
    await focusIn('This file is ready');
    await watched.context.clearCookies();
    await page.keyboard.press('Tab');
    await focusIn('Send 2 rows');
    await page.keyboard.press('Enter');
    await heading('Your session has ended', 2).waitFor();
    await page.getByLabel('Password', { exact: true }).fill(people.official.password);
    await page.keyboard.press('Enter');
    await heading(/^Batch /).waitFor();
    await done();
    expect(await counts()).toEqual({ Received: 2, Checked: 2, Counted: 2, Invalid: 0 });
  }, 180_000);

  test.for([
    ['while it checked the session', '**/api/access/v1/account'],
    ['while it sent', '**/api/officials/v1/batches?*'],
  ] as const)(
    'A page that was closed %s says so on return, and the file is sent again',
    { timeout: 180_000 },
    async ([, address]) => {
      const file = rows(300);
      await openUpload();
      await choose(file);
      await page.route(address, () => undefined, { times: 1 });
      const calling = page.waitForRequest(address);
      await send().click();
      await page.getByRole('heading', { name: /^(Upload in progress|Service check)$/ }).waitFor();
      await calling;
      const dialogs: string[] = [];
      page.on('dialog', (dialog: Dialog) => {
        dialogs.push(dialog.type());
        void dialog.accept();
      });
      await page.reload();
      expect(dialogs).toEqual(['beforeunload']);
      await heading('The upload of 300 rows was interrupted', 2).waitFor();
      expect(await page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })')).not.toMatch(
        new RegExp(`ballots\\.csv|${file[0]?.slice(0, 8) ?? ''}`),
      );
      await choose(file);
      await send().click();
      await page.getByText('300 rows received.').waitFor();
      await done();
      expect(await counts()).toMatchObject({ Received: 300, Counted: 300 });
    },
  );

  test('After a lost answer the page searches for the batch and finds it', async () => {
    await openUpload();
    await choose(rows(40));
    await page.route('**/api/officials/v1/batches?*', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await send().click();
    await heading(/^Batch /).waitFor();
    await page.unroute('**/api/officials/v1/batches?*');
    await done();
    expect(await counts()).toMatchObject({ Received: 40, Counted: 40 });
  }, 180_000);

  test('A file that the service rejects, and one that cannot be text, say how to continue', async () => {
    await openUpload();
    const utf16 = { ...fileOf([]), buffer: Buffer.from(`\uFEFF${row()}\r\n`, 'utf16le') };
    await page.locator('input[type=file]').setInputFiles(utf16);
    await page.getByText(/The file is in UTF-16. Save it as “CSV UTF-8”/).waitFor();
    await page.getByRole('button', { name: 'Choose another file' }).click();
    await choose(rows(3));
    await page.route('**/api/officials/v1/batches?*', () => undefined);
    await send().click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await heading('Upload cancelled', 2).waitFor();
    await page.unroute('**/api/officials/v1/batches?*');
    await page.route('**/api/officials/v1/batches?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'busy', title: 'Busy', detail: 'Come back soon.', status: 503, type: 'x' }),
      }),
    );
    await page.getByRole('button', { name: 'Send the same file again' }).click();
    await heading('Busy', 2).waitFor();
    await page.unroute('**/api/officials/v1/batches?*');
    await page.getByRole('button', { name: 'Send the same file again' }).click();
    await page.getByText('3 rows received.').waitFor();
  }, 180_000);

  test('Another official sees nothing of it; the sender of the same file sees that it counts once', async () => {
    const batchPath = await fixedBatch();
    await signIn(people.other);
    await page.getByText('No batches yet').waitFor();
    await open(batchPath, /^Batch /);
    await page.getByText('There is no such batch among yours.').waitFor();
    await openUpload();
    await choose(corrected);
    await send().click();
    await page.getByText(/This file was already uploaded by a colleague/).waitFor();
    expect(await counts()).toEqual({ Received: 5_000, Checked: 5_000, Counted: 4_995, Invalid: 5 });
  }, 180_000);

  test('A million rows are checked while the page stays responsive, and the check can be stopped', async () => {
    await openUpload();
    await page.getByRole('button', { name: /Choose a file/ }).waitFor();
    // Made in the page: a driver sends no such file.
    await page.evaluate(`(() => {
      const id = (at) => at.toString(16).padStart(8, '0') + '-0000-4000-8000-000000000000';
      const parts = [];
      for (let from = 0; from < 1_000_000; from += 10_000) {
        let text = '';
        for (let at = from; at < from + 10_000; at += 1) text += id(at) + ',1,2\\n';
        parts.push(text);
      }
      const list = new DataTransfer();
      list.items.add(new File(parts, 'million.csv'));
      globalThis.slowest = 0;
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        globalThis.slowest = Math.max(globalThis.slowest, now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      const input = document.querySelector('input[type=file]');
      input.files = list.files;
      requestAnimationFrame(() => { last = performance.now(); requestAnimationFrame(tick); });
      input.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
    const startedAt = performance.now();
    await heading('File check', 2).waitFor();
    await expectAccessible(page);
    await page.getByText('1,000,000 rows. 1,000,000 look right').waitFor({ timeout: 200_000 });
    const slowest = await page.evaluate<number>('globalThis.slowest');
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`1,000,000 rows checked in the page in ${seconds} s; longest frame ${Math.round(slowest)} ms`);
    await page.getByRole('button', { name: 'Choose another file' }).click();
    await page.getByRole('button', { name: /Choose a file/ }).waitFor();
  }, 300_000);

  test('Auditors see all batches and send nothing; an administrator accepts a batch as incomplete', async () => {
    await openPaperElection();
    await using layer = layingBallots({ databases: platform.databases, access: platform });
    const batchId = await layer.batch(paper, ['parliament', 'motion'], 10, [{ choices: null }]);
    await platform.control.redis.unlink(batchEpochKey);
    await until(async () => {
      const { body } = await people.auditor.call('officials', 'GET', `/v1/batches/${batchId}`);
      return (body['batch'] as { state?: string } | undefined)?.state === 'incomplete';
    }, 'the batch to be reported');
    await signIn(people.auditor);
    await expect.poll(() => page.getByRole('link', { name: /Upload a file/ }).count()).toBe(0);
    await page.getByLabel('Election').selectOption(paper);
    await page.getByRole('link', { name: batchId.slice(0, 8) }).waitFor();
    await lookAt(page, 'batches');
    const search = page.getByRole('searchbox', { name: 'Find by batch, person or station' });
    await search.fill('no such batch');
    await page.getByText('No batches match').waitFor();
    await search.fill(batchId.slice(0, 8).toUpperCase());
    await page.getByRole('link', { name: batchId.slice(0, 8) }).waitFor();
    await page.getByRole('link', { name: 'Ballot box ledger' }).click();
    const incomplete = page.locator('tbody tr', { hasText: batchId.slice(0, 8) });
    await incomplete.getByText('Incomplete').waitFor();
    await expect.poll(() => page.getByRole('button', { name: /as incomplete/ }).count()).toBe(0);
    await signIn(people.administrator);
    await open(`/batches/${batchId}`, /^Batch /);
    await page.getByText(/^Rows 2–10 are missing/).waitFor();
    await expectAccessible(page);
    await shoot(page, 'panel-batch-incomplete');
    await open(`/batches?election=${paper}&view=ledger`, 'Batches');
    await page.getByRole('button', { name: `Accept batch ${batchId.slice(0, 8)}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The ballot box has 1 of 10 rows.').waitFor();
    await dialog.getByLabel('Reason').fill('The station <b>burnt</b> down.');
    await dialog.getByLabel(/^Type/).fill(batchId.slice(0, 8));
    await dialog.getByRole('button', { name: 'Accept as incomplete' }).click();
    await incomplete.getByText('Accepted incomplete').first().waitFor();
    await incomplete.getByText(/Reason: The station <b>burnt<\/b> down\./).waitFor();
    await lookAt(page, 'ledger');
  }, 120_000);

  test('A wrong batch is withdrawn with the keyboard alone, and the same file counts when it is sent again', async () => {
    await openPaperElection();
    const file = rows(3);
    const { body, text } = await sendRows(file);
    const id = (body['batch'] as { id?: string } | undefined)?.id ?? '';
    expect(id, text).not.toBe('');
    const path = `/batches/${id}`;
    // The election comes later than the batch: it must not take the focus.
    let answerLate: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (answerLate = resolve));
    await page.route('**/api/elections/v1/elections/*/preview', async (route) => {
      await mayAnswer;
      await route.continue();
    });
    await open(path, /^Batch /);
    await done();
    await page.getByRole('button', { name: 'Withdraw this batch' }).focus();
    answerLate();
    await page.getByText('Rehearsal. Nothing here counts.').waitFor();
    await page.unroute('**/api/elections/v1/elections/*/preview');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('None of the 3 rows of this batch will count.').waitFor();
    await lookAtDialog(page, 'batch-withdraw');
    await dialog.getByRole('button', { name: 'Withdraw the batch' }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByText('Enter a reason.').waitFor();
    await dialog.getByLabel('Reason').focus();
    await page.keyboard.type('The file of <b>another</b> station.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.head .tag', { hasText: 'Withdrawn' }).waitFor({ timeout: 60_000 });
    await page.getByText('This batch was withdrawn.').waitFor();
    await page.getByText('Reason: The file of <b>another</b> station.').waitFor();
    expect(await counts()).toEqual({ Received: 3, Checked: 3, Counted: 0, Invalid: 3 });
    await expect.poll(() => page.getByRole('button', { name: 'Withdraw this batch' }).count()).toBe(0);
    await lookAt(page, 'batch-withdrawn');

    // The page says what the file was, and sends it.
    await page.getByRole('link', { name: 'upload the right file' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Choose a file/ }).waitFor();
    await choose(file);
    await page.getByText('If you send it, it is a new upload and its ballots count.').waitFor();
    await send().focus();
    await page.keyboard.press('Enter');
    await heading(/^Batch /).waitFor();
    await done();
    expect(await counts()).toEqual({ Received: 3, Checked: 3, Counted: 3, Invalid: 0 });

    await signIn(people.administrator);
    await open(`/batches?election=${paper}&view=ledger`, 'Batches');
    const entries = page.locator('tbody tr', { hasText: id.slice(0, 8) });
    await entries.filter({ hasText: 'Withdrawn' }).getByText('The file of <b>another</b> station.').waitFor();
    await entries.filter({ hasText: 'Complete' }).waitFor();
    await expect.poll(() => entries.count()).toBe(2);
  }, 180_000);
});
