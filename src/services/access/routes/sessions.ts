// Login, refresh, logout and the published keys. None requires an access token. Tokens are sent with `no-store`.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allowsEveryone } from '../../../platform/http/role-guard.ts';
import { jwks, loginRequest, refreshRequest, tokenPair } from '../../../protocol/control/access-api.ts';
import { jwksPath } from '../../../protocol/control/access-tokens.ts';
import type { PublicJwk } from '../../../protocol/key-files.ts';
import { accessExamples } from '../examples.ts';
import type { Logins } from '../logins.ts';
import type { UserSessions } from '../sessions.ts';

const pair = jsonAnswer('A new pair of tokens.', 'TokenPair', {
  pair: { summary: 'The pair', value: accessExamples.tokenPair },
});
/** How long caches may keep the keys, in seconds: less than the interval at which services fetch them. */
const keysFreshSeconds = 30;

export type SessionOptions = {
  readonly logins: Logins;
  readonly sessions: UserSessions;
  readonly keys: readonly PublicJwk[];
};

export async function userSessionRoutes(app: App, options: SessionOptions): Promise<void> {
  loginRoute(app, options);
  refreshRoute(app, options);
  logoutRoute(app, options);
  keysRoute(app, options);
}

function loginRoute(app: App, { logins }: SessionOptions): void {
  app.post(
    '/v1/login',
    {
      schema: {
        operationId: 'logIn',
        tags: ['sessions'],
        summary: 'Log in with e-mail and password',
        description:
          'Every wrong login gets the same answer in the same time. A user with a second factor also sends `code`. A ' +
          'one-time password is sent together with `newPassword`, which replaces it.',
        body: loginRequest,
        response: { 200: tokenPair },
      },
      config: {
        ...allowsEveryone,
        ...documented({
          answers: { 200: pair },
          rejections: [
            'wrong-credentials',
            'second-factor-required',
            'wrong-second-factor',
            'weak-password',
            'password-change-required',
            'account-waiting',
            'account-suspended',
            'too-many-requests',
          ],
          requests: {
            password: { summary: 'A password', value: accessExamples.login },
            code: { summary: 'With the code of an authenticator', value: accessExamples.loginWithCode },
            oneTime: { summary: 'Replacing a one-time password', value: accessExamples.loginOnce },
          },
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await logins.login(request.body, request.ip)),
  );
}

function refreshRoute(app: App, { sessions }: SessionOptions): void {
  app.post(
    '/v1/refresh',
    {
      schema: {
        operationId: 'refresh',
        tags: ['sessions'],
        summary: 'A new pair for a refresh token',
        description:
          'Each refresh token works once. If the answer was lost, the same token gives the same pair again for ten ' +
          'seconds. Used later, or after its successor, it ends the session, because another person may hold it.',
        body: refreshRequest,
        response: { 200: tokenPair },
      },
      config: {
        ...allowsEveryone,
        ...documented({
          answers: { 200: pair },
          rejections: ['unauthenticated'],
          requests: { refresh: { summary: 'A refresh token', value: accessExamples.refresh } },
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await sessions.refresh(request.body.refreshToken)),
  );
}

function logoutRoute(app: App, { sessions }: SessionOptions): void {
  app.post(
    '/v1/logout',
    {
      schema: {
        operationId: 'logOut',
        tags: ['sessions'],
        summary: 'End the session of a refresh token',
        description: 'Its access tokens end too, in every service. The answer is the same if there is no such session.',
        body: refreshRequest,
      },
      config: {
        ...allowsEveryone,
        ...documented({
          answers: { 204: { description: 'There is no such session any more.' } },
          rejections: [],
          requests: { refresh: { summary: 'A refresh token', value: accessExamples.refresh } },
        }),
      },
    },
    async (request, reply) => {
      await sessions.end(request.body.refreshToken);
      return reply.code(204).send();
    },
  );
}

function keysRoute(app: App, { keys }: SessionOptions): void {
  const published = jwks.parse({ keys: keys.map((key) => ({ ...key, use: 'sig', alg: 'EdDSA' })) });
  app.get(
    jwksPath,
    {
      schema: {
        operationId: 'getKeys',
        tags: ['sessions'],
        summary: 'The public keys of access tokens',
        description: 'A JSON Web Key Set (RFC 7517), newest first. Old keys stay while their tokens may be valid.',
        response: { 200: jwks },
      },
      config: {
        ...allowsEveryone,
        ...documented({
          answers: {
            200: jsonAnswer('The keys.', 'JsonWebKeySet', { keys: { summary: 'One key', value: accessExamples.jwks } }),
          },
          rejections: [],
        }),
      },
    },
    (_request, reply) => {
      void reply.header('cache-control', `public, max-age=${keysFreshSeconds}`);
      return published;
    },
  );
}
