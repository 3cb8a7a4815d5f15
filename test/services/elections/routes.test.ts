// Every route of `elections`, from the table of routes itself: who is let in, who is not, and what the description says
// of it. What is served is held against that description too.
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { userRoles } from '../../../src/domain/user.ts';
import type { UserRole } from '../../../src/domain/user.ts';
import { problems } from '../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { codeOf, electionOf, motion, participantOf, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections, Method } from '../../support/services/elections.ts';

type Operation = {
  operationId: string;
  description: string;
  security: object[];
  'x-roles': UserRole[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
};
type Media = { schema: object; examples?: Record<string, { value: unknown }> };
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };
type Route = { readonly method: Method; readonly pattern: string; readonly url: string; readonly operation: Operation };

let elections: Elections;
let document: Document;
let routes: Route[];
beforeAll(async () => {
  elections = await startElections();
  const validator = new Validator();
  const { body } = await elections.app.inject('/openapi.json');
  const { valid, errors } = await validator.validate(JSON.parse(body) as Parameters<Validator['validate']>[0]);
  expect([errors ?? [], valid]).toEqual([[], true]);
  document = validator.resolveRefs() as unknown as Document;
  routes = servedRoutes();
});
afterAll(() => elections[Symbol.asyncDispose]());

/** What the server serves, as it says itself, but for health, the description and its page. */
function servedRoutes(): Route[] {
  const path: string[] = [];
  const routes: Route[] = [];
  for (const line of elections.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, lead = '', part = '', methods = ''] = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    // A part of a path that serves nothing itself has no methods.
    const [, bareLead = '', bare = ''] = /^([│├└─ ]*)(\S+)$/.exec(line) ?? [];
    if (part === '' && bare === '') continue;
    path.splice((part === '' ? bareLead : lead).length / 4 - 1, Infinity, part === '' ? bare : part);
    const pattern = path.join('').replace(/:(\w+)/g, '{$1}');
    if (part === '' || /^\/(livez|readyz|version|openapi\.json|docs)(\/|$)/.test(pattern)) continue;
    for (const method of methods.split(', ').filter((name) => name !== 'HEAD') as Method[]) {
      const operation = document.paths[pattern]?.[method.toLowerCase()];
      if (!operation) throw new Error(`${method} ${pattern} is not described`);
      const url = pattern.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');
      routes.push({ method, pattern, url, operation });
    }
  }
  return routes;
}

/** What officials see: which elections there are, how a ballot will look, how many took part. */
const forOfficials = [
  '/v1/elections',
  '/v1/elections/{electionId}/preview',
  '/v1/elections/{electionId}/turnout',
  '/v1/elections/{electionId}/turnout-history',
  // To confirm those of others.
  '/v1/elections/{electionId}/batches',
  // How many cards their station gave.
  '/v1/elections/{electionId}/activations',
  // Where the cards work.
  '/v1/elections/{electionId}/devices',
  '/v1/elections/{electionId}/device-counts',
];

describe('Each route', () => {
  test('Each route that is served is described, and the other way round', () => {
    const described = Object.entries(document.paths).flatMap(([pattern, path]) =>
      Object.keys(path).map((method) => `${method.toUpperCase()} ${pattern}`),
    );
    expect(routes.map(({ method, pattern }) => `${method} ${pattern}`).sort()).toEqual(described.sort());
    expect(routes.length).toBeGreaterThan(14);
  });

  // The numbers of people on a roll.
  const forAdministrators = ['/v1/elections/{electionId}/roll', '/v1/elections/{electionId}/roll.csv'];

  // Officials withdraw their own, and confirm those of others.
  const writersOf: Readonly<Record<string, readonly string[]>> = {
    '/v1/elections/{electionId}/batches/{batchId}/withdraw': ['administrator', 'official'],
    '/v1/elections/{electionId}/batches/{batchId}/confirm': ['official'],
    '/v1/elections/{electionId}/activations': ['official'],
    // Who is at the station sees first that a device is lost.
    '/v1/elections/{electionId}/devices/{deviceId}': ['administrator', 'official'],
  };
  /** With a receipt it shows a vote. */
  const forAuditors = '/v1/elections/{electionId}/openings';

  test('Each route that changes anything is for administrators, each that reads for auditors too', () => {
    for (const { method, pattern, operation } of routes) {
      const readers = forOfficials.includes(pattern) ? userRoles : userRoles.filter((role) => role !== 'official');
      const writers = writersOf[pattern] ?? ['administrator'];
      const others = method === 'GET' && !forAdministrators.includes(pattern) ? readers : writers;
      const expected = pattern === forAuditors ? ['auditor' as const] : others;
      expect([method, pattern, [...operation['x-roles']].sort()]).toEqual([method, pattern, [...expected].sort()]);
    }
  });

  test('Each route answers 401 without a token, with a wrong or a misplaced one, before reading anything', async () => {
    const { accessToken, refreshToken } = elections.people.administrator.tokens;
    for (const { method, url } of routes) {
      for (const headers of [
        {},
        { authorization: 'Bearer' },
        { authorization: 'Bearer nonsense' },
        { authorization: `Bearer ${refreshToken}` },
        { authorization: `Basic ${accessToken}` },
        { cookie: `token=${accessToken}` },
      ]) {
        // A body that could not be read either: the token comes first.
        const send = method !== 'GET' && method !== 'DELETE';
        const answer = await elections.app.inject({
          method,
          url,
          headers: { ...headers, ...(send && { 'content-type': 'application/json' }) },
          ...(send && { payload: '{' }),
        });
        expect([method, url, answer.statusCode]).toEqual([method, url, 401]);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    }
  });

  test('Each route answers 403 to a role that it does not name, and not to one that it names', async () => {
    for (const { method, url, operation } of routes) {
      for (const role of userRoles) {
        const body = method === 'POST' || method === 'PATCH' ? { nothing: true } : undefined;
        const answer = await elections.call(method, url, { as: role, ...(body && { body }) });
        const expected = operation['x-roles'].includes(role) ? 'let in' : 'role-not-allowed';
        const outcome = codeOf(answer) === 'role-not-allowed' ? 'role-not-allowed' : 'let in';
        expect([role, method, url, outcome]).toEqual([role, method, url, expected]);
        expect([method, url, answer.status < 500 && answer.status !== 401]).toEqual([method, url, true]);
      }
    }
  });

  test('Each route answers an election or a participant that is not there with a problem', async () => {
    for (const { method, url, pattern } of routes.filter((route) => route.method === 'GET')) {
      const answer = await elections.call(method, url, { as: pattern === forAuditors ? 'auditor' : 'administrator' });
      if (pattern.includes('{')) expect([url, answer.status]).toEqual([url, 404]);
      else expect([url, answer.status]).toEqual([url, 200]);
    }
    expect(codeOf(await elections.call('DELETE', '/v1/audit-log'))).toBe('method-not-allowed');
    expect(codeOf(await elections.call('GET', '/private/elections'))).toBe('not-found');
    expect((await elections.app.inject('/metrics')).statusCode).toBe(404);
  });
});

describe('The description', () => {
  const conforms = (what: string, schema: object, value: unknown): void => {
    expect([what, z.fromJSONSchema(schema as never).safeParse(value).error?.issues ?? []]).toEqual([what, []]);
  };

  test('The description is OpenAPI 3.1, with the roles and an example of every answer of each call', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const { operation } of routes) {
      const { operationId, description, security, requestBody, responses } = operation;
      expect(description).toContain(`Roles: ${operation['x-roles'].join(', ')}.`);
      expect(security).toEqual([{ accessToken: [] }]);
      // A body that is no JSON is described in words.
      const requestMedia = requestBody?.content['application/json'];
      const media = Object.values(responses).flatMap((body) => Object.values(body.content ?? {}));
      for (const each of [...media, ...(requestMedia ? [requestMedia] : [])]) {
        const examples = Object.values(each.examples ?? {});
        expect([operationId, examples.length > 0]).toEqual([operationId, true]);
        for (const { value } of examples) conforms(operationId, each.schema, value);
      }
    }
  });

  test('The description lists each rejection under its own status', () => {
    for (const { operation } of routes) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
          expect(problems[code as ProblemCode].status).toBe(Number(status));
        }
      }
    }
  });

  test('The description is true of real answers, rejections included', async () => {
    const describedCall = async (
      method: Method,
      pattern: string,
      url = pattern,
      options: object = {},
    ): Promise<Answer> => {
      const answer = await elections.call(method, url, options);
      const operation = document.paths[pattern]?.[method.toLowerCase()];
      const type = ((answer.headers['content-type'] ?? '') as string).split(';')[0] ?? '';
      const response = operation?.responses[String(answer.status)];
      expect([pattern, answer.status, response !== undefined]).toEqual([pattern, answer.status, true]);
      if (answer.status !== 204) conforms(pattern, response?.content?.[type]?.schema ?? { type: 'null' }, answer.body);
      return answer;
    };
    const name = { en: `P ${Math.random()}`, sr: 'П' };
    const creation = await describedCall('POST', '/v1/participants', undefined, { body: { name, kind: 'party' } });
    const { id } = participantOf(creation);
    await describedCall('POST', '/v1/participants', undefined, { body: { name, kind: 'party' } });
    await describedCall('POST', '/v1/participants', undefined, { body: { name: '', kind: 'party' } });
    await describedCall('GET', '/v1/participants');
    await describedCall('GET', '/v1/participants/{participantId}', `/v1/participants/${id}`);
    await describedCall('PATCH', '/v1/participants/{participantId}', `/v1/participants/${id}`, {
      body: { name: `Q ${Math.random()}` },
    });
    const options = [{ participantId: id }, { title: { en: 'None' } }];
    const contests = [{ title: { en: 'S' }, method: 'dhondt', seats: 3, thresholdPercent: 0.01, options }];
    const election = electionOf(
      await describedCall('POST', '/v1/elections', undefined, { body: motion({ contests }) }),
    );
    await describedCall('POST', '/v1/elections', undefined, {
      body: motion({ contests: [{ ...contests[0], seats: undefined }] }),
    });
    await describedCall('DELETE', '/v1/participants/{participantId}', `/v1/participants/${id}`);
    await describedCall('GET', '/v1/elections');
    const one = `/v1/elections/${election.id}`;
    await describedCall('GET', '/v1/elections/{electionId}', one);
    await describedCall('GET', '/v1/elections/{electionId}/preview', `${one}/preview`);
    for (const noun of ['live', 'turnout-history', 'readiness']) {
      await describedCall('GET', `/v1/elections/{electionId}/${noun}`, `${one}/${noun}`);
    }
    const headers = { 'if-match': '"1"' };
    await describedCall('PATCH', '/v1/elections/{electionId}', one, { body: { title: { en: 'N' } }, headers });
    await describedCall('PATCH', '/v1/elections/{electionId}', one, { body: { title: { en: 'N' } }, headers });
    await describedCall('DELETE', '/v1/elections/{electionId}', one, { headers: { 'if-match': '"2"' } });
    await describedCall('DELETE', '/v1/elections/{electionId}', one, { headers: { 'if-match': '"2"' } });
    const running = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    await elections.call('POST', `/v1/elections/${running}/announce`);
    for (const noun of ['turnout', 'live', 'turnout-history', 'readiness']) {
      await describedCall('GET', `/v1/elections/{electionId}/${noun}`, `/v1/elections/${running}/${noun}`);
    }
    await describedCall('GET', '/v1/settings');
    await describedCall('PATCH', '/v1/settings', undefined, { body: { oneAtATime: true } });
    await describedCall('GET', '/v1/audit-log');
    await describedCall('GET', '/v1/audit-log/verification', '/v1/audit-log/verification?entry=1');
    await describedCall('GET', '/v1/audit-log/export');
  });

  test('The description has a page for people that loads nothing from elsewhere', async () => {
    const { statusCode, headers, body } = await elections.app.inject('/docs/');
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toMatch(/https?:\/\//);
  });
});
