// An election run from the panel, in a real Chromium over the whole platform: written step by step with the keyboard alone,
// previewed by the voters' own code, announced, extended and closed; printed; and nothing lost when two write at once.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Browser, Locator, Page, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readLogo } from '../../../src/domain/picture/logo.ts';
import type { AdministeredElection } from '../../../src/protocol/control/elections-api.ts';
import { actOnUsers } from '../../support/control.ts';
import type { Person } from '../../support/control.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';
import { chromiumPath, desktop, launch, openPage } from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { pressOn as pressKeyOn, tabTo as tabByKeys, typeIn as typeKeysIn } from '../../support/pages/keyboard.ts';
import { logoOf } from '../../support/pages/pictures.ts';
import { lookAt, lookAtDialog } from '../../support/pages/panel-pages.ts';

const hostile = `"><script>document.title='taken'</script><img src=x onerror="document.title='taken'">`;
const hostileParty = `<img src=x onerror="document.title='taken'"> Party`;

let platform: Platform & { control: Control };
let people: Readonly<Record<'administrator' | 'other' | 'official', Person>>;
let browser: Browser;
let watched: Watched;
let page: Page;

const heading = (name: string | RegExp, level = 1) => page.getByRole('heading', { name, level });
const main = () => page.locator('main');
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });

async function open(path: string, name: string | RegExp): Promise<void> {
  await page.goto(platform.control.panel + path);
  await heading(name).waitFor();
}

async function signIn(person: Person): Promise<void> {
  const code = person.recoveryCodes.pop();
  const body = { email: person.email, password: person.password, ...(code !== undefined && { code }) };
  // Hashing passwords is slow, and `access` answers `busy` on a loaded machine.
  await until(async () => {
    const answer = await watched.context.request.post(`${platform.control.panel}/api/session`, { data: body });
    return answer.status() === 200;
  }, 'the session');
}

const tabTo = (target: Locator): Promise<void> => tabByKeys(page, target);
const pressOn = (target: Locator, key?: string): Promise<void> => pressKeyOn(page, target, key);
const typeIn = (target: Locator, text: string): Promise<void> => typeKeysIn(page, target, text);

/** Adds the parties that do not exist yet. */
async function addParties(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const body = { name, kind: 'party' };
    const answer = await people.other.call('elections', 'POST', '/v1/participants', { body });
    expect([201, 409], answer.text).toContain(answer.status);
  }
}

const save = (): Promise<void> => pressOn(button('Save and continue'));

async function find(id: string): Promise<AdministeredElection> {
  const answer = await people.other.call('elections', 'GET', `/v1/elections/${id}`);
  return (answer.body as { election: AdministeredElection }).election;
}

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
async function createElection(more: object = {}, announced = true, by: Person = people.other): Promise<string> {
  const id = `e-${randomUUID().slice(0, 8)}`;
  const option = (en: string) => ({ title: { en } });
  const body = {
    id,
    title: { en: 'Library' },
    timeZone: 'Europe/Belgrade',
    rehearsal: true,
    minBatch: 1,
    graceSeconds: 0,
    channels: ['online', 'batches'],
    identity: { scheme: 'phone-only' },
    opensAt: inHours(-1),
    closesAt: inHours(30),
    verification: { methods: ['text-in', 'code'] },
    contests: [
      {
        id: 'hours',
        title: { en: 'Open on Sundays?' },
        method: 'plurality',
        abstain: true,
        options: [option('Yes'), option('No')],
      },
      {
        id: 'paths',
        title: { en: 'Which paths shall be lit?' },
        method: 'approval',
        maxChoices: 2,
        options: [option('River'), option('Hill'), option('Sea')],
      },
    ],
    ...more,
  };
  const creation = await by.call('elections', 'POST', '/v1/elections', { body });
  expect(creation.status, creation.text).toBe(201);
  if (!announced) return id;
  const out = await by.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
  expect(out.status, out.text).toBe(200);
  return id;
}

describe.skipIf(chromiumPath === undefined)('Elections in the panel', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch()]);
    const { administrator, person } = platform.control;
    const official = await person('official');
    people = { administrator, official, other: await person('administrator') };
  }, 180_000);
  beforeEach(async () => {
    watched = await openPage(browser, platform.control.panel, { ...desktop, acceptDownloads: true });
    ({ page } = watched);
    page.on('dialog', (dialog) => watched.complaints.push(`dialog ${dialog.message()}`));
    await signIn(people.administrator);
  });
  afterEach(async () => {
    await watched.context.close();
  });
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('An administrator adds parties and is warned of an existing one', async () => {
    await open('/participants', 'Participants');
    await page.getByText('No participants yet').waitFor();
    await lookAt(page, 'participants-none');
    await pressOn(button('Add many'));
    await typeIn(
      page.getByRole('textbox', { name: 'Names' }),
      `River Party\n${hostileParty}\nHill Party\n\nSea Party\nMoon Party\n`,
    );
    await page.getByText('5 names').waitFor();
    await lookAtDialog(page, 'participants-paste');
    await pressOn(button('Add 5'));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('rowheader', { name: hostileParty }).waitFor();

    await pressOn(button('Add a participant'));
    await typeIn(page.getByRole('textbox', { name: 'Name' }), 'river party');
    await page.keyboard.press('Enter');
    await page.getByText('This name already exists').waitFor();
    await pressOn(button('Add anyway'));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('rowheader', { name: 'river party', exact: true }).waitFor();

    await pressOn(button('Rename river party'));
    await pressOn(page.getByRole('radio', { name: 'One name for every language' }), 'ArrowDown');
    await typeIn(page.getByRole('textbox', { name: 'English' }), 'Lake Party');
    await typeIn(page.getByRole('textbox', { name: 'Serbian (Cyrillic)' }), 'Језерска странка');
    await lookAtDialog(page, 'participants-names');
    await pressOn(button('Rename'));
    await page.getByRole('rowheader', { name: 'Језерска странка' }).waitFor();
    await page.getByRole('searchbox').fill('ЈЕЗЕРСКА');
    await page.getByRole('rowheader', { name: 'River Party' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('search')).toBe('ЈЕЗЕРСКА');
    // It is sent when the page is left.
    const isDeletion = (answer: Response): boolean => answer.request().method() === 'DELETE';
    const deletion = page.waitForResponse(isDeletion, { timeout: 120_000 });
    await Promise.all([page.getByText('Deleted in 10 seconds.').waitFor(), button(/^Delete/).click()]);
    await page.getByRole('link', { name: 'Elections', exact: true }).click();
    await heading('Elections').waitFor();
    await deletion;
    await open('/participants?search=ЈЕЗЕРСКА', 'Participants');
    await page.getByText('No participants match').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  test('An election is written, previewed, announced, extended and closed with the keyboard alone', async () => {
    await addParties(['River Party', hostileParty, 'Hill Party', 'Sea Party', 'Moon Party']);
    await open('/elections', 'Elections');
    await page.getByText('No elections yet').waitFor();
    await lookAt(page, 'elections-none');
    await pressOn(page.getByRole('link', { name: 'start a rehearsal', exact: true }));
    await heading('Start a rehearsal').waitFor();
    await page.getByText('Rehearsal. Nothing here counts.').waitFor();
    const isRehearsal = page.getByRole('checkbox', { name: 'This is a rehearsal' });
    for (const title of ['Create an election', 'Start a rehearsal']) {
      await isRehearsal.focus();
      await page.keyboard.press('Space');
      await heading(title).waitFor();
      await page.locator('input[type=checkbox]:focus').waitFor();
    }
    await typeIn(page.getByRole('textbox', { name: 'Title' }), '');
    await save();
    await page.getByRole('alert').getByText('Enter a title.').waitFor();
    await lookAt(page, 'election-new');
    await typeIn(page.getByRole('textbox', { name: 'Title' }), `Council ${hostile}`);
    await typeIn(page.getByRole('textbox', { name: 'Short name' }), 'council');
    await save();
    await page.getByRole('alert').getByText('Choose an election type.').waitFor();
    await pressOn(page.getByRole('radio', { name: 'Parliamentary' }), 'Space');
    await save();
    await writeDates();
    await writeContests();
    await writeRule();
    await writeVoters();
    await writeLanguages();
    await announce();
    await extend();
    await close();
    expect(watched.complaints).toEqual([]);
  });

  async function writeDates(): Promise<void> {
    await heading('2. Dates').waitFor();
    await page.getByText('Voting is open for 1 day.').waitFor();
    await typeIn(page.getByRole('combobox', { name: 'Time zone' }), 'Europe/Nowhere');
    await save();
    await page.getByRole('alert').getByText('We cannot find this time zone').waitFor();
    await pressOn(page.getByRole('alert').getByRole('link'));
    await typeIn(page.getByRole('combobox', { name: 'Time zone' }), 'Asia/Hong_Kong');
    await lookAt(page, 'election-dates');
    // The year, whatever comes first in the browser's language: the opening goes into the past.
    await tabTo(page.getByRole('group', { name: 'Voting opens' }).getByLabel('Day'));
    for (const key of ['Tab', 'Tab', 'ArrowDown']) await page.keyboard.press(key);
    await page.getByText('Voting opens as soon as you announce').waitFor();
    await save();
  }

  async function writeContests(): Promise<void> {
    await heading('3. Contests and ballot order').waitFor();
    await typeIn(page.getByRole('textbox', { name: 'Contest title' }), `Chamber ${hostile}`);
    for (const name of ['Remove option 1', 'Remove option 1']) await pressOn(button(name));
    await save();
    await page.getByRole('alert').getByText('Contest 1: add at least one option.').waitFor();
    for (const name of ['River Party', hostileParty, 'Hill Party', 'Sea Party', 'Moon Party']) {
      await pressOn(button(`Add ${name}`));
    }
    const options = main().locator('.options li');
    await pressOn(button('Move up option 3'));
    await expect.poll(() => options.nth(1).innerText()).toContain('Hill Party');
    // The focus goes with what moved.
    await page.keyboard.press('Enter');
    await expect.poll(() => options.nth(0).innerText()).toContain('Hill Party');
    await pressOn(page.getByText('Draw lots for the ballot order'));
    await typeIn(page.getByRole('textbox', { name: 'Seed' }), 'dice 4 6 1');
    await pressOn(button('Draw'));
    await page.getByText('Order drawn with the seed').waitFor();
    await lookAt(page, 'election-contests');
    const names = (await options.locator('bdi').allInnerTexts()).map((text) => text.trim());
    await save();
    await heading('4. Counting rule').waitFor();
    const { definition, participants } = await find('council');
    const ids = definition.contests[0]!.options.map(({ participantId }) => participantId!);
    const hashOf = (id: string): string => createHash('sha256').update(`dice 4 6 1\n${id}`).digest('hex');
    expect(ids).toEqual(ids.toSorted((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1)));
    expect(ids.map((id) => participants.find((each) => each.id === id)?.title['en'])).toEqual(names);
    expect(definition.contests[0]?.orderSeed).toBe('dice 4 6 1');
  }

  async function writeRule(): Promise<void> {
    await typeIn(page.getByRole('textbox', { name: 'Seats' }), 'seven');
    await save();
    await page.getByRole('alert').getByText('Enter the number of seats').waitFor();
    await pressOn(page.getByRole('alert').getByRole('link').first());
    await expect.poll(() => page.getByRole('textbox', { name: 'Seats' }).inputValue()).toBe('seven');
    await typeIn(page.getByRole('textbox', { name: 'Seats' }), '7');
    await typeIn(page.getByRole('textbox', { name: 'Threshold in percent' }), '5');
    // More choices than options: the service reports it, and the error is shown at its field.
    await typeIn(page.getByRole('textbox', { name: 'Most choices' }), '9');
    await save();
    await page.getByText('The definition of the election is not valid').waitFor();
    await page.locator('.field.wrong').getByText('This is more than the number of options.').waitFor();
    await lookAt(page, 'election-rule');
    await typeIn(page.getByRole('textbox', { name: 'Most choices' }), '1');
    await save();
  }

  async function writeVoters(): Promise<void> {
    await heading('5. Who can vote and how they verify').waitFor();
    await save();
    for (const fault of [
      'Choose who can vote.',
      'Choose at least one way to verify a phone.',
      'Choose at least one way to vote.',
    ])
      await page.getByRole('alert').getByText(fault).waitFor();
    await pressOn(page.getByRole('radio', { name: 'Anyone with a phone' }), 'Space');
    for (const name of [/nothing more$/, /^We text a code/, 'Online', 'Paper ballots'])
      await pressOn(page.getByRole('checkbox', { name }), 'Space');
    await lookAt(page, 'election-voters');
    await save();
  }

  async function writeLanguages(): Promise<void> {
    await heading('6. Languages').waitFor();
    await pressOn(page.getByRole('checkbox', { name: 'Serbian (Cyrillic)' }), 'Space');
    await save();
    await page.getByRole('alert').getByText('Enter at least one text in Serbian (Cyrillic)').waitFor();
    await typeIn(page.getByRole('textbox', { name: 'Election title' }), 'Скупштина');
    await lookAt(page, 'election-languages');
    await save();
  }

  async function announce(): Promise<void> {
    await heading('7. Check and schedule').waitFor();
    await page.getByText('Contest 1: Missing in Serbian (Cyrillic), unlike other texts.').waitFor();
    await lookAt(page, 'election-check');
    await pressOn(button('Announce'));
    await page.getByText('Review the list above').waitFor();
    await pressOn(page.getByRole('link', { name: 'Preview the ballot' }));
    await previewed();
    await open('/elections/council/edit', new RegExp('Council'));
    await page.getByText('There is a problem').waitFor();
    await lookAt(page, 'election-steps');
    await pressOn(page.getByRole('link', { name: /^7\. Check/ }));
    await pressOn(page.getByRole('checkbox', { name: 'I checked these' }), 'Space');
    await pressOn(button('Announce'));
    await page.getByRole('dialog').waitFor();
    await lookAtDialog(page, 'election-announce');
    await pressOn(button('Announce now'));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await main().locator('.head .tag', { hasText: 'Open' }).waitFor();
    await page.getByText('Rehearsal. Nothing here counts.').waitFor();
    await lookAt(page, 'election-open');
  }

  async function previewed(): Promise<void> {
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { name: `Chamber ${hostile}` }).waitFor();
    await frame.getByText('Rehearsal: nothing here counts').waitFor();
    await lookAt(page, 'election-preview');
    await tabTo(page.getByRole('combobox', { name: 'Language', exact: true }).first());
    await page.keyboard.type('Serbian (Cy');
    await frame.getByRole('heading', { name: 'Изаберите' }).waitFor();
    await frame.getByText(hostileParty).click();
    await frame.getByRole('button', { name: 'Провери мој избор' }).click();
    await frame.getByRole('button', { name: 'Предај мој глас' }).click();
    await frame.getByText('Nothing was cast.').waitFor();
  }

  async function extend(): Promise<void> {
    const before = (await find('council')).definition.closesAt;
    await pressOn(button('Extend'));
    await typeIn(page.getByRole('textbox', { name: 'Reason' }), `Texts were late ${hostile}`);
    await pressOn(page.getByRole('dialog').getByRole('button', { name: 'Extend' }));
    await page.getByText('The new end is not later').waitFor();
    await tabTo(page.getByRole('group', { name: 'New end' }).getByLabel('Day'));
    for (const key of ['Tab', 'Tab', 'ArrowUp']) await page.keyboard.press(key);
    await page.getByText(/People can vote for 36[56] days longer/).waitFor();
    await lookAtDialog(page, 'election-extend');
    await pressOn(page.getByRole('dialog').getByRole('button', { name: 'Extend' }));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const after = (await find('council')).definition.closesAt;
    expect(new Date(after).getUTCFullYear()).toBe(new Date(before).getUTCFullYear() + 1);
  }

  async function close(): Promise<void> {
    await pressOn(button('Close voting now'));
    await typeIn(page.getByRole('textbox', { name: 'Reason' }), `The court stopped it ${hostile}`);
    await pressOn(button('Close voting'));
    await page.getByText('Type council to continue.').waitFor();
    await page.getByText('No one can start to vote after this. So far').waitFor();
    await lookAtDialog(page, 'election-close');
    await typeIn(page.getByRole('textbox', { name: 'Type council to confirm' }), 'council');
    await pressOn(button('Close voting'));
    await main().locator('.head').getByText('Closed').waitFor();
    expect(Date.parse((await find('council')).definition.closesAt)).toBeLessThanOrEqual(Date.now() + 5_000);
    await open('/elections?phase=closed', 'Elections');
    await page.getByRole('link', { name: `Council ${hostile}`, exact: true }).waitFor();
    await lookAt(page, 'elections');
    await open('/elections?phase=draft', 'Elections');
    await page.getByText('No elections match').waitFor();
  }

  test('A participant that an election names is not deleted, and the election is a link', async () => {
    const party = { name: 'Quarry Party', kind: 'party' };
    const created = await people.other.call('elections', 'POST', '/v1/participants', { body: party });
    const { id } = (created.body as { participant: { id: string } }).participant;
    const contest = { id: 'seats', title: { en: 'Seats' }, method: 'dhondt', seats: 3 };
    const options = [{ participantId: id }];
    await createElection({ title: { en: 'Quarry council' }, contests: [{ ...contest, options }] }, false);
    await open('/participants?search=quarry', 'Participants');
    await button('Delete Quarry Party').click();
    await page
      .getByRole('dialog')
      .getByRole('link', { name: /Quarry council/ })
      .waitFor();
    await lookAtDialog(page, 'participants-used');
    await button('Close').click();
  });

  test('The organiser of an election is typed in the first step, and removed there', async () => {
    const id = await createElection({}, false);
    await open(`/elections/${id}/edit/name`, '1. Name and type');
    const field = page.getByRole('textbox', { name: 'Organiser and help for voters' });
    await field.pressSequentially('Town hall. Help: 2555 0123');
    await save();
    await heading('2. Dates').waitFor();
    expect((await find(id)).definition.organiser).toEqual({ en: 'Town hall. Help: 2555 0123' });
    await open(`/elections/${id}/edit/name`, '1. Name and type');
    await expect.poll(() => field.inputValue()).toBe('Town hall. Help: 2555 0123');
    await lookAt(page, 'election-organiser');
    await open(`/elections/${id}/edit/languages?language=sr-Latn`, '6. Languages');
    await page.getByLabel('Serbian (Latin)', { exact: true }).check();
    await page.getByRole('textbox', { name: /^Organiser/ }).fill('Opština. Pomoć: 2555 0123');
    await save();
    await heading('7. Check and schedule').waitFor();
    const organiser = { en: 'Town hall. Help: 2555 0123', 'sr-Latn': 'Opština. Pomoć: 2555 0123' };
    expect((await find(id)).definition.organiser).toEqual(organiser);
    await open(`/elections/${id}/edit/name`, '1. Name and type');
    await field.fill('');
    await save();
    await heading('2. Dates').waitFor();
    expect((await find(id)).definition.organiser).toBe(undefined);
    expect(watched.complaints).toEqual([]);
  });

  test('A logo is chosen, previewed, printed and published, and a file that is no picture is refused', async () => {
    const organiser = { en: 'Town hall. Help: 2555 0123' };
    const id = await createElection({ organiser }, false);
    await open(`/elections/${id}/edit/name`, '1. Name and type');
    const field = page.getByLabel('Organiser logo');
    const file = (name: string, mimeType: string, content: string) => ({
      name,
      mimeType,
      buffer: Buffer.from(content),
    });
    await field.setInputFiles(file('logo.png', 'image/png', 'no picture'));
    await page.getByText('The browser cannot read this file as a picture.').waitFor();
    await lookAt(page, 'election-logo-refused');
    const drawing =
      '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="600"><title>secret</title>' +
      `<script>document.title='taken'</script><rect width="1200" height="600" fill="#0b4f2c"/></svg>`;
    await field.setInputFiles(file('logo.svg', 'image/svg+xml', drawing));
    await page.getByRole('img', { name: organiser.en }).waitFor();
    await lookAt(page, 'election-logo');
    await button('Save and continue').click();
    await heading('2. Dates').waitFor();
    const { logo = '' } = (await find(id)).definition;
    expect(readLogo(Buffer.from(logo, 'base64'))).toMatchObject({ ok: true, logo: { width: 192, height: 96 } });
    expect(Buffer.from(logo, 'base64').toString('latin1')).not.toContain('secret');
    await open(`/elections/${id}/preview`, 'Ballot: Library');
    await page.frameLocator('iframe').locator('header img').waitFor();
    const out = await people.other.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
    expect(out.status, out.text).toBe(200);
    await open(`/elections/${id}/poster`, 'Poster');
    await page.locator('.poster').getByRole('img', { name: organiser.en }).waitFor();
    const address = `${platform.origins.api}/v1/elections/${id}/logo`;
    // `api` reads what is published every two seconds.
    const served = () => page.request.get(address).then((answer) => answer.body());
    await expect.poll(async () => (await served()).toString('base64')).toBe(logo);
    expect(watched.complaints).toEqual([]);
  });

  test('A logo is removed in the first step again', async () => {
    const id = await createElection({ logo: logoOf().toString('base64') }, false);
    await open(`/elections/${id}/edit/name`, '1. Name and type');
    await button('Remove the logo').click();
    await expect.poll(() => page.locator('.logo-sample').count()).toBe(0);
    await button('Save and continue').click();
    await heading('2. Dates').waitFor();
    expect((await find(id)).definition.logo).toBe(undefined);
    expect(watched.complaints).toEqual([]);
  });

  test('Of two people who write at once, the later sees the conflict and loses no input', async () => {
    const id = await createElection({}, false);
    await open(`/elections/${id}/edit/name`, '1. Name and type');
    const title = page.getByRole('textbox', { name: /^Title/ });
    await title.fill('Mine');
    // It waits for its writer while they look at another step.
    await page.getByRole('link', { name: 'Back to all steps' }).click();
    await page.getByRole('link', { name: /^2\. Dates/ }).click();
    await heading('2. Dates').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: /^1\. Name/ }).click();
    await page.getByText('are not saved').waitFor();
    await expect.poll(() => title.inputValue()).toBe('Mine');
    const theirs = await people.other.call('elections', 'PATCH', `/v1/elections/${id}`, {
      body: { title: { en: 'Theirs' } },
      headers: { 'if-match': '*' },
    });
    expect(theirs.status).toBe(200);
    await button('Save and continue').click();
    await page.getByText('This election was changed since you opened it').waitFor();
    const both = page.getByRole('region', { name: 'Saved version and your version' });
    await expect.poll(() => both.innerText()).toMatch(/Theirs[\s\S]*Mine/);
    await both.getByText('Ana Anić').waitFor();
    await lookAt(page, 'election-conflict');
    await expect.poll(() => title.inputValue()).toBe('Mine');
    expect((await find(id)).definition.title).toEqual({ en: 'Theirs' });
    await button('Overwrite with mine').click();
    await button('Save and continue').click();
    await heading('2. Dates').waitFor();
    expect((await find(id)).definition.title).toEqual({ en: 'Mine' });
    await open(`/elections/${id}`, 'Mine');
    await button('Delete draft').click();
    await page.getByRole('textbox').fill(id);
    await button('Delete').click();
    await heading('Elections').waitFor();
    expect((await people.other.call('elections', 'GET', `/v1/elections/${id}`)).status).toBe(404);
    expect(watched.complaints).toEqual([]);
  });

  test('The page of a preview listens only to the panel around it, and calls no one', async () => {
    const paths: string[] = [];
    page.on('request', (request) => paths.push(new URL(request.url()).pathname));
    await page.goto(`${platform.control.panel}/preview`);
    await page.locator('#preview').waitFor({ state: 'attached' });
    const message = { kind: 'popvote-preview', language: 'en', kiosk: false, election: { contests: [], title: {} } };
    await page.evaluate(`postMessage(${JSON.stringify(message)}, location.origin)`);
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    await expect.poll(() => page.locator('body').innerText()).toBe('');
    expect(paths.filter((path) => path.startsWith('/api'))).toEqual([]);
    // And it is shown in no frame of another site.
    const headers = (await page.request.get(`${platform.control.panel}/preview`)).headers();
    expect(headers['content-security-policy']).toContain("frame-ancestors 'self'");
  });

  test('Paper ballots are printed one to a page, and officials upload the file of their ids', async () => {
    const logo = logoOf({ width: 320, height: 96 }).toString('base64');
    const id = await createElection({ logo, organiser: { en: 'Town hall' } });
    await open(`/elections/${id}/paper`, 'Paper ballots: Library');
    await page.getByRole('textbox', { name: 'Number of ballots' }).fill('201');
    await button('Make ballots').click();
    await page.getByText('Enter a whole number from 1 to 200').waitFor();
    await page.getByRole('textbox', { name: 'Number of ballots' }).fill('3');
    await button('Make ballots').click();
    await page.getByText('3 ballots are ready').waitFor();
    await page.locator('.sheet svg').nth(2).waitFor();
    await page.locator('.sheet').first().getByRole('img', { name: 'Town hall' }).waitFor();
    await lookAt(page, 'paper');
    const guids = await page.locator('.sheet footer p:not(.paper-small) code').allInnerTexts();
    expect(new Set(guids).size).toBe(3);
    const sheet = await page.locator('.sheet').first().innerText();
    for (const text of ['Rehearsal: nothing here counts', 'Open on Sundays?', 'Question 2 of 2', 'Choose up to 2']) {
      expect(sheet).toContain(text);
    }
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Save file for officials (CSV)').click(),
    ]);
    const rows: string[][] = parse(readFileSync(await download.path(), 'utf8'));
    expect(rows).toEqual([['guid', 'hours', 'paths'], ...guids.map((guid) => [guid, '', ''])]);
    const filled = rows.map((row, index) => (index === 0 ? row : [row[0], '1', '1+3']).join(',')).join('\r\n');
    const upload = await people.official.call('officials', 'POST', `/v1/batches?electionId=${id}`, {
      raw: filled,
      headers: { 'content-type': 'text/csv' },
    });
    expect(upload.status, upload.text).toBe(202);
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => button('Make ballots').isVisible()).toBe(false);
    await expect.poll(() => page.locator('.sheet .paper-band').first().isVisible()).toBe(true);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBe(3);
    await page.emulateMedia({ media: 'screen' });
  });

  test('A roll is checked before it is changed, and closing says who of it has not voted', async () => {
    const id = await createElection({ identity: { scheme: 'roll' } });
    await open(`/elections/${id}`, 'Library');
    await page.getByLabel('File').setInputFiles({
      name: 'roll.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('number;name\nA1;Ana\nB2;Bo\nB2;Bo\n!!;No one\n'),
    });
    await page.getByRole('cell', { name: 'Ana' }).waitFor();
    await expect.poll(() => page.getByLabel('Column with the numbers').inputValue()).toBe('1');
    await page.getByLabel('Column to keep beside').selectOption({ label: '2: name' });
    await button('Check file').click();
    await page.getByText('2 people to add').waitFor();
    await page.getByText('Row 5 has no number made of letters and digits').waitFor();
    await page.getByText('Row 4 repeats row 3.').waitFor();
    await page.getByText('Nothing was changed yet.').waitFor();
    await button('Change the roll now').click();
    await page.getByText('2 people added').waitFor();
    await lookAt(page, 'election-roll');
    await button('Show people on the roll').click();
    await page.getByText('2 people on the roll').waitFor();
    await page.getByLabel('Search by number or label').fill('bo');
    await button('Search').click();
    await page.getByText('1 person found so far').waitFor();
    const people = page.getByRole('region', { name: 'People on the roll' });
    await people.getByRole('rowheader', { name: 'B2' }).waitFor();
    await button('Close voting now').click();
    await page.getByText('2 of 2 people on the roll cannot start to vote after this').waitFor();
    await button('Cancel').click();
  });

  test('A roll is uploaded into a draft, with the column of the numbers that the user selects', async () => {
    const id = await createElection({ identity: { scheme: 'roll' }, opensAt: inHours(5), closesAt: inHours(9) }, false);
    await open(`/elections/${id}`, 'Library');
    await page.getByLabel('File').setInputFiles({
      name: 'roll.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('sep=;\r\nMatrikel;Vorname\r\nQX1;Ana\r\nQX2;Bo\r\n'),
    });
    await page.getByRole('cell', { name: 'QX2' }).waitFor();
    await button('Check file').click();
    await page.getByText('Select the column with the numbers').waitFor();
    await page.getByLabel('Row with the names of the columns').selectOption('1');
    await page.getByLabel('Column with the numbers').selectOption({ label: '1: Matrikel' });
    await button('Check file').click();
    await page.getByText('2 people to add').waitFor();
    await button('Change the roll now').click();
    await page.getByText('2 people added').waitFor();
    await button('Show people on the roll').click();
    await button('Remove QX1').click();
    await page.getByLabel('Reason').fill('Left the association.');
    await button('Remove').last().click();
    await page.getByText('1 person on the roll').waitFor();
    const people = page.getByRole('region', { name: 'People on the roll' });
    await people.getByRole('rowheader', { name: 'QX1' }).waitFor({ state: 'detached' });
    await people.getByRole('rowheader', { name: 'QX2' }).waitFor();
  });

  test('A roll with PINs is chosen in the step of the voters, and its second column is selected', async () => {
    const id = await createElection({ identity: { scheme: 'roll' }, opensAt: inHours(5), closesAt: inHours(9) }, false);
    await open(`/elections/${id}/edit/voters`, '5. Who can vote and how they verify');
    await page.getByLabel('Second element').selectOption('pin');
    await save();
    await heading('6. Languages').waitFor();
    await open(`/elections/${id}`, 'Library');
    await page.getByText('People on the roll, by number and PIN').waitFor();
    await page.getByLabel('File').setInputFiles({
      name: 'roll.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('number;Geheimzahl\n1001;0042\n1002;12\n'),
    });
    await page.getByRole('cell', { name: '0042' }).waitFor();
    await expect.poll(() => page.getByLabel('Column with the numbers').inputValue()).toBe('1');
    await button('Check file').click();
    await page.getByText('Select the column with the PIN or birth date').waitFor();
    await page.getByLabel('Column with the PIN').selectOption({ label: '2: Geheimzahl' });
    await button('Check file').click();
    await page.getByText('1 person to add').waitFor();
    await page.getByText('Row 3 has no PIN of 4 to 12 digits').waitFor();
    await button('Change the roll now').click();
    await page.getByText('1 person added').waitFor();
    await button('Show people on the roll').click();
    const people = page.getByRole('region', { name: 'People on the roll' });
    await people.getByRole('columnheader', { name: 'PIN' }).waitFor();
    await people.getByRole('cell', { name: '0042' }).waitFor();
    await lookAt(page, 'election-roll-pin');
    await open(`/elections/${id}/edit/voters`, '5. Who can vote and how they verify');
    await page.getByLabel('Second element').selectOption('birth-date');
    await save();
    await page.getByText('The second element cannot change while people are on the roll').waitFor();
  });

  test('A code back and a notice are chosen in the step of the voters, and a text alone not beside it', async () => {
    const id = await createElection({}, false);
    await open(`/elections/${id}/edit/voters`, '5. Who can vote and how they verify');
    const box = (name: RegExp) => page.getByRole('checkbox', { name });
    await box(/^Voters text us a code, and type the code/).check();
    await box(/^We text a code to any phone/).uncheck();
    await page.getByText('a false sender or a gateway for texts cannot vote alone').waitFor();
    await save();
    await page.getByRole('alert').getByText('protects no one').waitFor();
    await box(/^Voters text us a code, and nothing more/).uncheck();
    await page.getByLabel('Notice to each verified phone').fill('+381 11 123 4567');
    await lookAt(page, 'election-code-back');
    await save();
    await heading('6. Languages').waitFor();
    const notice = { contact: '+381 11 123 4567' };
    expect((await find(id)).definition).toMatchObject({ verification: { methods: ['text-in-confirmed'], notice } });
    await open(`/elections/${id}`, 'Library');
    await page.getByText('object to +381 11 123 4567').waitFor();
    await open(`/elections/${id}/edit/voters`, '5. Who can vote and how they verify');
    await page.getByLabel('Notice to each verified phone').fill('');
    await save();
    await heading('6. Languages').waitFor();
    expect((await find(id)).definition.verification).not.toHaveProperty('notice');
  });

  test('A pending change is reported until every service has it', async () => {
    const id = await createElection({ opensAt: inHours(5) }, false);
    await platform.end('ballots');
    await open(`/elections/${id}/edit/check`, '7. Check and schedule');
    const looked = page.getByRole('checkbox', { name: 'I checked these' });
    await Promise.race([looked.waitFor(), page.getByText('No problems found.').waitFor()]);
    if (await looked.isVisible()) await looked.check();
    await button('Announce').click();
    await button('Announce now').click();
    await page.getByText('The service is busy').waitFor();
    await button('Cancel').click();
    await open(`/elections/${id}`, 'Library');
    await page.getByText('A change is in progress').waitFor();
    await lookAt(page, 'election-changing');
    await platform.restart('ballots');
    await page.getByText('A change is in progress').waitFor({ state: 'detached' });
    await main().locator('.head').getByText('Scheduled').waitFor();
  });

  test('An official sees ballots and no controls', async () => {
    const id = await createElection();
    await signIn(people.official);
    await open('/elections', 'Elections');
    await page
      .getByRole('link', { name: /^Upload a file/ })
      .first()
      .waitFor();
    await expect.poll(() => page.getByRole('link', { name: 'Create an election' }).count()).toBe(0);
    await open(`/elections/${id}/preview`, 'Ballot: Library');
    await page.frameLocator('iframe').getByRole('heading', { name: 'Make your choices' }).waitFor();
    await open(`/elections/${id}/edit/dates`, 'You cannot open this page');
    expect(watched.complaints).toEqual([]);
  });

  test('An announced election is announced again, and a conflicting one is a link', async () => {
    // Alone: where another administrator can sign in, they confirm it. On paper: phones are simulated here.
    const { administrator } = people;
    await administrator.setUpSecondFactor();
    await signIn(administrator);
    const path = `/v1/users/${people.other.id}`;
    const suspended = { state: 'suspended' };
    const suspension = await actOnUsers(platform.control.origins, administrator, 'PATCH', path, suspended);
    expect(suspension.status, suspension.text).toBe(200);
    const organiser = { en: 'Town hall. Help: 2555 0123' };
    const counting = { rehearsal: false, organiser, minBatch: 50, graceSeconds: 120, channels: ['batches'] };
    const id = await createElection({ ...counting, opensAt: inHours(5) }, true, administrator);
    const draft = await createElection({ ...counting, opensAt: inHours(6) }, false, administrator);
    const settings = await administrator.call('elections', 'PATCH', '/v1/settings', { body: { oneAtATime: true } });
    expect(settings.status, settings.text).toBe(200);
    onTestFinished(async () => {
      await administrator.call('elections', 'PATCH', '/v1/settings', { body: { oneAtATime: false } });
    });
    await open(`/elections/${draft}/edit`, 'Library');
    expect(await page.getByRole('link', { name: /^Only one election may run/ }).getAttribute('href')).toContain(id);
    await page.getByRole('link', { name: /^7\. Check/ }).click();
    await page.getByRole('checkbox', { name: 'I checked these' }).check();
    await button('Announce').click();
    await button('Announce now').click();
    const inTheWay = page.getByRole('alert').getByRole('link');
    expect(await inTheWay.getAttribute('href')).toBe(`/elections/${id}`);
    await inTheWay.click();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('link', { name: /^1\. Name/ }).click();
    await page.getByText('Changes become public when you save them.').waitFor();
    await page.getByRole('textbox', { name: /^Title/ }).fill('Library hours');
    await button('Save and continue').click();
    await heading('2. Dates').waitFor();
    await until(async () => {
      const answer = await fetch(`${platform.origins.api}/v1/elections/${id}`);
      const { election } = (await answer.json()) as { election?: { title: { en: string } } };
      return election?.title.en === 'Library hours';
    }, 'the new title, before everybody');
  });
});
