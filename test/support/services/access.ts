// An `access` for one test: a real database and a real Redis, new keys, and users.
import { randomBytes } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { decodeJwt } from 'jose';
import { inject } from 'vitest';
import { buildAccessApp, buildAccessPrivateApp } from '../../../src/services/access/app.ts';
import { issueAdministrator } from '../../../src/services/access/operator-acts.ts';
import { createAccessLogic } from '../../../src/services/access/logic.ts';
import type { AccessLogic } from '../../../src/services/access/logic.ts';
import type { RegistrationPolicy } from '../../../src/services/access/registration.ts';
import type { UserRole } from '../../../src/domain/user.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import type { TokenPair, User } from '../../../src/protocol/control/access-api.ts';
import type { AccessKeys } from '../../../src/protocol/key-files.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { createDatabases } from '../database.ts';
import type { TestDatabases } from '../database.ts';
import { createLogProbe } from '../log.ts';
import { enrolAuthenticator } from './second-factor.ts';
import { patientRedis } from './patient-redis.ts';

export const goodPassword = 'copper lantern by the quiet river';
export const otherPassword = 'seven otters borrow a violin';
/** Where passkeys of the tests are used. */
export const passkeySite = { origin: 'https://panel.example.org', domain: 'panel.example.org' } as const;
export const someEmail = (): string => `u${randomBytes(6).toString('hex')}@example.org`;
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export type Answer = { readonly status: number; readonly body: unknown; readonly headers: Record<string, unknown> };
export type Person = {
  readonly id: string;
  email: string;
  readonly role: UserRole;
  tokens: TokenPair;
  recoveryCodes?: string[];
};

export type Access = AsyncDisposable & {
  readonly app: App;
  readonly privateApp: App;
  readonly logic: AccessLogic;
  readonly databases: TestDatabases;
  readonly pool: Pool;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly keys: KeyFiles;
  /** Those that were made here. */
  readonly administrators: Person[];
  readonly log: () => string;
  /** Milliseconds by which the clock of the service is ahead. */
  readonly clock: { aheadMs: number };
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, options?: CallOptions): Promise<Answer>;
  login(email: string, password?: string, more?: object): Promise<Answer>;
  /** The first administrator, logged in; a further one by invitation. */
  administrator(): Promise<Person>;
  person(role: UserRole, by: Person): Promise<Person>;
  /** An act on users: another administrator who was made here confirms it if it was only proposed. */
  together(by: Person, method: 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<Answer>;
  /** Sets up an authenticator. The session goes on with it. */
  secondFactor(person: Person): Promise<void>;
  /** Another session, with the second factor if there is one. */
  anotherSession(person: Person): Promise<Person>;
};
type CallOptions = { readonly body?: object; readonly token?: string; readonly address?: string };

export type AccessOptions = {
  readonly policy?: RegistrationPolicy;
  readonly approvalRequired?: boolean;
  readonly redisUrl?: string;
  readonly keys?: AccessKeys;
  /** Another process of the same `access`: its database and its keys. */
  readonly beside?: Access;
};

export async function startAccess(options: AccessOptions = {}): Promise<Access> {
  const { beside } = options;
  const databases = beside?.databases ?? (await createDatabases(['access']));
  const files = beside?.keys ?? newKeyFiles();
  const keys = { ...files, access: options.keys ?? files.access };
  const { logger, text } = createLogProbe('access');
  const metrics = createMetrics('access');
  const pool = openPool(databases.url('access', 'popvote_access'), { name: 'test-access', connectionsMax: 8 });
  const patience = options.redisUrl === undefined ? patientRedis : {};
  const redis = connectRedis(options.redisUrl ?? inject('controlRedisUrls')['access'] ?? '', logger, patience);
  await redisReady(redis, 20_000);
  const clock = { aheadMs: 0 };
  const outside = { pool, redis, logger, metrics, clock: () => Date.now() + clock.aheadMs };
  const logic = await createAccessLogic({
    ...outside,
    keys: keys.access,
    policy: options.policy ?? 'open',
    approvalRequired: options.approvalRequired ?? true,
    passkeySite,
  });
  const parts = {
    ...outside,
    logic,
    version: { version: '0', node: '0' },
    http: { shedAtLoopDelayMs: 0, trustedProxies: ['127.0.0.1'] },
  };
  const app = await buildAccessApp(parts);
  const privateApp = await buildAccessPrivateApp({ ...parts, callers: keys.public.callers });
  await app.ready();

  const call: Access['call'] = async (method, url, { body, token, address } = {}) => {
    const request: InjectOptions = {
      method,
      url,
      ...(body && { payload: body }),
      ...(token !== undefined && { headers: bearer(token) }),
      ...(address !== undefined && { remoteAddress: address }),
    };
    const { statusCode, body: answer, headers } = await app.inject(request);
    return { status: statusCode, body: answer === '' ? null : (JSON.parse(answer) as unknown), headers };
  };
  const login: Access['login'] = (email, password = goodPassword, more = {}) =>
    call('POST', '/v1/login', { body: { email, password, ...more } });
  const administrators = beside?.administrators ?? [];
  const loggedIn = async (email: string, role: UserRole): Promise<Person> => {
    const tokens = (await login(email)).body as TokenPair;
    const person = { id: tokens.user.id, email, role, tokens };
    if (role === 'administrator') administrators.push(person);
    return person;
  };
  const together: Access['together'] = async (by, method, url, body) => {
    const answer = await call(method, url, { token: by.tokens.accessToken, ...(body && { body }) });
    if (answer.status !== 202) return answer;
    const { id } = (answer.body as { proposal: { id: string } }).proposal;
    for (const other of administrators) {
      if (other.id === by.id) continue;
      const confirm = () => call('POST', `/v1/proposals/${id}/confirm`, { token: other.tokens.accessToken });
      let confirmation = await confirm();
      if (confirmation.status === 401) {
        const code = other.recoveryCodes?.pop();
        const again = await login(other.email, goodPassword, code === undefined ? {} : { code });
        if (again.status !== 200) continue;
        other.tokens = pairOf(again);
        confirmation = await confirm();
      }
      // As the act itself answers.
      if (confirmation.status === 200) return method === 'DELETE' ? { ...confirmation, status: 204 } : confirmation;
      if (codeOf(confirmation) !== 'role-not-allowed') return confirmation;
    }
    throw new Error('no administrator confirmed it');
  };
  return {
    app,
    privateApp,
    logic,
    databases,
    pool,
    redis,
    metrics,
    keys,
    administrators,
    log: text,
    clock,
    call,
    login,
    async administrator() {
      const issued = await issueAdministrator({
        databaseUrl: databases.url('access', 'popvote_access'),
        email: someEmail(),
        forename: 'Ada',
        surname: 'First',
        onlyFirst: true,
      });
      if (!('password' in issued)) throw new Error(issued.outcome);
      await login(issued.email, issued.password, { newPassword: goodPassword });
      return loggedIn(issued.email, 'administrator');
    },
    async person(role, by) {
      const { token } = (await together(by, 'POST', '/v1/invitations', { role })).body as { token: string };
      const email = someEmail();
      const registration = { email, forename: 'Ana', surname: 'Anić', password: goodPassword, invitation: token };
      const { status } = await call('POST', '/v1/users', { body: registration });
      if (status !== 201) throw new Error(`not registered: ${status}`);
      return loggedIn(email, role);
    },
    together,
    async anotherSession(person) {
      const code = person.recoveryCodes?.pop();
      const answer = await login(person.email, goodPassword, code === undefined ? {} : { code });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return { ...person, tokens: pairOf(answer) };
    },
    async secondFactor(person) {
      const post = async (path: string, body: object): Promise<unknown> => {
        const answer = await call('POST', path, { body, token: person.tokens.accessToken });
        if (answer.status !== 200) throw new Error(`no second factor: ${JSON.stringify(answer.body)}`);
        return answer.body;
      };
      const recoveryCodes = await enrolAuthenticator(post, goodPassword);
      const { refreshToken } = person.tokens;
      person.tokens = (await post('/v1/refresh', { refreshToken })) as TokenPair;
      person.recoveryCodes = recoveryCodes;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([app.close(), privateApp.close()]);
      redis.disconnect();
      await pool.end();
      if (!beside) await databases[Symbol.asyncDispose]();
    },
  };
}

export const codeOf = ({ body }: Answer): string => (body as { code?: string } | null)?.code ?? 'none';
/** How the session of a token was proved. */
export const amrOf = ({ accessToken }: TokenPair): unknown => decodeJwt(accessToken)['amr'];
export const pairOf = ({ body }: Answer): TokenPair => body as TokenPair;
export const userOf = ({ body }: Answer): User => (body as { user: User }).user;
