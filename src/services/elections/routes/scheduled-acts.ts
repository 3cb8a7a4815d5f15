// Routes to plan acts for a moment, and to see and cancel the plans.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { planRequest, scheduledActAnswer, scheduledActList } from '../../../protocol/control/election-lifecycle-api.ts';
import type { ScheduledAct } from '../../../protocol/control/election-lifecycle-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { ScheduledActs } from '../lifecycle/scheduled-acts.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const planParams = params.extend({ planId: z.uuid() });
const tags = ['voting'];
const uncached = { 'cache-control': 'no-store' };
const example: ScheduledAct = {
  id: '9c0d2a40-5f0e-4a53-8a6e-0d7d0e1f2a30',
  act: 'publish',
  at: '2026-06-21T19:00:00.000Z',
  reason: 'Results at nine, as announced to the press.',
  state: 'waiting',
  requestedBy: '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11',
  requestedAt: '2026-06-20T08:00:00.000Z',
  finishedAt: null,
  problem: null,
};

export type ScheduledActOptions = {
  readonly scheduledActs: Pick<ScheduledActs, 'list' | 'cancel'>;
  readonly proposals: Proposals;
  readonly guard: RoleGuard;
};

export async function scheduledActRoutes(app: App, options: ScheduledActOptions): Promise<void> {
  planRoute(app, options);
  listRoute(app, options);
  cancelRoute(app, options);
}

function planRoute(app: App, { proposals, guard }: ScheduledActOptions): void {
  app.post(
    '/v1/elections/:electionId/scheduled-acts',
    {
      schema: {
        operationId: 'scheduleAct',
        tags,
        summary: 'Plan an act for a moment',
        description:
          'The service carries the act out at that moment, once, also if it was restarted in between. If the service is ' +
          'not running then, it does so when it starts. A count waits up to half an hour for the closing and for ballots ' +
          'on their way, and publishing waits for the count. An announcement is planned only of a draft that could be announced now. ' +
          'The audit log names you as the actor.',
        params,
        body: planRequest,
        response: { 201: scheduledActAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            201: jsonAnswer('The plan.', 'ScheduledActAnswer', {
              plan: { summary: 'A plan', value: { scheduledAct: example } },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict', 'invalid-election'],
          requests: {
            publish: { summary: 'Results at nine', value: { act: 'publish', at: example.at, reason: example.reason } },
          },
        }),
      },
    },
    async (request, reply) => {
      const { params: at, body } = request;
      const outcome = await proposals.plan(callerOf(guard, request), at.electionId, body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.code(201).headers(uncached).send({ scheduledAct: outcome.result });
    },
  );
}

function listRoute(app: App, { scheduledActs }: ScheduledActOptions): void {
  app.get(
    '/v1/elections/:electionId/scheduled-acts',
    {
      schema: {
        operationId: 'listScheduledActs',
        tags,
        summary: 'List the planned acts of an election',
        description: 'Those that wait first. `problem` says why an act failed.',
        params,
        response: { 200: scheduledActList },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The plans.', 'ScheduledActList', {
              plans: { summary: 'One plan', value: { scheduledActs: [example] } },
            }),
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send({ scheduledActs: [...(await scheduledActs.list(request.params.electionId))] }),
  );
}

function cancelRoute(app: App, { scheduledActs, guard }: ScheduledActOptions): void {
  app.delete(
    '/v1/elections/:electionId/scheduled-acts/:planId',
    {
      schema: {
        operationId: 'cancelScheduledAct',
        tags,
        summary: 'Cancel a planned act',
        description: 'Before its moment.',
        params: planParams,
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 204: { description: 'It is cancelled.' } },
          rejections: ['second-factor-missing', 'plan-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id, planId } = request.params;
      await scheduledActs.cancel(callerOf(guard, request), id, planId);
      return reply.code(204).send();
    },
  );
}
