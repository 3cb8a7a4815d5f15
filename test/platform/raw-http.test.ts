// Bytes that no well-behaved client sends, on the port of every service: bad request lines, floods of headers, lengths
// that contradict each other, shapes of request smuggling, requests that never end. No answer is 5xx except those that
// HTTP asks for (501, 503, 505), every connection ends, and the process lives.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/platform/http/http.ts';
import { startBatches } from '../support/batches.ts';
import type { Batches } from '../support/batches.ts';
import { startApi } from '../support/services/api.ts';
import type { Fixture } from '../support/services/api.ts';
import { startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';
import { startPanel } from '../support/services/panel.ts';
import type { Panel } from '../support/services/panel.ts';
import { startSms } from '../support/services/sms.ts';
import type { Sms } from '../support/services/sms.ts';

let elections: Elections;
let batches: Batches;
let api: Fixture;
let sms: Sms;
let panel: Panel;
const origins: Record<string, string> = {};
const listen = async (app: App): Promise<string> => app.listen({ host: '127.0.0.1', port: 0 });
beforeAll(async () => {
  elections = await startElections();
  batches = await startBatches();
  api = await startApi();
  sms = await startSms();
  origins['elections'] = await listen(elections.app);
  origins['the private port of elections'] = await listen(elections.privateApp);
  origins['ballots'] = elections.ballotsOrigin;
  origins['access'] = batches.accessOrigins.control;
  origins['the private port of access'] = batches.accessOrigins.private;
  origins['officials'] = batches.officials.origin;
  origins['api'] = api.origin;
  origins['sms'] = sms.publicUrl;
  origins['the private port of sms'] = sms.privateUrl;
  panel = await startPanel({
    access: batches.accessOrigins.control,
    elections: origins['elections'],
    officials: batches.officials.origin,
  });
  origins['panel'] = panel.origin;
});
afterAll(async () => {
  await panel[Symbol.asyncDispose]();
  await sms[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await batches[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const host = 'host: x\r\n';
const closing = `${host}connection: close\r\n`;
const json = `${closing}content-type: application/json\r\n`;
const get = (head: string, path = '/livez'): string => `GET ${path} HTTP/1.1\r\n${head}\r\n`;
const post = (head: string, body = '', path = '/v1/login'): string => `POST ${path} HTTP/1.1\r\n${head}\r\n${body}`;
const paths = ['/livez', '/v1/elections', '/api/access/v1/account', '/v1/batches', '/webhooks/x', '/private/casts'];

const requestLines = [
  '',
  '\r\n\r\n\r\n\r\n',
  '\0\0\0\0\r\n\r\n',
  'GET',
  'GET\r\n\r\n',
  'GET /\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET / HTTP/1.2\r\nhost: x\r\n\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  'GET / HTTP/2.0\r\nhost: x\r\n\r\n',
  'GET  / HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET\t/\tHTTP/1.1\r\nhost: x\r\n\r\n',
  'get / HTTP/1.1\r\nhost: x\r\n\r\n',
  'FOO / HTTP/1.1\r\nhost: x\r\n\r\n',
  `${'G'.repeat(10_000)} / HTTP/1.1\r\n\r\n`,
  'GET livez HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /\xff\xfe HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  'GET / HTTP/1.1\nhost: x\n\n',
  'GET / HTTP/1.1\rhost: x\r\r',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'SSH-2.0-x\r\n',
  'HELO x\r\n',
  '{"a":1}\r\n\r\n',
  'CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n',
  `OPTIONS * HTTP/1.1\r\n${closing}\r\n`,
  `TRACE / HTTP/1.1\r\n${closing}\r\n`,
  `QUERY /livez HTTP/1.1\r\n${closing}\r\n`,
  `BREW /livez HTTP/1.1\r\n${closing}\r\n`,
  `PROPFIND /livez HTTP/1.1\r\n${closing}\r\n`,
];
const targets = [
  ...paths,
  'http://elsewhere/livez',
  'http://elsewhere',
  'https://u:p@elsewhere/v1/elections?x',
  '//evil/x',
  '/%',
  '/%00',
  '/%zz',
  '/..',
  '/../../etc/passwd',
  '/%2e%2e/%2e%2e/',
  '/api/access/%2e%2e/private',
  '/api/elections/..%2f..',
  '/api/officials//x',
  '/api/access/%00',
  '/api/access/%',
  '/api/elections/\\x',
  '/a;b=c',
  '/a#b',
  '/?%00',
  '/v1/elections/%ED%A0%80',
  '/v1/elections?limit=%00',
  `/${'a'.repeat(9_000)}`,
  `/${'a/'.repeat(4_000)}`,
  `/?${'a=1&'.repeat(3_000)}`,
  '/api/access/v1/account?x=\x80\xff',
  'mailto:a',
  '*',
  '?',
  '/v1/elections/\x80',
].map((path) => get(closing, path));
const heads = [
  '',
  'x: y\r\n',
  `${host}${host}`,
  'host:\r\n',
  'host: x y\r\n',
  'host: [\r\n',
  'host: x:99999\r\n',
  'host: \xff\r\n',
  `${closing}x: \0\r\n`,
  `${closing}x\0y: 1\r\n`,
  `${closing}: 1\r\n`,
  `${closing}x : 1\r\n`,
  `${closing} folded: 1\r\n`,
  `${closing}x: 1\r\n folded\r\n`,
  `${closing}x: \x7f\r\n`,
  `${closing}x: ${'y'.repeat(100_000)}\r\n`,
  `${closing}${'x: y\r\n'.repeat(5_000)}`,
  `${closing}${Array.from({ length: 1_500 }, (_, n) => `h${n}: 1\r\n`).join('')}`,
  `${closing}cookie: ${'a=1; '.repeat(3_000)}\r\n`,
  `${host}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n`,
  `${host}connection: ${'a,'.repeat(4_000)}close\r\n`,
  `${host}connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n`,
  `${closing}expect: 100-continue\r\n`,
  `${closing}expect: x\r\n`,
  `${closing}te: x\r\n`,
  `${closing}range: bytes=9-1\r\n`,
  `${closing}authorization: \xff\r\n`,
  `${closing}accept-encoding: ,,,;q=\r\n`,
  `${closing}if-none-match: "\r\n`,
  `${closing}x-forwarded-for: ${'1.1.1.1,'.repeat(900)}x\r\n`,
].map((head) => get(head));
const bodies = [
  post(`${json}content-length: 5\r\ncontent-length: 6\r\n`, 'aaaaaa'),
  post(`${json}content-length: 5, 5\r\n`, 'aaaaa'),
  post(`${json}content-length: -1\r\n`),
  post(`${json}content-length: +5\r\n`, 'aaaaa'),
  post(`${json}content-length: 0x5\r\n`, 'aaaaa'),
  post(`${json}content-length: 99999999999999999999999\r\n`),
  post(`${json}content-length: 1e3\r\n`),
  post(`${json}content-length:\r\n`),
  post(`${json}content-length: 5\r\ntransfer-encoding: chunked\r\n`, '0\r\n\r\nGET /x HTTP/1.1\r\n'),
  post(`${json}transfer-encoding: chunked\r\ncontent-length: 5\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding: chunked, chunked\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding: x\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding: chunked, x\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding: xchunked\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding:\x0bchunked\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding : chunked\r\n`, '0\r\n\r\n'),
  post(`${json}transfer-encoding: identity\r\n`, 'a'),
  post(`${json}transfer-encoding: gzip, chunked\r\n`, '1\r\na\r\n0\r\n\r\n'),
  post(`${json}transfer-encoding: chunked\r\n`, 'zz\r\n'),
  post(`${json}transfer-encoding: chunked\r\n`, '-1\r\n'),
  post(`${json}transfer-encoding: chunked\r\n`, 'fffffffffffffffffff\r\n'),
  post(`${json}transfer-encoding: chunked\r\n`, '1\r\nab\r\n0\r\n\r\n'),
  post(`${json}transfer-encoding: chunked\r\n`, `1;${'x'.repeat(50_000)}\r\na\r\n0\r\n\r\n`),
  post(`${json}transfer-encoding: chunked\r\n`, `2\r\n{}\r\n0\r\nx: ${'y'.repeat(50_000)}\r\n\r\n`),
  post(`${json}transfer-encoding: chunked\r\n`, '2\n{}\n0\n\n'),
  post(`${json}content-length: 4\r\n`, '\xff\xfe\xfd\xfc'),
  post(`${json}content-length: 2\r\ncontent-encoding: gzip\r\n`, '{}'),
  post(`${json}content-length: 2\r\nexpect: 100-continue\r\n`, '{}'),
  post(json, '{}'),
  post(`${json}content-length: 2\r\n`, '{}GET /x HTTP/1.1\r\n'),
  ...paths.map((path) => post(`${closing}content-type: multipart/form-data\r\ncontent-length: 4\r\n`, '--x\r', path)),
  ...paths.map((path) => post(`${json}content-length: 10\r\nexpect: 100-continue\r\n`, '{"a":"\\u00', path)),
];
// Halves of requests: each ends by the time limits of the server.
const halves = [
  'GET /livez HTT',
  'GET /livez HTTP/1.1\r\nhost',
  `GET /livez HTTP/1.1\r\n${host}x: `,
  post(`${json}content-length: 5\r\n`, '{"'),
  post(`${json}transfer-encoding: chunked\r\n`, '5\r\n{"'),
];
const corpus = [...requestLines, ...targets, ...heads, ...bodies, ...halves];

/** The longest limit of a server for a whole request is 15 minutes, for uploads: their halves are not in the corpus. */
const endsMsMax = 40_000;
/** Statuses that HTTP asks for: a method or coding that is not implemented, a busy server, a version that is not. */
const honest: ReadonlySet<number> = new Set([501, 503, 505]);

type Seen = { readonly statuses: readonly number[]; readonly ended: boolean };
/** Sends bytes, and closes its own side unless the server must end it. */
function exchange(port: number, bytes: string, half: boolean): Promise<Seen> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const finish = (ended: boolean): void => {
      const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
      resolve({ statuses, ended });
    };
    socket.setTimeout(endsMsMax, () => {
      finish(false);
      socket.destroy();
    });
    socket.on('error', () => undefined).on('close', () => finish(true));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('end', () => socket.end());
    socket.write(Buffer.from(bytes, 'latin1'));
    if (!half) setTimeout(() => socket.end(), 300);
  });
}

const names = [
  'api',
  'sms',
  'the private port of sms',
  'ballots',
  'access',
  'the private port of access',
  'elections',
  'the private port of elections',
  'officials',
  'panel',
];
describe.concurrent.each(names)('Raw bytes to %s', (name) => {
  test('Every connection ends without a server error, and the process lives', { timeout: 120_000 }, async () => {
    expect(corpus.length).toBeGreaterThan(120);
    const { port } = new URL(origins[name] ?? '');
    const seen = await Promise.all(
      corpus.map(async (bytes) => {
        const half =
          halves.includes(bytes) && !(name === 'officials' || name === 'panel' || name.includes('elections'));
        return { bytes: bytes.slice(0, 200), ...(await exchange(Number(port), bytes, half)) };
      }),
    );
    const wrong = seen.filter(
      ({ statuses, ended }) => !ended || statuses.some((status) => status >= 500 && !honest.has(status)),
    );
    expect(wrong).toEqual([]);
    expect(seen.filter(({ statuses }) => statuses.length > 0).length).toBeGreaterThan(60);
    expect((await fetch(`${origins[name]}/livez`)).status).toBe(200);
  });
});
