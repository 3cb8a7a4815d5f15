// Open sessions. Users list and end their own, and administrators end those of a user. Ended sessions are rejected at
// once in every service. No token is shown again.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { sessionList } from '../../../protocol/control/access-api.ts';
import { sessionId, userId } from '../../../protocol/control/access-tokens.ts';
import type { Administration } from '../administration.ts';
import { accessExamples } from '../examples.ts';
import type { OwnAccount, Owner } from '../own-account.ts';

const tags = ['sessions'];
const forAll = (operation: Operation) => ({
  ...allows('administrator', 'official', 'auditor'),
  ...documented(operation),
});

export type OpenSessionOptions = {
  readonly own: OwnAccount;
  readonly administration: Administration;
  readonly guard: RoleGuard;
};

export async function openSessionRoutes(app: App, options: OpenSessionOptions): Promise<void> {
  const { own, guard } = options;
  const ownerOf = (request: FastifyRequest): Owner => {
    const { sub, sid } = guard.callerOf(request);
    return { sub, sid, address: request.ip };
  };
  app.get(
    '/v1/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags,
        summary: 'My sessions',
        description: 'All my open sessions, newest first. The address of a login is not stored.',
        response: { 200: sessionList },
      },
      config: forAll({
        answers: {
          200: jsonAnswer('The sessions.', 'SessionList', { two: { summary: 'Two', value: accessExamples.sessions } }),
        },
        rejections: [],
      }),
    },
    async (request, reply) => {
      const sessions = await own.sessions(ownerOf(request));
      return reply.header('cache-control', 'no-store').send({ sessions });
    },
  );
  endingRoutes(app, own, ownerOf);
  endingOfUserRoute(app, options);
}

function endingRoutes(app: App, own: OwnAccount, ownerOf: (request: FastifyRequest) => Owner): void {
  app.delete(
    '/v1/sessions',
    {
      schema: {
        operationId: 'endMySessions',
        tags,
        summary: 'Sign out everywhere',
        description: 'All my sessions end at once in every service, this one too.',
      },
      config: forAll({ answers: { 204: { description: 'All my sessions have ended.' } }, rejections: [] }),
    },
    async (request, reply) => {
      await own.endSessions(ownerOf(request), null);
      return reply.code(204).send();
    },
  );
  app.delete(
    '/v1/sessions/:sessionId',
    {
      schema: {
        operationId: 'endMySession',
        tags,
        summary: 'End one of my sessions',
        description: 'Takes effect at once in every service. The answer is the same if I have no such session.',
        params: z.object({ sessionId }),
      },
      config: forAll({ answers: { 204: { description: 'I have no such session any more.' } }, rejections: [] }),
    },
    async (request, reply) => {
      await own.endSessions(ownerOf(request), request.params.sessionId);
      return reply.code(204).send();
    },
  );
}

function endingOfUserRoute(app: App, { administration, guard }: OpenSessionOptions): void {
  app.delete(
    '/v1/users/:userId/sessions',
    {
      schema: {
        operationId: 'endSessionsOfUser',
        tags,
        summary: 'End all sessions of a user',
        description: 'Takes effect at once in every service. The user may log in again, unless suspended.',
        params: z.object({ userId }),
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 204: { description: 'The user has no session any more.' } },
          rejections: ['user-not-found'],
        }),
      },
    },
    async (request, reply) => {
      await administration.endSessions(guard.callerOf(request).sub, request.params.userId);
      return reply.code(204).send();
    },
  );
}
