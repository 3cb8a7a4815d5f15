// A ballot of many questions and long lists in a real browser against the whole platform: a question a screen, the way from
// the check to a question and straight back, what is note beside a tap, the search, and the end of the session.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languages } from '../../../src/pages/public/languages/languages.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { chromiumPath, expectAccessible, launch, phone, shoot } from '../../support/pages/browser.ts';
import { createVoting } from '../../support/pages/voting.ts';

type Contest = ElectionDefinition['contests'][number];
const yesOrNo = (at: number): Contest => ({
  id: `question-${at}`,
  title: { en: `Shall rule ${at} be changed?` },
  method: 'plurality',
  minChoices: 0,
  maxChoices: 1,
  abstain: true,
  options: ['Yes', 'No'].map((en, place) => ({ id: en.toLowerCase(), number: place + 1, title: { en } })),
});
const council: Contest = {
  id: 'council',
  title: { en: 'Who shall be on the council?' },
  method: 'approval',
  minChoices: 1,
  maxChoices: 5,
  abstain: false,
  options: Array.from({ length: 40 }, (_, at) => ({
    id: `person-${at + 1}`,
    number: at + 1,
    title: at === 20 ? { en: 'Željko Đurić', 'sr-Cyrl': 'Жељко Ђурић' } : { en: `Person ${at + 1}` },
  })),
};
/** Twelve questions, the second with forty options. */
const contests = [yesOrNo(1), council, ...Array.from({ length: 10 }, (_, at) => yesOrNo(at + 3))];

describe.skipIf(chromiumPath === undefined)('A long ballot', { timeout: 120_000 }, () => {
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
  const { newElection, heading, press, open, identify, sendCode, recorded, close } = voting;

  const openBallot = async (changes: Partial<ElectionDefinition> = {}) => {
    const id = await newElection({ contests, ...changes });
    const watched = await open(phone, id);
    const who = await identify(watched.page);
    await sendCode(watched.page, who);
    return { id, watched, who, page: watched.page };
  };
  /** Whether a person sees it without scrolling. */
  const isInView = async (page: Page, target: Locator): Promise<boolean> => {
    const box = await target.boundingBox();
    const { height } = page.viewportSize() ?? { height: 0 };
    return box !== null && box.height > 0 && box.y >= 0 && box.y + box.height <= height;
  };
  const tap = (page: Page, name: string) => page.getByText(name, { exact: true }).tap();

  test('A long ballot has a question a screen, with an address, and Back and the check lead to each', async () => {
    const { id, watched, page } = await openBallot();
    await heading(page, 'Question 1 of 12');
    await expectAccessible(page);
    await shoot(page, 'long-1-question');
    await expect.poll(() => page.locator('fieldset').count()).toBe(1);
    await expect.poll(() => page.locator('.number').count(), { message: 'numbers of this organiser' }).toBe(0);
    await tap(page, 'Yes');
    await press(page, 'Continue');
    await heading(page, 'Question 2 of 12');
    expect(page.url()).toMatch(/#question-2$/);
    await press(page, 'Continue');
    await page.getByRole('link', { name: 'Make a choice' }).waitFor();
    expect(await isInView(page, page.locator('.summary'))).toBe(true);
    await shoot(page, 'long-2-error');
    await tap(page, 'Person 7');
    await page.locator('.summary').waitFor({ state: 'hidden' });
    await page.goBack();
    await heading(page, 'Question 1 of 12');
    expect(await page.getByRole('radio', { name: 'Yes' }).isChecked(), 'the choice stays').toBe(true);
    await page.goForward();
    for (let question = 2; question < 12; question += 1) {
      await heading(page, `Question ${question} of 12`);
      await press(page, 'Continue');
    }
    await heading(page, 'Question 12 of 12');
    await press(page, 'Back');
    await heading(page, 'Question 11 of 12');
    await press(page, 'Continue');
    await heading(page, 'Question 12 of 12');
    await press(page, 'Check my choices');

    await heading(page, 'Check your choices, then cast your vote');
    await page.getByText('Questions without a choice: 10.').waitFor();
    await expect.poll(() => page.locator('.blank .tag').allInnerTexts()).toEqual(Array(10).fill('No choice made'));
    await expectAccessible(page);
    await shoot(page, 'long-3-review');
    await press(page, 'Change Question 9 of 12');
    await heading(page, 'Question 9 of 12');
    expect(await isInView(page, page.getByRole('heading', { name: 'Shall rule 9 be changed?' }))).toBe(true);
    expect(await isInView(page, page.getByRole('button', { name: 'Back', exact: true })), 'the way back').toBe(true);
    await shoot(page, 'long-4-change');
    await tap(page, 'No');
    await press(page, 'Back to check');
    await heading(page, 'Check your choices, then cast your vote');
    await page.getByText('Questions without a choice: 9.').waitFor();
    await page.goBack();
    await heading(page, 'Question 9 of 12');
    await page.goForward();
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    await heading(page, 'Check your choices, then cast your vote');
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect(page.url(), 'the address names no question').not.toContain('#');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The count and each rejection are in view at the first, the middle and the last option', async () => {
    const { watched, page } = await openBallot({ contests: [council, yesOrNo(2)] });
    await heading(page, 'Question 1 of 2');
    const count = page.locator('.count');
    for (const at of [3, 9, 15, 30, 38]) {
      await tap(page, `Person ${at}`);
      await expect.poll(() => isInView(page, count)).toBe(true);
    }
    await page.getByText('You chose 5 of 5.').first().waitFor();
    for (const at of [1, 20, 40]) {
      await tap(page, `Person ${at}`);
      const rejection = page.locator('.rejection', { hasText: 'You have chosen the maximum.' });
      await rejection.waitFor();
      await expect.poll(() => isInView(page, rejection), { message: `beside option ${at}` }).toBe(true);
      const [row, note, bar] = await Promise.all([
        page.locator('label', { hasText: new RegExp(`^\\s*Person ${at}$`) }).boundingBox(),
        rejection.boundingBox(),
        count.boundingBox(),
      ]);
      expect(note!.y - (row!.y + row!.height), 'directly below its row').toBeLessThan(20);
      expect(note!.y + note!.height, 'not behind the count').toBeLessThanOrEqual(bar!.y);
      expect(await page.getByRole('checkbox', { name: `Person ${at}`, exact: true }).isChecked()).toBe(false);
      await shoot(page, `long-rejection-${at}`);
    }
    await close(watched);
  });

  test('A long list is searched in either script and without accents, and choices stay in view', async () => {
    const { watched, page } = await openBallot({ contests: [council, yesOrNo(2)] });
    await tap(page, 'Person 3');
    const search = page.getByRole('searchbox', { name: 'Search this list' });
    const rows = page.locator('label.choice:visible');
    for (const text of ['zeljko duric', 'Жељко', 'ĐURIĆ', 'duric zel']) {
      await search.fill(text);
      await expect.poll(() => rows.allInnerTexts(), { message: text }).toEqual(['Person 3', 'Željko Đurić']);
    }
    await page.getByText('1 of 40 match. What you chose stays in view.').waitFor();
    await expectAccessible(page);
    await shoot(page, 'long-search');
    await search.press('Enter');
    await heading(page, 'Question 1 of 2');
    await search.fill('nobody');
    await page.getByText('Nothing matches.').waitFor();
    await search.fill('');
    await expect.poll(() => rows.count()).toBe(40);
    await close(watched);
  });

  test('A short ballot is on one page, and its check leads to one question and straight back', async () => {
    const { watched, page } = await openBallot({ contests: [yesOrNo(1), yesOrNo(2), yesOrNo(3)] });
    await heading(page, 'Make your choices');
    await expect.poll(() => page.locator('fieldset').count()).toBe(3);
    await press(page, 'Check my choices');
    await page.getByText('Questions without a choice: 3.').waitFor();
    await press(page, 'Change Question 2 of 3');
    await heading(page, 'Question 2 of 3');
    await expect.poll(() => page.locator('fieldset').count()).toBe(1);
    await tap(page, 'Yes');
    await press(page, 'Back to check');
    await page.getByText('Questions without a choice: 2.').waitFor();
    await close(watched);
  });

  test('A question with too few choices leads to no check: not by Back, and not in the history', async () => {
    const { watched, page } = await openBallot({ contests: [{ ...council, minChoices: 2 }, yesOrNo(2)] });
    await tap(page, 'Person 3');
    await tap(page, 'Person 5');
    await press(page, 'Continue');
    await heading(page, 'Question 2 of 2');
    await press(page, 'Check my choices');
    await heading(page, 'Check your choices, then cast your vote');
    await press(page, 'Change Question 1 of 2');
    await heading(page, 'Question 1 of 2');
    await tap(page, 'Person 5');
    await press(page, 'Back');
    await page.getByRole('link', { name: 'Choose at least 2' }).waitFor();
    await heading(page, 'Question 1 of 2');
    // The check is behind it in the history.
    await page.goBack();
    await page.locator('.summary').waitFor({ state: 'hidden' });
    await heading(page, 'Question 1 of 2');
    await tap(page, 'Person 7');
    await press(page, 'Back');
    await heading(page, 'Check your choices, then cast your vote');
    await expect.poll(() => page.locator('.chosen:not(.tag)').allInnerTexts()).toEqual(['Person 3', 'Person 7']);
    await close(watched);
  });

  test('The first question is a place of its own: by Back from the second, and in another language', async () => {
    const { watched, page } = await openBallot({ contests: [yesOrNo(1), { ...council, minChoices: 2 }, yesOrNo(3)] });
    await heading(page, 'Question 1 of 3');
    expect(page.url()).toMatch(/#question-1$/);
    await tap(page, 'Yes');
    await press(page, languages['sr-Latn'].name);
    await heading(page, 'Pitanje 1 od 3');
    await press(page, languages.en.name);
    await heading(page, 'Question 1 of 3');
    await press(page, 'Continue');
    await heading(page, 'Question 2 of 3');
    await page.goBack();
    await heading(page, 'Question 1 of 3');
    await page.goForward();
    await heading(page, 'Question 2 of 3');
    await tap(page, 'Person 4');
    await page.goBack();
    await heading(page, 'Question 1 of 3');
    await close(watched);
  });

  test('The link of a fault leads to a choice that is there, also while a list is searched', async () => {
    const { watched, page } = await openBallot({ contests: [council, yesOrNo(2)] });
    const search = page.getByRole('searchbox', { name: 'Search this list' });
    const fault = page.getByRole('link', { name: 'Make a choice' });
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.closest("label, .field")?.innerText ?? ""');
    await search.fill('zeljko');
    await press(page, 'Continue');
    await fault.click();
    await expect.poll(focused).toBe('Željko Đurić');
    await search.fill('nobody');
    await fault.click();
    await expect.poll(focused).toContain('Search this list');
    await search.fill('');
    await fault.click();
    await expect.poll(focused).toBe('Person 1');
    await close(watched);
  });

  test('The numbers of the options are there where paper ballots have them', async () => {
    const { watched, page } = await openBallot({ channels: ['online', 'batches'], contests: [yesOrNo(1)] });
    await page.getByText('2. No').tap();
    await press(page, 'Check my choices');
    await expect.poll(() => page.locator('.chosen').innerText()).toBe('2. No');
    await close(watched);
  });

  test('The end of the session is announced in view, and a new confirmation loses no choice', async () => {
    const verification = { methods: ['text-in' as const], verifiedSecondsMax: 119 };
    const { id, watched, page, who } = await openBallot({ verification });
    await heading(page, 'Question 1 of 12');
    const announced = page.locator('.unseen[role=status]', { hasText: 'Your choices stay here.' });
    await announced.waitFor({ state: 'attached' });
    await tap(page, 'Yes');
    await press(page, 'Continue');
    await heading(page, 'Question 2 of 12');
    for (const at of [5, 40]) await tap(page, `Person ${at}`);
    const notice = page.locator('.ending', {
      hasText: /^Your session ends in [12] minutes? and cannot be made longer/,
    });
    expect(await isInView(page, notice), 'also at the end of a list').toBe(true);
    await expectAccessible(page);
    await shoot(page, 'long-session-ends');
    await press(page, 'Confirm my phone again');
    await heading(page, 'Confirm who you are');
    await expect.poll(() => page.getByLabel('Mobile phone number').inputValue()).toBe(who.phone);
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    await sendCode(page, who);
    // The voter was not at the check yet.
    await heading(page, 'Question 2 of 12');
    await expect.poll(() => page.locator('label:has(:checked)').allInnerTexts()).toEqual(['Person 5', 'Person 40']);
    for (let question = 2; question < 12; question += 1) {
      await heading(page, `Question ${question} of 12`);
      await press(page, 'Continue');
    }
    await heading(page, 'Question 12 of 12');
    await press(page, 'Check my choices');
    await heading(page, 'Check your choices, then cast your vote');
    await expect
      .poll(() => page.locator('.chosen:not(.tag)').allInnerTexts())
      .toEqual(['Yes', 'Person 5', 'Person 40']);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });
});
