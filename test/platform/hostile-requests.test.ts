// Every route of every control API and of the public API, with hostile values in each place that a client fills: the
// address, the query, the headers, the content type and each member of the body. No answer is 5xx, except 503 with
// Retry-After. The cases come from the route tables and from the examples of the OpenAPI documents.
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/platform/http/http.ts';
import { routesOf } from '../../src/platform/http/allowed-methods.ts';
import { startBatches } from '../support/batches.ts';
import type { Batches } from '../support/batches.ts';
import { electionOf, motion, participantOf, startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';
import { startApi } from '../support/services/api.ts';
import type { Fixture } from '../support/services/api.ts';

let elections: Elections;
let batches: Batches;
let api: Fixture;
/** Ids that exist, by the name of the parameter. */
let seeds: Record<string, string>;
beforeAll(async () => {
  elections = await startElections();
  batches = await startBatches();
  api = await startApi();
  const participant = { name: 'P', kind: 'party', allowSameName: true };
  const participantId = participantOf(await elections.call('POST', '/v1/participants', { body: participant })).id;
  const electionId = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
  await elections.call('POST', `/v1/elections/${electionId}/announce`);
  seeds = { participantId, electionId, userId: elections.people.auditor.id };
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await batches[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const services = {
  access: () => ({ app: elections.access.app, token: elections.people.administrator.tokens.accessToken }),
  elections: () => ({ app: elections.app, token: elections.people.administrator.tokens.accessToken }),
  officials: () => ({ app: batches.officials.app, token: batches.people.official.tokens.accessToken }),
  api: () => ({ app: api.app, token: 'none' }),
  'the private port of access': () => ({ app: elections.access.privateApp, token: 'none' }),
  'the private port of elections': () => ({ app: elections.privateApp, token: 'none' }),
} as const;

const texts = [
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '',
  ' ',
  '..',
  '-1',
  '1e400',
  'x'.repeat(3_000),
  '\u202e',
  '%',
  "';--",
  '\ufeff',
];
const hostile = fc.oneof(
  fc.constantFrom<unknown>(...texts, null, true, -0, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [null], { en: '\0' }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const addresses = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%',
  '%zz',
  '%2e%2e%2f',
  '%F0%9F%97%B3',
  'x'.repeat(200),
  '0',
  '-1',
  '%E2%80%AE',
];
const types = [
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary="',
  `multipart/form-data; boundary=${'x'.repeat(300)}`,
  'multipart/form-data; boundary=x; boundary=y',
  'multipart/mixed; boundary=x',
  'text/csv; charset=utf-16',
  'text/csv',
  'application/json; charset=nonsense',
  'application/json-patch+json',
  'application/x-www-form-urlencoded',
  'nonsense',
  '/',
  ';',
  'application/json, text/csv',
];
const forms = [
  '',
  '--x\r\n',
  '--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="file"; filename="a\0b.csv"\r\n\r\na,1\r\n--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="file"; filename*=UTF-8\'\'%ED%A0%80%00\r\n\r\n\0\r\n--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nx\r\n--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="file"\r\ncontent-type: text/csv; charset="\r\n\r\nx',
  `--x\r\n${'a: b\r\n'.repeat(3_000)}\r\nx\r\n--x--\r\n`,
];
const headers: Record<string, string>[] = [
  { 'if-match': '"\xff\xfe"' },
  { 'if-match': 'W/"99999999999999999999"' },
  { 'if-match': '*'.repeat(8_000) },
  { 'if-none-match': '\x80'.repeat(500) },
  { 'idempotency-key': '\xed\xa0\x80' },
  { 'accept-language': 'x'.repeat(9_000) },
  { 'accept-language': ';q=;,,*;q=9' },
  { 'x-forwarded-for': '\xff, 999.999.999.999, ::::' },
  { authorization: 'Bearer ' },
  { authorization: `Bearer ${'.'.repeat(9_000)}` },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJcdTAwMDAifQ.' },
  { 'content-encoding': 'gzip' },
  { range: 'bytes=-1,5-2' },
  { accept: '\x00'.replace('\0', '*/*;q=x') },
  { 'last-event-id': '-1' },
];

type Example = { readonly value?: unknown };
type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly examples?: Record<string, Example> }> };
};
type Document = { readonly paths?: Record<string, Record<string, Operation>> };

function pathsOf(value: unknown): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((path) => [key, ...path])]);
}
function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

/** Those that may end the session of the test come last. */
const isLast = ({ url, method }: { url: string; method: string }): boolean =>
  method === 'DELETE' || /password|sessions|second-factor|logout/.test(url);

function casesOf(
  route: { url: string; method: string },
  operation: Operation | undefined,
  seed: number,
): InjectOptions[] {
  const method = route.method as 'GET';
  const good = route.url.replace(/:(\w+)/g, (_all, name: string) => seeds[name] ?? '1').replace('*', 'x');
  const names = (operation?.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name);
  const encoded = (value: unknown): string =>
    encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).replace(/\p{Cs}/gu, ''));
  const values = fc.sample(hostile, { seed, numRuns: 120 });
  const bad = [
    ...addresses.map((text) => route.url.replace(/:\w+/g, text).replace('*', text)),
    ...[...names, 'x'].flatMap((name) =>
      [...addresses, ...values.slice(0, 4).map(encoded)].map((text) => `${good}?${name}=${text}&${name}=${text}`),
    ),
    `${good}?%00=1`,
    `${good}?${'a=1&'.repeat(500)}`,
  ];
  const json = { 'content-type': 'application/json' };
  const example = Object.values(operation?.requestBody?.content['application/json']?.examples ?? {})[0]?.value;
  const members = pathsOf(example);
  const bodies = [
    '\0',
    '"\\u0000"',
    '[]',
    'null',
    '{"__proto__":1}',
    '{"a":"\\ud800"}',
    '['.repeat(5_000),
    ...members
      .slice(0, 40)
      .flatMap((path, index) =>
        [texts[0], texts[2], values[index * 2], values[index * 2 + 1]].map((by) =>
          JSON.stringify(replaced(example, path, by)),
        ),
      ),
  ];
  const writes = method !== ('GET' as string);
  return [
    ...bad.map((url) => ({ method, url, ...(writes && { headers: json, payload: JSON.stringify(example ?? {}) }) })),
    ...headers.map((each) => ({ method, url: good, headers: each })),
    ...(writes
      ? types.flatMap((type, index) => [
          { method, url: good, headers: { 'content-type': type }, payload: forms[index % forms.length]! },
          { method, url: good, headers: { 'content-type': type }, payload: '{}' },
        ])
      : []),
    ...(writes
      ? forms.map((payload) => ({
          method,
          url: good,
          headers: { 'content-type': 'multipart/form-data; boundary=x' },
          payload,
        }))
      : []),
    ...(writes ? bodies.map((payload) => ({ method, url: good, headers: { ...json, 'if-match': '*' }, payload })) : []),
  ];
}

describe.each(Object.keys(services) as (keyof typeof services)[])('Hostile requests to %s', (name) => {
  test('No request is answered with 5xx, except 503 with the time to wait', { timeout: 120_000 }, async () => {
    const { app, token } = services[name]();
    const document = await documentOf(app);
    const faults: string[] = [];
    let cases = 0;
    const all = routesOf(app).filter(({ method, url }) => method !== 'HEAD' && !/^\/docs|^\/metrics/.test(url));
    const routes = [...all.filter((route) => !isLast(route)), ...all.filter(isLast)];
    expect(routes.length).toBeGreaterThan(3);
    for (const [index, route] of routes.entries()) {
      const path = route.url.replace(/:(\w+)/g, '{$1}');
      const operation = document.paths?.[path]?.[route.method.toLowerCase()];
      for (const request of casesOf(route, operation, index + 1)) {
        const signed = { authorization: `Bearer ${token}`, ...request.headers };
        const answer = await app.inject({ ...request, headers: signed });
        cases += 1;
        const { statusCode: status } = answer;
        if (status < 500 || (status === 503 && answer.headers['retry-after'] !== undefined)) continue;
        const place = [route.method, request.url, request.headers, request.payload, status];
        faults.push(JSON.stringify(place).slice(0, 300));
      }
    }
    expect(faults.slice(0, 10)).toEqual([]);
    expect(cases).toBeGreaterThan(routes.length * 20);
  });
});

async function documentOf(app: App): Promise<Document> {
  const answer = await app.inject('/openapi.json');
  return answer.statusCode === 200 ? answer.json() : {};
}
