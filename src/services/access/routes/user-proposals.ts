// Routes of proposals: list them, confirm those of other administrators, withdraw one's own.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { userActDone, userProposalList } from '../../../protocol/control/user-proposals-api.ts';
import { accessExamples } from '../examples.ts';
import type { UserProposals } from '../proposals/user-proposals.ts';

const params = z.object({ proposalId: z.uuid() });
const tags = ['proposals'];
const uncached = { 'cache-control': 'no-store' };

export type UserProposalOptions = { readonly proposals: UserProposals; readonly guard: RoleGuard };

export async function userProposalRoutes(app: App, options: UserProposalOptions): Promise<void> {
  userProposalListRoute(app, options);
  decidingRoutes(app, options);
  await Promise.resolve();
}

function userProposalListRoute(app: App, { proposals }: UserProposalOptions): void {
  app.get(
    '/v1/proposals',
    {
      schema: {
        operationId: 'listUserProposals',
        tags,
        summary: 'List acts on users that wait for another administrator, newest first',
        response: { 200: userProposalList },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The proposals.', 'UserProposalList', {
              proposals: { summary: 'One proposal', value: accessExamples.proposals },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (_request, reply) => reply.headers(uncached).send({ proposals: await proposals.list() }),
  );
}

function decidingRoutes(app: App, { proposals, guard }: UserProposalOptions): void {
  app.post(
    '/v1/proposals/:proposalId/confirm',
    {
      schema: {
        operationId: 'confirmUserProposal',
        tags,
        summary: 'Confirm what another administrator proposed',
        description:
          'The act is carried out at once, with exactly the proposed parameters. The audit log has both names. A one-time ' +
          'password or an invitation is in this answer only. If the act is not possible any more, nothing is changed, and ' +
          'the proposal waits until it expires.',
        params,
        response: { 200: userActDone },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('What was done.', 'UserActDone', {
              invitation: { summary: 'An invitation', value: accessExamples.userActDone },
            }),
          },
          rejections: ['proposal-not-found', 'conflict', 'user-not-found', 'last-administrator', 'email-taken'],
        }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send(await proposals.confirm(guard.callerOf(request).sub, request.params.proposalId)),
  );
  app.post(
    '/v1/proposals/:proposalId/withdraw',
    {
      schema: {
        operationId: 'withdrawUserProposal',
        tags,
        summary: 'Withdraw a proposal of your own',
        description:
          'It can no longer be confirmed. A proposal of another administrator expires if no one confirms it.',
        params,
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 204: { description: 'The proposal is withdrawn.' } },
          rejections: ['proposal-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      await proposals.withdraw(guard.callerOf(request).sub, request.params.proposalId);
      return reply.code(204).send();
    },
  );
}
