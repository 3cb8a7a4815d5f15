// What a voter does in the page, step by step, for tests that say what happens on the way.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { Problem } from '../../../src/protocol/problem.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { definition } from '../elections.ts';
import { hkid, phone as phoneNumber } from '../identities.ts';
import type { Platform } from '../processes/processes.ts';
import { until } from '../until.ts';
import { manifestDocument } from '../../../src/protocol/record/manifest.ts';
import type { ManifestDocument } from '../../../src/protocol/record/manifest.ts';
import { originOfManifest } from '../record/manifests.ts';
import { castTagOf } from '../voter/proofs.ts';
import { Voter, sendText, textsReceived } from '../voter/voter.ts';
import { openPage } from './browser.ts';
import type { Watched } from './browser.ts';

export const rehearsal = JSON.parse(
  readFileSync(new URL('../../../src/local/rehearsal.json', import.meta.url), 'utf8'),
) as ElectionDefinition;

/** The log of an election as the page keeps it. */
const pageLogOf = (document: ManifestDocument) => {
  const { kid, x } = document.manifest.receipts;
  return { origin: originOfManifest(document), kid, x };
};

export function createVoting(platform: () => Platform, browser: () => Browser) {
  let people = Math.floor(Math.random() * 800_000);

  async function newElection(changes: Partial<ElectionDefinition> = {}): Promise<string> {
    const id = `pages-${randomUUID().slice(0, 8)}`;
    const load = () =>
      platform().load(definition({ id, title: rehearsal.title, contests: rehearsal.contests, ...changes }));
    // On a machine that is busy with other tests, the service may be too.
    await until(() =>
      load().then(
        () => true,
        (error: unknown) => {
          if (error instanceof Problem && error.code === 'busy') return false;
          throw error;
        },
      ),
    );
    return id;
  }
  const person = () => {
    people += 1;
    return { number: hkid(people), phone: phoneNumber(people) };
  };
  const heading = (page: Page, name: string) =>
    page
      .getByRole('heading', { level: 1, name })
      .waitFor()
      .catch(async (error: unknown) => {
        const content = await page.locator('body').innerText();
        throw new Error(`not "${name}", but: ${content}`, { cause: error });
      });
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  async function text(from: string, to: string, body: string): Promise<void> {
    await sendText(platform().origins.sms, { from, to, body });
  }

  /** What the one-tap link would send. */
  async function shownText(page: Page): Promise<{ to: string; body: string }> {
    const link = await page.getByRole('link', { name: 'Open my messages app' }).getAttribute('href');
    const [, to = '', body = ''] = /^sms:(\+\d+)\?&body=(\d{8})$/.exec(link ?? '') ?? [];
    return { to, body };
  }

  async function open(options: Parameters<typeof openPage>[2], id: string, origin = platform().origins.api) {
    const watched = await openPage(browser(), origin, options);
    await watched.page.goto(`${origin}/?election=${id}`);
    return watched;
  }

  async function identify(page: Page, who = person()) {
    await press(page, 'Start');
    await heading(page, 'Confirm who you are');
    await page.getByLabel('Hong Kong identity card number').fill(who.number);
    await page.getByLabel('Mobile phone number').fill(who.phone);
    await press(page, 'Continue');
    await heading(page, 'Text us your code');
    return who;
  }

  async function sendCode(page: Page, who: { phone: string }): Promise<void> {
    const { to, body } = await shownText(page);
    await text(who.phone, to, body);
  }

  async function choose(page: Page): Promise<void> {
    await heading(page, 'Make your choices');
    await page.getByText('Yes', { exact: true }).click();
    await page.getByText('Homes', { exact: true }).click();
    await page.getByText('Orchards', { exact: true }).click();
    await press(page, 'Check my choices');
    await heading(page, 'Check your choices, then cast your vote');
  }

  /** Someone who has confirmed the phone already, and has chosen in the one question. */
  async function readyToCast(page: Page, id: string, origin = platform().origins.api): Promise<void> {
    const voter = await new Voter(platform().origins, id).verify();
    const manifest = await fetch(`${platform().origins.api}/v1/elections/${id}/manifest`);
    const stored = {
      electionId: id,
      ballotKey: voter.ballotKey,
      castTag: castTagOf(voter.ballotKey),
      verified: { token: voter.token, expiresAt: new Date(Date.now() + 600_000).toISOString() },
      log: manifest.ok ? pageLogOf(manifestDocument.parse(await manifest.json())) : undefined,
    };
    await page.goto(`${origin}/livez`);
    await page.evaluate(`sessionStorage.setItem('popvote-vote', ${JSON.stringify(JSON.stringify(stored))})`);
    await page.goto(`${origin}/?election=${id}`);
    await heading(page, 'Make your choices');
    await page.getByText('Yes', { exact: true }).click();
    await press(page, 'Check my choices');
    await heading(page, 'Check your choices, then cast your vote');
  }

  async function toReview(page: Page): Promise<void> {
    await sendCode(page, await identify(page));
    await choose(page);
  }

  async function sentCode(to: string): Promise<string> {
    const texts = await textsReceived(platform().origins.sms, to);
    return /\d{8}/.exec(texts.at(-1)?.body ?? '')?.[0] ?? '';
  }

  /** The next cast reaches the service without its token, as one that is over does. */
  const withoutToken = (page: Page) =>
    page.route('**/v1/ballots', (route) => route.continue({ headers: { 'content-type': 'application/json' } }), {
      times: 1,
    });

  const receiptCode = (page: Page) => page.locator('.receipt-code').innerText();
  const recorded = async (id: string) => (await platform().counts(id)).participation;
  async function close({ context, complaints }: Watched): Promise<void> {
    expect(complaints).toEqual([]);
    await context.close();
  }

  return {
    newElection,
    person,
    heading,
    press,
    text,
    shownText,
    open,
    identify,
    sendCode,
    choose,
    readyToCast,
    toReview,
    sentCode,
    withoutToken,
    receiptCode,
    recorded,
    close,
  };
}
