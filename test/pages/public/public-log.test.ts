// The public log as people read it: how an election can be checked, the checkpoint beside the turnout, the tree that was counted
// beside the result, and the check of receipts in each of its outcomes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOfLeaf } from '../../../src/domain/record/receipt-code.ts';
import { leafHash } from '../../../src/domain/record/tree.ts';
import { requireFreshBuild } from '../../../src/local/build-stamp.ts';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { definition } from '../../support/elections.ts';
import {
  chromiumPath,
  desktop,
  expectAccessible,
  expectRoomToGrow,
  launch,
  openPage,
  phone,
  shoot,
} from '../../support/pages/browser.ts';
import { createLoggedSite } from '../../support/pages/logged-elections.ts';
import type { LoggedSite } from '../../support/pages/logged-elections.ts';
import type { LogDraft } from '../../support/record/log-draft.ts';
import { checkpointNote, checkpointOf, logFiles } from '../../support/record/log-files.ts';
import { seededLogKeys } from '../../support/record/log-keys.ts';

requireFreshBuild(process.cwd());

describe.skipIf(chromiumPath === undefined)('The public log on the pages', { timeout: 120_000 }, () => {
  let site: LoggedSite;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    [site, browser] = await Promise.all([createLoggedSite(), launch()]);
    origin = await site.listen();
    site.publish('plain', publicationOf(definition({ id: 'plain' }), site.publisher, 1));
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  const groupsOf = ({ names }: LogDraft): string => names.manifestHash.toString('hex').replace(/(.{4})(?=.)/g, '$1 ');
  async function readPage(path: string): Promise<string> {
    const { body } = await site.app.inject(path);
    return body
      .replace(/<[^>]*>/g, '')
      .replace(/&quot;/g, '"')
      .replace(/\s+/g, ' ');
  }

  const paths = [
    '/trust/parish-2024',
    '/trust/quiet-2024',
    '/trust/plain',
    '/turnout/choir-2024',
    '/results/parish-2024',
  ];

  test.each(paths)('%s is accessible in each language, light and dark, narrow and wide', async (path) => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    const name = `public${path.replaceAll('/', '-')}`;
    for (const tag of languageTags) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 320, height: 740 });
      await page.goto(`${origin}${path}?lang=${tag}`);
      await expectAccessible(page);
      await expectRoomToGrow(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page, ['color-contrast']);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 360, height: 740 });
      await shoot(page, `${name}-phone-${tag}`);
    }
    await page.setViewportSize(desktop.viewport);
    await expectAccessible(page);
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('The page of trust shows the code, the witnesses, the commands and what no check shows', async () => {
    const code = groupsOf(site.complete);
    const text = await readPage('/trust/parish-2024?lang=en');
    expect(text).toContain(code);
    expect(text).toContain(
      `node popvote-verify.mjs https://vote.example.org parish-2024 --manifest "${code}" --receipt receipt-parish-2024.json`,
    );
    expect(text).toContain(`./popvote-verify-go https://vote.example.org parish-2024 --manifest "${code}"`);
    for (const witness of ['w1', 'w2', 'w3']) expect(text).toContain(`${witness}.example.net/popvote`);
    expect(text).toContain('At least 2 of these must have signed:');
    expect(text).toContain('What each ballot on paper says');
    expect(text).toContain('whether someone beside a voter forced the voter');
    const quiet = await readPage('/trust/quiet-2024?lang=en');
    expect(quiet).toContain('This log has no witness.');
    expect(quiet).not.toContain('What each ballot on paper says');
    expect(text).toContain('The log only grew, and everyone was shown the same one.');
    expect(quiet).not.toContain('everyone was shown the same one');
    expect(quiet).toContain('The log has grown out of each checkpoint that the reader kept.');
    expect((await site.app.inject('/trust/none')).statusCode).toBe(404);
    expect((await site.app.inject('/trust/a%20b')).statusCode).toBe(404);
  });

  test('An election without a log has a shorter page of trust, which promises less', async () => {
    const text = await readPage('/trust/plain?lang=en');
    expect(text).toContain('This vote has no public log.');
    expect(text).toContain('whether the ballot of a receipt was counted');
    expect(text).not.toMatch(/node popvote-verify|The log only grew|Code of this vote/);
    expect(await readPage('/turnout/plain?lang=en')).not.toContain('Public log');
  });

  test('The verifiers that are offered have the hashes on the page, and the specification has its text', async () => {
    const page = await readPage('/trust/parish-2024?lang=en');
    const { body, headers } = await site.app.inject('/popvote-verify.mjs');
    const hash = createHash('sha256').update(body).digest('hex');
    expect(page).toContain(`the hash on it. This site says: ${hash}`);
    expect(page).toContain('from another source, such as an auditor.');
    expect(page).toContain('sha256sum popvote-verify.mjs shasum -a 256 popvote-verify.mjs');
    expect(body).toBe(readFileSync('dist/popvote-verify.mjs', 'utf8'));
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
    const archive = await site.app.inject('/popvote-verify-go.tar');
    const goHash = createHash('sha256').update(archive.rawPayload).digest('hex');
    expect(page).toContain(`the hash on it. This site says: ${goHash}`);
    expect(page).toContain('sha256sum popvote-verify-go.tar shasum -a 256 popvote-verify-go.tar');
    expect(page).toContain('curl -fO https://vote.example.org/popvote-verify-go.tar');
    expect(page).toContain('tar -xf popvote-verify-go.tar cd popvote-verify-go go build');
    expect(archive.rawPayload).toEqual(readFileSync('dist/web/downloads/popvote-verify-go.tar'));
    expect(archive.headers).toMatchObject({ 'content-type': 'application/x-tar', 'content-disposition': 'attachment' });
    const specification = await site.app.inject('/verify.md');
    expect(specification.body).toBe(readFileSync('docs/verify.md', 'utf8'));
    expect(specification.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('The turnout names the verified checkpoint, and none where it is not of this log', async () => {
    const draft = site.incomplete;
    const text = await readPage('/turnout/choir-2024?lang=en');
    expect(text).toContain('The public log has 100 entries. Seen by 3 of 3 witnesses. Last seen ');
    const root = Buffer.from(checkpointOf(draft).root).toString('base64');
    expect(text).toContain(`Root ${root.slice(0, 12)}…`);
    const link = /href="(\/log\/[^"]+\/checkpoint)"/.exec((await site.app.inject('/turnout/choir-2024')).body)?.[1];
    expect((await site.app.inject(link ?? '')).body).toContain(root);
    expect(await readPage('/results/parish-2024?lang=en')).toContain(site.complete.names.origin);
  });

  async function openCheck(text: string): Promise<{ page: Page; requests: string[]; close: () => Promise<void> }> {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    await page.goto(`${origin}/check?lang=en`);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
    await page.locator('#receipt').fill(text);
    await page.getByRole('button', { name: 'Check' }).click();
    return {
      page,
      requests,
      async close() {
        expect(watched.complaints).toEqual([]);
        await watched.context.close();
      },
    };
  }
  const headingOf = (page: Page, name: string) => page.getByRole('heading', { level: 2, name });

  test('A receipt is found in the log, and nothing is sent that says which one it is', async () => {
    const { names, ballots } = site.complete;
    // In the second tile, where paper has places too.
    const index = ballots.findIndex(({ head }, place) => place >= 256 && head.channel === 1);
    const text = site.receiptAt(site.complete, index);
    const { page, requests, close } = await openCheck(text);
    await headingOf(page, 'This receipt is genuine').waitFor();
    await headingOf(page, 'This vote is in the public log').waitFor();
    await page.getByText(`Entry ${index + 1} of 302.`).waitFor();
    await page.getByText('Seen by 3 of 3 witnesses.').waitFor();
    await page.getByText(/^A witness last saw this log \d+ years ago \(.*2024.*\)\.$/).waitFor();
    await page.getByText(groupsOf(site.complete)).waitFor();
    const last = `[...document.querySelectorAll('[data-log=found] > :not([hidden])')].at(-1)`;
    expect(await page.evaluate(`getComputedStyle(${last}).marginBottom`), 'room below the last line').toBe('0px');
    const below = `/log/${names.electionId}/${names.manifestHash.toString('base64url')}/`;
    const files = ['manifest.json', 'checkpoint', 'find/0/all', 'tile/0/001.p/46', 'tile/1/000.p/1'];
    const addresses = ['/v1/public-keys', `/v1/elections/${names.electionId}`, ...files.map((file) => below + file)];
    expect([...new Set(requests)].filter((line) => !line.includes('/assets/')).sort()).toEqual(
      addresses.map((path) => `GET ${origin}${path} `).sort(),
    );
    await expectAccessible(page);
    await shoot(page, 'check-found');
    await page.emulateMedia({ media: 'print' });
    await page.locator('form').waitFor({ state: 'hidden' });
    await headingOf(page, 'This vote is in the public log').waitFor();
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('link', { name: 'How this vote can be checked' }).click();
    await page.waitForURL(`**/trust/${names.electionId}?lang=en`);
    await close();
  });

  test('A receipt that the log does not have yet is shown with when it appears', async () => {
    const { page, close } = await openCheck(site.furtherReceipt(site.incomplete));
    await headingOf(page, 'This vote is not in the public log yet').waitFor();
    await page.getByText(`in groups of ${site.incomplete.manifest.minBatch} or more. This vote`).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save the evidence' }).count()).toBe(0);
    await expectAccessible(page);
    await shoot(page, 'check-later');
    await close();
  });

  test('A receipt that a complete log lacks is missing, and the evidence can be saved', async () => {
    const receipt = site.furtherReceipt(site.complete);
    const { page, close } = await openCheck(receipt);
    await headingOf(page, 'This vote is missing in the public log').waitFor();
    await expectAccessible(page);
    await shoot(page, 'check-missing');
    const save = page.getByRole('button', { name: 'Save the evidence' });
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    expect(download.suggestedFilename()).toBe('evidence-parish-2024.json');
    const evidence = JSON.parse(readFileSync(await download.path(), 'utf8')) as Record<string, unknown>;
    expect(evidence).toMatchObject({ ...(JSON.parse(receipt) as object), verdict: { kind: 'missing' } });
    expect(evidence['checkpoint']).toContain(site.complete.names.origin);
    // The next receipt in the same page is judged by itself.
    await page.locator('#receipt').fill(site.oldReceipt('parish-2024'));
    await page.getByRole('button', { name: 'Check' }).click();
    await headingOf(page, 'This receipt is genuine').waitFor();
    await headingOf(page, 'This vote is missing in the public log').waitFor({ state: 'hidden' });
    await expect.poll(() => save.count()).toBe(0);
    await close();
  });

  test('A log that another key signed, and one that is not there, are shown as such', async () => {
    const draft = site.unwatched;
    const foreign = checkpointNote(seededLogKeys('other'), checkpointOf(draft), []);
    site.setFile(draft, 'checkpoint', foreign);
    const foreignPage = await openCheck(site.receiptAt(draft, 0));
    await headingOf(foreignPage.page, 'The public log does not fit this receipt').waitFor();
    await foreignPage.page.getByRole('button', { name: 'Save the evidence' }).waitFor();
    await expectAccessible(foreignPage.page);
    await shoot(foreignPage.page, 'check-broken');
    await foreignPage.close();
    expect(await readPage('/turnout/quiet-2024?lang=en'), 'no page names it').not.toContain('The public log has');
    site.setFile(draft, 'checkpoint', null);
    const emptyPage = await openCheck(site.receiptAt(draft, 0));
    await headingOf(emptyPage.page, 'The public log cannot be loaded').waitFor();
    await expectAccessible(emptyPage.page);
    await emptyPage.close();
    site.setFile(draft, 'checkpoint', logFiles(draft).get('checkpoint') ?? '');
    const goodPage = await openCheck(site.receiptAt(draft, 0));
    await headingOf(goodPage.page, 'This vote is in the public log').waitFor();
    await goodPage.page.getByText('No witness watches this log.').waitFor();
    await goodPage.page.locator('#seen-at').waitFor({ state: 'hidden' });
    await goodPage.close();
  });

  const codeAt = ({ ballots }: LogDraft, index: number): string =>
    codeOfLeaf(leafHash(sha256, ballots[index]!.entry)).replace(/.{4}(?=.)/g, '$& ');

  test('The code of a receipt, as people type it, is found in the log, and one wrong character is named', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    await page.goto(`${origin}/check?lang=en`);
    const field = page.getByRole('textbox', { name: 'Receipt code' });
    const code = codeAt(site.complete, 3);
    await field.pressSequentially(code.toLowerCase());
    await field.press('Enter');
    await headingOf(page, 'A vote with this code is in the public log').waitFor();
    await page.getByText('Entry 4 of 302.').waitFor();
    await page.getByText('Seen by 3 of 3 witnesses.').waitFor();
    await page.getByText(groupsOf(site.complete)).waitFor();
    await page.getByText(code, { exact: true }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'check-code-found');
    const wrong = code.startsWith('7') ? '8' : '7';
    await field.fill(wrong + code.slice(1));
    await field.press('Enter');
    await page.getByText('One character is wrong, most likely number 1.').waitFor();
    await headingOf(page, 'A vote with this code is in the public log').waitFor({ state: 'hidden' });
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await expectAccessible(page);
    await shoot(page, 'check-code-wrong');
    await field.fill('no code');
    await field.press('Enter');
    await page.getByText('This is not a receipt code.').waitFor();
    // A receipt is checked where no code is typed.
    await field.fill('');
    await page.locator('#receipt').fill(site.receiptAt(site.complete, 3));
    await page.getByRole('button', { name: 'Check' }).click();
    await headingOf(page, 'This receipt is genuine').waitFor();
    await headingOf(page, 'This vote is in the public log').waitFor();
    await page.getByText(code, { exact: true }).waitFor();
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('A code in the address is looked for at once, and no answer says more than the log', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    const strange = codeOfLeaf(new Uint8Array(32).fill(9));
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    const open = async (code: string, id: string, sign = '#'): Promise<void> => {
      await page.goto('about:blank');
      await page.goto(`${origin}/check?lang=en${sign}election=${id}&c=${code}`);
    };
    await open(codeAt(site.complete, 0).replaceAll(' ', ''), 'parish-2024');
    await headingOf(page, 'A vote with this code is in the public log').waitFor();
    await open(strange, 'parish-2024');
    await headingOf(page, 'No vote with this code was found').waitFor();
    await expectAccessible(page);
    await shoot(page, 'check-code-missing');
    await open(strange, 'choir-2024');
    await headingOf(page, 'No vote with this code is in the public log yet').waitFor();
    await page.getByText(`in groups of ${site.incomplete.manifest.minBatch} or more, and the others`).waitFor();
    await shoot(page, 'check-code-later');
    expect(addresses.filter((address) => /[?&]c=/.test(address))).toEqual([]);
    await open(strange, 'plain', '&');
    await page.getByText('No vote that was searched has a public log.').waitFor();
    await page.getByText('The address that you opened sent the code to this site').waitFor();
    expect(await page.evaluate<string>('location.search + location.hash')).toBe(`?lang=en#c=${strange}&election=plain`);
    // The election is that of the code of the address. Another code is looked for in all of them.
    await page.getByRole('textbox', { name: 'Receipt code' }).fill(codeAt(site.complete, 0));
    await page.getByRole('button', { name: 'Check' }).click();
    await headingOf(page, 'A vote with this code is in the public log').waitFor();
    await expectAccessible(page);
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('The button that searches older votes is hidden until its search ends', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    let ends: (() => void)[] | null = null;
    await page.route('**/v1/archive*', (route) => {
      const end = (): void => void route.abort();
      if (ends === null) end();
      else ends.push(end);
    });
    await page.goto(`${origin}/check?lang=en#c=${codeOfLeaf(new Uint8Array(32).fill(9))}`);
    const older = page.locator('#older');
    await older.waitFor();
    const waiting: (() => void)[] = [];
    ends = waiting;
    await older.click();
    await older.waitFor({ state: 'hidden' });
    await expect.poll(() => waiting.length).toBe(1);
    await expect.poll(() => older.isVisible()).toBe(false);
    for (const end of waiting) end();
    await older.waitFor();
    await watched.context.close();
  });

  test('A code without its election is looked for in every one, and the page says what each of them has', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    await page.setViewportSize({ width: 320, height: 740 });
    await page.goto(`${origin}/check?lang=en#c=${codeOfLeaf(new Uint8Array(32).fill(9))}`);
    await headingOf(page, 'None of the votes below has this code').waitFor();
    const list = page.getByRole('list', { name: 'Votes that were searched, the newest first' });
    const lines = await list.getByRole('listitem').allInnerTexts();
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.endsWith('not in the public log, which is complete'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith('not in the public log yet'))).toHaveLength(2);
    expect(lines.filter((line) => line.endsWith('no public log'))).toHaveLength(1);
    await expect.poll(() => page.locator('#older:visible, #save:visible, #details:visible').count()).toBe(0);
    await expectAccessible(page);
    await expectRoomToGrow(page);
    await shoot(page, 'check-code-none');
    // A link to a code of one of them, opened in the same tab.
    await page.goto(`${origin}/check?lang=en#c=${codeAt(site.complete, 3).replaceAll(' ', '')}`);
    await headingOf(page, 'A vote with this code is in the public log').waitFor();
    await list.getByText('in the public log', { exact: false }).first().waitFor();
    expect(watched.complaints).toEqual([]);
    await watched.context.close();
  });

  test('A search of all votes whose logs do not answer promises no evidence that could be saved', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    await page.route('**/log/**', (route) => route.abort());
    await page.goto(`${origin}/check?lang=en#c=${codeOfLeaf(new Uint8Array(32).fill(9))}`);
    await headingOf(page, 'The public log cannot be loaded').waitFor();
    await page.getByText('If this message stays, contact the organiser.').waitFor();
    await expect.poll(() => page.getByText('save the evidence').locator('visible=true').count()).toBe(0);
    await expect.poll(() => page.locator('#save:visible').count()).toBe(0);
    await expectAccessible(page);
    // With its election the code has a log, and what it served can be saved.
    await page.goto(`${origin}/check?lang=en#c=${codeAt(site.complete, 3).replaceAll(' ', '')}&election=parish-2024`);
    await page.getByText('save the evidence and contact the organiser.').locator('visible=true').waitFor();
    await page.getByRole('button', { name: 'Save the evidence' }).waitFor();
    await watched.context.close();
  });

  test('A browser that cannot check signatures has a heading that says so', async () => {
    const watched = await openPage(browser, origin, phone);
    const { page } = watched;
    await page.addInitScript('Object.defineProperty(crypto, "subtle", { value: undefined })');
    await page.goto(`${origin}/check?lang=en`);
    await page.locator('#receipt').fill(site.receiptAt(site.complete, 0));
    await page.getByRole('button', { name: 'Check' }).click();
    await headingOf(page, 'This browser cannot check signatures').waitFor();
    await expectAccessible(page);
    await watched.context.close();
  });

  test('A receipt of version 1 is genuine, and no log is asked for it', async () => {
    const { page, requests, close } = await openCheck(site.oldReceipt('parish-2024'));
    await headingOf(page, 'This receipt is genuine').waitFor();
    await page.getByText('A small election').waitFor();
    expect(requests.filter((line) => line.includes('/log/'))).toEqual([]);
    await expect.poll(() => page.locator('[data-log]:visible').count()).toBe(0);
    await close();
  });
});
