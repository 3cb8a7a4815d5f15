// "Am I on the roll?" in a real browser, against a real `api`: every answer, by keyboard, in each language, on a
// narrow screen. A roll with a second element answers no one.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allTexts } from '../../../src/pages/public/languages/all-texts.ts';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { identityText } from '../../../src/protocol/ballot-service.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { rollQuestionsMax } from '../../../src/services/api/sessions/roll-questions.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import {
  chromiumPath,
  expectAccessible,
  expectRoomToGrow,
  launch,
  openPage,
  phone,
  shoot,
} from '../../support/pages/browser.ts';
import type { Watched } from '../../support/pages/browser.ts';
import { startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();
const narrow = { ...phone, viewport: { width: 320, height: 640 } };

describe.skipIf(chromiumPath === undefined)('The page of a roll', { timeout: 180_000 }, () => {
  let browser: Browser;
  let redis: Awaited<ReturnType<typeof startOwnRedis>>;
  beforeAll(async () => {
    [browser, redis] = await Promise.all([launch(), startOwnRedis()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await redis[Symbol.asyncDispose]();
  });

  /** An election whose roll has the number A-77. */
  async function rollOf(identity: ElectionDefinition['identity']): Promise<Fixture> {
    const election = { opensAt: hours(1), closesAt: hours(5), identity };
    const api = await startApi({ election, redisUrl: redis.url });
    const subject = identityText(api.election.id, 'roll', 'A-77');
    const listed = keyedHash(newestKey(api.keys.api.identity), subject);
    api.behind.lookUp = (identity) => Promise.resolve({ roll: identity === listed ? 'listed' : 'absent' });
    return api;
  }
  async function open(api: Fixture, tag = 'en'): Promise<Watched> {
    const watched = await openPage(browser, api.origin, narrow);
    await watched.page.goto(`${api.origin}/roll/${api.election.id}?lang=${tag}`);
    return watched;
  }
  async function close({ context, complaints }: Watched): Promise<void> {
    expect(complaints).toEqual([]);
    await context.close();
  }
  const note = (page: Page, verdict: string) => page.locator(`[data-verdict="${verdict}"]:visible`);
  async function ask(page: Page, verdict: string, number: string): Promise<void> {
    await page.locator('#number').fill(number);
    await page.locator('form button').tap();
    await note(page, verdict).waitFor();
  }
  const verdictsOf = (page: Page): Promise<string[]> =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll('[data-verdict]')].filter(({ hidden }) => !hidden).map(({ dataset }) => dataset.verdict)`,
    );

  test('A number is on the list, is not, or cannot be one, and only one answer is shown', async () => {
    await using api = await rollOf({ scheme: 'roll' });
    const watched = await open(api);
    const { page } = watched;
    await ask(page, 'listed', ' a‑７７ ');
    expect(await verdictsOf(page)).toEqual(['listed']);
    await ask(page, 'absent', 'A-78');
    expect(await verdictsOf(page)).toEqual(['absent']);
    const before = api.behind.contacts.length;
    for (const wrong of ['', '?', '<script>']) {
      await ask(page, 'invalid', wrong);
      expect(await verdictsOf(page)).toEqual(['invalid']);
      await expectFocus(page, 'number');
    }
    expect(await page.locator('#number').getAttribute('aria-invalid')).toBe('true');
    expect(api.behind.contacts.slice(before).filter((contact) => contact.includes('lookup'))).toEqual([]);
    await close(watched);
  });

  test('A number is asked about by keyboard alone', async () => {
    await using api = await rollOf({ scheme: 'roll' });
    const watched = await open(api);
    const { page } = watched;
    await page.locator('#number').focus();
    await page.keyboard.type('A-77');
    await page.keyboard.press('Enter');
    await note(page, 'listed').waitFor();
    await close(watched);
  });

  test.each(['pin', 'birth-date'] as const)('A roll with a %s sends voters to the organiser', async (second) => {
    await using api = await rollOf({ scheme: 'roll', second });
    for (const tag of languageTags) {
      const watched = await open(api, tag);
      const { page } = watched;
      const lead = allTexts[tag].pages.rollAskOrganiser;
      await page.getByText(lead).waitFor();
      await expect.poll(() => page.locator('form').count()).toBe(0);
      await expectAccessible(page);
      await expectRoomToGrow(page);
      await close(watched);
    }
  });

  test('Too many questions, an election that opened and a service that is down have their own answers', async () => {
    await using api = await rollOf({ scheme: 'roll' });
    const watched = await open(api);
    const { page } = watched;
    const { lookUp } = api.behind;
    api.behind.lookUp = () => Promise.reject(new Problem('conflict'));
    await ask(page, 'later', 'A-77');
    api.behind.lookUp = () => Promise.reject(new Error('down'));
    await ask(page, 'lost', 'A-77');
    api.behind.lookUp = lookUp;
    // From the address of this browser.
    for (let count = 0; count < rollQuestionsMax; count += 1) {
      await page.evaluate(
        `fetch('/v1/elections/${api.election.id}/roll-question', { method: 'POST', headers: ` +
          `{ 'content-type': 'application/json' }, body: '{"number":"A-1"}' }).then((answer) => answer.text())`,
      );
    }
    await ask(page, 'many', 'A-77');
    expect(await verdictsOf(page)).toEqual(['many']);
    await close(watched);
  });

  test('The page is accessible in each language, at 320 pixels, light and dark', async () => {
    await using api = await rollOf({ scheme: 'roll' });
    api.behind.lookUp = () => Promise.resolve({ roll: 'absent' });
    for (const tag of languageTags) {
      const watched = await open(api, tag);
      const { page } = watched;
      const look = async (): Promise<void> => {
        await expectAccessible(page);
        await expectRoomToGrow(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        await expectAccessible(page, ['color-contrast']);
        await page.emulateMedia({ colorScheme: 'light' });
      };
      await look();
      await ask(page, 'invalid', '');
      await look();
      await shoot(page, `public-roll-${tag}-invalid`);
      await ask(page, 'absent', `A-${tag}`);
      await look();
      await shoot(page, `public-roll-${tag}-absent`);
      await close(watched);
    }
  });
});

async function expectFocus(page: Page, id: string): Promise<void> {
  await page.waitForFunction(`document.activeElement?.id === ${JSON.stringify(id)}`);
}
