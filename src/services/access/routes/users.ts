// Users: registration for everyone, and the rest for administrators. Personal data is sent with `no-store`.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { allows, allowsEveryone } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  oneTimePasswordAnswer,
  registration,
  userAnswer,
  userChange,
  userDetails,
  userPage,
  usersQuery,
} from '../../../protocol/control/access-api.ts';
import { userId } from '../../../protocol/control/access-tokens.ts';
import { userActProposed } from '../../../protocol/control/user-proposals-api.ts';
import type { Administration } from '../administration.ts';
import { accessExamples } from '../examples.ts';
import type { UserProposals } from '../proposals/user-proposals.ts';
import type { Register } from '../registration.ts';
import { respondUserActProposed, userActProposedResponse } from './user-act-proposed.ts';

const params = z.object({ userId });
const tags = ['users'];
const oneUser = (description: string) =>
  jsonAnswer(description, 'UserAnswer', { user: { summary: 'A user', value: { user: accessExamples.user } } });
const forAdministrators = (operation: Operation) => ({ ...allows('administrator'), ...documented(operation) });

export type UserOptions = {
  readonly register: Register;
  readonly administration: Administration;
  readonly proposals: UserProposals;
  readonly guard: RoleGuard;
};

export async function userRoutes(app: App, options: UserOptions): Promise<void> {
  registrationRoute(app, options);
  readingRoutes(app, options);
  changingRoutes(app, options);
  oneTimePasswordRoute(app, options);
}

function registrationRoute(app: App, { register }: UserOptions): void {
  app.post(
    '/v1/users',
    {
      schema: {
        operationId: 'register',
        tags,
        summary: 'Register',
        description:
          'The operator decides who may register: everyone, holders of an invitation, or no one. A new user is an ' +
          'official and waits for approval, unless the operator decided otherwise. An invitation sets the role and ' +
          'needs no approval.',
        body: registration,
        response: { 201: userAnswer },
      },
      config: {
        ...allowsEveryone,
        ...documented({
          answers: { 201: oneUser('The user, waiting or active.') },
          rejections: [
            'registration-closed',
            'invitation-required',
            'email-taken',
            'identity-taken',
            'invalid-identity',
            'weak-password',
            'too-many-requests',
          ],
          requests: { registration: { summary: 'By invitation', value: accessExamples.registration } },
        }),
      },
    },
    async (request, reply) => {
      const user = await register(request.body, request.ip);
      return reply.code(201).header('cache-control', 'no-store').send({ user });
    },
  );
}

function readingRoutes(app: App, { administration, guard }: UserOptions): void {
  app.get(
    '/v1/users',
    {
      schema: {
        operationId: 'listUsers',
        tags,
        summary: 'Users, in the order of registration',
        description: 'Page by page: send `next` of one answer as `after` of the next request.',
        querystring: usersQuery,
        response: { 200: userPage },
      },
      config: forAdministrators({
        answers: {
          200: jsonAnswer('A page.', 'UserPage', { page: { summary: 'A page', value: accessExamples.page } }),
        },
        rejections: [],
      }),
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await administration.list(request.query)),
  );
  app.get(
    '/v1/users/:userId',
    {
      schema: {
        operationId: 'getUser',
        tags,
        summary: 'One user, with the national id',
        description: 'Reading a national id is audited.',
        params,
        response: { 200: userDetails },
      },
      config: forAdministrators({
        answers: {
          200: jsonAnswer('The user.', 'UserDetails', { user: { summary: 'A user', value: accessExamples.details } }),
        },
        rejections: ['user-not-found'],
      }),
    },
    async (request, reply) => {
      const details = await administration.details(guard.callerOf(request).sub, request.params.userId);
      return reply.header('cache-control', 'no-store').send(details);
    },
  );
}

function changingRoutes(app: App, { proposals, guard }: UserOptions): void {
  app.patch(
    '/v1/users/:userId',
    {
      schema: {
        operationId: 'changeUser',
        tags,
        summary: 'Approve, suspend, change a role, remove a lost second factor, correct names and the address',
        description:
          'A change of role or address, a suspension and the removal of a second factor end the user’s sessions at once ' +
          'everywhere. ' +
          'The last administrator who can log in must remain one. Another administrator must change your own role ' +
          '(`conflict`). Remove a second factor of your own by POST /v1/second-factor/disable.',
        params,
        body: userChange,
        response: { 200: userAnswer, 202: userActProposed },
      },
      config: forAdministrators({
        answers: { 200: oneUser('The user as it is now.'), 202: userActProposedResponse },
        rejections: ['user-not-found', 'last-administrator', 'conflict', 'email-taken'],
        requests: { change: { summary: 'Approve an official', value: accessExamples.change } },
      }),
    },
    async (request, reply) => {
      const actor = guard.callerOf(request).sub;
      const outcome = await proposals.act('change-user', actor, request.params.userId, request.body);
      if (outcome.kind === 'proposed') return respondUserActProposed(reply, outcome);
      return reply.header('cache-control', 'no-store').send(outcome.result);
    },
  );
  app.delete(
    '/v1/users/:userId',
    {
      schema: {
        operationId: 'deleteUser',
        tags,
        summary: 'Remove a user',
        description: 'Takes effect at once everywhere. The last administrator cannot be removed.',
        params,
        response: { 202: userActProposed },
      },
      config: forAdministrators({
        answers: { 204: { description: 'The user is removed.' }, 202: userActProposedResponse },
        rejections: ['user-not-found', 'last-administrator'],
      }),
    },
    async (request, reply) => {
      const outcome = await proposals.act('remove-user', guard.callerOf(request).sub, request.params.userId, {});
      if (outcome.kind === 'proposed') return respondUserActProposed(reply, outcome);
      return (reply as FastifyReply).code(204).send();
    },
  );
}

function oneTimePasswordRoute(app: App, { proposals, guard }: UserOptions): void {
  app.post(
    '/v1/users/:userId/one-time-password',
    {
      schema: {
        operationId: 'issueOneTimePassword',
        tags,
        summary: 'A one-time password for a user who forgot the password',
        description:
          'The old password and the user’s sessions end. The next login must set a new password. ' +
          'Replace your own password by POST /v1/password.',
        params,
        response: { 200: oneTimePasswordAnswer, 202: userActProposed },
      },
      config: forAdministrators({
        answers: {
          200: jsonAnswer('The password, shown only once.', 'OneTimePassword', {
            password: { summary: 'A password', value: accessExamples.oneTimePassword },
          }),
          202: userActProposedResponse,
        },
        rejections: ['user-not-found'],
      }),
    },
    async (request, reply) => {
      const actor = guard.callerOf(request).sub;
      const outcome = await proposals.act('issue-one-time-password', actor, request.params.userId, {});
      if (outcome.kind === 'proposed') return respondUserActProposed(reply, outcome);
      return reply.header('cache-control', 'no-store').send(outcome.result);
    },
  );
}
