// What the pictures for people have in common (docs/web.md): which of them are taken, the looks of a page, and a site with
// organisers whose names and logos are long, wide and tall.
import type { Page } from 'playwright-core';
import { logoInDocument } from '../../../src/services/elections/drafts/logo.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { signValue } from '../../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { definition } from '../elections.ts';
import { publicationOfResults, turnoutOf } from '../published.ts';
import { desktop, phone, picturesFolder, shoot } from './browser.ts';
import { createLoggedSite } from './logged-elections.ts';
import type { LoggedSite } from './logged-elections.ts';
import { discLogoOf } from './pictures.ts';
import { assembly, assemblyResults, ties, tiesResults } from './public-site.ts';
import { savePage } from './saved-page.ts';

/** Pictures are made by hand, here in Chromium. */
export const withoutPictures = picturesFolder === undefined || process.env['POPVOTE_SHOTS_ENGINE'] !== undefined;
/** Which pictures are taken, by a part of their names. */
const only = new RegExp(process.env['POPVOTE_SHOTS_ONLY'] ?? '');
export const picturesOf = (names: readonly string[]): string[] => names.filter((name) => only.test(name));
export const pictureMsMax = 3_600_000;

/** What the page shows on a phone and a desktop, light and dark. */
export async function shootAll(page: Page, name: string): Promise<void> {
  await savePage(page, name);
  for (const { viewport } of [phone, desktop]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await shoot(page, `${name}.${viewport.width}.${colorScheme}`);
    }
  }
}

const longName = {
  en: 'The association of all the gardeners, beekeepers and orchard owners of the north-western districts. Help: 2555 0123, every day from 9:00 to 18:00.',
  'zh-Hant-HK': '西北各區園藝、養蜂及果園主人聯合總會。查詢：2555 0123，每日 9:00 至 18:00。',
  'sr-Cyrl':
    'Удружење свих баштована, пчелара и власника воћњака северозападних округа. Помоћ: 2555 0123, сваког дана од 9:00 до 18:00.',
};
/** A wide logo with a long name, and a tall one. */
export const organisers = {
  wide: { logo: discLogoOf(320, 40), colour: '#0b4f2c', organiser: longName, rehearsal: true },
  tall: {
    logo: discLogoOf(40, 96),
    colour: '#7a1f5c',
    organiser: { en: 'Town hall: 2555 0123' },
    rehearsal: false,
  },
};

const hourMs = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString();

/** Of each organiser an open election, one with a roll and one with a result, beside those with a public log. */
export async function createLooksSite(): Promise<LoggedSite> {
  const site = await createLoggedSite();
  const { publisher } = site;
  for (const [look, { logo, ...organiser }] of Object.entries(organisers)) {
    const text = logo.toString('base64');
    const more = { ...organiser, minBatch: 50, logo: logoInDocument(text) };
    const put = (election: ElectionDefinition): void =>
      site.publish(election.id, { ...publicationOf(election, publisher, 1), logo: text });
    const id = `open-${look}`;
    const open = definition({ ...more, id, channels: ['online', 'batches'] });
    const turnout = turnoutOf(id, { eligible: 120_400, online: 40_111, batches: 2_050 });
    const signed = { turnout, signature: signValue(publisher, turnout) };
    site.publish(id, { ...publicationOf(open, publisher, 1), turnout: signed, logo: text });
    const identity = look === 'wide' ? ({ scheme: 'roll' } as const) : ({ scheme: 'roll', second: 'pin' } as const);
    put(definition({ ...more, id: `roll-${look}`, identity, opensAt: inHours(5), closesAt: inHours(30) }));
    const counted = look === 'wide' ? assembly : ties;
    const numbers = look === 'wide' ? assemblyResults : tiesResults;
    const election = { ...counted, ...more, id: `result-${look}` };
    const results = { ...numbers, electionId: election.id, rehearsal: election.rehearsal };
    site.publish(election.id, { ...publicationOfResults(election, results, publisher), logo: text });
  }
  return site;
}
