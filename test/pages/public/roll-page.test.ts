// "Am I on the roll?" in a real browser, against a real `api`: every answer, with and without a second element, by
// keyboard, in each language, on a narrow screen.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { identityText, rollSubject } from '../../../src/protocol/ballot-service.ts';
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
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await redis[Symbol.asyncDispose]();
  });

  /** An election whose roll has the number A-77, with PIN 0042 or the birth date 31 December 1980 where it has one. */
  async function rollOf(identity: ElectionDefinition['identity']): Promise<Fixture> {
    const election = { opensAt: hours(1), closesAt: hours(5), identity };
    const api = await startApi({ election, redisUrl: redis.url });
    const second = identity.second && { pin: '0042', 'birth-date': '1980-12-31' }[identity.second];
    const subject = identityText(api.election.id, 'roll', rollSubject('A-77', second));
    const listed = keyedHash(newestKey(api.keys.api.identity), subject);
    api.behind.lookUp = (identity) => Promise.resolve({ roll: identity === listed ? 'listed' : 'absent' });
    return api;
  }
  async function open(api: Fixture, tag = 'en'): Promise<Watched> {
    const watched = await openPage(browser, api.origin, narrow);
    await watched.page.goto(`${api.origin}/roll/${api.election.id}?lang=${tag}`);
    await watched.page.locator('#number').waitFor();
    return watched;
  }
  async function close({ context, complaints }: Watched): Promise<void> {
    expect(complaints).toEqual([]);
    await context.close();
  }
  const note = (page: Page, verdict: string) => page.locator(`[data-verdict="${verdict}"]:visible`);
  async function ask(page: Page, verdict: string, number: string, second?: string): Promise<void> {
    await page.locator('#number').fill(number);
    if (second !== undefined) await page.locator('#second').fill(second);
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
    await expect.poll(() => page.locator('#second').count()).toBe(0);
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

  test('A number and its PIN are asked about together, and each field says what is wrong with it', async () => {
    await using api = await rollOf({ scheme: 'roll', second: 'pin' });
    const watched = await open(api);
    const { page } = watched;
    expect(await page.locator('#second').getAttribute('inputmode')).toBe('numeric');
    // By keyboard alone.
    await page.locator('#number').focus();
    await page.keyboard.type('A-77');
    await page.keyboard.press('Tab');
    await page.keyboard.type('0042');
    await page.keyboard.press('Enter');
    await note(page, 'listed').waitFor();
    await ask(page, 'absent', 'A-77', '0043');
    expect(await verdictsOf(page)).toEqual(['absent']);
    await ask(page, 'second', 'A-77', '42');
    expect(await verdictsOf(page)).toEqual(['second']);
    await expectFocus(page, 'second');
    await ask(page, 'second', '', '');
    expect(await verdictsOf(page)).toEqual(['invalid', 'second']);
    await expectFocus(page, 'number');
    await close(watched);
  });

  test('A birth date is read as people write it, with the day first', async () => {
    await using api = await rollOf({ scheme: 'roll', second: 'birth-date' });
    const watched = await open(api, 'sr-Latn');
    const { page } = watched;
    for (const date of ['31.12.1980.', '31/12/1980', '1980年12月31日']) {
      await ask(page, 'listed', 'A-77', date);
      await page.reload();
    }
    await ask(page, 'second', 'A-77', '12/31/1980');
    await ask(page, 'absent', 'A-77', '30.12.1980.');
    await close(watched);
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

  test.each([{ scheme: 'roll' }, { scheme: 'roll', second: 'pin' }, { scheme: 'roll', second: 'birth-date' }] as const)(
    'The page for %o is accessible in each language, at 320 pixels, light and dark',
    async (identity) => {
      const { second } = identity as { readonly second?: 'pin' | 'birth-date' };
      await using api = await rollOf(identity);
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
        await ask(page, 'invalid', '', second && '');
        await look();
        await shoot(page, `public-roll-${second ?? 'number'}-${tag}-invalid`);
        // The questions about one number are few, so each language asks about another one.
        await ask(page, 'absent', `A-${tag}`, second && { pin: '1234', 'birth-date': '1.1.1980' }[second]);
        await look();
        await shoot(page, `public-roll-${second ?? 'number'}-${tag}-absent`);
        await close(watched);
      }
    },
  );
});

async function expectFocus(page: Page, id: string): Promise<void> {
  await page.waitForFunction(`document.activeElement?.id === ${JSON.stringify(id)}`);
}
