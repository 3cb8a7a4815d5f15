// Invitations, for administrators. The token of an invitation is shown once, to its creator.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { invitationList, invitationRequest, newInvitation } from '../../../protocol/control/access-api.ts';
import { userActProposed } from '../../../protocol/control/user-proposals-api.ts';
import type { Administration } from '../administration.ts';
import { accessExamples } from '../examples.ts';
import type { UserProposals } from '../proposals/user-proposals.ts';
import { respondUserActProposed, userActProposedResponse } from './user-act-proposed.ts';

const tags = ['invitations'];

export type InvitationOptions = {
  readonly administration: Administration;
  readonly proposals: UserProposals;
  readonly guard: RoleGuard;
};

export async function invitationRoutes(app: App, options: InvitationOptions): Promise<void> {
  creationRoute(app, options);
  existingRoutes(app, options);
}

function creationRoute(app: App, { proposals, guard }: InvitationOptions): void {
  app.post(
    '/v1/invitations',
    {
      schema: {
        operationId: 'invite',
        tags,
        summary: 'Invite a person to register',
        description: 'Hand the token to the person. It works once, until the invitation expires, and gives its role.',
        body: invitationRequest,
        response: { 201: newInvitation, 202: userActProposed },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            201: jsonAnswer('The invitation and its token, shown only once.', 'NewInvitation', {
              invitation: { summary: 'For an official', value: accessExamples.newInvitation },
            }),
            202: userActProposedResponse,
          },
          rejections: ['conflict'],
          requests: { official: { summary: 'An official', value: { role: 'official', days: 7 } } },
        }),
      },
    },
    async (request, reply) => {
      const outcome = await proposals.act('invite', guard.callerOf(request).sub, null, request.body);
      if (outcome.kind === 'proposed') return respondUserActProposed(reply, outcome);
      return reply.code(201).header('cache-control', 'no-store').send(outcome.result);
    },
  );
}

function existingRoutes(app: App, { administration, guard }: InvitationOptions): void {
  app.get(
    '/v1/invitations',
    {
      schema: {
        operationId: 'listInvitations',
        tags,
        summary: 'Valid invitations',
        description: 'Invitations that are not used, withdrawn or expired, the first to expire first.',
        response: { 200: invitationList },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The invitations.', 'InvitationList', {
              list: { summary: 'One', value: { invitations: [accessExamples.invitation] } },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ invitations: await administration.invitations() }),
  );
  app.delete(
    '/v1/invitations/:invitationId',
    {
      schema: {
        operationId: 'withdrawInvitation',
        tags,
        summary: 'Withdraw an invitation',
        description: 'No one can register with it any more.',
        params: z.object({ invitationId: z.uuid().describe('Opaque.') }),
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 204: { description: 'The invitation is withdrawn.' } },
          rejections: ['invitation-not-found'],
        }),
      },
    },
    async (request, reply) => {
      await administration.withdraw(guard.callerOf(request).sub, request.params.invitationId);
      return reply.code(204).send();
    },
  );
}
