// Announcing, extending and closing an election. Each may be asked for again: what is so already stays so.
import { z } from 'zod';
import type { FastifyReply } from 'fastify';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { closeRequest, extendRequest } from '../../../protocol/control/election-lifecycle-api.ts';
import { electionAnswer } from '../../../protocol/control/elections-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Elections } from '../drafts/elections.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { callerOf } from './caller.ts';

const params = z.object({ electionId });
const tags = ['voting'];
const undecided =
  'Where a part of the platform is away the answer is `busy`: the act is on record and is finished, or withdrawn, once ' +
  'everything is back. `changing` shows which acts are under way. Asking for the same again is safe.';
const oneElection = (description: string) => ({
  ...jsonAnswer(description, 'ElectionAnswer', {
    election: { summary: 'An election', value: { election: electionsExamples.election } },
  }),
  headers: { ETag: 'The version, for If-Match.' },
});

export type LifecycleOptions = {
  readonly lifecycle: Lifecycle;
  readonly elections: Pick<Elections, 'find'>;
  readonly guard: RoleGuard;
};

export async function lifecycleRoutes(app: App, options: LifecycleOptions): Promise<void> {
  announcingRoute(app, options);
  extendingRoute(app, options);
  closingRoute(app, options);
}

function announcingRoute(app: App, { lifecycle, elections, guard }: LifecycleOptions): void {
  app.post(
    '/v1/elections/:electionId/announce',
    {
      schema: {
        operationId: 'announceElection',
        tags,
        summary: 'Put a draft out: from now on everybody sees it',
        description:
          'Its intake is made, and its signed documents go out: for before, while and after voting is open. Until it ' +
          `opens it can still be changed. ${undecided}`,
        params,
        response: { 200: electionAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneElection('The election, announced.') },
          rejections: ['election-not-found', 'conflict', 'invalid-election'],
        }),
      },
    },
    async (request, reply) => {
      await lifecycle.announce(callerOf(guard, request), request.params.electionId);
      return respond(reply, await elections.find(request.params.electionId));
    },
  );
}

function extendingRoute(app: App, { lifecycle, elections, guard }: LifecycleOptions): void {
  app.post(
    '/v1/elections/:electionId/extend',
    {
      schema: {
        operationId: 'extendElection',
        tags,
        summary: 'Let voting go on for longer, with a reason',
        description: `Only to later than the present end, and only before that has come. ${undecided}`,
        params,
        body: extendRequest,
        response: { 200: electionAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneElection('The election with its new end.') },
          rejections: ['election-not-found', 'conflict'],
          requests: {
            extension: {
              summary: 'Two hours more',
              value: { closesAt: '2026-06-20T22:00:00Z', reason: 'Texts were late between 14:00 and 16:00.' },
            },
          },
        }),
      },
    },
    async (request, reply) => {
      await lifecycle.extend(callerOf(guard, request), request.params.electionId, request.body);
      return respond(reply, await elections.find(request.params.electionId));
    },
  );
}

function closingRoute(app: App, { lifecycle, elections, guard }: LifecycleOptions): void {
  app.post(
    '/v1/elections/:electionId/close',
    {
      schema: {
        operationId: 'closeElection',
        tags,
        summary: 'End voting now, with a reason',
        description:
          'Voting ends at this moment; who had verified before it may still cast for the grace, and then the intake is ' +
          'closed for good by itself. Where voting has ended by its time, nothing is left to do but that, and this does it ' +
          `at once when the grace is over. ${undecided}`,
        params,
        body: closeRequest,
        response: { 200: electionAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneElection('The election. State `closed` once the intake is closed for good.') },
          rejections: ['election-not-found', 'conflict'],
          requests: { closing: { summary: 'Early', value: { reason: 'The court has stopped this vote.' } } },
        }),
      },
    },
    async (request, reply) => {
      await lifecycle.close(callerOf(guard, request), request.params.electionId, request.body.reason);
      return respond(reply, await elections.find(request.params.electionId));
    },
  );
}

const respond = (reply: FastifyReply, election: AdministeredElection) =>
  reply.headers({ 'cache-control': 'no-store', etag: `"${election.version}"` }).send({ election });
