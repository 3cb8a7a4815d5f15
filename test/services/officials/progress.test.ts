// The officials' view of their batches: lists, one batch, events as it changes, and the rows that do not count. Each is
// visible to users with the right to it, and to no one else.
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { allowanceOf } from '../../../src/platform/http/role-guard.ts';
import { batchViewKey } from '../../../src/protocol/control/batch-entries.ts';
import { batch } from '../../../src/protocol/control/officials-api.ts';
import type { Batch } from '../../../src/protocol/control/officials-api.ts';
import { problems } from '../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { Person } from '../../support/services/access.ts';
import { batchOf, csvOf, row, rows, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { until } from '../../support/until.ts';

let batches: Batches;
beforeAll(async () => {
  batches = await startBatches();
}, 60_000);
afterAll(() => batches[Symbol.asyncDispose]());

type Watching = { readonly events: Batch[]; readonly response: IncomingMessage; readonly ended: Promise<unknown> };
async function watch(id: string, by: Person, origin = batches.officials.origin): Promise<Watching> {
  const headers = { authorization: `Bearer ${by.tokens.accessToken}` };
  const outgoing = request(`${origin}/v1/batches/${id}/events`, { headers });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const events: Batch[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    for (let at = text.indexOf('\n\n'); at !== -1; at = text.indexOf('\n\n')) {
      const [name, data] = text.slice(0, at).split('\n');
      text = text.slice(at + 2);
      if (name !== 'event: batch') continue;
      events.push(z.object({ batch }).parse(JSON.parse((data ?? '').replace(/^data: /, ''))).batch);
    }
  });
  response.on('error', () => undefined);
  return { events, response, ended: once(response, 'close') };
}
const list = async (by: Person, query = ''): Promise<string[]> => {
  const { status, body } = await batches.get(`/v1/batches${query}`, { by });
  expect(status).toBe(200);
  return (body['batches'] as Batch[]).map(({ id }) => id);
};

describe('A watched batch', () => {
  test('A watched batch is reported as it changes, with counts that add up, until it is done', async () => {
    const electionId = await batches.election();
    const { id } = batchOf(await batches.upload(electionId, csvOf([...rows(29_990), ...rows(10, 7)])));
    const { official, auditor } = batches.people;
    const watching = [await watch(id, official), await watch(id, auditor)];
    const worker = await batches.worker();
    await Promise.all(watching.map(({ ended }) => ended));
    for (const { events, response } of watching) {
      expect(response.headers['content-type']).toContain('text/event-stream');
      expect(events[0]?.state).toBe('queued');
      expect(events.at(-1)).toMatchObject({ state: 'done', rows: { counted: 29_990, invalid: 10 } });
      let before = 0;
      for (const { rows: counts } of events) {
        expect(counts.checked + counts.waiting).toBe(counts.received);
        expect(counts.counted + counts.invalid).toBe(counts.checked);
        expect(counts.checked).toBeGreaterThanOrEqual(before);
        before = counts.checked;
      }
    }
    await worker.stop();
  });

  test('A watched batch is hidden when its reader loses the right to see it or the service stops', async () => {
    const electionId = await batches.election();
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(2))));
    const { administrator, auditor } = batches.people;
    const leaver = await batches.access.person('auditor', administrator);
    const watching = await watch(id, leaver);
    const refreshToken = leaver.tokens.refreshToken;
    await batches.access.call('POST', '/v1/logout', { body: { refreshToken } });
    await watching.ended;
    const other = await batches.anotherOfficials();
    const stream = await watch(id, auditor, other.origin);
    await until(() => stream.events.length === 1);
    await other.app.close();
    await stream.ended;
  });

  test('A watched batch needs the right to see it, and a question without a body is no stream', async () => {
    const { id } = batchOf(await batches.upload(await batches.election(), csvOf(rows(1))));
    const { response } = await watch(id, batches.people.other);
    expect(response.statusCode).toBe(404);
    const head = await batches.officials.app.inject({ method: 'HEAD', url: `/v1/batches/${id}/events` });
    expect(head.statusCode).toBe(405);
  });
});

describe('Batches of paper ballots', () => {
  test('Batches are listed to their official, all to administrators and auditors, newest first, in pages', async () => {
    const electionId = await batches.election();
    const another = await batches.election();
    const { official, other, administrator, auditor } = batches.people;
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift(batchOf(await batches.upload(electionId, csvOf(rows(1)), { by: official })).id);
    }
    const foreign = batchOf(await batches.upload(electionId, csvOf(rows(1)), { by: other })).id;
    const elsewhere = batchOf(await batches.upload(another, csvOf(rows(1)), { by: other })).id;
    expect(await list(official, `?electionId=${electionId}`)).toEqual(ids);
    expect((await list(official)).slice(0, 5)).toEqual(ids);
    expect(await list(other)).toEqual([elsewhere, foreign]);
    for (const by of [administrator, auditor]) {
      expect(await list(by, `?electionId=${electionId}`)).toEqual([foreign, ...ids]);
      expect(await list(by, `?electionId=${another}`)).toEqual([elsewhere]);
    }
    const states: string[] = [];
    for (let next: string | null = '', pages = 0; next !== null; pages += 1) {
      const after = next === '' ? '' : `&after=${next}`;
      const url = `/v1/batches?electionId=${electionId}&limit=2${after}`;
      const { body } = await batches.get(url, { by: auditor });
      states.push(...(body['batches'] as Batch[]).map(({ id }) => id));
      next = body['next'] as string | null;
      expect(pages).toBeLessThan(4);
    }
    expect(states).toEqual([foreign, ...ids]);
    expect((await batches.get(`/v1/batches?after=${foreign}`, { by: official })).status).toBe(400);
  });

  test('Batches of others, and ids that are none, are alike for an official', async () => {
    const { id } = batchOf(await batches.upload(await batches.election(), csvOf(rows(1))));
    const { other, auditor } = batches.people;
    const missing = `${'x'.repeat(42)}A`;
    for (const path of ['', '/events', '/invalid.csv']) {
      const [foreign, none] = await Promise.all(
        [id, missing].map((each) => batches.get(`/v1/batches/${each}${path}`, { by: other })),
      );
      expect(foreign?.status).toBe(404);
      expect(foreign?.text).toBe(none?.text);
    }
    expect((await batches.get(`/v1/batches/${id}/invalid.csv`, { by: auditor })).status).toBe(200);
    expect((await batches.get('/v1/batches/../../x')).status).toBe(404);
    expect((await batches.get('/v1/batches/x')).status).toBe(400);
  });

  test('Batches that somebody overwrote in Redis are shown as missing, and never as a failure', async () => {
    const { id } = batchOf(await batches.upload(await batches.election(), csvOf(rows(1))));
    for (const text of ['', '{', 'null', '{"checked":1}', '[1e400]']) {
      await batches.redis.set(batchViewKey(id), text);
      expect((await batches.get(`/v1/batches/${id}`)).status).toBe(404);
    }
  });

  test('Batches of a queue that changes during a request are never shown as lost', async () => {
    const electionId = await batches.election();
    const worker = await batches.worker();
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(25_000))));
    const states: string[] = [];
    await until(async () => {
      const { state } = batchOf(await batches.get(`/v1/batches/${id}`));
      states.push(state);
      return state === 'done';
    });
    expect(states).not.toContain('incomplete');
    await worker.stop();
  });

  test('Batches show their invalid rows in a file that no spreadsheet runs', async () => {
    const worker = await batches.worker();
    const { id } = batchOf(await batches.upload(await batches.election(), csvOf([row(9), row(8), row(1)])));
    await batches.settled(id);
    const answer = await batches.officials.app.inject({
      url: `/v1/batches/${id}/invalid.csv`,
      headers: { authorization: `Bearer ${batches.people.official.tokens.accessToken}` },
    });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="invalid-${id}.csv"`);
    expect(answer.headers['rows-omitted']).toBe('0');
    const lines = answer.body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) for (const cell of line.split(',')) expect(cell).not.toMatch(/^"?[=+\-@]/);
    await worker.stop();
  });
});

describe('Each route', () => {
  const table: [method: 'GET' | 'POST', url: string, allowed: readonly string[]][] = [
    ['POST', '/v1/batches?electionId=x', ['official']],
    ['GET', '/v1/batches', ['official', 'administrator', 'auditor']],
    ['GET', `/v1/batches/${'x'.repeat(42)}A`, ['official', 'administrator', 'auditor']],
    ['GET', `/v1/batches/${'x'.repeat(42)}A/events`, ['official', 'administrator', 'auditor']],
    ['GET', `/v1/batches/${'x'.repeat(42)}A/invalid.csv`, ['official', 'administrator', 'auditor']],
  ];

  test('Each route is in the table below, and names its roles', () => {
    const served = batches.officials.app
      .printRoutes({ commonPrefix: false })
      .match(/\((GET|POST|PUT|PATCH|DELETE)[^)]*\)/g);
    // And health, the description and its page.
    expect(served?.length).toBeGreaterThan(table.length);
    const { paths } = batches.officials.app.swagger() as unknown as { paths: Record<string, object> };
    expect(Object.values(paths).flatMap((path) => Object.keys(path))).toHaveLength(table.length);
    expect(allowanceOf({})).toBeNull();
  });

  test.each(table)('%s %s lets in who may, and no one else', async (method, url, allowed) => {
    const people = batches.people;
    for (const [role, person] of Object.entries(people)) {
      const { statusCode, body } = await batches.officials.app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${person.tokens.accessToken}`, 'content-type': 'text/csv' },
      });
      const ownRole = role === 'other' ? 'official' : role;
      expect([role, (JSON.parse(body) as { code?: string }).code === 'role-not-allowed']).toEqual([
        role,
        !allowed.includes(ownRole),
      ]);
      expect(statusCode).toBeLessThan(500);
    }
    for (const authorization of ['', 'Bearer', 'Bearer nonsense', `Bearer ${people.official.tokens.refreshToken}`]) {
      const answer = await batches.officials.app.inject({ method, url, headers: { authorization } });
      expect([authorization, answer.statusCode]).toEqual([authorization, 401]);
    }
  });

  test('Each route is described in OpenAPI 3.1 with an example of its form for every answer', async () => {
    const validator = new Validator();
    const { body } = await batches.officials.app.inject('/openapi.json');
    const { valid, errors } = await validator.validate(JSON.parse(body) as Parameters<Validator['validate']>[0]);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    type Media = { schema: object; examples?: Record<string, { value: unknown }> };
    type Operation = {
      requestBody?: { content: Record<string, Media> };
      responses: Record<string, { content?: Record<string, Media> }>;
    };
    const { paths } = validator.resolveRefs() as unknown as { paths: Record<string, Record<string, Operation>> };
    for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
      for (const [status, { content = {} }] of [
        ...Object.entries(operation.responses),
        ...(operation.requestBody ? ([['request', operation.requestBody]] as const) : []),
      ]) {
        for (const { schema, examples = {} } of Object.values(content)) {
          expect(Object.keys(examples).length).toBeGreaterThan(0);
          for (const [name, { value }] of Object.entries(examples)) {
            expect(z.fromJSONSchema(schema as never).safeParse(value).error?.issues ?? []).toEqual([]);
            if (name in problems) expect(problems[name as ProblemCode].status).toBe(Number(status));
          }
        }
      }
    }
  });
});

test('While Redis is unavailable nothing is taken and nothing is shown, and both come back by themselves', async () => {
  const electionId = await batches.election();
  const { id } = batchOf(await batches.upload(electionId, csvOf(rows(1))));
  const { auditor } = batches.people;
  await batches.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until(async () => (await batches.get(`/v1/batches/${id}`, { by: auditor })).status === 200);
  expect((await batches.officials.app.inject('/readyz')).statusCode).toBe(200);
  expect((await batches.upload(electionId, csvOf(rows(1)))).status).toBe(202);
});
