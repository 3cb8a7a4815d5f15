// Receipts in an election with a public log: a server that answers with another receipt is found out, what it answered is kept
// as evidence, and no ballot is sent before the page can check the answer.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoggedReceipt } from '../../../src/protocol/record/receipt.ts';
import { definition } from '../../support/elections.ts';
import { chromiumPath, expectAccessible, launch, openPage, phone, shoot } from '../../support/pages/browser.ts';
import { dotsOf, drawnDots } from '../../support/pages/qr-dots.ts';
import { createVoting } from '../../support/pages/voting.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';

const random32 = (): string => randomBytes(32).toString('base64url');
const anotherSignature = (): string => `${randomBytes(63).toString('base64url')}AA`;

/** What a dishonest server makes of a receipt. */
const lies: Readonly<Record<string, (receipt: LoggedReceipt) => unknown>> = {
  'of another log': (receipt) => ({ ...receipt, origin: `${receipt.origin.slice(0, -43)}${random32()}` }),
  'of another host': (receipt) => ({ ...receipt, origin: receipt.origin.replace(/^[^/]+/, 'other.example.org') }),
  'of another election': (receipt) => ({ ...receipt, electionId: 'another' }),
  'of another voter’s cast': (receipt) => ({ ...receipt, castTag: random32() }),
  'of another ballot': (receipt) => ({ ...receipt, content: random32() }),
  'with a bad signature': (receipt) => ({ ...receipt, signature: anotherSignature() }),
  'of another key': (receipt) => ({ ...receipt, kid: 'receipt-other' }),
  'of another kind': (receipt) => ({ ...receipt, kind: 1 }),
  'of a later version': (receipt) => ({ ...receipt, version: 3 }),
  'of version 1': ({ electionId, signature, kid }) => ({ version: 1, electionId, leaf: random32(), signature, kid }),
  'that has no member': () => ({}),
  'that is null': () => null,
};

describe.skipIf(chromiumPath === undefined)('The page and the receipt that comes', { timeout: 120_000 }, () => {
  let platform: Platform;
  let browser: Browser;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launch()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await platform[Symbol.asyncDispose]();
  });
  const voting = createVoting(
    () => platform,
    () => browser,
  );
  const { newElection, heading, press, recorded, readyToCast, toReview, close } = voting;
  const motion = definition().contests.slice(0, 1);
  const notConfirmed = (page: Page) => page.getByRole('heading', { name: 'Your vote is not confirmed' });

  /** The next answer to a cast has another receipt. Resolves with what the page gets. */
  function lieOnce(page: Page, lie: (receipt: LoggedReceipt) => unknown): Promise<unknown> {
    const lied = new Promise((resolve, reject) => {
      let isOver = false;
      const answer = async (route: Parameters<Parameters<Page['route']>[1]>[0]): Promise<void> => {
        const response = await route.fetch();
        const { receipt } = (await response.json()) as { receipt?: LoggedReceipt };
        // A busy service gave no receipt, and the page sends the same bytes again.
        if (isOver || receipt === undefined) {
          await route.fulfill({ response });
          return;
        }
        isOver = true;
        const changed = lie(receipt);
        await route.fulfill({ response, json: { receipt: changed } });
        resolve(changed);
      };
      void page.route('**/v1/ballots', (route) => answer(route).catch(reject));
    });
    // What is looked at before it may fail first.
    lied.catch(() => undefined);
    return lied;
  }

  async function savedEvidence(page: Page): Promise<{ name: string; text: string }> {
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the evidence')]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  }

  test.each(Object.entries(lies))('A receipt %s is shown as not confirmed, and is kept as evidence', async (_, lie) => {
    const id = await newElection({ contests: motion });
    const watched = await openPage(browser, platform.origins.api, phone);
    const { page } = watched;
    await readyToCast(page, id);
    const answered = lieOnce(page, lie);
    await press(page, 'Cast my vote');
    await notConfirmed(page).waitFor();
    await expect.poll(() => page.getByText('Your vote is recorded').count()).toBe(0);
    const { name, text } = await savedEvidence(page);
    expect(name).toBe(`evidence-${id}.json`);
    const evidence = JSON.parse(text) as { receipt: unknown; expected: Record<string, unknown>; at: string };
    expect(evidence.receipt).toEqual(await answered);
    expect(evidence.expected).toMatchObject({ electionId: id, castTag: expect.any(String) as string });
    expect(evidence.expected['log']).toMatchObject({ origin: expect.stringContaining(`/log/${id}/`) as string });
    expect(await recorded(id), 'the server did record the vote').toBe(1);
    // A reload keeps it, also at the address without the election, and the tab keeps nothing else.
    for (const address of [`/?election=${id}`, '/']) {
      await page.goto(`${platform.origins.api}${address}`);
      await notConfirmed(page).waitFor();
    }
    expect((await savedEvidence(page)).text).toBe(text);
    const stored = JSON.parse(await page.evaluate<string>("sessionStorage.getItem('popvote-vote')")) as object;
    expect(Object.keys(stored).sort()).toEqual(['electionId', 'evidence']);
    expect(text).not.toMatch(/"yes"|ballotKey|token/);
    await expectAccessible(page);
    await close(watched);
  });

  test('A whole vote ends with evidence where the receipt is another voter’s, and can be photographed', async () => {
    const id = await newElection();
    const watched = await voting.open(phone, id);
    const { page } = watched;
    await page.getByText(/^Code of this vote: [0-9a-f]{4}( [0-9a-f]{4}){15}$/).waitFor();
    await toReview(page);
    const lie = lieOnce(page, (receipt) => ({ ...receipt, castTag: random32() }));
    await press(page, 'Cast my vote');
    await notConfirmed(page).waitFor();
    await lie;
    await shoot(page, '6-not-confirmed');
    await close(watched);
  });

  test('Without the script that checks receipts no ballot is sent, and it is asked for until it comes', async () => {
    const id = await newElection({ contests: motion });
    const watched = await openPage(browser, platform.origins.api, phone);
    const { page } = watched;
    const requests: string[] = [];
    page.on('request', (request) => {
      if (/\/assets\/log-check-|\/v1\/ballots/.test(request.url())) requests.push(new URL(request.url()).pathname);
    });
    let failures = 0;
    await page.route('**/assets/log-check-*', (route) => {
      failures += 1;
      return route.abort();
    });
    await readyToCast(page, id);
    await press(page, 'Cast my vote');
    await page.locator('.status', { hasText: 'Trying again.' }).waitFor();
    const before = failures;
    await expect.poll(() => failures, { timeout: 60_000 }).toBeGreaterThan(before);
    expect(requests).not.toContain('/v1/ballots');
    expect(await recorded(id)).toBe(0);
    await page.unroute('**/assets/log-check-*');
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('A page that was loaded again in the middle of a cast checks the receipt too', async () => {
    const id = await newElection({ contests: motion });
    const watched = await openPage(browser, platform.origins.api, phone);
    const { page } = watched;
    await readyToCast(page, id);
    await page.route('**/v1/ballots', (route) => route.abort());
    await press(page, 'Cast my vote');
    const retrying = page.locator('.status', { hasText: 'Trying again.' });
    await retrying.waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await retrying.waitFor();
    // The route that was added last is asked first.
    const lie = lieOnce(page, (receipt) => ({ ...receipt, signature: anotherSignature() }));
    await notConfirmed(page).waitFor();
    await lie;
    await close(watched);
  });

  test('A server that denies the log after a reload is not believed: the receipt is still checked', async () => {
    const id = await newElection({ contests: motion });
    const watched = await openPage(browser, platform.origins.api, phone);
    const { page } = watched;
    await page.route(`**/v1/elections/${id}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), log: false } });
    });
    // It loads the page in the middle of a vote.
    await readyToCast(page, id);
    const lie = lieOnce(page, (receipt) => ({ ...receipt, castTag: random32() }));
    await press(page, 'Cast my vote');
    await notConfirmed(page).waitFor();
    await lie;
    await close(watched);
  });

  test('A browser that does not know Ed25519 compares the log and the cast, and cannot check the signature', async () => {
    const id = await newElection({ contests: motion });
    for (const [lie, isFound] of [
      ['with a bad signature', false],
      ['of another voter’s cast', true],
    ] as const) {
      const watched = await openPage(browser, platform.origins.api, phone);
      const { page } = watched;
      await page.addInitScript(
        "SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))",
      );
      await readyToCast(page, id);
      void lieOnce(page, lies[lie] ?? (() => null));
      await press(page, 'Cast my vote');
      if (isFound) await notConfirmed(page).waitFor();
      else await heading(page, 'Your vote is recorded');
      await close(watched);
    }
  });

  test('A voter finds the receipt in the public log, and the page says where', async () => {
    const id = await newElection();
    const watched = await voting.open(phone, id);
    const { page } = watched;
    await toReview(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    // The address is a link on the phone, and a code for another phone on paper and on wide screens.
    const code = (await page.locator('.receipt-code').innerText()).replaceAll(' ', '');
    const address = `${platform.origins.api}/check#c=${code}&election=${id}`;
    await page.getByRole('link', { name: address }).waitFor();
    await page.locator('.place .qr').waitFor({ state: 'hidden' });
    await page.emulateMedia({ media: 'print' });
    expect(await drawnDots(page)).toBe(dotsOf(address));
    await shoot(page, '6-receipt-print');
    await page.emulateMedia({ media: 'screen' });
    await expectAccessible(page);
    await shoot(page, '6-receipt-place');
    await page.getByRole('link', { name: address }).click();
    await page.getByRole('heading', { name: /^(A|No) vote with this code/ }).waitFor();
    await page.goto(`${platform.origins.api}/check?lang=en`);
    const place = page.getByRole('heading', { name: 'This vote is in the public log' });
    // The log takes the ballot a moment after it was mixed.
    await expect
      .poll(
        async () => {
          await press(page, 'Check');
          await page.locator('[data-log]:not([data-log=searching]):visible').waitFor();
          return place.isVisible();
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    await page.getByText('Entry 1 of 1.').waitFor();
    await page.getByText('No witness watches this log.').waitFor();
    await expectAccessible(page);
    await shoot(page, '8-check-in-log');
    await page.goto(`${platform.origins.api}/turnout/${id}?lang=en`);
    await page.getByText('The public log has 1 entry.').waitFor();
    await close(watched);
  });
});
