// The settings of a voter at a polling station's device: text, colours and reading aloud, and that the next voter meets none of
// them. The browser of the tests has no voice, so a substitute notes what would be said, and by which voice.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, expectAccessible, launch, shoot } from '../../support/pages/browser.ts';
import { createVoting } from '../../support/pages/voting.ts';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';

const station = { viewport: { width: 1080, height: 1600 }, hasTouch: true };
const voices = `
  globalThis.said = [];
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const voices = [
    { name: 'of a service outside', lang: 'en-GB', localService: false },
    { name: 'of the device', lang: 'en-US', localService: true },
  ];
  Object.defineProperty(globalThis, 'speechSynthesis', { value: Object.assign(new EventTarget(), {
    getVoices: () => voices,
    cancel: () => void (globalThis.said = []),
    speak: ({ text, voice }) => void globalThis.said.push({ text, voice: voice.name }),
  }) });`;

describe.skipIf(chromiumPath === undefined)('The settings at a polling station', { timeout: 90_000 }, () => {
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
  const { newElection, heading, press, open, close } = voting;
  const look = (page: Page) =>
    page.evaluate<{ text: number; page: string; ink: string }>(`(() => {
      const { color, backgroundColor, fontSize } = getComputedStyle(document.body);
      return { text: parseFloat(fontSize), page: backgroundColor, ink: color };
    })()`);

  test('A voter makes the text larger and changes the colours, and the next voter meets neither', async () => {
    const id = await newElection({ colour: '#7a1f5c' });
    const watched = await open(station, `${id}&kiosk=1`);
    const { page } = watched;
    await page.clock.install();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    const header = () => page.evaluate<string>(`getComputedStyle(document.querySelector('header')).backgroundColor`);
    const first = await look(page);
    expect(first.text).toBe(24);
    expect(await header(), 'the colour of the organiser').toBe('rgb(122, 31, 92)');
    for (const size of [30, 36, 48]) {
      await press(page, 'Larger text');
      expect((await look(page)).text).toBe(size);
    }
    await page.getByText('Text size 4 of 4').waitFor({ state: 'attached' });
    await expect.poll(() => page.locator('.settings [aria-disabled=true]').innerText()).toBe('Larger text');
    for (const [ink, paper] of [
      ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'],
      ['rgb(255, 255, 255)', 'rgb(0, 0, 0)'],
      ['rgb(255, 255, 0)', 'rgb(0, 0, 0)'],
    ]) {
      await press(page, 'Other colours');
      expect(await look(page)).toEqual({ text: 48, ink, page: paper });
      expect(await header(), 'the colours of the voter win').toBe('rgba(0, 0, 0, 0)');
    }
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    expect((await look(page)).text, 'as on the screen before').toBe(48);
    await expectAccessible(page);
    await shoot(page, 'kiosk-settings');
    await page.clock.fastForward(121_000);
    await page.getByRole('heading', { name: 'Are you still voting?' }).waitFor();
    await press(page, 'Clear now');
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await look(page)).toEqual(first);
    await close(watched);
  });

  test('A setting or language of the first screen is cleared too, and an untouched screen asks nothing', async () => {
    const id = await newElection();
    const watched = await open(station, `${id}&kiosk=1`);
    const { page } = watched;
    await page.clock.install();
    // So that every timer of the page is of this clock.
    await page.reload();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await page.clock.runFor(200_000);
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    for (const [change, result] of [
      ['Larger text', '[data-size="1"]'],
      ['Srpski', '[lang^="sr-Latn"]'],
    ] as const) {
      await press(page, change);
      await page.locator(`html${result}`).waitFor();
      await page.clock.runFor(121_000);
      await page.getByRole('dialog').waitFor();
      await page.clock.runFor(46_000);
      // The page before has the button too, behind the dialog.
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Start' }).waitFor();
      expect((await look(page)).text).toBe(24);
    }
    await close(watched);
  });

  test('With headphones the page reads screens and choices aloud, and never what was typed', async () => {
    const id = await newElection();
    const watched = await open(station, `${id}&kiosk=1&headphones=1`);
    const { page } = watched;
    await page.addInitScript({ content: voices });
    await page.reload();
    const speech = () => page.evaluate<{ text: string; voice: string }[]>('globalThis.said');
    const texts = async () => (await speech()).map(({ text }) => text);
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    const who = voting.person();
    await page.getByLabel('Hong Kong identity card number').fill(who.number);
    await page.getByLabel('Mobile phone number').fill(who.phone);
    expect(await speech(), 'nothing before the voter wants it').toEqual([]);
    await press(page, 'Read aloud');
    await expect.poll(texts).toContain('Confirm who you are');
    expect(JSON.stringify(await speech())).not.toContain(who.number);
    expect((await speech()).map(({ voice }) => voice)).not.toContain('of a service outside');
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    const [code = '', to = ''] = await page.locator('.codes .unseen').allInnerTexts();
    await expect.poll(texts).toContain(code);
    await voting.text(who.phone, to.replaceAll(' ', ''), code.replaceAll(' ', ''));
    await heading(page, 'Make your choices');
    await page.getByText('Homes', { exact: true }).click();
    await expect.poll(texts).toContainEqual(expect.stringMatching(/^(\d+\. )?Homes: chosen$/));
    await page.getByText('Homes', { exact: true }).click();
    await expect.poll(texts).toContainEqual(expect.stringMatching(/^(\d+\. )?Homes: not chosen$/));
    await press(page, 'Read aloud');
    await expect.poll(texts).toEqual([]);
    await close(watched);
  });

  test('Without headphones, or without a voice of the device for the language, nothing is read aloud', async () => {
    const id = await newElection();
    const watched = await open(station, `${id}&kiosk=1`);
    const { page } = watched;
    const aloud = page.getByRole('button', { name: /Read aloud|Čitaj naglas/ });
    await page.addInitScript({ content: voices });
    await page.reload();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await expect.poll(() => aloud.count()).toBe(0);
    await page.goto(`${platform.origins.api}/?election=${id}&kiosk=1&headphones=1`);
    await aloud.waitFor();
    await press(page, 'Srpski');
    await aloud.waitFor({ state: 'hidden' });
    await close(watched);
  });
});
