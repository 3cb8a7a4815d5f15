// A whole election in the control panel, in order: an administrator begins with the one-time password that the operator
// received, writes an election, announces it and follows it, while a voter votes in another browser and an official sends a
// file of paper ballots; then it is ended, counted and published, and anyone reads the results.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueAdministrator } from '../../src/services/access/operator-acts.ts';
import type { Person } from '../support/control.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';
import { treeFaults, treeOf } from '../support/pages/accessibility-tree.ts';
import { chromiumPath, desktop, launch, openPage, phone, shoot } from '../support/pages/browser.ts';
import { fillSignIn } from '../support/pages/signing-in.ts';
import type { Watched } from '../support/pages/browser.ts';
import { createVoting } from '../support/pages/voting.ts';

const id = `whole-${randomUUID().slice(0, 8)}`;
const parties = ['River Party', 'Hill Party', 'Sea Party'];
const password = 'copper lantern by the quiet river';
/** Paper: 20 for the first on the ballot, 10 for the second; one of them twice, and one without a valid choice. */
const paper = [...Array<number>(20).fill(1), ...Array<number>(10).fill(2), 9].map(
  (number) => `${randomUUID()},${number}`,
);

let platform: Platform & { control: Control };
let browser: Browser;
let uploader: Person;
let administrator: Watched;
let official: Watched;

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 }).waitFor();
const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click();
/** The accessibility trees on the administrator's way, in its order. */
const trees: string[] = [];
const treeAt = async (page: Page, name: string, part = 'main'): Promise<void> => {
  // What the page reads is there.
  await page.waitForLoadState('networkidle');
  await expect.poll(() => page.getByText('Loading').count()).toBe(0);
  const masks = [
    [/\bwhole-[\da-f]{8}\b/g, 'ELECTION'],
    [/[\w.-]+@example\.org/g, 'MAIL'],
    [/(textbox "Password": )\S+/g, '$1SECRET'],
    [/\b([Ee]ntry) \d+/g, '$1 NUMBER'],
    [/\b[\da-f]{64}\b/g, 'HASH'],
    [/\b\d\d:\d\d:\d\d\b/g, 'TIME'],
    [/\b\d( left\. The mixer)/g, 'SOME$1'],
    // What needs attention depends on the machine, such as its version of Node.
    [/(heading "Needs attention" \[level=2\]\n)[^]*?( {4}- paragraph:\n {6}- text: Live).*$/m, '$1    - WARNINGS\n$2'],
  ] as const;
  const tree = await treeOf(page, name, masks, part);
  expect(treeFaults(tree), name).toEqual([]);
  trees.push(tree);
};
const dayAfter = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function signIn(page: Page, { email, password }: Readonly<Record<'email' | 'password', string>>): Promise<void> {
  await page.goto(platform.control.panel);
  await fillSignIn(page, email, password);
}

describe.skipIf(chromiumPath === undefined)('A whole election in the panel', () => {
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ control: true }), launch({ full: true })]);
    // Before there is a second administrator, who would have to confirm the invitation.
    uploader = await platform.control.person('official');
    [administrator, official] = await Promise.all([
      openPage(browser, platform.control.panel, desktop),
      openPage(browser, platform.control.panel, desktop),
    ]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });

  test('An administrator gets from the one-time password to published results', { timeout: 300_000 }, async () => {
    await begin(administrator.page);
    await write(administrator.page);
    await announce(administrator.page);
    await vote();
    await upload();
    await follow(administrator.page);
    await end(administrator.page);
    await count(administrator.page);
    const published = (): Promise<Response> => fetch(`${platform.origins.api}/v1/elections/${id}/results`);
    await until(async () => (await published()).status === 200, 'the results before everybody');
    // 21, 10 and 0 of 31 votes for five seats.
    expect(await (await published()).json()).toMatchObject({
      results: {
        contests: [
          {
            options: [
              { seats: 4, votes: 21 },
              { seats: 1, votes: 10 },
              { seats: 0, votes: 0 },
            ],
          },
        ],
      },
    });
    await look(administrator.page);
    expect([...administrator.complaints, ...official.complaints]).toEqual([]);
    await expect(trees.join('\n')).toMatchFileSnapshot('panel-trees.md');
  });
});

async function begin(page: Page): Promise<void> {
  const email = `first-${randomUUID().slice(0, 8)}@example.org`;
  const issued = await issueAdministrator({
    databaseUrl: platform.databases.url('access', 'popvote_access'),
    email,
    onlyFirst: false,
    forename: 'Mira',
    surname: 'Kos',
  });
  if (!('password' in issued)) throw new Error(issued.outcome);
  await page.goto(platform.control.panel);
  await page.getByLabel('Password', { exact: true }).waitFor();
  await treeAt(page, 'Sign in', 'body');
  await fillSignIn(page, issued.email, issued.password);
  await page.getByLabel('New password').waitFor();
  await treeAt(page, 'First password');
  await page.getByLabel('New password').fill(password);
  await press(page, 'Sign in');
  await heading(page, 'Overview');
  await page.getByText('No elections are open.').waitFor();
  await page.getByText('Last check').waitFor();
  await treeAt(page, 'Overview', 'body');
  await page.goto(`${platform.control.panel}/elections`);
  await page.getByText('No elections yet').waitFor();
  await treeAt(page, 'Elections');
  await page.getByRole('link', { name: 'Quick poll' }).click();
  await heading(page, 'Quick poll');
  await treeAt(page, 'Quick poll');
  await page.goto(`${platform.control.panel}/participants`);
  await press(page, 'Add many');
  await page.getByRole('textbox', { name: 'Names' }).fill(parties.join('\n'));
  await press(page, 'Add 3');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function write(page: Page): Promise<void> {
  const next = async (name: string): Promise<void> => {
    await press(page, 'Save and continue');
    await heading(page, name);
    if (name !== '2. Dates') await treeAt(page, name);
  };
  await page.goto(`${platform.control.panel}/elections/new?rehearsal=1`);
  await page.getByRole('textbox', { name: 'Title' }).waitFor();
  await treeAt(page, 'New election');
  await page.getByRole('textbox', { name: 'Title' }).fill('Town council');
  await page.getByRole('textbox', { name: 'Short name' }).fill(id);
  await page.getByRole('radio', { name: 'Parliamentary' }).check();
  await next('2. Dates');
  // By day: a page asks about times at night.
  for (const [name, day] of [
    ['Voting opens', -1],
    ['Voting closes', 2],
  ] as const) {
    await page.getByRole('group', { name }).getByLabel('Day').fill(dayAfter(day));
    await page.getByRole('group', { name }).getByLabel('Time').fill('09:00');
  }
  await page.getByText('Voting is open for 3 days.').waitFor();
  await treeAt(page, '2. Dates');
  await next('3. Contests and ballot order');
  await page.getByRole('textbox', { name: 'Contest title' }).fill('Council');
  for (let suggested = 0; suggested < 2; suggested += 1) await press(page, 'Remove option 1');
  for (const party of parties) await press(page, `Add ${party}`);
  await next('4. Counting rule');
  await page.getByRole('textbox', { name: 'Seats' }).fill('5');
  await page.getByRole('textbox', { name: 'Threshold in percent' }).fill('5');
  await next('5. Who can vote and how they verify');
  await page.getByRole('radio', { name: /Hong Kong/ }).check();
  for (const name of [/nothing more$/, /^We text a code/, 'Online', 'Paper ballots'])
    await page.getByRole('checkbox', { name }).check();
  await page.getByRole('textbox', { name: /^Seconds for late votes/ }).fill('0');
  await next('6. Languages');
  await next('7. Check and schedule');
}

async function announce(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'I checked these' }).check();
  await press(page, 'Announce');
  await press(page, 'Announce now');
  await page.locator('main .head .tag', { hasText: 'Open' }).waitFor();
  await until(async () => (await fetch(`${platform.origins.api}/v1/elections/${id}`)).status === 200);
  await page.goto(`${platform.control.panel}/elections/${id}`);
  await page.getByRole('region', { name: 'Share' }).locator('svg.qr').waitFor();
  await treeAt(page, 'Election, open, with what is shared');
}

/** In a browser of its own, on a phone. */
async function vote(): Promise<void> {
  const voting = createVoting(
    () => platform,
    () => browser,
  );
  const voter = await voting.open(phone, id);
  await voting.sendCode(voter.page, await voting.identify(voter.page));
  await heading(voter.page, 'Make your choices');
  await voter.page.getByText('River Party', { exact: true }).click();
  await press(voter.page, 'Check my choices');
  await press(voter.page, 'Cast my vote');
  await heading(voter.page, 'Your vote is recorded');
  await voting.close(voter);
}

async function upload(): Promise<void> {
  const { page } = official;
  await signIn(page, uploader);
  await heading(page, 'Overview');
  await page.goto(`${platform.control.panel}/batches/new?election=${id}`);
  const file = (lines: readonly string[]) => ({
    name: 'station-4.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`${lines.join('\n')}\n`),
  });
  // A line that is no ballot: the file is rejected here, before anything is sent.
  await page.locator('input[type=file]').setInputFiles(file([...paper, 'no ballot,1']));
  await press(page, 'Choose another file');
  await page.locator('input[type=file]').setInputFiles(file(paper));
  await press(page, 'Send 31 rows');
  await page.locator('main .head .tag', { hasText: 'Done' }).waitFor();
  await shoot(page, 'panel-journey-batch');
}

async function follow(page: Page): Promise<void> {
  await page.goto(`${platform.control.panel}/elections/${id}/live`);
  await page.getByText('Online 1 · on paper 31').waitFor();
  await page.getByText('Difference: 0').waitFor();
  await shoot(page, 'panel-journey-live');
}

async function end(page: Page): Promise<void> {
  await page.goto(`${platform.control.panel}/elections/${id}`);
  await press(page, 'Close voting now');
  await page.getByLabel('Reason').fill('All have voted.');
  await page.getByLabel(`Type ${id} to confirm`).fill(id);
  await press(page, 'Close voting');
  await page.locator('main .head .tag', { hasText: 'Closed' }).waitFor();
}

async function count(page: Page): Promise<void> {
  await page.goto(`${platform.control.panel}/elections/${id}/results`);
  await page
    .getByRole('button', { name: /^Count/ })
    .first()
    .waitFor();
  // Until the end takes effect and the last ballot has arrived, it is rejected with a list of the missing parts.
  const counted = page.getByRole('heading', { name: 'Provisional: revision 1' });
  const refused = page.locator('main').getByRole('alert');
  await until(async () => {
    await page.getByRole('button', { name: /^Count( again)?$/ }).click();
    await page.getByLabel(`Type ${id} to confirm`).fill(id);
    await press(page, 'Close the box and count');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await counted.or(refused).first().waitFor();
    return counted.isVisible();
  }, 'the count');
  await shoot(page, 'panel-journey-results');
  await treeAt(page, 'Results, counted');
  await press(page, 'Publish revision 1');
  await page.getByRole('dialog').getByLabel(`Type ${id} to confirm`).fill(id);
  await press(page, 'Sign and publish');
  await page.getByRole('heading', { name: 'Published: revision 1' }).waitFor();
  await treeAt(page, 'Results, published');
}

/** Who did what, and who may. */
async function look(page: Page): Promise<void> {
  // A count that came too early is in the log too, so the announcement alone.
  await page.goto(`${platform.control.panel}/audit?act=election.announce&objectId=${id}`);
  await heading(page, 'Audit log');
  await page.locator('main').getByText('announced').first().waitFor();
  await treeAt(page, 'Audit log');
  await page.goto(`${platform.control.panel}/people`);
  await page.getByText('Mira Kos').nth(1).waitFor();
  await treeAt(page, 'People');
}
