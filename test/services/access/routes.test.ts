// Every route, from the table of routes itself: who is let in, who is not, and what the description says of it.
import { Validator } from '@seriousme/openapi-schema-validator';
import type { RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { userRoles } from '../../../src/domain/user.ts';
import type { UserRole } from '../../../src/domain/user.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { allowanceOf, allowsEveryone, registerRoleGuard } from '../../../src/platform/http/role-guard.ts';
import { problems } from '../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { createLogProbe } from '../../support/log.ts';
import { codeOf, pairOf, startAccess } from '../../support/services/access.ts';
import type { Access, Person } from '../../support/services/access.ts';

type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
type Route = { readonly method: Method; readonly url: string; readonly allowed: readonly UserRole[] | 'everyone' };

let access: Access;
const people = {} as Record<UserRole, Person>;
const routes: Route[] = [];
beforeAll(async () => {
  access = await startAccess();
  people.administrator = await access.administrator();
  people.official = await access.person('official', people.administrator);
  people.auditor = await access.person('auditor', people.administrator);
  for (const served of servedRoutes()) routes.push(served);
});
afterAll(() => access[Symbol.asyncDispose]());

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

/** What the server serves, as it says itself, but for health, the description and its page. */
function servedRoutes(): Route[] {
  const path: string[] = [];
  const routes: Route[] = [];
  const { paths } = access.app.swagger() as unknown as Document;
  for (const line of access.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, lead = '', part = '', methods = ''] = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    if (part === '') continue;
    path.splice(lead.length / 4 - 1, Infinity, part);
    const url = path.join('');
    if (/^\/(livez|readyz|version|openapi\.json|docs)(\/|$)/.test(url)) continue;
    for (const method of methods.split(', ') as Method[]) {
      const described = paths[url.replace(/:(\w+)/g, '{$1}')]?.[(method === 'HEAD' ? 'GET' : method).toLowerCase()];
      if (!described) throw new Error(`${method} ${url} is not described`);
      const allowed = described.security.length === 0 ? ('everyone' as const) : described['x-roles'];
      routes.push({ method, url: url.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000'), allowed });
    }
  }
  return routes;
}

/** Who may do what, written down once more by hand: a change of a route's roles must be meant. */
const everyone = [
  'GET /.well-known/jwks.json',
  'POST /v1/login',
  'POST /v1/login/passkey',
  'POST /v1/logout',
  'POST /v1/refresh',
  'POST /v1/users',
];
const allRoles = [
  'GET /v1/account',
  'POST /v1/password',
  'POST /v1/passkeys',
  'POST /v1/passkeys/00000000-0000-4000-8000-000000000000/remove',
  'POST /v1/passkeys/challenge',
  'POST /v1/passkeys/options',
  'POST /v1/second-factor',
  'POST /v1/second-factor/confirm',
  'POST /v1/second-factor/disable',
  'GET /v1/second-factors',
  'GET /v1/sessions',
  'DELETE /v1/sessions',
  'DELETE /v1/sessions/00000000-0000-4000-8000-000000000000',
];

describe('Each route', () => {
  test('Each route that is served is described, with the roles that it should have', () => {
    expect(routes.filter(({ method }) => method !== 'HEAD').length).toBe(31);
    for (const { method, url, allowed } of routes) {
      const name = `${method === 'HEAD' ? 'GET' : method} ${url}`;
      const expected = everyone.includes(name) ? 'everyone' : allRoles.includes(name) ? userRoles : ['administrator'];
      expect([name, allowed]).toEqual([name, expected]);
    }
  });

  test('Each route answers 401 without a token, with a wrong or a misplaced one, before reading anything', async () => {
    for (const { method, url, allowed } of routes) {
      if (allowed === 'everyone') continue;
      const { accessToken, refreshToken } = people.administrator.tokens;
      for (const headers of [
        {},
        { authorization: 'Bearer' },
        { authorization: 'Bearer nonsense' },
        { authorization: `Bearer ${refreshToken}` },
        { authorization: `Basic ${accessToken}` },
        { cookie: `token=${accessToken}` },
      ]) {
        // A body that could not be read either: the token comes first.
        const send = method === 'POST' || method === 'PATCH';
        const answer = await access.app.inject({
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
    for (const { method, url, allowed } of routes) {
      if (allowed === 'everyone') continue;
      for (const role of userRoles) {
        const { accessToken } = people[role].tokens;
        const answer = await access.call(method === 'HEAD' ? 'GET' : method, url, {
          token: accessToken,
          ...(method === 'POST' || method === 'PATCH' ? { body: { nothing: true } } : {}),
        });
        const expected = allowed.includes(role) ? 'let in' : 'role-not-allowed';
        const outcome = codeOf(answer) === 'role-not-allowed' ? 'role-not-allowed' : 'let in';
        expect([role, method, url, outcome]).toEqual([role, method, url, expected]);
        expect(answer.status).toBeLessThan(500);
        expect(answer.status).not.toBe(401);
        // The one call without an id: it ended the sessions of the caller.
        if (method === 'DELETE' && url === '/v1/sessions') {
          people[role].tokens = pairOf(await access.login(people[role].email));
        }
      }
    }
    // Nothing of it changed anybody.
    for (const role of userRoles) {
      const { status } = await access.call('GET', '/v1/account', { token: people[role].tokens.accessToken });
      expect(status).toBe(200);
    }
  });

  test('Each route answers a foreign method or a path that is not there with a problem', async () => {
    expect(codeOf(await access.call('DELETE', '/v1/login'))).toBe('method-not-allowed');
    expect(codeOf(await access.call('GET', '/v1/nothing'))).toBe('not-found');
    expect(codeOf(await access.call('POST', '/private/sessions/x'))).toBe('not-found');
  });
});

describe('A route that names no roles', () => {
  const bare = async () => {
    const { app } = await createHttp({
      logger: createLogProbe('x').logger,
      metrics: createMetrics('x'),
      checks: [],
      shedAtLoopDelayMs: 0,
      version: { version: '0', node: '0' },
    });
    registerRoleGuard(app, access.logic);
    return app;
  };
  const cases: [string, RouteOptions['config'] | undefined][] = [
    ['nothing', undefined],
    ['an empty list', { allowed: [] } as object],
    ['something else', { operation: { rejections: [] } } as object],
  ];
  test.each(cases)('A route without roles, but %s, does not start', async (_name, config) => {
    const app = await bare();
    expect(() => app.get('/v1/planted', { ...(config && { config }) }, () => 'open')).toThrow('names no roles');
    expect(() => app.get('/docs-of-secrets', { ...(config && { config }) }, () => 'open')).toThrow('names no roles');
    await app.close();
  });

  test('A route without roles that is open to everyone says so', async () => {
    const app = await bare();
    app.get('/v1/planted', { config: allowsEveryone }, () => ({ open: true }));
    expect((await app.inject('/v1/planted')).statusCode).toBe(200);
    expect((await app.inject({ method: 'HEAD', url: '/v1/planted' })).statusCode).toBe(200);
    expect(allowanceOf({})).toBeNull();
    await app.close();
  });
});

describe('The private port', () => {
  test('The private port reports whether a session is valid to services of the control zone only', async () => {
    const origin = await access.privateApp.listen({ host: '127.0.0.1', port: 0 });
    const answer = z.object({ active: z.boolean() });
    const ask = async (name: 'elections' | 'api', jwk = access.keys[name].caller) => {
      const client = createPrivateClient({ origin, service: 'access', caller: { name, jwk }, clock: Date.now });
      const { sessionId } = (await access.call('GET', '/v1/account', { token: people.official.tokens.accessToken }))
        .body as { sessionId: string };
      try {
        return await client.call({ method: 'GET', path: `/private/sessions/${sessionId}`, answer, msMax: 2_000 });
      } catch (error) {
        return (error as { code?: string }).code;
      } finally {
        await client.close();
      }
    };
    expect(await ask('elections')).toEqual({ active: true });
    expect(await ask('api')).toBe('not-admitted');
    expect(await ask('elections', newSigningJwk('elections'))).toBe('not-admitted');
    const { token } = { token: people.administrator.tokens.accessToken };
    const foreign = await access.privateApp.inject({
      url: '/private/sessions/00000000-0000-4000-8000-000000000000',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(foreign.statusCode).toBe(403);
    expect((await access.privateApp.inject('/metrics')).body).toContain('popvote_access_acts_total');
    expect((await access.app.inject('/metrics')).statusCode).toBe(404);
    expect((await access.app.inject('/private/sessions/x')).statusCode).toBe(404);
  });
});

describe('The description', () => {
  let document: Document;
  let operations: Operation[];
  beforeAll(async () => {
    const validator = new Validator();
    const { body } = await access.app.inject('/openapi.json');
    const { valid, errors } = await validator.validate(JSON.parse(body) as Parameters<Validator['validate']>[0]);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    document = validator.resolveRefs() as unknown as Document;
    operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  });
  const conforms = (schema: object, value: unknown): void => {
    expect(z.fromJSONSchema(schema as never).safeParse(value).error?.issues ?? []).toEqual([]);
  };

  test('The description is OpenAPI 3.1, with the roles and an example of every answer of each call', () => {
    expect(document.openapi).toBe('3.1.0');
    let count = 0;
    for (const { operationId, description, requestBody, responses, ...rest } of operations) {
      const roles = rest['x-roles'];
      expect(description).toContain(roles.length === 0 ? 'Needs no token.' : `Roles: ${roles.join(', ')}.`);
      expect(rest.security).toEqual(roles.length === 0 ? [] : [{ accessToken: [] }]);
      for (const media of [requestBody, ...Object.values(responses)].flatMap((body) =>
        Object.values(body?.content ?? {}),
      )) {
        const examples = Object.values(media.examples ?? {});
        expect(examples.length, operationId).toBeGreaterThan(0);
        for (const { value } of examples) conforms(media.schema, value);
        count += examples.length;
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  test('The description lists each rejection under its own status', () => {
    for (const { responses } of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
          expect(problems[code as ProblemCode].status).toBe(Number(status));
        }
      }
    }
  });

  test('The description has a page for people that loads nothing from elsewhere', async () => {
    const { statusCode, headers, body } = await access.app.inject('/docs/');
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toMatch(/https?:\/\//);
  });
});
