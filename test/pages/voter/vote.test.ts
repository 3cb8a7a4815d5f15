// The voters' page in a real browser against the whole platform: a vote by touch and by keyboard, and what a network, a
// second press and the Back button must never do to it.
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform } from '../../support/processes/processes.ts';
import type { Platform } from '../../support/processes/processes.ts';
import { startProxy } from '../../support/processes/proxy.ts';
import { until } from '../../support/until.ts';
import { Voter, textsReceived } from '../../support/voter/voter.ts';
import {
  chromiumPath,
  desktop,
  expectAccessible,
  expectRoomToGrow,
  launch,
  phone,
  shoot,
  withoutChromium,
} from '../../support/pages/browser.ts';
import { languages } from '../../../src/pages/public/languages/languages.ts';
import { createVoting, rehearsal } from '../../support/pages/voting.ts';

if (chromiumPath === undefined) console.warn(withoutChromium);

describe.skipIf(chromiumPath === undefined)('The voters’ page', { timeout: 90_000 }, () => {
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
  const { newElection, person, heading, press, text, shownText, open, identify, sendCode, choose, toReview } = voting;
  const { sentCode, withoutToken, receiptCode, recorded, close } = voting;

  test('The voters’ page takes a vote by touch to the receipt, accessible in each state, light and dark', async () => {
    const id = await newElection();
    const watched = await open({ ...phone, viewport: { width: 320, height: 640 } }, id);
    const { page } = watched;
    const look = async (name: string): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expectAccessible(page, colorScheme === 'dark' ? ['color-contrast'] : undefined);
        await shoot(page, `${name}-320-${colorScheme}`);
      }
      await expectRoomToGrow(page);
    };
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await look('1-election');
    await page.getByRole('button', { name: 'Start' }).tap();
    await page.getByRole('button', { name: 'Continue' }).tap();
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    expect(await page.title()).toMatch(/^Error: /);
    const who = person();
    await page.getByLabel('Hong Kong identity card number').fill(`${who.number.slice(0, -1)}?`);
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await page.getByRole('button', { name: 'Continue' }).tap();
    await page.getByRole('link', { name: /The number must be 1 or 2 letters/ }).waitFor();
    await look('2-identify-error');
    await page.getByLabel('Hong Kong identity card number').fill(who.number.toLowerCase());
    await page.getByRole('button', { name: 'Continue' }).tap();
    await heading(page, 'Text us your code');
    await look('3-text-in');
    const { to, body } = await shownText(page);
    await text(person().phone, to, body);
    await page.locator('.status', { hasText: 'from a different phone' }).waitFor();
    await look('3-text-in-wrong-sender');
    await text(who.phone, to, body);
    await heading(page, 'Make your choices');
    await expect.poll(() => page.locator('input:checked').count()).toBe(0);
    await page.getByRole('button', { name: 'Check my choices' }).tap();
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await page.getByText('Yes', { exact: true }).tap();
    await page.locator('label', { hasText: 'Record that I choose none of these' }).nth(1).tap();
    await page.getByText('Homes', { exact: true }).tap();
    await page.locator('.rejection', { hasText: 'You chose to abstain.' }).waitFor();
    await look('4-ballot-error');
    await page.emulateMedia({ forcedColors: 'active' });
    await shoot(page, '4-ballot-forced-colors');
    await page.emulateMedia({ forcedColors: 'none' });
    await page.getByText('Gardens', { exact: true }).tap();
    await page.getByRole('button', { name: 'Check my choices' }).tap();
    await heading(page, 'Check your choices, then cast your vote');
    await look('5-review');
    await page.getByRole('button', { name: 'Cast my vote' }).tap();
    await heading(page, 'Your vote is recorded');
    await look('6-receipt');
    expect(await page.locator('body').innerText()).not.toMatch(/Gardens|Abstain|Yes/);
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test.each([
    { where: 'a phone is enough', scheme: 'phone-only', method: 'text-in', expected: [9, 1] },
    { where: 'an identity number is asked', scheme: 'hkid', method: 'text-in', expected: [10, 2] },
    { where: 'a code is sent back', scheme: 'phone-only', method: 'text-in-confirmed', expected: [11, 2] },
  ] as const)('A vote by text where $where takes $expected touches and typed fields', async (each) => {
    const verification = { methods: [each.method], verifiedSecondsMax: 900 };
    const contests = rehearsal.contests.slice(0, 1);
    const id = await newElection({ contests, identity: { scheme: each.scheme }, verification });
    const watched = await open(phone, id);
    const { page } = watched;
    let touches = 0;
    let typedFields = 0;
    const tap = async (target: Locator): Promise<void> => {
      await target.tap();
      touches += 1;
    };
    const tapButton = (name: string) => tap(page.getByRole('button', { name, exact: true }));
    const typeInto = async (label: string, characters: string): Promise<void> => {
      await tap(page.getByLabel(label));
      await page.keyboard.type(characters);
      typedFields += 1;
    };
    const who = person();
    await tapButton('Start');
    if (each.scheme === 'hkid') await typeInto('Hong Kong identity card number', who.number);
    await typeInto('Mobile phone number', who.phone);
    await tapButton('Continue');
    await heading(page, 'Text us your code');
    // The link to the messages app, its button that sends, and the way back to the browser.
    await sendCode(page, who);
    touches += 3;
    if (each.method === 'text-in-confirmed') {
      await heading(page, 'Check your phone');
      await typeInto('Security code', await sentCode(who.phone));
      await tapButton('Continue');
    }
    await heading(page, 'Make your choices');
    await tap(page.getByText('Yes', { exact: true }));
    await tapButton('Check my choices');
    await tapButton('Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect([touches, typedFields]).toEqual(each.expected);
    await close(watched);
  });

  test('The voters’ page takes a vote by the keyboard alone', async () => {
    const id = await newElection();
    const watched = await open(desktop, id);
    const { page } = watched;
    let presses = 0;
    const tabTo = async (name: string | RegExp, role: 'button' | 'textbox' | 'radio' | 'checkbox' = 'button') => {
      const target = page.getByRole(role, { name }).first();
      await target.waitFor();
      while ((await target.and(page.locator(':focus')).count()) === 0) {
        await page.keyboard.press('Tab');
        presses += 1;
        if (presses > 60) throw new Error(`Tab does not reach ${String(name)}`);
      }
    };
    const who = person();
    await tabTo('Start');
    await page.keyboard.press('Enter');
    await heading(page, 'Confirm who you are');
    await tabTo(/identity card/, 'textbox');
    await page.keyboard.type(who.number);
    await tabTo(/Mobile phone/, 'textbox');
    await page.keyboard.type(who.phone);
    await page.keyboard.press('Enter');
    await heading(page, 'Text us your code');
    const { to, body } = await shownText(page);
    await text(who.phone, to, body);
    await heading(page, 'Make your choices');
    await tabTo(/Yes/, 'radio');
    await page.keyboard.press('Space');
    await tabTo(/Homes/, 'checkbox');
    await page.keyboard.press('Space');
    await tabTo(/Gardens/, 'radio');
    await page.keyboard.press('ArrowDown');
    await shoot(page, '4-ballot-desktop');
    await tabTo('Check my choices');
    await page.keyboard.press('Enter');
    await heading(page, 'Check your choices, then cast your vote');
    await shoot(page, '5-review-desktop');
    await tabTo('Cast my vote');
    await page.keyboard.press('Enter');
    await heading(page, 'Your vote is recorded');
    await shoot(page, '6-receipt-desktop');
    expect(await recorded(id)).toBe(1);
    expect(presses).toBeLessThanOrEqual(40);
    await close(watched);
  });

  test('The voters’ page counts one ballot when the answer to a cast pressed three times is lost', async () => {
    const id = await newElection();
    const network = await startProxy({ host: '127.0.0.1', port: Number(new URL(platform.origins.api).port) });
    const watched = await open(phone, id, `http://127.0.0.1:${network.port}`);
    const { page } = watched;
    const bodies: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/ballots')) bodies.push(request.postData());
    });
    await toReview(page);
    // Browsers send a POST again by themselves when a connection that they used before breaks; so the answer to
    // that one is lost before the database: the outcome is unknown, and only the page can try again.
    network.loseNextAnswer((request) => request.includes('POST /v1/ballots'));
    let casts = 0;
    platform.hops.toIntake.loseNextAnswer((request) => request.includes('cast-ballots') && (casts += 1) === 2);
    await page.getByRole('button', { name: 'Cast my vote' }).click({ clickCount: 3 });
    await heading(page, 'Your vote is recorded');
    expect(network.lost).toBe(1);
    expect(bodies.length, 'the page tried again').toBeGreaterThan(1);
    expect(new Set(bodies).size, 'the same bytes each time').toBe(1);
    expect(await recorded(id)).toBe(1);
    await close(watched);
    await network.close();
  });

  test('The voters’ page shows nothing of the ballot after the cast: not by Back, reload or storage', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    await toReview(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    const code = await receiptCode(page);
    for (const act of [() => page.goBack(), () => page.goBack(), () => page.reload(), () => page.goForward()]) {
      await act();
      await heading(page, 'Your vote is recorded');
      expect(await receiptCode(page)).toBe(code);
      await expect.poll(() => page.locator('input[type=radio], .chosen').count()).toBe(0);
    }
    const [storage, address] = await page.evaluate<[string, string]>('[JSON.stringify(sessionStorage), location.href]');
    // The id of a key is a number that may look like a phone.
    const all = (storage + address).replaceAll(/receipt-\d+/g, '');
    expect(all).not.toMatch(/homes|orchards|ballotKey|token|6\d{7}/);
    await page.goto('about:blank');
    await page.goBack();
    await heading(page, 'Your vote is recorded');
    await press(page, 'Finish and clear this device');
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await page.evaluate<string>('JSON.stringify(sessionStorage)')).not.toContain('leaf');
    await close(watched);
  });

  test('The voters’ page continues after a reload, and without a connection, at every step', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page, context } = watched;
    const who = await identify(page);
    const before = await shownText(page);
    await page.reload();
    await heading(page, 'Text us your code');
    expect(await shownText(page), 'the same code').toEqual(before);
    await context.setOffline(true);
    await page.locator('.status', { hasText: 'No connection. We keep trying.' }).waitFor();
    await text(who.phone, before.to, before.body);
    await context.setOffline(false);
    await heading(page, 'Make your choices');
    await page.reload();
    await heading(page, 'Make your choices');
    await page.getByText('we did not keep your choices').waitFor();
    await choose(page);
    await context.setOffline(true);
    await press(page, 'Cast my vote');
    await page.locator('.status', { hasText: 'Trying again. Your vote can only count once.' }).waitFor();
    await expect
      .poll(() => page.getByText('You have not voted yet.').isVisible(), { message: 'nothing untrue' })
      .toBe(false);
    await expect
      .poll(() => page.getByRole('button', { name: /Change|Back/ }).count(), { message: 'nothing to change' })
      .toBe(0);
    await shoot(page, '5-review-offline');
    await context.setOffline(false);
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The voters’ page finishes a cast during which it was closed, with the stored ballot', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page, context } = watched;
    await toReview(page);
    await context.setOffline(true);
    await press(page, 'Cast my vote');
    await page.locator('.status', { hasText: 'Trying again.' }).waitFor();
    const stored = await page.evaluate<string>('sessionStorage.getItem("popvote-vote")');
    await page.close({ runBeforeUnload: false });
    await context.setOffline(false);
    // As the browser restores a tab: the storage is there, the page starts again.
    const restored = await context.newPage();
    await restored.goto(`${platform.origins.api}/livez`);
    await restored.evaluate(`sessionStorage.setItem("popvote-vote", ${JSON.stringify(stored)})`);
    await restored.goto(`${platform.origins.api}/`);
    await heading(restored, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The voters’ page sends the same ballot after a new confirmation when the session ended early', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page, context } = watched;
    const who = await identify(page);
    await sendCode(page, who);
    await choose(page);
    const bodies: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/ballots')) bodies.push(request.postData());
    });
    await context.setOffline(true);
    await press(page, 'Cast my vote');
    await page.locator('.status', { hasText: 'Trying again.' }).waitFor();
    await withoutToken(page);
    await context.setOffline(false);
    await heading(page, 'Your session ended before we had an answer');
    await press(page, 'Continue');
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    await sendCode(page, who);
    await heading(page, 'Your vote is recorded');
    expect(new Set(bodies).size, 'the same bytes each time').toBe(1);
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The voters’ page denies no vote that was recorded before its session ended', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    const who = await identify(page);
    await sendCode(page, who);
    await choose(page);
    let casts = 0;
    await page.route('**/v1/ballots', async (route) => {
      casts += 1;
      if (casts === 1) {
        // Recorded, and the answer does not arrive.
        await until(async () => (await route.fetch()).status() === 201, 'a recorded vote');
        await route.abort();
      } else await route.continue(casts === 2 ? { headers: { 'content-type': 'application/json' } } : {});
    });
    await press(page, 'Cast my vote');
    await heading(page, 'Your session ended before we had an answer');
    await press(page, 'Continue');
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    await sendCode(page, who);
    await heading(page, 'A vote is already recorded');
    await page.getByText('This is most likely the vote that we sent before.').waitFor();
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The voters’ page takes a vote by a texted code, after a wrong one', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    const who = await identify(page);
    await press(page, 'Text me a code instead');
    await heading(page, 'Check your phone');
    const code = await sentCode(who.phone);
    await page.getByLabel('Security code').fill(code === '00000000' ? '00000001' : '00000000');
    await press(page, 'Continue');
    await page.getByRole('link', { name: /That code is not right.*Tries left: 4/ }).waitFor();
    await expectAccessible(page);
    await shoot(page, '3-code-wrong');
    await page.getByLabel('Security code').fill(`${code.slice(0, 4)} ${code.slice(4)}`);
    await press(page, 'Continue');
    await heading(page, 'Make your choices');
    await close(watched);
  });

  test('The voters’ page takes a text and the one code sent back, after a lost answer and a reload', async () => {
    const id = await newElection({ verification: { methods: ['text-in-confirmed'], verifiedSecondsMax: 900 } });
    const watched = await open(phone, id);
    const { page } = watched;
    const who = await identify(page);
    await page.getByText('Next we send you a code by text message.').waitFor();
    await page.getByRole('button', { name: 'Text me a code instead' }).waitFor({ state: 'detached' });
    // The code is sent, and the answer to it is lost.
    await page.route(
      '**/current/resend',
      async (route) => {
        await route.fetch();
        await route.abort('connectionreset');
      },
      { times: 1 },
    );
    await Promise.all([
      page.locator('p.fault', { hasText: 'No connection. Check your signal' }).waitFor(),
      sendCode(page, who),
    ]);
    await heading(page, 'Check your phone');
    await expectAccessible(page);
    await shoot(page, '3-code-back');
    await page.reload();
    await heading(page, 'Check your phone');
    const texts = await textsReceived(platform.origins.sms, who.phone);
    expect(texts).toHaveLength(1);
    const input = page.getByLabel('Security code');
    expect(await input.getAttribute('autocomplete')).toBe('one-time-code');
    await page.getByText('Not received a text message?').click();
    await page.getByRole('button', { name: 'Text us a code instead' }).waitFor({ state: 'detached' });
    await input.fill(/\d{8}/.exec(texts[0]!.body)![0]);
    await press(page, 'Continue');
    await choose(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your vote is recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The voters’ page says that no code can be sent back yet, and goes on by itself when it can', async () => {
    const id = await newElection({ verification: { methods: ['text-in-confirmed'], verifiedSecondsMax: 900 } });
    const watched = await open(phone, id);
    const { page } = watched;
    const who = await identify(page);
    const body = JSON.stringify({
      code: 'code-unavailable',
      status: 503,
      title: '-',
      retry: 'other-way',
      recorded: 'no',
    });
    const rejection = { status: 503, contentType: 'application/problem+json', headers: { 'retry-after': '1' }, body };
    await page.route('**/current/resend', (route) => route.fulfill(rejection));
    await sendCode(page, who);
    await page.locator('p.fault', { hasText: 'We cannot send a code now. Wait a minute, then try again.' }).waitFor();
    await page.unroute('**/current/resend');
    await heading(page, 'Check your phone');
    await close(watched);
  });

  test('The voters’ page says when the next code can be sent to a phone, and takes a text from it', async () => {
    const id = await newElection();
    const who = person();
    const stranger = new Voter(platform.origins, id, { identity: who.number, phone: who.phone });
    await until(async () => (await stranger.identify('code')).body['code'] === 'too-many-codes');
    const watched = await open(phone, id);
    const { page } = watched;
    await identify(page, who);
    await press(page, 'Text me a code instead');
    const fault = page.locator('p.fault', { hasText: 'Too many codes were sent to this phone.' });
    await expect.poll(() => fault.innerText()).toMatch(/again from .*day.*\d\d:\d\d/);
    await expectAccessible(page);
    await sendCode(page, who);
    await heading(page, 'Make your choices');
    await close(watched);
  });

  test('The voters’ page keeps the choices of an ended session, and reports a vote that was not recorded', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    const who = await identify(page);
    await sendCode(page, who);
    await choose(page);
    // Another device of the same person is quicker; and this one's token is not ours any more.
    const other = new Voter(platform.origins, id, { identity: who.number, phone: who.phone });
    await other.verify();
    const contests = [['library', 'yes'] as const, ['harbour', 'park'] as const, ['council', 'gardens'] as const];
    const ballot = { contests: contests.map(([contestId, choice]) => ({ contestId, choices: [choice] })) };
    expect((await other.cast(ballot)).status).toBe(201);
    await withoutToken(page);
    await press(page, 'Cast my vote');
    await heading(page, 'Your session ended');
    await expectAccessible(page);
    await press(page, 'Continue');
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    await sendCode(page, who);
    await heading(page, 'Check your choices, then cast your vote');
    await press(page, 'Cast my vote');
    await heading(page, 'A vote is already recorded');
    await expectAccessible(page);
    await shoot(page, '7-already-recorded');
    expect(await recorded(id)).toBe(1);
    await close(watched);
  });

  test('The voters’ page speaks each language, and says so to screen readers', async () => {
    const id = await newElection();
    const watched = await open(phone, id);
    const { page } = watched;
    await press(page, 'Start');
    await page.getByLabel('Mobile phone number').fill('6123 4567');
    for (const [tag, lang, title] of [
      ['zh-Hant-HK', 'zh-Hant-HK', '確認身分'],
      ['sr-Cyrl', 'sr-Cyrl-RS', 'Потврдите ко сте'],
      ['sr-Latn', 'sr-Latn-RS', 'Potvrdite ko ste'],
    ] as const) {
      await press(page, languages[tag].name);
      await page.locator('#language:focus', { hasText: languages[tag].name }).waitFor();
      await heading(page, title);
      expect(await page.locator('html').getAttribute('lang')).toBe(lang);
      await expect
        .poll(() => page.locator('#phone').inputValue(), { message: 'what was typed stays' })
        .toBe('6123 4567');
    }
    await expectAccessible(page);
    await shoot(page, '2-identify-sr-latn');
    await page.locator('button.back').click();
    await heading(page, 'Proba: ništa se ne računa');
    await page.getByText('Skupština opštine').waitFor();
    await close(watched);
  });

  test('The voters’ page says when voting opens, that it has closed, and that there is no such vote', async () => {
    const dayMs = 86_400_000;
    const now = Date.now();
    const at = (days: number): string => new Date(now + days * dayMs).toISOString();
    const early = await newElection({ opensAt: at(1), closesAt: at(2) });
    const late = await newElection({ opensAt: at(-2), closesAt: at(-1), resultHours: 24 });
    // A page that knows only one vote opens it instead of the list.
    await newElection();
    // A vote that has ended is found in the archive at once, and is in the list when the publications were read.
    const list = async (): Promise<string> => (await fetch(`${platform.origins.api}/v1/elections`)).text();
    await until(async () => (await list()).includes(late), 'the vote that has ended in the list');
    const watched = await open(desktop, early);
    const { page } = watched;
    await page.getByText('Voting is not open yet').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Start' }).count()).toBe(0);
    await page.getByRole('link', { name: 'How this vote can be checked' }).waitFor();
    await page.goto(`${platform.origins.api}/?election=${late}`);
    await page.getByRole('heading', { name: 'Voting has closed' }).waitFor();
    await expectAccessible(page);
    await page.goto(`${platform.origins.api}/?election=none`);
    await heading(page, 'There is no such vote');
    await press(page, 'All votes');
    await heading(page, 'Votes');
    const closed = page.getByRole('listitem').filter({ has: page.locator(`a[href="/?election=${late}"]`) });
    await closed.getByText(/^Voting closed .* at \d\d:\d\d GMT\+8\.$/).waitFor();
    await closed.getByRole('link', { name: /^Expected result: .* at \d\d:\d\d GMT\+8$/ }).click();
    await page.getByText('There is no result yet.').waitFor();
    await page.goBack();
    await heading(page, 'Votes');
    await expectAccessible(page);
    await shoot(page, '0-list-desktop');
    await close(watched);
  });
});
