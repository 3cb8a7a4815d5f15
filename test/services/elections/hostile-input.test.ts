// Hostile bodies, addresses and headers: each is rejected with its reason, and none is an internal error.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  codeOf,
  electionOf,
  inHours,
  motion,
  participantOf,
  startElections,
} from '../../support/services/elections.ts';
import type { Elections, Method } from '../../support/services/elections.ts';

let elections: Elections;
let participant: string;
let election: string;
let announced: string;
beforeAll(async () => {
  elections = await startElections();
  const name = `P ${randomUUID()}`;
  participant = participantOf(await elections.call('POST', '/v1/participants', { body: { name, kind: 'party' } })).id;
  announced = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
  await elections.call('POST', `/v1/elections/${announced}/announce`);
  election = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
});
afterAll(() => elections[Symbol.asyncDispose]());

const writes = (): [Method, string, object][] => [
  ['POST', '/v1/participants', { name: 'N', kind: 'party', allowSameName: true }],
  ['PATCH', `/v1/participants/${participant}`, { name: 'N', allowSameName: true }],
  ['POST', '/v1/elections', motion()],
  ['PATCH', `/v1/elections/${election}`, motion()],
  ['PATCH', '/v1/settings', { oneAtATime: false }],
  ['POST', `/v1/elections/${announced}/extend`, { closesAt: inHours(20), reason: 'R' }],
  ['POST', `/v1/elections/${election}/close`, { reason: 'R' }],
];
const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const strange: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  0.1,
  '',
  ' ',
  'x',
  '\u0000',
  '\uD800',
  '\u202E',
  'x'.repeat(5_000),
  '∞',
  'null',
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  { constructor: 1 },
  { toString: 'x' },
  { length: 5 },
  { en: {} },
  '2026-13-45T99:99:99Z',
  'DROP TABLE',
  '%00',
  '../..',
  '{{7*7}}',
  '=1+1',
  ';',
  '-0',
];
const bodiesOf = (good: object): string[] => [
  '',
  'null',
  '5',
  '"x"',
  '[]',
  'true',
  '{',
  '}{',
  '{"a":}',
  '\u0000',
  '\uFEFF{}',
  deep(20_000),
  'NaN',
  "{'a':1}",
  '{"__proto__":{"name":"x"}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"name":1e400}',
  JSON.stringify(good).replace(/}$/, ',"more":1}'),
  JSON.stringify(good).replace(/}$/, ',"__proto__":null}'),
  // Each member, at any depth, by each strange value.
  ...pathsOf(good).flatMap((path) => strange.map((value) => JSON.stringify(replaced(good, path, value)))),
];

function pathsOf(value: unknown): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((path) => [key, ...path])]);
}
function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  (copy as Record<string, unknown>)[key] = replaced((value as Record<string, unknown>)[key], rest, by);
  return copy;
}

describe('A body', () => {
  test.each([0, 1, 2, 3, 4, 5, 6])(
    'A body of any kind is rejected or understood, and breaks nothing (%i)',
    async (index) => {
      const [method, url, good] = writes()[index]!;
      const bodies = bodiesOf(good);
      expect(bodies.length).toBeGreaterThan(40);
      for (const body of bodies) {
        const answer = await elections.call(method, url, { body, headers: { 'if-match': '*' } });
        expect([answer.status < 500, answer.status < 500 ? '' : body]).toEqual([true, '']);
        if (answer.status >= 400) expect(codeOf(answer)).not.toBe('none');
      }
    },
  );

  test('A body that is too large is rejected before it is read, and an election may be larger', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(70_000), kind: 'party' });
    expect(codeOf(await elections.call('POST', '/v1/participants', { body: large }))).toBe('payload-too-large');
    const huge = JSON.stringify({ title: { en: 'x'.repeat(3_000_000) } });
    expect(codeOf(await elections.call('POST', '/v1/elections', { body: huge }))).toBe('payload-too-large');
    // As many options as may be, in titles as long as may be: too large to be published, which is said.
    const title = { en: '選'.repeat(499), sr: 'x'.repeat(499) };
    const options = Array.from({ length: 500 }, () => ({ title }));
    const contests = Array.from({ length: 2 }, () => ({ title, method: 'plurality', options }));
    const fits = await elections.call('POST', '/v1/elections', { body: motion({ contests: contests.slice(0, 1) }) });
    expect(fits.status).toBe(201);
    const refused = await elections.call('POST', '/v1/elections', { body: motion({ contests }) });
    expect([refused.status, codeOf(refused)]).toEqual([422, 'invalid-election']);
  });

  test('A body of another type than JSON is rejected', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'x']) {
      const headers = { 'content-type': type };
      const answer = await elections.call('POST', '/v1/participants', { body: '{"name":"N"}', headers });
      expect([type, answer.status >= 400 && answer.status < 500]).toEqual([type, true]);
    }
  });
});

describe('An address', () => {
  test.each([
    '/v1/participants/x',
    '/v1/participants/%00',
    '/v1/participants/..%2f..',
    '/v1/elections/%',
    '/v1/elections/a%20b',
    '/v1/elections/a.b',
    '/v1/elections/%00',
    `/v1/elections/${'x'.repeat(65)}`,
    `/v1/elections/${'x'.repeat(5_000)}`,
    '/v1/elections/constructor',
    '/v1/elections/__proto__/preview',
    '/v1/elections?before=0x10',
    '/v1/elections?limit=1&limit=2',
    '/v1/elections?__proto__=1',
    '/v1/audit-log?objectId=%00',
    '/v1/audit-log?actor=%F0%28',
    '/v1/audit-log?before=9999999999999999999',
    '/v1/audit-log/verification?entry=-1',
    '/v1/participants?search=%00',
    '/v1/participants?search=%ED%A0%80',
  ])('An address like %s is rejected or finds nothing', async (url) => {
    const answer = await elections.call('GET', url);
    expect([(answer.status >= 400 && answer.status < 500) || answer.status === 200, answer.status]).toEqual([
      true,
      answer.status,
    ]);
  });

  test.each(['"0"', '"-1"', '"1', '1', '""', '"9999999999"', '"1", "2"', 'W/*', '\u00e9'])(
    'An address with If-Match %s changes nothing',
    async (tag) => {
      const body = { title: { en: 'Changed' } };
      const answer = await elections.call('PATCH', `/v1/elections/${election}`, { body, headers: { 'if-match': tag } });
      expect(codeOf(answer)).toBe('invalid-request');
    },
  );
});
