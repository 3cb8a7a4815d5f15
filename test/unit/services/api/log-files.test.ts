// The public logs as static files: what is served, with which headers, and that no address leads out of the folder.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import type { App } from '../../../../src/platform/http/http.ts';
import { createLogger } from '../../../../src/platform/logger.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { heraldFindings } from '../../../../src/services/api/herald-report.ts';
import { logFileRoutes } from '../../../../src/services/api/routes/log-files.ts';

const outside = mkdtempSync(join(tmpdir(), 'popvote-served-'));
const directory = join(outside, 'published-logs');
const log = `library-2026/${'A'.repeat(43)}`;
const write = (name: string, text: string): void => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
let app: App;
let port: number;
beforeAll(async () => {
  write(`${log}/checkpoint`, 'note\n');
  write(`${log}/checkpoint.new`, 'half a note');
  for (const name of [
    'tile/0/000',
    'tile/2/x001/x234/067.p/255',
    'tile/entries/x001/000',
    'opening/000',
    'repeated',
    'find/0/all',
  ])
    write(`${log}/${name}`, name);
  write(`${log}/manifest.json`, '{}');
  write('health.json', '{"secret":true}');
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(join(outside, 'secret'), join(directory, log, 'link'));
  ({ app } = await createHttp({
    logger: createLogger('api', 'silent'),
    metrics: createMetrics('api'),
    version: { version: 'test', node: 'test' },
    checks: [],
  }));
  await app.register(logFileRoutes, { directory });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  await app.close();
  rmSync(outside, { recursive: true, force: true });
});
/** Without the changes that a client makes to an address. */
const getUnchanged = (path: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    call.on('error', reject);
    call.end();
  });
const get = (path: string, headers = {}) => app.inject({ method: 'GET', url: path, headers });

describe('The files of a log', () => {
  test.each([
    ['checkpoint', 'text/plain; charset=utf-8', 'public, max-age=2'],
    ['tile/0/000', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['tile/2/x001/x234/067.p/255', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['tile/entries/x001/000', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['opening/000', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['repeated', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['find/0/all', 'application/octet-stream', 'public, max-age=60'],
    ['manifest.json', 'application/json; charset=utf-8', 'public, max-age=2'],
  ])('The file %s is served with its type and its time in caches', async (name, type, cache) => {
    const answer = await get(`/log/${log}/${name}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'cache-control': cache,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const again = await get(`/log/${log}/${name}`, { 'if-none-match': String(answer.headers.etag) });
    expect(again.statusCode).toBe(304);
  });

  test('A file that is not there yet is not found, and no cache keeps that', async () => {
    const answer = await get(`/log/${log}/tile/0/001`);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    '/log/health.json',
    `/log/${log}/checkpoint.new`,
    `/log/${log}/link`,
    `/log/${log}`,
    `/log/${log}/`,
    `/log/${log}/tile/0/`,
    `/log/${log}/tile/00/000`,
    `/log/${log}/tile/64/000`,
    `/log/${log}/tile/0/000.p/0`,
    `/log/${log}/tile/0/000.p/256`,
    `/log/${log}/repeated/000`,
    `/log/${log}/find/0/../../checkpoint`,
    `/log/${log}/../../health.json`,
    `/log/${log}/%2e%2e/%2e%2e/health.json`,
    `/log/${log}/..%2f..%2fhealth.json`,
    `/log/${log}/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret`,
    `/log/..%5c..%5csecret`,
    `/log/../secret`,
    `/log//etc/passwd`,
    `/log/%2fetc/passwd`,
    `/log/${log}/checkpoint%00`,
    `/log/${log}/checkpoint%0a`,
    `/log/${log}/checkpoint/`,
  ])('The address %s leads nowhere', async (address) => {
    const { status, body } = await getUnchanged(address);
    expect([400, 404]).toContain(status);
    expect(body).not.toContain('secret');
  });
});

describe('The health of herald', () => {
  test('The findings of its report are those of api, and an old or a missing report is a failure', () => {
    const nowMs = Date.parse('2026-11-30T12:00:00Z');
    const finding = { check: 'witness quorum', state: 'failed', observed: '1 of 2', next: 'Ask them.' };
    const report = { instance: 'a-1', version: '1', reportedAt: '2026-11-30T11:59:00Z', findings: [finding] };
    expect(heraldFindings(directory, () => nowMs)).toMatchObject([{ check: 'herald', state: 'failed' }]);
    write('health.json', JSON.stringify(report));
    expect(heraldFindings(directory, () => nowMs)).toEqual([
      { ...finding, service: 'api', check: 'herald: witness quorum' },
    ]);
    expect(heraldFindings(directory, () => nowMs + 600_000)).toMatchObject([{ check: 'herald', state: 'failed' }]);
  });
});
