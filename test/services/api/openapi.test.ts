// The description of the API: valid, complete, every example of the form that it claims, and every real answer too.
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problems } from '../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { ballot } from '../../support/elections.ts';
import type { InjectOptions } from 'fastify';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { bearer, codeOf, rejection, secret, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

type Media = { schema: object; examples?: Record<string, { summary: string; value: unknown }> };
type Answer = { description: string; content?: Record<string, Media> };
type Operation = {
  operationId: string;
  summary: string;
  description: string;
  security?: object[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
};
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };

let api: Fixture;
let text: string;
let document: Document;
let operations: Operation[];
beforeAll(async () => {
  api = await startApi();
  text = (await api.app.inject('/openapi.json')).body;
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(text) as Parameters<Validator['validate']>[0]);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  document = validator.resolveRefs() as unknown as Document;
  operations = Object.values(document.paths).flatMap((path) => Object.values(path));
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const conforms = (schema: object, value: unknown): void => {
  const result = z.fromJSONSchema(schema as never).safeParse(value);
  expect(result.error?.issues ?? []).toEqual([]);
};

describe('The document', () => {
  test('The document is OpenAPI 3.1 and describes each call, each in words', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual([
      'askRoll',
      'castBallot',
      'checkCode',
      'getDestruction',
      'getElection',
      'getLogo',
      'getManifest',
      'getPublicKeys',
      'getRecordHeads',
      'getResults',
      'getResultsCsv',
      'getTurnout',
      'listArchive',
      'listElections',
      'resendCode',
      'startActivatedSession',
      'startSession',
      'waitForVerification',
    ]);
    for (const { summary, description } of operations) {
      expect(summary.length).toBeGreaterThan(10);
      expect(description.length).toBeGreaterThan(10);
    }
  });

  test('The document has an example for every answer, and each is of the form that it claims', () => {
    let count = 0;
    for (const { operationId, responses, requestBody } of operations) {
      const bodies = [requestBody, ...Object.values(responses)];
      for (const [type, media] of bodies.flatMap((body) => Object.entries(body?.content ?? {}))) {
        const examples = Object.values(media.examples ?? {});
        expect(examples.length, `${operationId} ${type}`).toBeGreaterThan(0);
        for (const { value } of examples) conforms(media.schema, value);
        count += examples.length;
      }
    }
    expect(count).toBeGreaterThan(60);
  });

  test('The document lists each rejection under its own status, as problem+json', () => {
    for (const { responses } of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
        for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
          expect(problems[code as ProblemCode].status).toBe(Number(status));
        }
      }
    }
  });

  test('The document says which token opens which call', () => {
    const security = Object.fromEntries(
      operations.map(({ operationId, security: requirement }) => [operationId, requirement]),
    );
    expect(security['castBallot']).toEqual([{ verifiedToken: [] }]);
    for (const name of ['waitForVerification', 'checkCode', 'resendCode']) {
      expect(security[name]).toEqual([{ pendingToken: [] }]);
    }
    expect(security['startSession']).toBeUndefined();
  });
});

describe('Real answers', () => {
  const check = async (operationId: string, request: InjectOptions | string) => {
    const answer = await api.app.inject(request);
    const operation = operations.find((one) => one.operationId === operationId);
    const described = operation?.responses[String(answer.statusCode)];
    expect(described, `${operationId} ${answer.statusCode}`).toBeDefined();
    if (answer.statusCode === 304) return answer;
    const type = String(answer.headers['content-type']).split(';')[0] ?? '';
    const media = described?.content?.[type];
    expect(media, `${operationId} ${answer.statusCode} ${type}`).toBeDefined();
    if (type.endsWith('json')) conforms(media?.schema ?? {}, answer.json());
    if (answer.statusCode >= 400) {
      expect(Object.keys(media?.examples ?? {})).toContain(answer.json<{ code: string }>().code);
    }
    return answer;
  };

  test('Real answers are all described, successes and rejections alike', async () => {
    const { id } = api.election;
    const list = await check('listElections', '/v1/elections');
    await check('listElections', { url: '/v1/elections', headers: { 'if-none-match': String(list.headers['etag']) } });
    await check('getElection', `/v1/elections/${id}`);
    await check('getPublicKeys', '/v1/public-keys');
    await check('getElection', '/v1/elections/none');
    await check('getElection', '/v1/elections/a%20b');
    await check('getTurnout', `/v1/elections/${id}/turnout`);
    await check('getResults', `/v1/elections/${id}/results`);
    await check('getResultsCsv', `/v1/elections/${id}/results.csv`);

    const start = (payload: object) => check('startSession', { method: 'POST', url: '/v1/sessions', payload });
    const good = {
      electionId: id,
      identity: { number: 'A1234563' },
      phone: '+85261234567',
      method: 'text-in',
      castTag: anyCastTag,
    };
    for (const change of [
      {},
      { method: 'code' },
      { electionId: 'x' },
      { phone: '1234' },
      { identity: undefined },
      { a: 1 },
    ]) {
      await start({ ...good, ...change });
    }
    await check('startSession', {
      method: 'POST',
      url: '/v1/sessions',
      payload: 'x',
      headers: { 'content-type': 'text/xml' },
    });
    await check('startSession', { method: 'POST', url: '/v1/sessions', payload: { ...good, a: 'x'.repeat(70_000) } });

    const session = await api.session({ phone: '+85261234568' });
    const headers = bearer(session.token);
    await check('waitForVerification', { url: '/v1/sessions/current', headers });
    await check('waitForVerification', { url: '/v1/sessions/current' });
    await check('waitForVerification', { url: '/v1/sessions/current?wait=31', headers });
    await api.text('+85261234568', codeOf(session));
    await check('waitForVerification', {
      url: '/v1/sessions/current?wait=5',
      headers: { ...headers, accept: 'text/event-stream' },
    });
    const verified = await check('waitForVerification', { url: '/v1/sessions/current?wait=5', headers });

    const code = await api.session({ phone: '+85261234569', method: 'code' });
    const post = (name: string, path: string, payload: object, token = code.token) =>
      check(name, { method: 'POST', url: path, payload, headers: bearer(token) });
    for (const refused of ['wrong-code', 'code-expired', 'too-many-tries'] as const) {
      api.behind.check = () => {
        throw rejection(refused, refused === 'wrong-code' ? { triesLeft: 1 } : {});
      };
      await post('checkCode', '/v1/sessions/current/code', { code: '12345678' });
    }
    await post('checkCode', '/v1/sessions/current/code', { code: 'x' });
    await post('resendCode', '/v1/sessions/current/resend', {});
    await post('resendCode', '/v1/sessions/current/resend', { method: 'text-in' });
    await post('resendCode', '/v1/sessions/current/resend', {}, 'wrong');

    const { token } = verified.json<{ token: string }>();
    const cast = { ballotKey: secret(), ballot: ballot() };
    await post('castBallot', '/v1/ballots', cast, token);
    await post('castBallot', '/v1/ballots', cast, session.token);
    await post('castBallot', '/v1/ballots', { ...cast, ballotKey: 'short' }, token);
    for (const refused of ['already-recorded', 'not-open', 'not-eligible', 'invalid-ballot', 'internal'] as const) {
      api.behind.cast = () => Promise.reject(rejection(refused));
      await post('castBallot', '/v1/ballots', cast, token);
    }
  });
});

describe('The page', () => {
  test('The page is at /docs, with everything that it loads from here', async () => {
    const page = await api.app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).not.toMatch(/https?:|upgrade-insecure/);
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(loaded.length).toBeGreaterThan(4);
    for (const address of loaded) {
      expect(address).toMatch(/^\.?\/[^/]/);
      expect((await api.app.inject(new URL(address, 'http://local/docs').pathname)).statusCode).toBe(200);
    }
    expect(page.body).not.toMatch(/<script>|<style| style=/);
  });

  test('No answer asks for HSTS or an upgrade on plain HTTP, none admits another origin', async () => {
    const { headers } = await api.app.inject('/v1/elections');
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['content-security-policy']).not.toContain('upgrade');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});
