// Routes to announce, extend and close an election. Repeating a request changes nothing.
import { z } from 'zod';
import type { FastifyReply } from 'fastify';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { closeRequest, extendRequest } from '../../../protocol/control/election-lifecycle-api.ts';
import { electionAnswer } from '../../../protocol/control/elections-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Elections } from '../drafts/elections.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const tags = ['voting'];
const undecided =
  'If a service is unavailable, the answer is `busy`. The change is stored, and is completed or withdrawn when all ' +
  'services are available. `changing` is true until then. Repeating the request is safe.';
const oneElection = (description: string) => ({
  ...jsonAnswer(description, 'ElectionAnswer', {
    election: { summary: 'An election', value: { election: electionsExamples.election } },
  }),
  headers: { ETag: 'The version, for If-Match.' },
});

export type LifecycleOptions = {
  readonly proposals: Proposals;
  readonly elections: Pick<Elections, 'find'>;
  readonly guard: RoleGuard;
};

export async function lifecycleRoutes(app: App, options: LifecycleOptions): Promise<void> {
  announcingRoute(app, options);
  extendingRoute(app, options);
  closingRoute(app, options);
}

function announcingRoute(app: App, { proposals, elections, guard }: LifecycleOptions): void {
  app.post(
    '/v1/elections/:electionId/announce',
    {
      schema: {
        operationId: 'announceElection',
        tags,
        summary: 'Announce a draft, which makes it public',
        description:
          'Creates its intake, and publishes its signed documents for the time before, during and after voting. An ' +
          `election that counts needs an organiser. The election can be changed until it opens. ${undecided}`,
        params,
        response: { 200: electionAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneElection('The announced election.'), 202: proposedResponse },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict', 'invalid-election'],
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const outcome = await proposals.act('announce', callerOf(guard, request), id, {});
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return respond(reply, await elections.find(id));
    },
  );
}

function extendingRoute(app: App, { proposals, elections, guard }: LifecycleOptions): void {
  app.post(
    '/v1/elections/:electionId/extend',
    {
      schema: {
        operationId: 'extendElection',
        tags,
        summary: 'Extend voting, with a reason',
        description: `The new end must be later than the current end, and voting must not have ended. ${undecided}`,
        params,
        body: extendRequest,
        response: { 200: electionAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneElection('The election with its new end.'), 202: proposedResponse },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict'],
          requests: {
            extension: {
              summary: 'Two more hours',
              value: { closesAt: '2026-06-20T22:00:00Z', reason: 'Texts were late between 14:00 and 16:00.' },
            },
          },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const outcome = await proposals.act('extend', callerOf(guard, request), id, request.body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return respond(reply, await elections.find(id));
    },
  );
}

function closingRoute(app: App, { proposals, elections, guard }: LifecycleOptions): void {
  app.post(
    '/v1/elections/:electionId/close',
    {
      schema: {
        operationId: 'closeElection',
        tags,
        summary: 'End voting now, with a reason',
        description:
          'Voting ends at once. Voters who verified before can still cast during the grace period. The intake is closed ' +
          'permanently after that. If voting has already ended and the grace period is over, this closes the intake. ' +
          undecided,
        params,
        body: closeRequest,
        response: { 200: electionAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: oneElection('The election. Its state is `closed` after the intake is closed.'),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict'],
          requests: { closing: { summary: 'Early end', value: { reason: 'The court has stopped this vote.' } } },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const outcome = await proposals.act('close', callerOf(guard, request), id, request.body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return respond(reply, await elections.find(id));
    },
  );
}

const respond = (reply: FastifyReply, election: AdministeredElection) =>
  reply.headers({ 'cache-control': 'no-store', etag: `"${election.version}"` }).send({ election });
