// Names that every JavaScript object inherits, such as "constructor", where people and programs may send any name: no
// service looks them up in its tables and fails, and an election that uses them as its ids is run like any other.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../support/control.ts';
import { hkid, phone } from '../support/identities.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';

const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'] as const;

type Media = { readonly examples?: Readonly<Record<string, { readonly value: unknown }>> };
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
type Call = { readonly method: string; readonly path: string; readonly body?: string };

let platform: Platform & { readonly control: Control };
let administrator: Person;
let official: Person;
beforeAll(async () => {
  platform = await startPlatform({ control: true });
  ({ administrator } = platform.control);
  official = await platform.control.person('official');
}, 120_000);
afterAll(() => platform[Symbol.asyncDispose]());

/** Each string in a value by a name in its place, one at a time. */
function withName(value: unknown, name: string): readonly unknown[] {
  if (typeof value === 'string') return [name];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.flatMap((item, at) => withName(item, name).map((changed) => items.with(at, changed)));
  }
  if (value === null || typeof value !== 'object') return [];
  const members = Object.entries(value);
  return members.flatMap(([key, item]) =>
    withName(item, name).map((changed) =>
      Object.fromEntries(members.map(([other, same]) => [other, other === key ? changed : same])),
    ),
  );
}

/** Every call of a service with a name in one string of its body, or in all of its path and query. */
async function callsOf(origin: string): Promise<readonly Call[]> {
  const { paths } = (await (await fetch(`${origin}/openapi.json`)).json()) as Document;
  return names.flatMap((name) =>
    Object.entries(paths).flatMap(([pattern, item]) =>
      Object.entries(item).flatMap(([verb, { operationId, parameters = [], requestBody }]) => {
        // It ends the session that the other calls need.
        if (operationId === 'endMySessions') return [];
        const method = verb.toUpperCase();
        const query = parameters.filter((each) => each.in === 'query');
        const bare = pattern.replace(/\{\w+\}/g, name);
        const paths = [bare, ...query.map((each) => `${bare}?${each.name}=${name}`)];
        const [media] = Object.values(requestBody?.content ?? {});
        const bodies = Object.values(media?.examples ?? {}).flatMap(({ value }) => withName(value, name));
        const extra = (locale: unknown) =>
          typeof locale === 'object' && operationId === 'startSession' ? [{ ...locale, locale: name }] : [];
        const more = Object.values(media?.examples ?? {}).flatMap(({ value }) => extra(value));
        const changes = [...bodies, ...more].map((body) => ({ method, path: bare, body: JSON.stringify(body) }));
        return [...paths.map((path) => ({ method, path })), ...changes];
      }),
    ),
  );
}

async function statusOf(origin: string, { method, path, body }: Call, token?: string): Promise<string> {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    'accept-language': 'constructor, __proto__;q=0.5',
  };
  const answer = await fetch(origin + path, { method, headers, ...(body !== undefined && { body }) });
  await answer.body?.cancel();
  return `${answer.status} ${method} ${path} ${body ?? ''}`;
}

describe('A name that every object inherits', () => {
  test.each(['access', 'elections', 'officials'] as const)(
    'No call of %s fails with such a name in any of its strings',
    async (service) => {
      const origin = platform.control.origins[service];
      const caller = await platform.control.person(service === 'officials' ? 'official' : 'administrator');
      const calls = await callsOf(origin);
      expect(calls.length).toBeGreaterThan(20);
      const statuses: string[] = [];
      for (const call of calls) statuses.push(await statusOf(origin, call, caller.token));
      expect(statuses.filter((status) => status.startsWith('500'))).toEqual([]);
      // Most calls got past the door.
      expect(statuses.filter((status) => status.startsWith('401')).length).toBeLessThan(calls.length / 2);
    },
    180_000,
  );

  test('No public call, page or text message fails with such a name', async () => {
    const { api, sms } = platform.origins;
    const statuses = [];
    for (const origin of [api, sms]) {
      const pages = names.flatMap((name) => [
        `/results/${name}`,
        `/turnout/${name}?lang=${name}`,
        `/?lang=${name}&election=${name}`,
        `/assets/${name}`,
        `/${name}`,
      ]);
      const calls = origin === api ? await callsOf(origin) : [];
      for (const call of [...calls, ...pages.map((path) => ({ method: 'GET', path }))]) {
        statuses.push(await statusOf(origin, call));
      }
    }
    expect(statuses.length).toBeGreaterThan(40);
    expect(statuses.filter((status) => status.startsWith('500'))).toEqual([]);
  }, 120_000);

  test('Such ids of elections, contests and options are voted on, counted, decided by lot and published', async () => {
    const option = (id: string) => ({ id, title: { en: id } });
    const options = names.slice(0, 3).map(option);
    const contest = (id: string) => ({ id, title: { en: id }, method: 'plurality', options });
    const id = '__proto__';
    const at = (call: string): string => `/v1/elections/${id}${call}`;
    const ask = (method: string, path: string, body?: object) =>
      administrator.call('elections', method, path, body && { body });
    const drafted = await ask('POST', '/v1/elections', {
      id,
      title: { en: 'Inherited' },
      opensAt: new Date(Date.now() - 60_000).toISOString(),
      closesAt: new Date(Date.now() + 3_600_000).toISOString(),
      timeZone: 'Europe/Belgrade',
      rehearsal: true,
      minBatch: 1,
      graceSeconds: 0,
      channels: ['online', 'batches'],
      identity: { scheme: 'hkid' },
      verification: { methods: ['text-in', 'code'] },
      contests: names.map(contest),
    });
    expect(drafted.status, drafted.text).toBe(201);
    expect((await ask('POST', at('/announce'), {})).status).toBe(200);
    await until(async () => (await fetch(platform.origins.api + at(''))).status === 200, 'the election');

    // A language of such a name gets the text in English.
    for (const name of names) {
      const body = { electionId: id, number: hkid(700), phone: phone(700), method: 'code', locale: name };
      const session = await fetch(`${platform.origins.api}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, identity: { scheme: 'hkid', number: hkid(700) } }),
      });
      expect(session.status, await session.text()).not.toBe(500);
    }
    const voter = await new Voter(platform.origins, id).verify();
    const choices = (choice: string) => ({ contests: names.map((contestId) => ({ contestId, choices: [choice] })) });
    expect((await voter.cast(choices('__proto__'))).status).toBe(201);
    const batch = await official.call('officials', 'POST', `/v1/batches?electionId=${id}`, {
      raw: `${randomUUID()},1,1,1,1\n`,
      headers: { 'content-type': 'text/csv' },
    });
    expect(batch.status, batch.text).toBe(202);
    await until(async () => {
      const { body } = await ask('GET', at('/turnout'));
      return JSON.stringify(body['channels']) === '{"online":1,"batches":1}';
    }, 'both ballots');
    expect((await ask('POST', at('/close'), { reason: 'All have voted.' })).status).toBeLessThan(300);
    await until(async () => (await ask('POST', at('/count'), {})).status < 300, 'the count');
    for (const contestId of names) {
      const lot = { contestId, order: ['constructor', '__proto__'], note: 'Drawn before witnesses.' };
      const decided = await ask('POST', at('/lots'), lot);
      expect(decided.status, decided.text).toBeLessThan(300);
    }
    const published = await ask('POST', at('/publish'), {});
    expect(published.status, published.text).toBeLessThan(300);
    await until(async () => (await fetch(`${platform.origins.api}${at('/results')}`)).status === 200, 'the results');
    const page = await fetch(`${platform.origins.api}/results/${id}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Inherited');
  }, 180_000);
});
