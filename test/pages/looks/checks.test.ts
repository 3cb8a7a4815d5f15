// Pictures for people, made by hand (docs/web.md), of each outcome of the two questions that readers ask: of `/check`, whether a
// receipt is in the public log, and of `/roll`, whether a number is on the roll.
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { codeOfLeaf } from '../../../src/domain/record/receipt-code.ts';
import { leafHash } from '../../../src/domain/record/tree.ts';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { problemBodyOf } from '../../../src/protocol/problem.ts';
import { launch, openPage, phone } from '../../support/pages/browser.ts';
import type { LoggedSite } from '../../support/pages/logged-elections.ts';
import { createLooksSite, pictureMsMax, picturesOf, shootAll, withoutPictures } from '../../support/pages/looks.ts';
import { checkpointNote, checkpointOf } from '../../support/record/log-files.ts';
import { seededLogKeys } from '../../support/record/log-keys.ts';

type Check = {
  /** What is in the address, and what is typed as a receipt. */
  readonly hash?: string;
  readonly text?: () => string;
  /** A selector of what is shown then. */
  readonly until: string;
  /** What the network or the browser is like. */
  readonly before?: (page: Page) => Promise<unknown>;
};

const cutOff = (pattern: string) => (page: Page) => page.route(pattern, (route: Route) => route.abort());
const never = (pattern: string) => (page: Page) => page.route(pattern, () => undefined);
const answering =
  (pattern: string, body: Buffer | string, status = 200) =>
  (page: Page) =>
    page.route(pattern, (route) => route.fulfill({ status, body }));

describe.skipIf(withoutPictures)('Pictures of answers to readers', { timeout: pictureMsMax }, () => {
  let site: LoggedSite;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    [site, browser] = await Promise.all([createLooksSite(), launch()]);
    origin = await site.listen();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  const codeAt = (index: number): string =>
    codeOfLeaf(leafHash(sha256, site.complete.ballots[index]?.entry ?? new Uint8Array()));
  const strange = codeOfLeaf(new Uint8Array(32).fill(9));
  const own = (): string => site.receiptAt(site.complete, 0);
  const noteBy = (seed: string, witnesses: number): Buffer => {
    const keys = seededLogKeys(seed);
    return Buffer.from(checkpointNote(keys, checkpointOf(site.complete), keys.witnesses.slice(0, witnesses)));
  };
  const checks: Readonly<Record<string, Check>> = {
    found: { text: own, until: '[data-log=found]' },
    'found-open': { text: () => site.receiptAt(site.incomplete, 0), until: '[data-log=found]' },
    'found-unwatched': { text: () => site.receiptAt(site.unwatched, 0), until: '[data-log=found]' },
    'found-few': {
      text: own,
      until: '#few',
      before: (page) => answering('**/checkpoint', noteBy('site', 1))(page),
    },
    later: { text: () => site.furtherReceipt(site.incomplete), until: '[data-log=later]' },
    missing: { text: () => site.furtherReceipt(site.complete), until: '[data-log=missing]' },
    broken: {
      text: own,
      until: '[data-log=broken]',
      before: (page) => answering('**/checkpoint', noteBy('other', 0))(page),
    },
    unreachable: { text: own, until: '[data-log=unreachable]', before: cutOff('**/log/**') },
    searching: { text: own, until: '[data-log=searching]', before: never('**/log/**') },
    false: { text: () => own().replace(/"signature":"../, '"signature":"AA'), until: '[data-verdict=false]' },
    'unknown-key': { text: () => own().replace(/"kid":"/, '"kid":"x'), until: '[data-verdict=unknown-key]' },
    'no-keys': { text: own, until: '[data-verdict=no-keys]', before: cutOff('**/v1/public-keys') },
    'no-support': {
      text: own,
      until: '[data-verdict=no-support]',
      before: (page) => page.addInitScript('Object.defineProperty(crypto, "subtle", { value: undefined })'),
    },
    unreadable: { text: () => 'no receipt', until: '[data-verdict=unreadable]' },
    old: { text: () => site.oldReceipt('parish-2024'), until: '[data-verdict=genuine]' },
    'code-found': { hash: '#election=parish-2024&c=own', until: '[data-log=found]' },
    'code-missing': { hash: `#election=parish-2024&c=${strange}`, until: '[data-log=missing]' },
    'code-later': { hash: `#election=choir-2024&c=${strange}`, until: '[data-log=later]' },
    'code-none': { hash: `#c=${strange}`, until: '#searched' },
    'code-none-unreachable': { hash: `#c=${strange}`, until: '#searched', before: cutOff('**/log/**') },
    'code-offline': {
      hash: `#c=${strange}`,
      until: '[data-log]:not([data-log=searching])',
      before: cutOff('**/v1/**'),
    },
    'code-unreachable': {
      hash: `#election=parish-2024&c=${strange}`,
      until: '[data-log=unreachable]',
      before: cutOff('**/log/**'),
    },
    'code-no-log': { hash: `&election=open-tall&c=${strange}`, until: '[data-log=no-log]' },
    'code-wrong': {
      hash: `#election=parish-2024&c=${strange.slice(0, -1)}7`,
      until: '[data-verdict=wrong-character]',
    },
    'code-unreadable': { hash: '#election=parish-2024&c=U', until: '[data-verdict=code-unreadable]' },
  };

  test.for(picturesOf(Object.keys(checks).map((name) => `check-${name}`)))(
    'The check of a receipt is pictured as %s',
    async (name) => {
      const { hash = '', text, until, before } = checks[name.replace('check-', '')]!;
      for (const tag of languageTags) {
        const { page, context } = await openPage(browser, origin, phone);
        await before?.(page);
        await page.goto(`${origin}/check?lang=${tag}${hash.replace(/own$/, codeAt(0))}`);
        if (text) {
          await page.locator('#receipt').fill(text());
          await page.locator('form button').click();
        }
        await page.locator(`${until}:visible`).waitFor();
        await shootAll(page, `${name}.${tag}`);
        await context.close();
      }
    },
  );

  const rollAnswer = (body: object, status = 200) => answering('**/roll-question', JSON.stringify(body), status);
  const many = problemBodyOf('too-many-requests');
  const rolls: Readonly<Record<string, Check & { readonly look: 'wide' | 'tall' }>> = {
    listed: { look: 'wide', until: '[data-verdict=listed]', before: rollAnswer({ roll: 'listed' }) },
    absent: { look: 'wide', until: '[data-verdict=absent]', before: rollAnswer({ roll: 'absent' }) },
    'both-listed': { look: 'tall', until: '[data-verdict=listed]', before: rollAnswer({ roll: 'listed' }) },
    'both-absent': { look: 'tall', until: '[data-verdict=absent]', before: rollAnswer({ roll: 'absent' }) },
    many: { look: 'wide', until: '[data-verdict=many]', before: rollAnswer(many, many.status) },
    lost: { look: 'wide', until: '[data-verdict=lost]', before: cutOff('**/roll-question') },
    wrong: { look: 'tall', text: () => '?', until: '[data-verdict=invalid]' },
  };

  test.for(picturesOf(Object.keys(rolls).map((name) => `roll-${name}`)))(
    'The question about the roll is pictured as %s',
    async (name) => {
      const { look, text = () => 'V-1234', until, before } = rolls[name.replace('roll-', '')]!;
      for (const tag of languageTags) {
        const { page, context } = await openPage(browser, origin, phone);
        await before?.(page);
        await page.goto(`${origin}/roll/roll-${look}?lang=${tag}`);
        await page.locator('#number').fill(text());
        if (look === 'tall') await page.locator('#second').fill(text() === '?' ? '1' : '123456');
        await page.locator('form button').click();
        await page.locator(`${until}:visible`).waitFor();
        await shootAll(page, `${name}.${tag}`);
        await context.close();
      }
    },
  );
});
