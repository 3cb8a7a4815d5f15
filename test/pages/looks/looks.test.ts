// Pictures of screens for people, made by hand (docs/web.md): with POPVOTE_SHOTS=folder each screen in every language and from
// right to left, on a phone and a desktop, light and dark. Without that variable nothing runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { codeOfLeaf } from '../../../src/domain/record/receipt-code.ts';
import { leafHash } from '../../../src/domain/record/tree.ts';
import { languageTags, languages } from '../../../src/pages/public/languages/languages.ts';
import { buildStyleGuide } from '../../../src/pages/build/style-guide.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { signValue } from '../../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { logoInDocument } from '../../../src/services/elections/drafts/logo.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { definition } from '../../support/elections.ts';
import { desktop, launch, openPage, phone, picturesFolder, shoot } from '../../support/pages/browser.ts';
import { createLoggedSite } from '../../support/pages/logged-elections.ts';
import type { LoggedSite } from '../../support/pages/logged-elections.ts';
import { discLogoOf } from '../../support/pages/pictures.ts';
import { savePage } from '../../support/pages/saved-page.ts';
import { assembly, assemblyResults, createPublicSite, ties, tiesResults } from '../../support/pages/public-site.ts';
import type { PublicSite } from '../../support/pages/public-site.ts';
import { publicationOfResults, turnoutOf } from '../../support/published.ts';

/** Which states of the style guide, and which screens, by a part of their names. */
const only = new RegExp(process.env['POPVOTE_SHOTS_ONLY'] ?? '');
const hourMs = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString();
const schemes = ['light', 'dark'] as const;
const pageMs = 1_800_000;

/** Every look of what the page shows. */
async function shootAll(page: Page, name: string): Promise<void> {
  await savePage(page, name);
  for (const { viewport } of [phone, desktop]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await shoot(page, `${name}.${viewport.width}.${colorScheme}`);
    }
  }
}

describe.skipIf(picturesFolder === undefined || process.env['POPVOTE_SHOTS_ENGINE'] !== undefined)(
  'Pictures for people',
  { timeout: pageMs },
  () => {
    let guide: PublicSite;
    let site: LoggedSite;
    let browser: Browser;
    let origins: { readonly guide: string; readonly site: string };
    const folder = mkdtempSync(join(tmpdir(), 'popvote-looks-'));

    beforeAll(async () => {
      await buildStyleGuide(folder);
      [guide, site, browser] = await Promise.all([
        createPublicSite({ folder: pathToFileURL(`${folder}/`) }),
        createLoggedSite(),
        launch(),
      ]);
      origins = { guide: await guide.listen(), site: await site.listen() };
      publishLooks();
    }, 120_000);
    afterAll(async () => {
      await browser.close();
      await Promise.all([guide[Symbol.asyncDispose](), site[Symbol.asyncDispose]()]);
      rmSync(folder, { recursive: true });
    });

    const longName = {
      en: 'The association of all the gardeners, beekeepers and orchard owners of the north-western districts. Help: 2555 0123, every day from 9:00 to 18:00.',
      'zh-Hant-HK': '西北各區園藝、養蜂及果園主人聯合總會。查詢：2555 0123，每日 9:00 至 18:00。',
      'sr-Cyrl':
        'Удружење свих баштована, пчелара и власника воћњака северозападних округа. Помоћ: 2555 0123, сваког дана од 9:00 до 18:00.',
    };
    /** A wide logo with a long name, and a tall one. */
    const organisers = {
      wide: { logo: discLogoOf(320, 40), colour: '#0b4f2c', organiser: longName, rehearsal: true },
      tall: {
        logo: discLogoOf(40, 96),
        colour: '#7a1f5c',
        organiser: { en: 'Town hall: 2555 0123' },
        rehearsal: false,
      },
    };

    function publishLooks(): void {
      const { publisher } = site;
      for (const [look, { logo, ...organiser }] of Object.entries(organisers)) {
        const text = logo.toString('base64');
        const more = { ...organiser, minBatch: 50, logo: logoInDocument(text) };
        const put = (election: ElectionDefinition): void =>
          site.publish(election.id, { ...publicationOf(election, publisher, 1), logo: text });
        const roll = { scheme: 'roll' } as const;
        const id = `open-${look}`;
        const open = definition({ ...more, id, channels: ['online', 'batches'] });
        const turnout = turnoutOf(id, { eligible: 120_400, online: 40_111, batches: 2_050 });
        const signed = { turnout, signature: signValue(publisher, turnout) };
        site.publish(id, { ...publicationOf(open, publisher, 1), turnout: signed, logo: text });
        put(definition({ ...more, id: `roll-${look}`, identity: roll, opensAt: inHours(5), closesAt: inHours(30) }));
        const counted = look === 'wide' ? assembly : ties;
        const numbers = look === 'wide' ? assemblyResults : tiesResults;
        const election = { ...counted, ...more, id: `result-${look}` };
        const results = { ...numbers, electionId: election.id, rehearsal: election.rehearsal };
        site.publish(election.id, { ...publicationOfResults(election, results, publisher), logo: text });
      }
    }

    const namesOf = (names: readonly string[]): string[] => names.filter((name) => only.test(name));

    test('Each state of the voters’ page is pictured in each language', async () => {
      const { page, context } = await openPage(browser, origins.guide, phone);
      const logo = { contentType: 'image/png', body: discLogoOf(320, 96) };
      await page.route('**/v1/elections/*/logo?*', (route) => route.fulfill(logo));
      await page.goto(origins.guide);
      await page.getByRole('heading', { name: 'Style guide' }).waitFor();
      for (const name of namesOf(await page.evaluate<string[]>('stateNames'))) {
        for (const [tag, pseudo] of [
          ...languageTags.map((each) => [each, null] as const),
          ['en', 'mirrored'] as const,
        ]) {
          const words = [name, tag, pseudo].map((word) => JSON.stringify(word)).join();
          await page.evaluate(`showState(${words})`);
          if (name.includes('-card-')) await page.locator('.summary:visible').waitFor();
          await page.evaluate('document.querySelector(".acts details")?.setAttribute("open", "")');
          await shootAll(page, `state-${name}.${pseudo ?? tag}`);
        }
      }
      await context.close();
    });

    const paths = Object.keys(organisers).flatMap((look) => [
      `/?election=open-${look}`,
      `/?election=roll-${look}`,
      `/turnout/open-${look}`,
      `/results/open-${look}`,
      `/results/result-${look}`,
      `/embed/result-${look}`,
      `/embed/open-${look}`,
      `/trust/open-${look}`,
      `/roll/roll-${look}`,
    ]);
    const nameOf = (path: string): string => `page${path.replace(/\W+/g, '-')}`;

    test.for(namesOf([...paths, '/archive', '/check', '/results/none']))(
      '%s is pictured in each language',
      async (path) => {
        for (const tag of languageTags) {
          const { page, context } = await openPage(browser, origins.site, { ...phone, locale: languages[tag].lang });
          await page.goto(`${origins.site}${path}`);
          await page.locator('h1').waitFor();
          await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))');
          await shootAll(page, `${nameOf(path)}.${tag}`);
          await page.emulateMedia({ media: 'print', colorScheme: 'light' });
          await page.setViewportSize({ width: 720, height: 1_000 });
          await shoot(page, `${nameOf(path)}.${tag}.print`);
          await page.emulateMedia({ media: 'screen', forcedColors: 'active' });
          await page.setViewportSize({ width: 320, height: 640 });
          await shoot(page, `${nameOf(path)}.${tag}.320.forced`);
          await context.close();
        }
      },
    );

    const codeAt = (index: number): string =>
      codeOfLeaf(leafHash(sha256, site.complete.ballots[index]?.entry ?? new Uint8Array()));
    const strange = codeOfLeaf(new Uint8Array(32).fill(9));
    const altered = (): string => site.receiptAt(site.complete, 0).replace(/"signature":"../, '"signature":"AA');
    /** What is in the address or typed, and a selector of what is shown then. */
    const checks: Readonly<Record<string, () => readonly [hash: string, text: string, until: string]>> = {
      found: () => ['', site.receiptAt(site.complete, 0), '[data-log=found]'],
      later: () => ['', site.furtherReceipt(site.incomplete), '[data-log=later]'],
      missing: () => ['', site.furtherReceipt(site.complete), '[data-log=missing]'],
      false: () => ['', altered(), '[data-verdict=false]'],
      unreadable: () => ['', 'no receipt', '[data-verdict=unreadable]'],
      old: () => ['', site.oldReceipt('parish-2024'), '[data-verdict=genuine]'],
      'code-found': () => [`#election=parish-2024&c=${codeAt(0)}`, '', '[data-log=found]'],
      'code-missing': () => [`#election=parish-2024&c=${strange}`, '', '[data-log=missing]'],
      'code-later': () => [`#election=choir-2024&c=${strange}`, '', '[data-log=later]'],
      'code-none': () => [`#c=${strange}`, '', '#searched'],
      'code-no-log': () => [`&election=open-tall&c=${strange}`, '', '[data-log=no-log]'],
      'code-wrong': () => [`#election=parish-2024&c=${strange.slice(0, -1)}7`, '', '[data-verdict=wrong-character]'],
      'code-unreadable': () => ['#election=parish-2024&c=U', '', '[data-verdict=code-unreadable]'],
    };

    test.for(namesOf(Object.keys(checks)))('The check of a receipt is pictured with the outcome %s', async (name) => {
      const [hash, text, until] = checks[name]?.() ?? ['', '', ''];
      for (const tag of languageTags) {
        const { page, context } = await openPage(browser, origins.site, phone);
        await page.goto(`${origins.site}/check?lang=${tag}${hash}`);
        if (text !== '') {
          await page.locator('#receipt').fill(text);
          await page.locator('form button').click();
        }
        await page.locator(`${until}:visible`).waitFor();
        await shootAll(page, `check-${name}.${tag}`);
        await context.close();
      }
    });
  },
);
