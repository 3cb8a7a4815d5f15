// Rejections as people and as machines get them: a person who opens any address of the public service in a browser gets a page,
// and every program gets a problem as JSON.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routesOf } from '../../../src/platform/http/allowed-methods.ts';
import { problemMediaType } from '../../../src/protocol/problem.ts';
import { startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

let api: Fixture;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

/** As browsers send it when a person opens an address. */
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const machines = [
  '*/*',
  'application/json',
  'application/problem+json',
  'application/json, text/html',
  'text/html;q=0',
];
const get = (url: string, accept: string | undefined, language = 'en') =>
  api.app.inject({ url, headers: { 'accept-language': language, ...(accept !== undefined && { accept }) } });

/** Every address that is read, with what no election, file or session has. */
const addresses = (): ReadonlySet<string> => {
  const routes = routesOf(api.app).filter(({ method }) => method === 'GET');
  const paths = routes.map(({ url }) => url.replace(/:\w+/g, 'none').replace('*', 'none'));
  return new Set(paths.concat('/nowhere', '/v1/nothing/at-all', '/%zz', `/v1/elections/${'x'.repeat(300)}`));
};

describe('A rejection', () => {
  test('Every address that rejects answers a browser with a page, and a machine with a problem', async () => {
    let rejections = 0;
    for (const url of addresses()) {
      const page = await get(url, browser);
      if (page.statusCode < 400) continue;
      rejections += 1;
      expect(page.headers['content-type'], url).toBe('text/html; charset=utf-8');
      expect(page.headers['cache-control'], url).toBe('no-store');
      expect(page.body, url).toMatch(/<h1>[^<]+<\/h1>/);
      expect(page.headers['content-security-policy'], url).toContain("style-src 'self'");
      // The public pages are pages for everyone.
      if (/^\/(turnout|results|roll|trust)\//.test(url)) continue;
      for (const accept of [...machines, undefined]) {
        const problem = await get(url, accept);
        expect([problem.statusCode, problem.headers['content-type']], `${url} ${accept}`).toEqual([
          page.statusCode,
          problemMediaType,
        ]);
      }
    }
    expect(rejections).toBeGreaterThan(10);
  });

  test.each([
    ['en', 'This page does not exist'],
    ['zh-HK', '此頁不存在'],
    ['sr-Latn', 'Ova stranica ne postoji'],
  ])('The page of an unknown address is in the language %s of the reader', async (language, title) => {
    const { body, statusCode } = await get('/nowhere', browser, language);
    expect([statusCode, body.includes(`<h1>${title}</h1>`)]).toEqual([404, true]);
    expect((await get('/v1/elections/none', browser)).body).toContain('There is no such vote');
  });

  test('A call that changes something gets a problem, whatever it accepts', async () => {
    for (const url of ['/nowhere', '/v1/sessions', '/v1/ballots']) {
      const answer = await api.app.inject({ method: 'POST', url, payload: {}, headers: { accept: browser } });
      expect(answer.headers['content-type'], url).toBe(problemMediaType);
    }
  });

  test('The links of the page stay on this origin, whatever the address is', async () => {
    for (const url of [
      '//elsewhere.example/a',
      '/%22%3E%3Cscript%3E',
      '/a/..//elsewhere.example',
      '/\\elsewhere.example',
    ]) {
      const { body, statusCode } = await get(url, browser);
      // Some of these are the address of another page.
      if (statusCode < 400) continue;
      const links = [...body.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link);
      expect(links.length).toBeGreaterThan(3);
      expect(links.filter((link) => !/^(?:\/(?!\/)[\w./?=-]*|#main)$/.test(link))).toEqual([]);
      expect(body).not.toContain('elsewhere.example"');
    }
  });
});
