// The pages as files: light enough for an old phone, nothing of another origin, nothing in line, and served so that they
// are kept where they may be kept.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { languageTags } from '../../../src/pages/public/languages/languages.ts';
import { requireFreshBuild } from '../../../src/local/build-stamp.ts';
import { readPageFiles } from '../../../src/services/elections/record/page-lists.ts';
import { voterPageRoutes } from '../../../src/services/api/routes/pages.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createLogProbe } from '../../support/log.ts';

requireFreshBuild(process.cwd());
const built = new URL('../../../dist/web/', import.meta.url);
const assets = readdirSync(new URL('assets/', built));
const weigh = (name: string): number => gzipSync(readFileSync(new URL(`assets/${name}`, built))).length;
/** The script of each language is named by its tag. */
const scripts = languageTags.map((tag) => tag.toLowerCase());
/** Largest script and style sheet that a voter loads, gzipped, in bytes. Wide screens load the QR code too. */
const scriptBytesMax = 20_000;
const wideScriptBytesMax = 22_350;
const styleBytesMax = 4_000;
/** Largest parts that are loaded with the ballot: by all, by those whose ballot has seats, or a long list. */
const partBytesMax = { 'session-end': 500, 'seat-rule': 2_000, 'option-search': 1_500 };

/** The script that a voter in a language loads, in bytes: what the page names, and the words. */
function scriptOf(language: string): number {
  const { 'voter.js': entry, preload } = JSON.parse(readFileSync(new URL('assets.json', built), 'utf8')) as {
    'voter.js': string;
    preload: Record<string, string[]>;
  };
  const parts = [entry, ...(preload[language] ?? [])];
  return parts.reduce((sum, address) => sum + weigh(basename(address)), 0);
}

test('A voter loads at most 20 kB of script in any language, 22.35 with the QR code, 4 of style', () => {
  const scanned = assets.filter((name) => name.startsWith('qr-'));
  expect(scanned.length).toBe(1);
  for (const language of scripts) {
    const bytes = scriptOf(language);
    expect(bytes, language).toBeGreaterThan(10_000);
    expect(bytes, language).toBeLessThanOrEqual(scriptBytesMax);
    expect(bytes + weigh(scanned[0] ?? ''), language).toBeLessThanOrEqual(wideScriptBytesMax);
  }
  for (const [part, bytesMax] of Object.entries(partBytesMax)) {
    const files = assets.filter((name) => name.startsWith(`${part}-`));
    expect(files.length, part).toBe(1);
    expect(weigh(files[0] ?? ''), part).toBeLessThanOrEqual(bytesMax);
  }
  const sheets = assets.filter((name) => name.endsWith('.css'));
  expect(sheets.length).toBe(2);
  for (const name of sheets) expect(weigh(name)).toBeLessThanOrEqual(styleBytesMax);
});

test('Voters load nothing of the receipt check, and every other file is accounted for', () => {
  const names = [
    'voter',
    'public',
    'check',
    'roll',
    'share',
    'second-element',
    'log-check',
    'qr',
    'kiosk',
    'seat-rule',
    'option-search',
    'session-end',
    'icon',
    ...scripts,
  ];
  const assetName = new RegExp(`^(${names.join('|')})-\\w+\\.(js|css|svg)$`);
  expect(assets.filter((name) => !assetName.test(name))).toEqual([]);
});

test('No script has an optional call with a spread, which browsers from before Chrome 91 do not run', () => {
  const call = /\?\.[\w$.]*\((?:[^()]|\([^()]*\))*\.{3}/;
  expect('a?.b(...c,d)').toMatch(call);
  for (const name of assets.filter((each) => each.endsWith('.js'))) {
    expect(call.exec(readFileSync(new URL(`assets/${name}`, built), 'utf8'))?.[0], name).toBeUndefined();
  }
});

test('The page names no other origin and has no inline script or style', () => {
  for (const tag of languageTags) {
    const page = readFileSync(new URL(`voter-${tag}.html`, built), 'utf8');
    expect(page).not.toMatch(/https?:|<style| style=|<script>| on\w+=/);
  }
  for (const name of assets.filter((each) => /\.(js|css)$/.test(each))) {
    expect(readFileSync(new URL(`assets/${name}`, built), 'utf8')).not.toMatch(
      /https?:\/\/(?!popvote\.invalid|www\.w3\.org\/2000\/svg)/,
    );
  }
});

async function appWith(folder?: URL): Promise<App> {
  const { logger } = createLogProbe('pages');
  const version = { version: '0', node: '0' };
  const { app } = await createHttp({ logger, metrics: createMetrics('pages'), checks: [], version });
  await app.register(voterPageRoutes, folder ? { folder } : {});
  return app;
}

test('The page is revalidated each time, and the files that it names are cached forever', async () => {
  const app = await appWith();
  const page = await app.inject({ url: '/?election=any', headers: { 'accept-encoding': 'gzip, br' } });
  expect(page.statusCode).toBe(200);
  expect(page.headers).toMatchObject({
    'cache-control': 'no-cache',
    'content-encoding': 'br',
    vary: 'accept-encoding, accept-language',
  });
  const linksOf = async (url: string): Promise<string[]> => String((await app.inject(url)).headers.link).split(', ');
  // Before it reads the page, a browser asks for what the page names, and for the document of the election.
  const document = '</v1/elections/any>; rel=preload; as=fetch; crossorigin';
  const [first, ...assetLinks] = await linksOf('/?election=any');
  expect(first).toBe(document);
  const forms = [
    /^<\/assets\/voter-\w+\.css>; rel=preload; as=style$/,
    /^<\/assets\/voter-\w+\.js>; rel=modulepreload$/,
    /^<\/assets\/en-\w+\.js>; rel=modulepreload$/,
  ];
  expect(assetLinks.length).toBe(forms.length);
  for (const [at, form] of forms.entries()) expect(assetLinks[at]).toMatch(form);
  expect(await linksOf('/?kiosk=1')).toEqual([document.replace('/any', ''), ...assetLinks]);
  // Nothing of an address that is no id is repeated.
  for (const url of ['/?election=', '/?election=a%3E%0D%0Ab', '/?election=a&election=b']) {
    expect(await linksOf(url), url).toEqual(assetLinks);
  }
  const again = await app.inject({ url: '/', headers: { 'if-none-match': String(page.headers.etag) } });
  expect(again.statusCode).toBe(304);
  const plain = await app.inject({ url: '/', headers: { 'accept-encoding': 'br;q=0' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  const links = [...plain.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  const pages = links.filter((address) => address.includes('?'));
  expect(pages, 'without script: the pages that need none').toEqual(
    languageTags.flatMap((tag) => [`/archive?lang=${tag}`, `/check?lang=${tag}`]),
  );
  const addresses = links.filter((address) => !address.includes('?'));
  expect(addresses.length).toBeGreaterThan(3);
  for (const url of addresses) {
    const { statusCode, headers } = await app.inject(url);
    expect(statusCode, url).toBe(200);
    expect(headers['cache-control']).toContain('immutable');
  }
  const serbian = await app.inject({ url: '/', headers: { 'accept-language': 'sr-Latn' } });
  expect(serbian.body).toMatch(/modulepreload" href="\/assets\/sr-latn-/);
  expect(serbian.body).not.toMatch(/\/assets\/en-|\{preload\}/);
  expect((await app.inject('/assets/voter-en.html')).statusCode).toBe(404);
  expect((await app.inject('/assets/..%2fvoter-en.html')).statusCode).toBe(404);
  await app.close();
});

test('The list of the page’s files has what is served, and nothing less', async () => {
  const app = await appWith();
  const listed = readPageFiles() ?? [];
  expect(listed.map(({ path }) => path).sort()).toEqual(['/', ...assets.map((name) => `/assets/${name}`)].sort());
  for (const { path, sha256 } of listed) {
    const { rawPayload } = await app.inject(path);
    expect(createHash('sha256').update(rawPayload).digest('base64url'), path).toBe(sha256);
  }
  await app.close();
});

test('Without a build the service is its API, and redirects to its description', async () => {
  const app = await appWith(new URL('file:///nowhere/'));
  expect((await app.inject('/')).headers.location).toBe('/docs');
  await app.close();
});
