// Routes of the live page and of the readiness of an election.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import { liveAnswer, readiness } from '../../../protocol/control/live-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { ShowLive } from '../monitoring/live.ts';
import { liveExamples } from '../api-docs/live-examples.ts';
import type { ShowReadiness } from '../monitoring/readiness.ts';

const params = z.object({ electionId });
const roles = allows('administrator', 'auditor');

export type LiveOptions = {
  readonly live: ShowLive;
  readonly readiness: ShowReadiness;
};

export async function liveRoutes(app: App, { live, readiness: showReadiness }: LiveOptions): Promise<void> {
  app.get(
    '/v1/elections/:electionId/live',
    {
      schema: {
        operationId: 'getLive',
        tags: ['voting'],
        summary: 'Get turnout, verification, queues, providers and alarms of an election',
        description:
          'For a page that polls every five seconds. Requests within a second of each other get the same answer. Data of ' +
          'an unavailable source are null. Numbers of voters move in whole steps, and choices are never included. Alarms ' +
          'for lasting conditions, such as an outbox that does not drain, are raised only during regular polls.',
        params,
        response: { 200: liveAnswer },
      },
      config: {
        ...roles,
        ...documented({
          answers: { 200: jsonAnswer('The current data.', 'Live', liveExamples.live) },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await live(request.params.electionId)),
  );

  app.get(
    '/v1/elections/:electionId/readiness',
    {
      schema: {
        operationId: 'getReadiness',
        tags: ['voting'],
        summary: 'Check the readiness of an election, with next steps',
        description:
          'A draft has fewer checks. Also useful while voting is open. Read only. Failed checks do not block the ' +
          'announcement.',
        params,
        response: { 200: readiness },
      },
      config: {
        ...roles,
        ...documented({
          answers: { 200: jsonAnswer('The checks.', 'Readiness', liveExamples.readiness) },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await showReadiness(request.params.electionId)),
  );
}
