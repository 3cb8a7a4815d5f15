// The pages as files: light enough for an old phone, nothing of another origin, nothing in line, and served so that they
// are kept where they may be kept.
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pageRoutes } from '../../src/api/routes/pages.ts';
import { createHttp } from '../../src/platform/http.ts';
import type { App } from '../../src/platform/http.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createLogProbe } from '../support/log.ts';

const built = new URL('../../dist/web/', import.meta.url);
const assets = readdirSync(new URL('assets/', built));
const weigh = (name: string): number => gzipSync(readFileSync(new URL(`assets/${name}`, built))).length;
/** Largest script and style sheet that a voter loads, gzipped, in bytes. */
const [scriptBytesMax, styleBytesMax] = [20_000, 4_000];

test('A voter loads at most 20 kB of script, the largest language included, and 4 kB of style', () => {
  const scripts = assets.filter((name) => name.endsWith('.js'));
  const page = scripts.filter((name) => name.startsWith('voter-'));
  const chinese = scripts.filter((name) => name.startsWith('zh-'));
  const serbian = scripts.filter((name) => !page.includes(name) && !chinese.includes(name));
  expect(page.length).toBe(1);
  for (const language of [chinese, serbian]) {
    expect(language.length).toBeGreaterThan(0);
    expect([...page, ...language].reduce((sum, name) => sum + weigh(name), 0)).toBeLessThanOrEqual(scriptBytesMax);
  }
  for (const name of assets.filter((each) => each.endsWith('.css'))) {
    expect(weigh(name)).toBeLessThanOrEqual(styleBytesMax);
  }
});

test('The page names no other origin and holds nothing in line', () => {
  const page = readFileSync(new URL('voter.html', built), 'utf8');
  expect(page).not.toMatch(/https?:|<style| style=|<script>| on\w+=/);
  for (const name of assets.filter((each) => /\.(js|css)$/.test(each))) {
    expect(readFileSync(new URL(`assets/${name}`, built), 'utf8')).not.toMatch(/https?:\/\/(?!popvote\.invalid)/);
  }
});

async function appWith(folder?: URL): Promise<App> {
  const { logger } = createLogProbe('pages');
  const version = { version: '0', node: '0' };
  const { app } = await createHttp({ logger, metrics: createMetrics('pages'), checks: [], version });
  await app.register(pageRoutes, folder ? { folder } : {});
  return app;
}

test('The page is asked for anew each time, and what it names is kept for ever', async () => {
  const app = await appWith();
  const page = await app.inject({ url: '/?election=any', headers: { 'accept-encoding': 'gzip, br' } });
  expect(page.statusCode).toBe(200);
  expect(page.headers).toMatchObject({
    'cache-control': 'no-cache',
    'content-encoding': 'br',
    vary: 'accept-encoding',
  });
  const again = await app.inject({ url: '/', headers: { 'if-none-match': String(page.headers.etag) } });
  expect(again.statusCode).toBe(304);
  const plain = await app.inject({ url: '/', headers: { 'accept-encoding': 'br;q=0' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  const named = [...plain.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(named.length).toBe(3);
  for (const url of named) {
    const { statusCode, headers } = await app.inject(url);
    expect(statusCode, url).toBe(200);
    expect(headers['cache-control']).toContain('immutable');
  }
  expect((await app.inject('/assets/voter.html')).statusCode).toBe(404);
  expect((await app.inject('/assets/..%2fvoter.html')).statusCode).toBe(404);
  await app.close();
});

test('Without a build the service is its API, and leads to its description', async () => {
  const app = await appWith(new URL('file:///nowhere/'));
  expect((await app.inject('/')).headers.location).toBe('/docs');
  await app.close();
});
