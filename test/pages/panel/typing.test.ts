// What people type into the panel, key by key, in a real Chromium over the whole platform: days and times in every form,
// a whole election with the keyboard alone, and the page that is shown when a page fails.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AdministeredElection } from '../../../src/protocol/control/elections-api.ts';
import { chromiumPath, desktop, launch, openPage } from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { dayKeys, fieldOrderOf, pressOn, tabTo, timeKeys, typeIn, typeMoment } from '../../support/pages/keyboard.ts';
import type { FieldOrder } from '../../support/pages/keyboard.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';
import { signIn } from '../../support/pages/signing-in.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';

let platform: Platform & { control: Control };
let browser: Browser;
let order: FieldOrder;
let watched: Watched;
let page: Page;

const heading = (name: string | RegExp, level = 1) => page.getByRole('heading', { name, level });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const group = (name: string) => page.getByRole('group', { name });
const save = (): Promise<void> => pressOn(page, button('Save and continue'));
const call = (method: 'GET' | 'POST', path: string, body?: object) =>
  platform.control.administrator.call('elections', method, `/v1/elections${path}`, { body });

const hourMs = 3_600_000;
/** A whole minute: fields show seconds only where there are any. */
const inHours = (hours: number): string =>
  `${new Date(Date.now() + hours * hourMs).toISOString().slice(0, 16)}:00.000Z`;

async function createElection(opensAt: string, closesAt: string): Promise<string> {
  const id = `e-${randomUUID().slice(0, 8)}`;
  const contest = { id: 'hours', title: { en: 'Open on Sundays?' }, method: 'plurality' };
  const answer = await call('POST', '', {
    ...({ id, title: { en: 'Library' }, timeZone: 'Europe/Belgrade', rehearsal: true, minBatch: 1 } as const),
    ...({ opensAt, closesAt, channels: ['online'], identity: { scheme: 'phone-only' } } as const),
    verification: { methods: ['text-in', 'code'] },
    contests: [{ ...contest, options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }] }],
  });
  expect(answer.status, answer.text).toBe(201);
  return id;
}

async function find(id: string): Promise<AdministeredElection> {
  return ((await call('GET', `/${id}`)).body as { election: AdministeredElection }).election;
}

async function open(path: string, name: string | RegExp): Promise<void> {
  await page.goto(platform.control.panel + path);
  await heading(name).waitFor();
}

const routerFile = join(import.meta.dirname, '../../../src/pages/panel/pages.ts');
/** The address of every page, as the router has them. */
const pagePaths = [...readFileSync(routerFile, 'utf8').matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path ?? '');

/** Keys that a tired or hurried person presses in a date field, the same in every run. */
function* keysOf(seed: number, count: number): Generator<string> {
  const keys = ['Backspace', 'Delete', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'a', 'p', '/', '-'];
  let state = seed;
  for (let n = 0; n < count; n += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const draw = Math.floor(state / 65_536) % 30;
    yield draw < 20 ? String(draw % 10) : (keys[draw - 20] ?? '0');
  }
}

/** Presses such keys in a field; the page and the field must stay. */
async function pressAnything(field: Locator, seed: number): Promise<void> {
  await field.focus();
  for (const key of keysOf(seed, 60)) await page.keyboard.press(key);
  await expect.poll(() => field.isVisible()).toBe(true);
  expect(watched.complaints).toEqual([]);
}

describe.skipIf(chromiumPath === undefined)('Typing in the panel', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    const blank = await browser.newPage();
    order = await fieldOrderOf(blank);
    await blank.close();
  }, 180_000);
  beforeEach(async () => {
    watched = await openPage(browser, platform.control.panel, desktop);
    ({ page } = watched);
  });
  afterEach(async () => {
    await watched.context.close();
  });
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });
  const enter = (): Promise<void> => signIn(page, platform.control.panel, platform.control.administrator);

  test('A day typed over the end of an election is saved, and the next step opens', async () => {
    const id = await createElection('2030-06-01T06:00:00Z', '2030-06-02T18:00:00Z');
    await enter();
    await open(`/elections/${id}/edit/dates`, '2. Dates');
    await group('Voting closes').getByLabel('Day').focus();
    await page.keyboard.type(dayKeys('2030-12-10', order));
    await page.getByText('Tuesday 10 December 2030').or(page.getByText('Tuesday, 10 December 2030')).waitFor();
    await save();
    await heading('3. Contests and ballot order').waitFor();
    const { version, definition } = await find(id);
    expect([version, definition.closesAt]).toEqual([2, '2030-12-10T19:00:00.000Z']);
    expect(watched.complaints).toEqual([]);
  });

  test('A half-typed year, an empty day and an empty time are named, and nothing that was typed is lost', async () => {
    const id = await createElection('2030-06-01T06:00:00Z', '2030-06-02T18:00:00Z');
    await enter();
    await open(`/elections/${id}/edit/dates`, '2. Dates');
    const closes = group('Voting closes');
    await closes.getByLabel('Day').focus();
    await page.keyboard.type(dayKeys('2030-12-10', order).slice(0, -2));
    await closes.getByText('Enter a day in the years 2000 to 2199.').waitFor();
    await save();
    await page.getByRole('alert').getByText('Closing: Enter a day in the years 2000 to 2199.').waitFor();
    await expect.poll(() => closes.getByLabel('Day').inputValue()).toBe('0020-12-10');
    await lookAt(page, 'election-half-typed-year');

    await closes.getByLabel('Day').focus();
    await page.keyboard.press('Backspace');
    await save();
    await page.getByRole('alert').getByText('Closing: Enter a day.').waitFor();
    await closes.getByLabel('Day').focus();
    await page.keyboard.type(dayKeys('2030-12-10', order));
    await closes.getByLabel('Time').focus();
    await page.keyboard.press('Backspace');
    await save();
    await page.getByRole('alert').getByText('Closing: Enter a time.').waitFor();
    await closes.getByLabel('Time').focus();
    await page.keyboard.type(timeKeys('21:30', order));
    await save();
    await heading('3. Contests and ballot order').waitFor();
    expect((await find(id)).definition.closesAt).toBe('2030-12-10T20:30:00.000Z');
    expect(watched.complaints).toEqual([]);
  });

  test('Any keys in any date or time field leave the page and its form in place', async () => {
    const id = await createElection(inHours(-1), inHours(30));
    await enter();
    await open(`/elections/${id}/edit/dates`, '2. Dates');
    let seed = 1;
    for (const label of ['Day', 'Time']) {
      for (const name of ['Voting opens', 'Voting closes']) await pressAnything(group(name).getByLabel(label), seed++);
    }
    // Zones on the way to one: each letter is another zone, and most are none.
    await typeIn(page, page.getByRole('combobox', { name: 'Time zone' }), 'America/Argentina/Buenos_Aires');
    await page.getByRole('button', { name: 'Discard changes' }).click();

    expect((await call('POST', `/${id}/announce`, {})).status).toBe(200);
    await open(`/elections/${id}`, 'Library');
    await button('Extend').click();
    for (const label of ['Day', 'Time']) await pressAnything(group('New end').getByLabel(label), seed++);
    await page.keyboard.press('Escape');

    await open('/audit', 'Audit log');
    for (const label of ['From', 'To']) {
      await pressAnything(page.getByLabel(label, { exact: true }), seed++);
      await page.keyboard.press('Enter');
    }
    await page.goto(`${platform.control.panel}/audit?from=0002-12-10&until=275760-99-99`);
    await heading('Audit log').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  test('A new end typed into the Extend dialog is checked while it is typed, and extends voting', async () => {
    const id = await createElection(inHours(-1), inHours(30));
    expect((await call('POST', `/${id}/announce`, {})).status).toBe(200);
    await enter();
    await open(`/elections/${id}`, 'Library');
    await pressOn(page, button('Extend'));
    const year = new Date().getUTCFullYear() + 2;
    await tabTo(page, group('New end').getByLabel('Day'));
    await page.keyboard.type(dayKeys(`${year}-03-04`, order).slice(0, -1));
    await group('New end').getByText('Enter a day in the years').waitFor();
    await typeIn(page, page.getByRole('textbox', { name: 'Reason' }), 'The hall was closed');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Enter a day in the years').waitFor();
    await typeMoment(page, group('New end'), { date: `${year}-03-04`, time: '21:15' }, order);
    await pressOn(page, page.getByRole('dialog').getByRole('button', { name: 'Extend' }));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await find(id)).definition.closesAt).toBe(`${year}-03-04T20:15:00.000Z`);
    expect(watched.complaints).toEqual([]);
  });

  test('A whole election is written key by key, from the sign-in to its announcement', async () => {
    const { administrator, panel } = platform.control;
    await page.goto(panel);
    await typeIn(page, page.getByLabel('E-mail'), administrator.email);
    await typeIn(page, page.getByLabel('Password', { exact: true }), administrator.password);
    await page.keyboard.press('Enter');
    await pressOn(page, page.getByRole('navigation').getByRole('link', { name: 'Elections' }));
    await heading('Elections').waitFor();
    await pressOn(page, page.getByRole('link', { name: 'Create an election' }));
    await heading('Create an election').waitFor();
    await typeIn(page, page.getByRole('textbox', { name: 'Title' }), 'Sunday hours');
    await typeIn(page, page.getByRole('textbox', { name: 'Short name' }), 'sunday-hours');
    await typeIn(page, page.getByRole('combobox', { name: 'Time zone' }), 'Europe/Belgrade');
    await tabTo(page, page.getByRole('radio', { name: 'Parliamentary' }));
    // The last of the list.
    await page.keyboard.press('ArrowUp');
    expect(await page.getByRole('radio', { name: 'Questions' }).isChecked()).toBe(true);
    await pressOn(page, page.getByRole('checkbox', { name: 'This is a rehearsal' }), 'Space');
    await save();

    await heading('2. Dates').waitFor();
    const year = new Date().getUTCFullYear() + 1;
    await typeMoment(page, group('Voting opens'), { date: `${year}-12-10`, time: '08:00' }, order);
    await typeMoment(page, group('Voting closes'), { date: `${year}-12-11`, time: '20:30' }, order);
    await page.getByText('Voting is open for 1 day, 12 hours and 30 minutes.').waitFor();
    await save();

    await heading('3. Contests and ballot order').waitFor();
    await typeIn(page, page.getByRole('textbox', { name: 'Contest title' }), 'Shall the library open on Sundays?');
    await save();
    await heading('4. Counting rule').waitFor();
    await save();
    await heading('5. Who can vote and how they verify').waitFor();
    await pressOn(page, page.getByRole('radio', { name: 'Anyone with a phone' }), 'Space');
    for (const name of [/nothing more$/, /^We text a code/, 'Online'])
      await pressOn(page, page.getByRole('checkbox', { name }), 'Space');
    await typeIn(page, page.getByRole('textbox', { name: 'Minutes to vote' }), '20');
    await save();
    await heading('6. Languages').waitFor();
    await save();

    await heading('7. Check and schedule').waitFor();
    await page.getByText('Warnings').or(page.getByText('No problems found.')).first().waitFor();
    const checked = page.getByRole('checkbox', { name: 'I checked these' });
    if ((await checked.count()) > 0) await pressOn(page, checked, 'Space');
    await pressOn(page, button('Announce'));
    await page.getByRole('dialog').waitFor();
    await pressOn(page, page.getByRole('dialog').getByRole('button', { name: /^Announce/ }));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('main .head .tag', { hasText: 'Scheduled' }).waitFor();

    const { state, definition } = await find('sunday-hours');
    expect([state, definition.opensAt, definition.closesAt]).toEqual([
      'announced',
      `${year}-12-10T07:00:00.000Z`,
      `${year}-12-11T19:30:00.000Z`,
    ]);
    expect(watched.complaints).toEqual([]);
  });

  test.each([
    ['Parliamentary', 'Contest 1, option 1: enter a text.'],
    ['Presidential', 'Contest 1, option 1: enter a text.'],
    ['Questions', 'Contest 1: enter a title.'],
  ])('Saving every step of a new %s election without typing ends in an error', async (type, fault) => {
    await enter();
    await open('/elections/new', 'Create an election');
    const title = `Untouched ${type}`;
    await typeIn(page, page.getByRole('textbox', { name: 'Title' }), title);
    await page.getByRole('radio', { name: type }).check();
    // Otherwise a plan needs a second factor first.
    await page.getByRole('checkbox', { name: 'This is a rehearsal' }).check();
    await save();
    await heading('2. Dates').waitFor();
    await save();
    await heading('3. Contests and ballot order').waitFor();
    await save();
    await page.getByRole('alert').getByText(fault).waitFor();
    await page.getByRole('alert').getByText('Contest 1: enter a title.').waitFor();
    await lookAt(page, `untouched-${type.toLowerCase()}`);
    const id = title.toLowerCase().replace(' ', '-');
    // Each later step by its address, as somebody who passes over the third.
    for (const [step, error] of [
      ...(type === 'Parliamentary' ? ([['rule', 'Enter the number of seats as a whole number.']] as const) : []),
      ['voters', 'Choose at least one way to vote.'],
    ] as const) {
      await page.goto(`${platform.control.panel}/elections/${id}/edit/${step}`);
      await save();
      await page.getByRole('alert').getByText(error).waitFor();
    }
    await open(`/elections/${id}/edit/check`, '7. Check and schedule');
    await page.getByText('Incomplete steps').waitFor();
    await pressOn(page, button('Announce'));
    await page.getByRole('alert').getByText('Complete the steps that are not started first.').waitFor();
    // A plan is refused by the service, with a link to each step that was not saved.
    await open(`/elections/${id}`, title);
    await pressOn(page, button('Plan an action'));
    await typeIn(page, page.getByRole('textbox', { name: 'Reason' }), 'Later today');
    await pressOn(page, page.getByRole('dialog').getByRole('button', { name: 'Plan' }));
    const rejection = page.getByRole('dialog').getByRole('alert');
    for (const step of ['3, Contests and ballot order', '4, Counting rule', '5, Who can vote'])
      await rejection.getByRole('link', { name: `Step ${step}` }).waitFor();
    expect((await call('GET', `/${id}/scheduled-acts`)).body).toEqual({ scheduledActs: [] });
    expect((await find(id)).state).toBe('draft');
  });

  test('Options are added from pasted lines as they are and from a CSV file, in place of the empty fields', async () => {
    await enter();
    await open('/elections/new', 'Create an election');
    await typeIn(page, page.getByRole('textbox', { name: 'Title' }), 'Many options');
    await page.getByRole('radio', { name: 'Presidential' }).check();
    await save();
    await heading('2. Dates').waitFor();
    await save();
    await heading('3. Contests and ballot order').waitFor();
    await pressOn(page, page.getByText('Add many options'));
    const file = (text: string, encoding: BufferEncoding): Promise<void> =>
      page
        .getByLabel('CSV file')
        .setInputFiles({ name: 'options.csv', mimeType: 'text/csv', buffer: Buffer.from(text, encoding) });
    await page.getByRole('textbox', { name: 'Options' }).fill('Smith, John\nNikola "Nik" Kos');
    await pressOn(page, button('Add 2 options'));
    await file('José', 'latin1');
    await page.getByText('Row 1 is not UTF-8: save the file as “CSV UTF-8”.').waitFor();
    await file('\uFEFFname;party\r\n"Ana ""A."" Kos";River\r\nBojan;Hill\r\n', 'utf8');
    await page.getByText('The options are in the column “name”.').waitFor();
    await expect.poll(() => page.getByRole('textbox', { name: 'Options' }).inputValue()).toBe('Ana "A." Kos\nBojan');
    await pressOn(page, button('Add 2 options'));
    const texts = (): Promise<string[]> =>
      page
        .locator('.options input')
        .evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value));
    await expect.poll(texts).toEqual(['Smith, John', 'Nikola "Nik" Kos', 'Ana "A." Kos', 'Bojan']);
    await file('option\nCora\nC\u200Bora\nCora\n', 'utf8');
    await page.getByText('Row 3 has a character that people cannot see, U+200B.').waitFor();
    await page.getByText('Row 4 repeats row 2.').waitFor();
    await lookAt(page, 'options-faults');
    await typeIn(page, page.getByRole('textbox', { name: 'Contest title' }), 'Who should be chair?');
    await save();
    // The file of an election brings the same options back.
    await heading('4. Counting rule').waitFor();
    await open('/elections/many-options', 'Many options');
    const [saved] = await Promise.all([page.waitForEvent('download'), pressOn(page, button('Download options (CSV)'))]);
    const csv = readFileSync(await saved.path(), 'utf8');
    await open('/elections/many-options/edit/contests', '3. Contests and ballot order');
    await pressOn(page, page.getByText('Add many options'));
    await file(csv, 'utf8');
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Options' }).inputValue())
      .toBe('Smith, John\nNikola "Nik" Kos\nAna "A." Kos\nBojan');
    // It counts, and the last step says what it lacks.
    await open('/elections/many-options/edit/check', '7. Check and schedule');
    await page.getByText('An election that counts names who holds it').first().waitFor();
    await lookAt(page, 'organiser-missing');
  });

  test('The law of a contest is typed key by key, each wrong text is named, and the example follows', async () => {
    const id = await createElection('2030-06-01T06:00:00Z', '2030-06-02T18:00:00Z');
    await enter();
    await open(`/elections/${id}/edit/rule`, '4. Counting rule');
    const field = (name: string | RegExp) => page.getByRole('textbox', { name });
    const select = (name: string) => page.getByRole('combobox', { name });
    await select('Counting rule').selectOption('sainteLague');
    await typeIn(page, field('Seats'), '1e3');
    await typeIn(page, field('Threshold in percent'), '3.25');
    await page.getByText('Complete the rule to see an example of a count.').waitFor();
    await typeIn(page, field('Seats'), '２５');
    await page.getByRole('table').first().waitFor();
    await pressOn(page, page.getByText('Rules of the law'));
    await typeIn(page, field('Factor of lists without a threshold'), '1.');
    await typeIn(page, field('First divisor'), 'one');
    await typeIn(page, field('Common threshold'), 'nation');
    await pressOn(page, page.getByRole('checkbox', { name: 'Yes: no threshold' }), 'Space');
    await typeIn(page, field('No: own threshold in percent'), '1/150');
    await typeIn(page, field('No: number of candidates'), 'many');
    await save();
    const alert = page.getByRole('alert');
    await alert.getByText('Enter a number such as 1.4, or a fraction such as 27/20.').first().waitFor();
    await expect.poll(() => alert.getByText('Enter a number such as 1.4').count()).toBe(2);
    await alert.getByText('Enter the number of candidates as a whole number, or nothing.').waitFor();
    await typeIn(page, field('Factor of lists without a threshold'), '27/20');
    await typeIn(page, field('First divisor'), '1,4');
    await typeIn(page, field('No: number of candidates'), '7');
    await select('Between equals decides').selectOption('more-votes');
    await save();
    await heading('5. Who can vote and how they verify').waitFor();
    expect((await find(id)).definition.contests[0]).toMatchObject({
      method: 'sainteLague',
      seats: 25,
      law: {
        threshold: {
          share: { numerator: 13, denominator: 400 },
          of: 'votes',
          exemptFactor: { numerator: 27, denominator: 20 },
          group: 'nation',
        },
        firstDivisor: { numerator: 7, denominator: 5 },
        tieRules: ['more-votes'],
      },
      options: [{ threshold: 'exempt' }, { threshold: { numerator: 1, denominator: 150 }, candidates: 7 }],
    });

    await open(`/elections/${id}/edit/rule`, '4. Counting rule');
    await select('Counting rule').selectOption('plurality');
    await typeIn(page, field('Quorum in percent'), '50');
    await pressOn(page, button('Add a requirement'));
    await typeIn(page, field(/^Requirement 1/), '2/3');
    await typeIn(page, field(/^People who may vote/), '16,000');
    await save();
    await alert.getByText('Enter the number of people who may vote as a whole number, or nothing.').waitFor();
    await typeIn(page, field(/^People who may vote/), '16000');
    await save();
    await heading('5. Who can vote and how they verify').waitFor();
    expect((await find(id)).definition.contests[0]?.law).toEqual({
      required: [{ share: { numerator: 2, denominator: 3 }, of: 'valid', moreThan: true }],
      quorum: { share: { numerator: 1, denominator: 2 }, counted: 'valid-and-blank' },
      entitled: 16_000,
    });
    expect(watched.complaints).toEqual([]);
  });

  test('An election is copied as a rehearsal from its page', async () => {
    const id = await createElection(inHours(5), inHours(30));
    await enter();
    await open(`/elections/${id}`, 'Library');
    await pressOn(page, button('Copy'));
    const name = page.getByRole('textbox', { name: 'Short name of the copy' });
    await typeIn(page, name, id);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Another election has this short name').waitFor();
    await page.getByRole('alert').getByRole('link', { name: 'Choose another short name.' }).waitFor();
    await lookAtDialog(page, 'election-copy');
    await typeIn(page, name, `${id}-again`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/elections/${id}-again/edit`);
    await heading('Library').waitFor();
    expect((await find(`${id}-again`)).state).toBe('draft');
    expect(watched.complaints).toEqual([]);
  });

  test(
    'Every page that fails says so, keeps the session, and works after another try',
    { timeout: 600_000 },
    async () => {
      await enter();
      const id = await createElection(inHours(-1), inHours(30));
      // Answers without any of their fields: what a bug in a page or in a service does to a page.
      const readings = /\/api\/(access|elections|officials)\/(?!v1\/(account|sessions))/;
      const failed: string[] = [];
      expect(pagePaths.length).toBeGreaterThan(20);
      for (const path of pagePaths) {
        const address = path.replace(':electionId', id).replace(':batchId', randomUUID()).replace(':step?', 'dates');
        await page.route(readings, (route) => route.fulfill({ json: {} }));
        await page.goto(platform.control.panel + address);
        await page.waitForLoadState('networkidle');
        const failure = heading('This page failed');
        await heading(/./).waitFor();
        // The frame with the session and the way to other pages is there in any case.
        await button('Sign out').waitFor();
        await page.unroute(readings);
        if (!(await failure.isVisible())) continue;
        failed.push(path);
        expect(await page.evaluate<string>('document.title')).toContain('This page failed');
        if (failed.length === 1) await lookAt(page, 'failed');
        await button('Try again').click();
        await failure.waitFor({ state: 'detached' });
        await heading(/./).waitFor();
      }
      expect(failed).toEqual(expect.arrayContaining(['/elections', '/elections/:electionId/edit/:step?', '/people']));
    },
  );

  test('The overview is a way back from a page that fails', async () => {
    await enter();
    const id = await createElection(inHours(-1), inHours(30));
    const one = `**/api/elections/v1/elections/${id}`;
    await page.route(one, (route) => route.fulfill({ json: {} }));
    await open(`/elections/${id}/edit/dates`, 'This page failed');
    await pressOn(page, page.getByRole('link', { name: 'Go to the overview' }));
    await heading('Overview').waitFor();
  });
});
