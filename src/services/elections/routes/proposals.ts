// Routes of proposals: list and read them, and confirm or reject those of other administrators.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { proposalDetails, proposalList, proposalsQuery } from '../../../protocol/control/proposals-api.ts';
import { proposalExamples as examples } from '../api-docs/proposal-examples.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { callerOf } from './caller.ts';

const params = z.object({ proposalId: z.uuid() });
const tags = ['proposals'];
const uncached = { 'cache-control': 'no-store' };
const oneProposal = (description: string) =>
  jsonAnswer(description, 'ProposalDetails', { proposal: { summary: 'An early end', value: examples.details } });

export type ProposalOptions = { readonly proposals: Proposals; readonly guard: RoleGuard };

export async function proposalRoutes(app: App, options: ProposalOptions): Promise<void> {
  proposalReadingRoutes(app, options);
  confirmingRoute(app, options);
  rejectingRoute(app, options);
  await Promise.resolve();
}

function proposalReadingRoutes(app: App, { proposals, guard }: ProposalOptions): void {
  app.get(
    '/v1/proposals',
    {
      schema: {
        operationId: 'listProposals',
        tags,
        summary: 'List proposals, newest first',
        description: 'Without their parameters: GET one proposal for these.',
        querystring: proposalsQuery,
        response: { 200: proposalList },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The proposals.', 'ProposalList', {
              proposals: { summary: 'One proposal', value: { proposals: [examples.details.proposal] } },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) => reply.headers(uncached).send({ proposals: await proposals.list(request.query) }),
  );
  app.get(
    '/v1/proposals/:proposalId',
    {
      schema: {
        operationId: 'getProposal',
        tags,
        summary: 'Get a proposal with its exact parameters',
        description: 'Auditors see the number of a person on a roll in sealed form.',
        params,
        response: { 200: proposalDetails },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({ answers: { 200: oneProposal('The proposal.') }, rejections: ['proposal-not-found'] }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send(await proposals.find(callerOf(guard, request), request.params.proposalId)),
  );
}

function confirmingRoute(app: App, { proposals, guard }: ProposalOptions): void {
  app.post(
    '/v1/proposals/:proposalId/confirm',
    {
      schema: {
        operationId: 'confirmProposal',
        tags,
        summary: 'Confirm what another administrator proposed',
        description:
          'The act is carried out once, with exactly the proposed parameters: at once, or at its planned moment. The ' +
          'audit log has both names. `confirmed` in the answer means that a service is unavailable, or that a count ' +
          'waits for ballots: the act is tried again by itself. Other problems are those of the act.',
        params,
        response: { 200: proposalDetails },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneProposal('The confirmed proposal.') },
          rejections: [
            'second-factor-missing',
            'proposal-not-found',
            'conflict',
            'invalid-election',
            'batch-not-found',
            'results-not-counted',
            'tie-open',
            'not-witnessed',
          ],
        }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send(await proposals.confirm(callerOf(guard, request), request.params.proposalId)),
  );
}

function rejectingRoute(app: App, { proposals, guard }: ProposalOptions): void {
  app.post(
    '/v1/proposals/:proposalId/reject',
    {
      schema: {
        operationId: 'rejectProposal',
        tags,
        summary: 'Reject a proposal, also one of your own',
        description: 'It can no longer be confirmed. Nothing else changes.',
        params,
        response: { 200: proposalDetails },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneProposal('The rejected proposal.') },
          rejections: ['second-factor-missing', 'proposal-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send(await proposals.reject(callerOf(guard, request), request.params.proposalId)),
  );
}
