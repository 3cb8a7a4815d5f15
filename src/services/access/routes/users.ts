// Users: registration for everyone, and the rest for administrators. Personal data is sent with `no-store`.
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
import type { Administration } from '../administration.ts';
import { accessExamples } from '../examples.ts';
import type { Register } from '../registration.ts';

const params = z.object({ userId });
const tags = ['users'];
const oneUser = (description: string) =>
  jsonAnswer(description, 'UserAnswer', { user: { summary: 'A user', value: { user: accessExamples.user } } });
const forAdministrators = (operation: Operation) => ({ ...allows('administrator'), ...documented(operation) });

export type UserOptions = {
  readonly register: Register;
  readonly administration: Administration;
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

function changingRoutes(app: App, { administration, guard }: UserOptions): void {
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
          '(`conflict`).',
        params,
        body: userChange,
        response: { 200: userAnswer },
      },
      config: forAdministrators({
        answers: { 200: oneUser('The user as it is now.') },
        rejections: ['user-not-found', 'last-administrator', 'conflict', 'email-taken'],
        requests: { change: { summary: 'Approve an official', value: accessExamples.change } },
      }),
    },
    async (request, reply) => {
      const actor = guard.callerOf(request).sub;
      const user = await administration.change(actor, request.params.userId, request.body);
      return reply.header('cache-control', 'no-store').send({ user });
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
      },
      config: forAdministrators({
        answers: { 204: { description: 'The user is removed.' } },
        rejections: ['user-not-found', 'last-administrator'],
      }),
    },
    async (request, reply) => {
      await administration.remove(guard.callerOf(request).sub, request.params.userId);
      return reply.code(204).send();
    },
  );
}

function oneTimePasswordRoute(app: App, { administration, guard }: UserOptions): void {
  app.post(
    '/v1/users/:userId/one-time-password',
    {
      schema: {
        operationId: 'issueOneTimePassword',
        tags,
        summary: 'A one-time password for a user who forgot the password',
        description: 'The old password and the user’s sessions end. The next login must set a new password.',
        params,
        response: { 200: oneTimePasswordAnswer },
      },
      config: forAdministrators({
        answers: {
          200: jsonAnswer('The password, shown only once.', 'OneTimePassword', {
            password: { summary: 'A password', value: accessExamples.oneTimePassword },
          }),
        },
        rejections: ['user-not-found'],
      }),
    },
    async (request, reply) => {
      const password = await administration.issuePassword(guard.callerOf(request).sub, request.params.userId);
      return reply.header('cache-control', 'no-store').send({ password });
    },
  );
}
