// Bodies in JSON that two programs may read in two ways are refused, and every other one is read as JSON.parse does.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import type { App } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

let app: App;
beforeAll(async () => {
  const version = { version: '1', node: '20' };
  const { logger } = createLogProbe('api');
  ({ app } = await createHttp({ logger, metrics: createMetrics('api'), checks: [], version }));
  app.post('/echo', ({ body }) => ({ text: JSON.stringify(body) }));
  await app.ready();
});
afterAll(() => app.close());

async function send(payload: string | Buffer) {
  const headers = { 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'POST', url: '/echo', headers, payload });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}
const rejection = (detail: string) => ({
  status: 400,
  body: expect.objectContaining({ code: 'invalid-request', errors: [{ path: 'body', detail }] }) as unknown,
});
const twice = rejection('Name each member of an object once.');

test.each([
  '{"choices":["yes"],"choices":["no"]}',
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":2}',
  '[{"b":{}},{"c":{"d":1,"e":":","d":1}}]',
  '{"":1,"":2}',
])('A member that is written twice is refused: %s', async (text) => {
  expect(await send(text)).toEqual(twice);
});

test('Bytes that are no UTF-8 are refused, also inside a text', async () => {
  const fault = rejection('Encode the body in UTF-8.');
  expect(await send(Buffer.from('{"title":"Caf\u00e9"}', 'latin1'))).toEqual(fault);
  expect(await send(Buffer.from([0xff, 0xfe, 0x7b]))).toEqual(fault);
});

/** JSON without the names that the parser refuses for themselves. */
const value = fc.jsonValue().filter((one) => !/"(__proto__|constructor)"/.test(JSON.stringify(one)));

test('Every value is read as JSON.parse reads it, in any layout', async () => {
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(0, 1, 2), async (one, spaces) => {
      const text = JSON.stringify(one, null, spaces);
      expect(await send(text)).toEqual({ status: 200, body: { text: JSON.stringify(JSON.parse(text)) } });
    }),
  );
});

test('A member that is repeated anywhere in any value is refused', async () => {
  await fc.assert(
    fc.asyncProperty(value, value, fc.string(), async (outer, inner, name) => {
      fc.pre(!['__proto__', 'constructor', 'between'].includes(name));
      const key = JSON.stringify(name);
      const repeated = `{${key}:${JSON.stringify(inner)},"between":":",${key}:1}`;
      expect(await send(`[${JSON.stringify(outer)},${repeated}]`)).toEqual(twice);
    }),
  );
});
