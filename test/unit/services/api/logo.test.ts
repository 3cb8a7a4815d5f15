// The logo of an organiser as `api` keeps and serves it: only the bytes that the signed document names by their digest.
import { describe, expect, test } from 'vitest';
import { publicationOf } from '../../../../src/services/elections/publishing/publication.ts';
import { logoInDocument } from '../../../../src/services/elections/drafts/logo.ts';
import type { Publication } from '../../../../src/protocol/record/publication.ts';
import { definition } from '../../../support/elections.ts';
import { logoOf } from '../../../support/pages/pictures.ts';
import { createPublicSite } from '../../../support/pages/public-site.ts';
import type { PublicSite } from '../../../support/pages/public-site.ts';

const purple = logoOf();
const green = logoOf({ colour: [11, 79, 44, 255] });
const digestOf = (logo: Buffer): string => logoInDocument(logo.toString('base64')).sha256;
const organiser = { en: 'Town hall. Help: 2555 0123' };

function published({ publisher }: PublicSite, logo: Buffer, revision = 1): Publication {
  const text = logo.toString('base64');
  const election = definition({ organiser, logo: logoInDocument(text) });
  return { ...publicationOf(election, publisher, revision), logo: text };
}
async function withSite(
  work: (site: PublicSite, get: (query?: string) => ReturnType<typeof answerOf>) => Promise<void>,
) {
  await using site = await createPublicSite();
  await work(site, (query = '') => answerOf(site, `/v1/elections/rehearsal/logo${query}`));
}
const answerOf = async ({ app }: PublicSite, path: string) => {
  const { statusCode: status, headers, rawPayload: bytes } = await app.inject(path);
  return { status, headers, bytes };
};

describe('The address of a logo', () => {
  test('The picture is served as it was published, and without end where the address has its digest', () =>
    withSite(async (site, get) => {
      site.publish('rehearsal', published(site, purple));
      const answer = await get();
      expect(answer).toMatchObject({ status: 200, bytes: purple });
      expect(answer.headers).toMatchObject({
        'content-type': 'image/png',
        'cache-control': 'public, max-age=10',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      const pinned = await get(`?sha256=${digestOf(purple)}`);
      expect(pinned).toMatchObject({ status: 200, bytes: purple });
      expect(pinned.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      const again = await site.app.inject({
        url: '/v1/elections/rehearsal/logo',
        headers: { 'if-none-match': String(answer.headers['etag']) },
      });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }));

  test('There is none without a logo, for another digest, and of another election, and nothing is cached', () =>
    withSite(async (site, get) => {
      site.publish('rehearsal', published(site, purple));
      const other = await get(`?sha256=${digestOf(green)}`);
      expect(other.status).toBe(404);
      expect(other.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(String(other.headers['cache-control'])).not.toContain('immutable');
      expect((await get('?sha256=x')).status).toBe(400);
      expect((await answerOf(site, '/v1/elections/other/logo')).status).toBe(404);
      const plain = definition({ id: 'plain' });
      site.publish('plain', publicationOf(plain, site.publisher, 1));
      expect((await answerOf(site, '/v1/elections/plain/logo')).status).toBe(404);
    }));
});

describe('Bytes beside the documents', () => {
  test('Bytes with another digest are not served, and the election is served without them', () =>
    withSite(async (site, get) => {
      site.publish('rehearsal', { ...published(site, purple), logo: green.toString('base64') });
      expect((await get()).status).toBe(404);
      expect((await site.app.inject('/v1/elections/rehearsal')).statusCode).toBe(200);
      site.publish('rehearsal', published(site, purple));
      expect((await get()).bytes, 'once the right ones come').toEqual(purple);
    }));

  test('At the same revision a logo is neither lost nor replaced, and a later revision has its own or none', () =>
    withSite(async (site, get) => {
      site.publish('rehearsal', published(site, purple, 2));
      const { logo: _logo, ...without } = published(site, purple, 2);
      site.publish('rehearsal', without);
      site.publish('rehearsal', { ...without, logo: green.toString('base64') });
      site.publish('rehearsal', published(site, green, 1));
      expect((await get()).bytes).toEqual(purple);
      site.publish('rehearsal', published(site, green, 3));
      expect((await get()).bytes).toEqual(green);
      expect((await get(`?sha256=${digestOf(purple)}`)).status).toBe(404);
      site.publish('rehearsal', publicationOf(definition(), site.publisher, 4));
      expect((await get()).status).toBe(404);
    }));

  test('Bytes without a logo in the documents are no logo', () =>
    withSite(async (site, get) => {
      site.publish('rehearsal', { ...publicationOf(definition(), site.publisher, 1), logo: purple.toString('base64') });
      expect((await get()).status).toBe(404);
    }));
});

describe('The logo on public pages', () => {
  test('Pages show the logo in its size and with the organiser as its text, and none where there is none', () =>
    withSite(async (site) => {
      site.publish('rehearsal', published(site, purple));
      const bodyOf = async (path: string) => (await site.app.inject(path)).body;
      for (const path of ['turnout', 'results', 'trust', 'roll']) {
        const body = await bodyOf(`/${path}/rehearsal?lang=en`);
        const [header = ''] = /<header[\s\S]*<\/header>/.exec(body) ?? [];
        expect(header.replace(/\s+/g, ' '), path).toContain(
          `<img class="logo" src="/v1/elections/rehearsal/logo?sha256=${digestOf(purple)}" width="32" height="16" ` +
            'alt="Town hall. Help: 2555 0123" />',
        );
      }
      const embed = await bodyOf('/embed/rehearsal?lang=en');
      expect(embed.replace(/\s+/g, ' '), 'beside the name').toMatch(/<footer> <img class="logo" [^>]*alt="" \/> <p>/);
      site.publish('rehearsal', publicationOf(definition(), site.publisher, 2));
      for (const path of ['results', 'embed']) expect(await bodyOf(`/${path}/rehearsal?lang=en`)).not.toContain('<img');
    }));
});
