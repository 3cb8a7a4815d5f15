// One election in engines other than Chromium, which all other tests of pages use: a voter votes on a phone and checks the
// receipt; an official uploads paper ballots; an administrator announces a poll, counts and publishes; a reader opens the
// result.
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../support/control.ts';
import { firefox } from '../../support/engines/firefox.ts';
import type { Tab } from '../../support/engines/tab.ts';
import { webkit } from '../../support/engines/webkit.ts';
import { hkid, phone as phoneNumber } from '../../support/identities.ts';
import { desktop, phone } from '../../support/pages/browser.ts';
import { rehearsal } from '../../support/pages/voting.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Control, Platform } from '../../support/processes/processes.ts';
import { until } from '../../support/until.ts';
import { textsReceived } from '../../support/voter/voter.ts';

/** On a machine that tests changes all engines are installed. */
const mustRun = process.env['CI'] !== undefined;
const engines = [firefox, webkit].filter(({ name, missing }) => {
  const runs = missing.length === 0 || mustRun;
  if (!runs) console.warn(`${name} is not tested (Debian: apt-get install ${missing.join(' ')})`);
  return runs;
});
/** Ballots on paper, by the numbers of their options in each contest of the rehearsal. */
const paper = ['1,1+2,3', '1,2,4', '2,3,4'];

describe.skipIf(engines.length === 0)('Other engines', () => {
  let platform: Platform & { control: Control };
  let official: Person;
  const folder = mkdtempSync(join(tmpdir(), 'popvote-engines-'));
  beforeAll(async () => {
    platform = await startPlatform({ control: true });
    official = await platform.control.person('official');
  }, 120_000);
  afterAll(async () => {
    await platform[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test.each(engines)(
    'An election runs from the first voter to its results in $name',
    async ({ name, start }) => {
      const id = await announced();
      await using engine = await start();
      const voter = await engine.newTab(phone.viewport);
      await check(voter, id, await vote(voter, id));
      const panel = await engine.newTab(desktop.viewport);
      await signIn(panel, official);
      await upload(panel, id);
      await panel.press('Sign out');
      await signIn(panel, platform.control.administrator);
      await announcePoll(panel, `Sunday hours in ${name}`);
      await close(panel, id);
      await count(panel, id);
      await readResults(await engine.newTab(phone.viewport), id);
      expect(engine.complaints()).toEqual([]);
    },
    900_000,
  );

  async function announced(): Promise<string> {
    const id = `engines-${randomUUID().slice(0, 8)}`;
    const { administrator } = platform.control;
    const body = {
      ...rehearsal,
      id,
      minBatch: 1,
      graceSeconds: 0,
      opensAt: new Date(Date.now() - 3_600_000).toISOString(),
      closesAt: new Date(Date.now() + 3_600_000).toISOString(),
    };
    for (const [path, request] of [
      ['', body],
      [`/${id}/announce`, {}],
    ] as const) {
      const answer = await administrator.call('elections', 'POST', `/v1/elections${path}`, { body: request });
      expect(answer.status, answer.text).toBeLessThan(300);
    }
    await until(async () => (await fetch(`${platform.origins.api}/v1/elections/${id}`)).status === 200);
    return id;
  }

  type Receipt = { readonly code: string; readonly file: string };

  /** Votes by a code in a text message, and saves the receipt. */
  async function vote(tab: Tab, id: string): Promise<Receipt> {
    const person = randomInt(800_000);
    await tab.open(`${platform.origins.api}/?election=${id}`);
    await tab.see('On the ballot');
    await tab.shoot('1-election');
    await tab.press('Start');
    await tab.type('Hong Kong identity card number', hkid(person));
    await tab.type('Mobile phone number', phoneNumber(person));
    await tab.shoot('2-identify');
    await tab.press('Continue');
    await tab.see('Text us your code');
    await tab.shoot('3-text-in');
    await tab.press('Text me a code instead');
    await tab.see('Check your phone');
    const [text] = await textsReceived(platform.origins.sms, phoneNumber(person));
    await tab.type('Security code', /\d{8}/.exec(text?.body ?? '')?.[0] ?? '');
    await tab.shoot('3-code');
    await tab.press('Continue');
    await tab.see('Make your choices');
    for (const option of ['Yes', 'Homes', 'Orchards']) await tab.tap(option);
    await tab.shoot('4-ballot');
    await tab.press('Check my choices');
    await tab.see('Check your choices, then cast your vote');
    await tab.shoot('5-review');
    await tab.press('Cast my vote');
    await tab.see('Your vote is recorded');
    await tab.shoot('6-receipt');
    const file = await tab.save('Save the receipt');
    expect(basename(file)).toBe(`receipt-${id}.json`);
    return { file, code: await tab.read('.receipt-code') };
  }

  /** Finds the vote in the public log by the file of its receipt, then by the code that the page showed. */
  async function check(tab: Tab, id: string, { file, code }: Receipt): Promise<void> {
    const turnout = `${platform.origins.api}/turnout/${id}?lang=en`;
    // The log takes the ballot a moment after it was mixed.
    const isLogged = async () => (await (await fetch(turnout)).text()).includes('The public log has 1 entry.');
    await until(isLogged, 'the entry in the log', 90_000);
    await tab.open(`${platform.origins.api}/check?lang=en`);
    await tab.choose(file);
    await tab.press('Check');
    await tab.see('This receipt is genuine');
    await tab.see('This vote is in the public log');
    await tab.shoot('7-check-file');
    await tab.open(`${platform.origins.api}/check?lang=en`);
    await tab.type('Receipt code', code);
    await tab.press('Check');
    await tab.see('A vote with this code is in the public log');
    await tab.shoot('7-check-code');
  }

  async function signIn(tab: Tab, { email, password }: Person): Promise<void> {
    await tab.open(platform.control.panel);
    await tab.type('E-mail', email);
    await tab.type('Password', password);
    await tab.press('Sign in');
    await tab.see('Sign out');
  }

  async function announcePoll(tab: Tab, title: string): Promise<void> {
    await tab.press('Elections');
    await tab.press('Quick poll');
    await tab.type('Title', title);
    await tab.type('Question', 'Should the library open on Sundays?');
    await tab.type('Option 1', 'Yes');
    await tab.type('Option 2', 'No');
    await tab.tap('Anyone with a phone');
    await tab.pick('Voting is open for', '3');
    await tab.tap('This is a rehearsal');
    await tab.shoot('8-poll');
    await tab.press('Announce the poll');
    await tab.see(`${platform.origins.api}/?election=${title.toLowerCase().replaceAll(' ', '-')}`);
    await tab.shoot('8-announced');
  }

  async function upload(tab: Tab, id: string): Promise<void> {
    const file = join(folder, `${id}.csv`);
    writeFileSync(file, paper.map((numbers) => `${randomUUID()},${numbers}\n`).join(''));
    await tab.open(`${platform.control.panel}/batches/new?election=${id}`);
    await tab.see('File format');
    await tab.choose(file);
    await tab.press('Send 3 rows');
    await tab.see('Done', 'main .head');
    await tab.shoot('9-batch');
  }

  async function close(tab: Tab, id: string): Promise<void> {
    await tab.open(`${platform.control.panel}/elections/${id}`);
    await tab.press('Close voting now');
    await tab.type('Reason', 'Everybody has voted.');
    await tab.type(`Type ${id} to confirm`, id);
    await tab.shoot('10-close');
    await tab.press('Close voting');
    await tab.see('Closed', 'main .head');
    // The last of them may be on its way.
    await until(async () => (await platform.counts(id)).box === paper.length + 1, 'all ballots in the box');
  }

  async function count(tab: Tab, id: string): Promise<void> {
    await tab.open(`${platform.control.panel}/elections/${id}/results`);
    await tab.press('Count');
    await tab.type(`Type ${id} to confirm`, id);
    await tab.press('Close the box and count');
    await tab.see('Provisional: revision 1');
    await tab.shoot('11-provisional');
    await tab.press('Publish revision 1');
    await tab.type(`Type ${id} to confirm`, id);
    await tab.press('Sign and publish');
    await tab.see('Published: revision 1');
    await tab.shoot('11-published');
  }

  async function readResults(tab: Tab, id: string): Promise<void> {
    const { api } = platform.origins;
    const isPublished = async () => (await fetch(`${api}/v1/elections/${id}/results`)).status === 200;
    await until(isPublished, 'the public results');
    await tab.open(`${api}/results/${id}?lang=en`);
    await tab.see('Yes has the most votes: 75');
    await tab.shoot('12-results');
  }
});
